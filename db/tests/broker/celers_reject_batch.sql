-- each item has its options and its answer, in order
CALL celers_enqueue_batch('mail', '[{"task_name": "a", "payload": "{}", "task_id": "01900000-0000-7000-8000-000000000001"}, {"task_name": "a", "payload": "{}", "task_id": "01900000-0000-7000-8000-000000000002"}, {"task_name": "a", "payload": "{}", "task_id": "01900000-0000-7000-8000-000000000003"}, {"task_name": "a", "payload": "{}", "task_id": "01900000-0000-7000-8000-000000000004"}, {"task_name": "a", "payload": "{}", "task_id": "01900000-0000-7000-8000-000000000005"}, {"task_name": "a", "payload": "{}", "task_id": "01900000-0000-7000-8000-000000000006"}]', NULL);
CALL celers_dequeue_batch('mail', 'w1', 5, NULL);
-- save r = receipt
CALL celers_cancel('01900000-0000-7000-8000-000000000005', NULL);
CALL celers_reject_batch('[{"task_id": "01900000-0000-7000-8000-000000000005", "receipt": "{{r}}", "error": "e"}, {"task_id": "01900000-0000-7000-8000-000000000001", "receipt": "{{r}}", "error": "a", "delay_s": 60}, {"task_id": "01900000-0000-7000-8000-000000000002", "receipt": "{{r}}", "release": true}, {"task_id": "01900000-0000-7000-8000-000000000003", "receipt": "{{r}}", "error": "c", "retry": false}, {"task_id": "01900000-0000-7000-8000-000000000004", "receipt": "{{r}}", "error": "d", "retry": false, "dead_letter": false}, {"task_id": "01900000-0000-7000-8000-000000000006", "receipt": "{{r}}"}, {"task_id": "01900000-0000-7000-8000-000000000007", "receipt": "{{r}}"}]');
-- => 01900000-0000-7000-8000-000000000005 | cancelled | NULL
-- => 01900000-0000-7000-8000-000000000001 | retried | *
-- => 01900000-0000-7000-8000-000000000002 | released | *
-- => 01900000-0000-7000-8000-000000000003 | dead | NULL
-- => 01900000-0000-7000-8000-000000000004 | failed | NULL
-- => 01900000-0000-7000-8000-000000000006 | lost | NULL
-- => 01900000-0000-7000-8000-000000000007 | not_found | NULL
CALL celers_reject_batch('[{"task_id": "01900000-0000-7000-8000-000000000005", "receipt": "{{r}}"}, {"task_id": "01900000-0000-7000-8000-000000000001", "receipt": "{{r}}"}, {"task_id": "01900000-0000-7000-8000-000000000002", "receipt": "{{r}}"}, {"task_id": "01900000-0000-7000-8000-000000000003", "receipt": "{{r}}"}, {"task_id": "01900000-0000-7000-8000-000000000004", "receipt": "{{r}}"}]');
-- => 01900000-0000-7000-8000-000000000005 | cancelled | NULL
-- => 01900000-0000-7000-8000-000000000001 | retried | *
-- => 01900000-0000-7000-8000-000000000002 | released | *
-- => 01900000-0000-7000-8000-000000000003 | dead | NULL
-- => 01900000-0000-7000-8000-000000000004 | failed | NULL
SELECT attempt, outcome, error FROM celers_attempt ORDER BY id;
-- => 1 | retried | a
-- => 1 | released | NULL
SELECT reason, error FROM celers_dead;
-- => permanent | c
SELECT state, error FROM celers_finished ORDER BY id;
-- => failed | d
-- => cancelled | e
CALL celers_queue_size('mail');
-- => 2 | 1 | 0 | 1

-- test: the first of several rejects of the same attempt counts
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save r = receipt
CALL celers_reject_batch('[{"task_id": "01900000-0000-7000-8000-000000000001", "receipt": "{{r}}", "error": "first", "retry": false}, {"task_id": "01900000-0000-7000-8000-000000000001", "receipt": "{{r}}", "error": "second"}]');
-- => 01900000-0000-7000-8000-000000000001 | dead | NULL
-- => 01900000-0000-7000-8000-000000000001 | dead | NULL
SELECT error FROM celers_dead;
-- => first

-- test: a receipt that was acknowledged is answered so
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save r = receipt
CALL celers_ack('01900000-0000-7000-8000-000000000001', '{{r}}');
CALL celers_reject_batch('[{"task_id": "01900000-0000-7000-8000-000000000001", "receipt": "{{r}}"}]');
-- => 01900000-0000-7000-8000-000000000001 | completed | NULL

-- test: some are cancelled, some are not
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000002"}');
CALL celers_dequeue_batch('mail', 'w1', 2, NULL);
-- save r = receipt
CALL celers_reject_batch('[{"task_id": "01900000-0000-7000-8000-000000000002", "receipt": "{{r}}", "error": "not needed", "cancel": true}, {"task_id": "01900000-0000-7000-8000-000000000001", "receipt": "{{r}}", "cancel": false, "delay_s": 60}]');
-- => 01900000-0000-7000-8000-000000000002 | cancelled | NULL
-- => 01900000-0000-7000-8000-000000000001 | retried | *
SELECT state, error FROM celers_finished;
-- => cancelled | not needed

-- test: nothing, and what is refused as a whole
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save r = receipt
CALL celers_reject_batch(NULL);
-- => (no rows)
CALL celers_reject_batch('[]');
-- => (no rows)
CALL celers_reject_batch('{}');
-- !! ITEMS_INVALID
CALL celers_reject_batch('[');
-- !! ITEMS_INVALID
CALL celers_reject_batch('[{"task_id": "01900000-0000-7000-8000-000000000001", "receipt": "{{r}}"}, 5]');
-- !! ITEMS_INVALID
CALL celers_reject_batch('[{"task_id": "01900000-0000-7000-8000-000000000001", "receipt": "{{r}}"}, {"task_id": "01900000-0000-7000-8000-000000000001"}]');
-- !! ITEMS_INVALID
CALL celers_reject_batch('[{"task_id": "01900000-0000-7000-8000-000000000001", "receipt": "{{r}}"}, {"task_id": "x", "receipt": "{{r}}"}]');
-- !! ITEMS_INVALID
CALL celers_reject_batch('[{"task_id": "01900000-0000-7000-8000-000000000001", "receipt": "{{r}}", "error": {}}]');
-- !! ITEMS_INVALID
CALL celers_reject_batch('[{"task_id": "01900000-0000-7000-8000-000000000001", "receipt": "{{r}}", "delay_s": "long"}]');
-- !! ITEMS_INVALID
CALL celers_reject_batch('[{"task_id": "01900000-0000-7000-8000-000000000001", "receipt": "{{r}}", "error": "e", "delay": 5}]');
-- !! ITEMS_INVALID
CALL celers_reject_batch('[{"task_id": "01900000-0000-7000-8000-000000000001", "receipt": "{{r}}"}, {"task_id": "01900000-0000-7000-8000-000000000002", "receipt": "{{r}}", "cancel": true, "release": true}]');
-- !! OPTIONS_CONTRADICTORY
CALL celers_reject_batch('[{"task_id": "01900000-0000-7000-8000-000000000001", "receipt": "{{r}}", "cancel": true, "delay_s": 1, "later": 1}]');
-- !! ITEMS_INVALID
CALL celers_reject_batch('[{"task_id": "01900000-0000-7000-8000-000000000001", "receipt": "{{r}}", "delay_s": -1}]');
-- !! DUE_OUT_OF_RANGE
CALL celers_reject_batch('[{"task_id": "01900000-0000-7000-8000-000000000001", "receipt": "{{r}}", "delay_s": 315360001}]');
-- !! DUE_OUT_OF_RANGE
CALL celers_reject_batch(CONCAT('[{"task_id": "01900000-0000-7000-8000-000000000001", "receipt": "{{r}}"}', REPEAT(',{"task_id": "01900000-0000-7000-8000-000000000001", "receipt": "{{r}}"}', 1000), ']'));
-- !! ITEMS_INVALID
SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
CALL celers_queue_size('mail');
-- => 0 | 0 | 1 | 0

-- test: it is part of the caller's transaction
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save r = receipt
START TRANSACTION;
CALL celers_reject_batch('[{"task_id": "01900000-0000-7000-8000-000000000001", "receipt": "{{r}}", "retry": false}]');
-- => 01900000-0000-7000-8000-000000000001 | dead | NULL
CALL celers_reject_batch('[5]');
-- !! ITEMS_INVALID
ROLLBACK;
CALL celers_queue_size('mail');
-- => 0 | 0 | 1 | 0
SELECT COUNT(*) FROM celers_dead;
-- => 0
