-- each id has its answer, in order
CALL celers_enqueue_batch('mail', '[{"task_name": "a", "payload": "{}", "task_id": "01900000-0000-7000-8000-000000000001"}, {"task_name": "a", "payload": "{}", "task_id": "01900000-0000-7000-8000-000000000002"}, {"task_name": "a", "payload": "{}", "task_id": "01900000-0000-7000-8000-000000000003"}, {"task_name": "a", "payload": "{}", "task_id": "01900000-0000-7000-8000-000000000004"}]', NULL);
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000005", "delay_s": 60}');
CALL celers_dequeue_batch('mail', 'w1', 3, NULL);
-- save r = receipt
CALL celers_ack('01900000-0000-7000-8000-000000000001', '{{r}}');
CALL celers_reject('01900000-0000-7000-8000-000000000002', '{{r}}', 'boom', '{"retry": false}');
CALL celers_cancel_batch('["01900000-0000-7000-8000-000000000005", "01900000-0000-7000-8000-000000000009", "01900000-0000-7000-8000-000000000003", "01900000-0000-7000-8000-000000000004", "01900000-0000-7000-8000-000000000002", "01900000-0000-7000-8000-000000000001", "01900000-0000-7000-8000-000000000004"]', '{"reason": "no longer wanted"}');
-- => 01900000-0000-7000-8000-000000000005 | cancelled
-- => 01900000-0000-7000-8000-000000000009 | not_found
-- => 01900000-0000-7000-8000-000000000003 | cancel_requested
-- => 01900000-0000-7000-8000-000000000004 | cancelled
-- => 01900000-0000-7000-8000-000000000002 | dead
-- => 01900000-0000-7000-8000-000000000001 | completed
-- => 01900000-0000-7000-8000-000000000004 | cancelled
CALL celers_cancel_batch('["01900000-0000-7000-8000-000000000003", "01900000-0000-7000-8000-000000000004"]', NULL);
-- => 01900000-0000-7000-8000-000000000003 | cancel_requested
-- => 01900000-0000-7000-8000-000000000004 | cancelled
SELECT BIN_TO_UUID(id), state, error FROM celers_finished ORDER BY id;
-- => 01900000-0000-7000-8000-000000000001 | completed | NULL
-- => 01900000-0000-7000-8000-000000000004 | cancelled | no longer wanted
-- => 01900000-0000-7000-8000-000000000005 | cancelled | no longer wanted
CALL celers_reject('01900000-0000-7000-8000-000000000003', '{{r}}', 'stopped', NULL);
-- => 01900000-0000-7000-8000-000000000003 | cancelled | NULL

-- test: nothing; a thousand; ids in another form
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_cancel_batch(NULL, NULL);
-- => (no rows)
CALL celers_cancel_batch('[]', NULL);
-- => (no rows)
CALL celers_cancel_batch(CONCAT('["01900000000070008000000000000001"', REPEAT(',"01900000-0000-7000-8000-000000000009"', 999), ']'), NULL);
-- => 01900000-0000-7000-8000-000000000001 | cancelled
-- => 01900000-0000-7000-8000-000000000009 | not_found
-- => ...

-- test: what is refused
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_cancel_batch('{}', NULL);
-- !! ITEMS_INVALID
CALL celers_cancel_batch('["01900000-0000-7000-8000-000000000001"', NULL);
-- !! ITEMS_INVALID
CALL celers_cancel_batch('["01900000-0000-7000-8000-000000000001", "x"]', NULL);
-- !! ITEMS_INVALID
CALL celers_cancel_batch('["01900000-0000-7000-8000-000000000001", null]', NULL);
-- !! ITEMS_INVALID
CALL celers_cancel_batch('["01900000-0000-7000-8000-000000000001", {}]', NULL);
-- !! ITEMS_INVALID
CALL celers_cancel_batch(CONCAT('["01900000-0000-7000-8000-000000000001"', REPEAT(',"01900000-0000-7000-8000-000000000001"', 1000), ']'), NULL);
-- !! ITEMS_INVALID
CALL celers_cancel_batch('["01900000-0000-7000-8000-000000000001"]', '[]');
-- !! OPTIONS_INVALID
CALL celers_cancel_batch('["01900000-0000-7000-8000-000000000001"]', '{');
-- !! OPTIONS_INVALID
CALL celers_cancel_batch('["01900000-0000-7000-8000-000000000001"]', '{"why": "x"}');
-- !! UNKNOWN_OPTION
SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
CALL celers_queue_size('mail');
-- => 1 | 0 | 0 | 0

-- test: it is part of the caller's transaction
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
START TRANSACTION;
CALL celers_cancel_batch('["01900000-0000-7000-8000-000000000001"]', NULL);
-- => 01900000-0000-7000-8000-000000000001 | cancelled
CALL celers_cancel_batch('["x"]', NULL);
-- !! ITEMS_INVALID
ROLLBACK;
CALL celers_queue_size('mail');
-- => 1 | 0 | 0 | 0
SELECT COUNT(*) FROM celers_finished;
-- => 0
