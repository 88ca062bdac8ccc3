-- a task ends as completed; the same receipt is answered the same
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001", "priority": 4}');
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save r = receipt
CALL celers_ack('01900000-0000-7000-8000-000000000001', '{{r}}');
-- => 01900000-0000-7000-8000-000000000001 | completed
CALL celers_ack('01900000-0000-7000-8000-000000000001', '{{r}}');
-- => 01900000-0000-7000-8000-000000000001 | completed
CALL celers_ack('01900000-0000-7000-8000-000000000001', UPPER('{{r}}'));
-- => 01900000-0000-7000-8000-000000000001 | completed
SELECT BIN_TO_UUID(id), queue, state, priority, attempt, errors, crashes, worker_id, error FROM celers_finished;
-- => 01900000-0000-7000-8000-000000000001 | mail | completed | 4 | 1 | 0 | 0 | w1 | NULL
SELECT COUNT(*) FROM celers_running;
-- => 0

-- test: a receipt that ended otherwise is answered so
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save r = receipt
CALL celers_reject('01900000-0000-7000-8000-000000000001', '{{r}}', 'boom', '{"delay_s": 0}');
CALL celers_ack('01900000-0000-7000-8000-000000000001', '{{r}}');
-- => 01900000-0000-7000-8000-000000000001 | retried
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save r2 = receipt
CALL celers_reject('01900000-0000-7000-8000-000000000001', '{{r2}}', 'boom', '{"retry": false}');
CALL celers_ack('01900000-0000-7000-8000-000000000001', '{{r2}}');
-- => 01900000-0000-7000-8000-000000000001 | dead
CALL celers_ack('01900000-0000-7000-8000-000000000001', '{{r}}');
-- => 01900000-0000-7000-8000-000000000001 | retried

-- test: a late ack is taken until another has the task, then refused
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000002"}');
CALL celers_dequeue_batch('mail', 'w1', 2, NULL);
-- save r = receipt
UPDATE celers_running SET lease_expires_at = '2026-01-01';
CALL celers_ack('01900000-0000-7000-8000-000000000001', '{{r}}');
-- => 01900000-0000-7000-8000-000000000001 | completed
CALL celers_recover_expired(100);
-- => 1
CALL celers_ack('01900000-0000-7000-8000-000000000002', '{{r}}');
-- !! LEASE_LOST
CALL celers_dequeue_batch('mail', 'w2', 2, NULL);
-- => 01900000-0000-7000-8000-000000000002 | * | mail | a | {} | application/json | NULL | 2 | 0 | NULL | * | NULL | claimed
-- save r2 = receipt
CALL celers_ack('01900000-0000-7000-8000-000000000002', '{{r}}');
-- !! LEASE_LOST
SELECT COUNT(*) FROM celers_running;
-- => 1
CALL celers_ack('01900000-0000-7000-8000-000000000002', '{{r2}}');
-- => 01900000-0000-7000-8000-000000000002 | completed

-- test: what is refused
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_ack('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-000000000002');
-- !! LEASE_LOST
CALL celers_ack('01900000-0000-7000-8000-000000000002', '01900000-0000-7000-8000-000000000001');
-- !! TASK_NOT_FOUND
CALL celers_ack('x', '01900000-0000-7000-8000-000000000001');
-- !! UUID_INVALID
CALL celers_ack('01900000-0000-7000-8000-000000000001', 'x');
-- !! UUID_INVALID
CALL celers_ack(NULL, NULL);
-- !! UUID_INVALID
SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
CALL celers_queue_size('mail');
-- => 1 | 0 | 0 | 0

-- test: it is part of the caller's transaction
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save r = receipt
START TRANSACTION;
CALL celers_ack('01900000-0000-7000-8000-000000000001', '{{r}}');
CALL celers_ack('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-000000000009');
-- !! LEASE_LOST
ROLLBACK;
CALL celers_queue_size('mail');
-- => 0 | 0 | 1 | 0
CALL celers_ack('01900000-0000-7000-8000-000000000001', '{{r}}');
-- => 01900000-0000-7000-8000-000000000001 | completed
