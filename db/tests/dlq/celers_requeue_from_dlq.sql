-- the same task comes back to the tail, with its priority, attempts counted on
CALL celers_enqueue('mail', 'a', '{"n": 1.10}', '{"task_id": "01900000-0000-7000-8000-000000000001", "priority": 3, "max_retries": 1}');
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save r = receipt
CALL celers_reject('01900000-0000-7000-8000-000000000001', '{{r}}', 'boom', '{"retry": false}');
-- => * | dead | NULL
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000002", "priority": 3}');
CALL celers_requeue_from_dlq('01900000-0000-7000-8000-000000000001');
-- => 01900000-0000-7000-8000-000000000001 | requeued | pending
SELECT BIN_TO_UUID(id), queue, priority, attempt, errors, crashes, ready_at = due_at FROM celers_ready ORDER BY queue, priority DESC, due_at;
-- => 01900000-0000-7000-8000-000000000002 | mail | 3 | 0 | 0 | 0 | 1
-- => 01900000-0000-7000-8000-000000000001 | mail | 3 | 1 | 0 | 0 | 1
SELECT COUNT(*) FROM celers_dead;
-- => 0
SELECT attempt, outcome, worker_id, error, due_at >= ended_at FROM celers_attempt;
-- => 1 | dead | w1 | boom | 1
SELECT t.due_at = r.due_at AND t.priority = r.priority AS has_its_address FROM celers_task AS t JOIN celers_ready AS r ON r.id = t.id;
-- => 1
-- => 1

-- again: nothing changes, and the answer is the same
CALL celers_requeue_from_dlq('01900000-0000-7000-8000-000000000001');
-- => 01900000-0000-7000-8000-000000000001 | requeued | pending
SELECT COUNT(*) FROM celers_ready;
-- => 2
SELECT COUNT(*) FROM celers_attempt;
-- => 1

-- its own receipt is answered as before; the retries count from 0 again
CALL celers_reject('01900000-0000-7000-8000-000000000001', '{{r}}', 'boom', '{"retry": false}');
-- => 01900000-0000-7000-8000-000000000001 | dead | *
CALL celers_dequeue_batch('mail', 'w2', 2, NULL);
-- save r2 = receipt
CALL celers_reject('01900000-0000-7000-8000-000000000001', '{{r2}}', 'boom 2', '{"delay_s": 0}');
-- => 01900000-0000-7000-8000-000000000001 | retried | *
CALL celers_dequeue_batch('mail', 'w2', 1, NULL);
-- save r3 = receipt
CALL celers_requeue_from_dlq('01900000-0000-7000-8000-000000000001');
-- => 01900000-0000-7000-8000-000000000001 | requeued | processing
CALL celers_reject('01900000-0000-7000-8000-000000000001', '{{r3}}', 'boom 3', NULL);
-- => 01900000-0000-7000-8000-000000000001 | dead | NULL
SELECT attempt, outcome, worker_id, error FROM celers_attempts WHERE id_bin = UUID_TO_BIN('01900000-0000-7000-8000-000000000001') ORDER BY attempt;
-- => 1 | dead | w1 | boom
-- => 2 | retried | w2 | boom 2
-- => 3 | dead | w2 | boom 3

-- and a second time
CALL celers_requeue_from_dlq('01900000-0000-7000-8000-000000000001');
-- => 01900000-0000-7000-8000-000000000001 | requeued | pending
SELECT attempt, outcome FROM celers_attempt ORDER BY attempt;
-- => 1 | dead
-- => 2 | retried
-- => 3 | dead

-- test: a task that has completed since
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save r = receipt
CALL celers_reject('01900000-0000-7000-8000-000000000001', '{{r}}', 'boom', '{"retry": false}');
CALL celers_requeue_from_dlq('01900000-0000-7000-8000-000000000001');
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save r = receipt
CALL celers_ack('01900000-0000-7000-8000-000000000001', '{{r}}');
-- => * | completed
CALL celers_requeue_from_dlq('01900000-0000-7000-8000-000000000001');
-- => 01900000-0000-7000-8000-000000000001 | requeued | completed

-- test: what was never dead, what is not there, what is no id
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_requeue_from_dlq('01900000-0000-7000-8000-000000000001');
-- !! TASK_NOT_DEAD
CALL celers_requeue_from_dlq('01900000-0000-7000-8000-000000000002');
-- !! TASK_NOT_FOUND
CALL celers_requeue_from_dlq('x');
-- !! UUID_INVALID
CALL celers_requeue_from_dlq(NULL);
-- !! UUID_INVALID

-- test: it is part of the caller's transaction
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save r = receipt
CALL celers_reject('01900000-0000-7000-8000-000000000001', '{{r}}', 'boom', '{"retry": false}');
START TRANSACTION;
CALL celers_requeue_from_dlq('01900000-0000-7000-8000-000000000001');
-- => * | requeued | pending
CALL celers_requeue_from_dlq('01900000-0000-7000-8000-000000000009');
-- !! TASK_NOT_FOUND
ROLLBACK;
SELECT COUNT(*) FROM celers_dead;
-- => 1
SELECT COUNT(*) FROM celers_ready;
-- => 0
SELECT COUNT(*) FROM celers_attempt;
-- => 0
