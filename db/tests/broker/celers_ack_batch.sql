-- each item has its answer, in order, and results are kept byte for byte
CALL celers_enqueue_batch('mail', '[{"task_name": "a", "payload": "{}", "task_id": "01900000-0000-7000-8000-000000000001"}, {"task_name": "b", "payload": "{}", "task_id": "01900000-0000-7000-8000-000000000002"}, {"task_name": "c", "payload": "{}", "task_id": "01900000-0000-7000-8000-000000000003"}]', NULL);
CALL celers_dequeue_batch('mail', 'w1', 2, NULL);
-- save r = receipt
CALL celers_ack_batch('[{"task_id": "01900000-0000-7000-8000-000000000002", "receipt": "{{r}}"}, {"task_id": "01900000-0000-7000-8000-000000000003", "receipt": "{{r}}"}, {"task_id": "01900000-0000-7000-8000-000000000004", "receipt": "{{r}}"}, {"task_id": "01900000-0000-7000-8000-000000000001", "receipt": "{{r}}", "result": "{ \\"n\\":1.10, \\"m\\": 1180591620717411303424, \\"x\\": \\"😀\\"}"}]');
-- => 01900000-0000-7000-8000-000000000002 | completed
-- => 01900000-0000-7000-8000-000000000003 | lost
-- => 01900000-0000-7000-8000-000000000004 | not_found
-- => 01900000-0000-7000-8000-000000000001 | completed
CALL celers_get_result('01900000-0000-7000-8000-000000000001');
-- => 01900000-0000-7000-8000-000000000001 | a | SUCCESS | { "n":1.10, "m": 1180591620717411303424, "x": "😀"} | NULL | NULL | * | * | *
CALL celers_get_result('01900000-0000-7000-8000-000000000002');
-- => (no rows)
SELECT BIN_TO_UUID(id), state, attempt, worker_id FROM celers_finished ORDER BY id;
-- => 01900000-0000-7000-8000-000000000001 | completed | 1 | w1
-- => 01900000-0000-7000-8000-000000000002 | completed | 1 | w1

-- test: a repeated batch is answered the same, and keeps the first result
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save r = receipt
CALL celers_ack_batch('[{"task_id": "01900000-0000-7000-8000-000000000001", "receipt": "{{r}}", "result": "1"}]');
-- => 01900000-0000-7000-8000-000000000001 | completed
CALL celers_ack_batch('[{"task_id": "01900000-0000-7000-8000-000000000001", "receipt": "{{r}}", "result": "2"}]');
-- => 01900000-0000-7000-8000-000000000001 | completed
CALL celers_ack_batch('[{"task_id": "01900000-0000-7000-8000-000000000001", "receipt": "{{r}}"}, {"task_id": "01900000-0000-7000-8000-000000000001", "receipt": "{{r}}"}]');
-- => 01900000-0000-7000-8000-000000000001 | completed
-- => 01900000-0000-7000-8000-000000000001 | completed
SELECT result FROM celers_result;
-- => 1

-- test: the same task twice in a batch; a result of null, and one that replaces what stood
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000002"}');
CALL celers_store_result('01900000-0000-7000-8000-000000000001', 'STARTED', NULL, NULL);
CALL celers_dequeue_batch('mail', 'w1', 2, NULL);
-- save r = receipt
CALL celers_ack_batch('[{"task_id": "01900000-0000-7000-8000-000000000001", "receipt": "{{r}}", "result": "[1]"}, {"task_id": "01900000-0000-7000-8000-000000000001", "receipt": "{{r}}"}, {"task_id": "01900000-0000-7000-8000-000000000002", "receipt": "{{r}}", "result": null}]');
-- => 01900000-0000-7000-8000-000000000001 | completed
-- => 01900000-0000-7000-8000-000000000001 | completed
-- => 01900000-0000-7000-8000-000000000002 | completed
SELECT status, result, completed_at IS NOT NULL FROM celers_result;
-- => SUCCESS | [1] | 1

-- test: how a receipt ended before; no result without a lease
CALL celers_enqueue_batch('mail', '[{"task_name": "a", "payload": "{}", "task_id": "01900000-0000-7000-8000-000000000001"}, {"task_name": "a", "payload": "{}", "task_id": "01900000-0000-7000-8000-000000000002"}, {"task_name": "a", "payload": "{}", "task_id": "01900000-0000-7000-8000-000000000003"}, {"task_name": "a", "payload": "{}", "task_id": "01900000-0000-7000-8000-000000000004"}, {"task_name": "a", "payload": "{}", "task_id": "01900000-0000-7000-8000-000000000005"}]', NULL);
CALL celers_dequeue_batch('mail', 'w1', 5, NULL);
-- save r = receipt
CALL celers_cancel('01900000-0000-7000-8000-000000000005', NULL);
CALL celers_reject_batch('[{"task_id": "01900000-0000-7000-8000-000000000001", "receipt": "{{r}}", "delay_s": 60}, {"task_id": "01900000-0000-7000-8000-000000000002", "receipt": "{{r}}", "release": true}, {"task_id": "01900000-0000-7000-8000-000000000003", "receipt": "{{r}}", "retry": false}, {"task_id": "01900000-0000-7000-8000-000000000004", "receipt": "{{r}}", "retry": false, "dead_letter": false}, {"task_id": "01900000-0000-7000-8000-000000000005", "receipt": "{{r}}"}]');
CALL celers_ack_batch('[{"task_id": "01900000-0000-7000-8000-000000000001", "receipt": "{{r}}", "result": "1"}, {"task_id": "01900000-0000-7000-8000-000000000002", "receipt": "{{r}}"}, {"task_id": "01900000-0000-7000-8000-000000000003", "receipt": "{{r}}"}, {"task_id": "01900000-0000-7000-8000-000000000004", "receipt": "{{r}}"}, {"task_id": "01900000-0000-7000-8000-000000000005", "receipt": "{{r}}"}]');
-- => 01900000-0000-7000-8000-000000000001 | retried
-- => 01900000-0000-7000-8000-000000000002 | released
-- => 01900000-0000-7000-8000-000000000003 | dead
-- => 01900000-0000-7000-8000-000000000004 | failed
-- => 01900000-0000-7000-8000-000000000005 | cancelled
SELECT COUNT(*) FROM celers_result;
-- => 0

-- test: nothing, and what is refused as a whole
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save r = receipt
CALL celers_ack_batch(NULL);
-- => (no rows)
CALL celers_ack_batch('[]');
-- => (no rows)
CALL celers_ack_batch('{}');
-- !! ITEMS_INVALID
CALL celers_ack_batch('[');
-- !! ITEMS_INVALID
CALL celers_ack_batch('[5]');
-- !! ITEMS_INVALID
CALL celers_ack_batch('[{"task_id": "01900000-0000-7000-8000-000000000001"}]');
-- !! ITEMS_INVALID
CALL celers_ack_batch('[{"task_id": "01900000-0000-7000-8000-000000000001", "receipt": "{{r}}"}, {"task_id": "01900000-0000-7000-8000-000000000001"}]');
-- !! ITEMS_INVALID
CALL celers_ack_batch('[{"task_id": "01900000-0000-7000-8000-000000000001", "receipt": "{{r}}"}, {"task_id": "x", "receipt": "{{r}}"}]');
-- !! ITEMS_INVALID
CALL celers_ack_batch(CONCAT('[{"task_id": "01900000-0000-7000-8000-000000000001", "receipt": "{{r}}"}', REPEAT(',{"task_id": "01900000-0000-7000-8000-000000000001", "receipt": "{{r}}"}', 1000), ']'));
-- !! ITEMS_INVALID
CALL celers_ack_batch('[{"task_id": "01900000-0000-7000-8000-000000000001", "receipt": "{{r}}", "reslut": "1"}]');
-- !! ITEMS_INVALID
CALL celers_ack_batch('[{"task_id": "01900000-0000-7000-8000-000000000001", "receipt": "{{r}}", "result": "1"}, {"task_id": "01900000-0000-7000-8000-000000000001", "receipt": "{{r}}", "error": "e"}]');
-- !! ITEMS_INVALID
CALL celers_ack_batch('[{"task_id": "01900000-0000-7000-8000-000000000001", "receipt": "{{r}}", "result": "{"}]');
-- !! RESULT_INVALID
CALL celers_ack_batch('[{"task_id": "01900000-0000-7000-8000-000000000001", "receipt": "{{r}}", "result": ""}]');
-- !! RESULT_INVALID
CALL celers_ack_batch(JSON_ARRAY(JSON_OBJECT('task_id', '01900000-0000-7000-8000-000000000001', 'receipt', '{{r}}', 'result', REPEAT('1', 16777217))));
-- !! RESULT_INVALID
SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
CALL celers_queue_size('mail');
-- => 0 | 0 | 1 | 0
SELECT COUNT(*) FROM celers_result;
-- => 0
CALL celers_ack_batch(CONCAT('[{"task_id": "01900000-0000-7000-8000-000000000001", "receipt": "{{r}}"}', REPEAT(',{"task_id": "01900000-0000-7000-8000-000000000001", "receipt": "{{r}}"}', 999), ']'));
-- => 01900000-0000-7000-8000-000000000001 | completed
-- => ...

-- test: it is part of the caller's transaction
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save r = receipt
START TRANSACTION;
CALL celers_ack_batch('[{"task_id": "01900000-0000-7000-8000-000000000001", "receipt": "{{r}}", "result": "1"}]');
CALL celers_ack_batch('[5]');
-- !! ITEMS_INVALID
ROLLBACK;
SELECT (SELECT COUNT(*) FROM celers_finished) + (SELECT COUNT(*) FROM celers_result) AS left_over;
-- => 0
CALL celers_queue_size('mail');
-- => 0 | 0 | 1 | 0
