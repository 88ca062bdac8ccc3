-- what waits is cancelled at once, due or not
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000002", "delay_s": 60, "expires_s": 60}');
CALL celers_cancel('01900000-0000-7000-8000-000000000001', '{"reason": "no longer wanted"}');
-- => 01900000-0000-7000-8000-000000000001 | cancelled
CALL celers_cancel('01900000-0000-7000-8000-000000000002', NULL);
-- => 01900000-0000-7000-8000-000000000002 | cancelled
CALL celers_cancel('01900000-0000-7000-8000-000000000001', '{"reason": "another"}');
-- => 01900000-0000-7000-8000-000000000001 | cancelled
SELECT BIN_TO_UUID(id), state, attempt, worker_id, error FROM celers_finished ORDER BY id;
-- => 01900000-0000-7000-8000-000000000001 | cancelled | 0 | NULL | no longer wanted
-- => 01900000-0000-7000-8000-000000000002 | cancelled | 0 | NULL | NULL
CALL celers_dequeue_batch('mail', 'w1', 9, NULL);
-- => (no rows)
SELECT COUNT(*) FROM celers_scheduled;
-- => 0

-- test: a task that waits for its next attempt
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save r = receipt
CALL celers_reject('01900000-0000-7000-8000-000000000001', '{{r}}', 'boom', '{"delay_s": 60}');
CALL celers_cancel('01900000-0000-7000-8000-000000000001', '{}');
-- => 01900000-0000-7000-8000-000000000001 | cancelled
SELECT state, attempt, errors, error FROM celers_finished;
-- => cancelled | 1 | 1 | NULL

-- test: for a running task the wish is recorded; its next reject makes it cancelled
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save r = receipt
CALL celers_cancel('01900000-0000-7000-8000-000000000001', NULL);
-- => 01900000-0000-7000-8000-000000000001 | cancel_requested
CALL celers_cancel('01900000-0000-7000-8000-000000000001', NULL);
-- => 01900000-0000-7000-8000-000000000001 | cancel_requested
CALL celers_extend('{{r}}', 600);
-- => {{r}} | * | 1 | ["01900000-0000-7000-8000-000000000001"]
CALL celers_reject('01900000-0000-7000-8000-000000000001', '{{r}}', 'stopped', NULL);
-- => 01900000-0000-7000-8000-000000000001 | cancelled | NULL
CALL celers_cancel('01900000-0000-7000-8000-000000000001', NULL);
-- => 01900000-0000-7000-8000-000000000001 | cancelled

-- test: a worker may still complete it, or lose its lease
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000002"}');
CALL celers_dequeue_batch('mail', 'w1', 2, NULL);
-- save r = receipt
CALL celers_cancel('01900000-0000-7000-8000-000000000001', NULL);
CALL celers_cancel('01900000-0000-7000-8000-000000000002', NULL);
CALL celers_ack('01900000-0000-7000-8000-000000000001', '{{r}}');
-- => 01900000-0000-7000-8000-000000000001 | completed
CALL celers_cancel('01900000-0000-7000-8000-000000000001', NULL);
-- => 01900000-0000-7000-8000-000000000001 | completed
UPDATE celers_running SET lease_expires_at = '2026-01-01';
CALL celers_recover_expired(100);
CALL celers_cancel('01900000-0000-7000-8000-000000000002', NULL);
-- => 01900000-0000-7000-8000-000000000002 | cancelled

-- test: too late
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000002"}');
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000003"}');
CALL celers_dequeue_batch('mail', 'w1', 2, NULL);
-- save r = receipt
CALL celers_reject('01900000-0000-7000-8000-000000000001', '{{r}}', 'boom', '{"retry": false, "dead_letter": false}');
CALL celers_reject('01900000-0000-7000-8000-000000000002', '{{r}}', 'boom', '{"retry": false}');
CALL celers_cancel('01900000-0000-7000-8000-000000000001', NULL);
-- => 01900000-0000-7000-8000-000000000001 | failed
CALL celers_cancel('01900000-0000-7000-8000-000000000002', NULL);
-- => 01900000-0000-7000-8000-000000000002 | dead
CALL celers_cancel('01900000-0000-7000-8000-000000000003', NULL);
UPDATE celers_finished SET state = 'expired' WHERE id = UUID_TO_BIN('01900000-0000-7000-8000-000000000003');
CALL celers_cancel('01900000-0000-7000-8000-000000000003', NULL);
-- => 01900000-0000-7000-8000-000000000003 | expired

-- test: what is refused
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_cancel('01900000-0000-7000-8000-000000000009', NULL);
-- !! TASK_NOT_FOUND
CALL celers_cancel('x', NULL);
-- !! UUID_INVALID
CALL celers_cancel(NULL, NULL);
-- !! UUID_INVALID
CALL celers_cancel('01900000-0000-7000-8000-000000000001', '[]');
-- !! OPTIONS_INVALID
CALL celers_cancel('01900000-0000-7000-8000-000000000001', '{');
-- !! OPTIONS_INVALID
CALL celers_cancel('01900000-0000-7000-8000-000000000001', '{"why": "x"}');
-- !! UNKNOWN_OPTION
SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
CALL celers_queue_size('mail');
-- => 1 | 0 | 0 | 0
CALL celers_cancel('01900000-0000-7000-8000-000000000001', '{"reason": null}');
SELECT error FROM celers_finished;
-- => NULL

-- test: it is part of the caller's transaction
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
START TRANSACTION;
CALL celers_cancel('01900000-0000-7000-8000-000000000001', NULL);
CALL celers_cancel('01900000-0000-7000-8000-000000000009', NULL);
-- !! TASK_NOT_FOUND
ROLLBACK;
CALL celers_queue_size('mail');
-- => 1 | 0 | 0 | 0
SELECT COUNT(*) FROM celers_finished;
-- => 0
