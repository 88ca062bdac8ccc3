-- finished tasks of different age, with all that belongs to them
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000002"}');
CALL celers_enqueue('other', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000003"}');
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000004", "delay_s": 60}');
CALL celers_dequeue_batch('mail,other', 'w1', 3, NULL);
-- save r = receipt
CALL celers_reject('01900000-0000-7000-8000-000000000001', '{{r}}', 'boom', '{"delay_s": 0}');
CALL celers_ack_batch('[{"task_id": "01900000-0000-7000-8000-000000000002", "receipt": "{{r}}", "result": "1"}, {"task_id": "01900000-0000-7000-8000-000000000003", "receipt": "{{r}}", "result": "1"}]');
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save r = receipt
CALL celers_ack_batch('[{"task_id": "01900000-0000-7000-8000-000000000001", "receipt": "{{r}}", "result": "1"}]');
UPDATE celers_finished SET finished_at = UTC_TIMESTAMP(6) - INTERVAL 8 DAY WHERE id <> UUID_TO_BIN('01900000-0000-7000-8000-000000000002');

-- by default they are kept for seven days
CALL celers_archive_completed_tasks('mail', NULL, NULL);
-- => 1
SELECT BIN_TO_UUID(id) FROM celers_finished ORDER BY id;
-- => 01900000-0000-7000-8000-000000000002
-- => 01900000-0000-7000-8000-000000000003
SELECT BIN_TO_UUID(id) FROM celers_task ORDER BY id;
-- => 01900000-0000-7000-8000-000000000002
-- => 01900000-0000-7000-8000-000000000003
-- => 01900000-0000-7000-8000-000000000004
SELECT (SELECT COUNT(*) FROM celers_attempt) AS attempts, (SELECT COUNT(*) FROM celers_result) AS results;
-- => 0 | 2
CALL celers_set_queue_config('other', '{"retention_s": 0}');
CALL celers_archive_completed_tasks(NULL, NULL, NULL);
-- => 0
CALL celers_archive_completed_tasks(NULL, 86400, NULL);
-- => 1
CALL celers_archive_completed_tasks(NULL, 86400, NULL);
-- => 0
CALL celers_queue_size('mail');
-- => 0 | 1 | 0 | 0

-- test: never more than the limit, over several queues
INSERT INTO celers_finished (id, queue, state, priority, attempt, errors, crashes, finished_at) VALUES
    (RANDOM_BYTES(16), 'a', 'cancelled', 0, 1, 0, 0, '2026-01-01'),
    (RANDOM_BYTES(16), 'b', 'failed', 0, 1, 0, 0, '2026-01-01'),
    (RANDOM_BYTES(16), 'b', 'expired', 0, 1, 0, 0, '2026-01-01'),
    (RANDOM_BYTES(16), 'b', 'completed', 0, 1, 0, 0, UTC_TIMESTAMP(6));
CALL celers_archive_completed_tasks(NULL, 1, 2);
-- => 2
CALL celers_archive_completed_tasks('b', 1, 2);
-- => 1
CALL celers_archive_completed_tasks('b', 1, 2);
-- => 0

-- test: it is part of the caller's transaction
INSERT INTO celers_finished (id, queue, state, priority, attempt, errors, crashes, finished_at) VALUES
    (RANDOM_BYTES(16), 'a', 'cancelled', 0, 1, 0, 0, '2026-01-01');
START TRANSACTION;
CALL celers_archive_completed_tasks(NULL, NULL, NULL);
-- => 1
ROLLBACK;
SELECT COUNT(*) FROM celers_finished;
-- => 1

-- test: what is refused
CALL celers_archive_completed_tasks('a b', NULL, NULL);
-- !! QUEUE_NAME_INVALID
CALL celers_archive_completed_tasks(NULL, 0, NULL);
-- !! RETENTION_OUT_OF_RANGE
CALL celers_archive_completed_tasks(NULL, 315360001, NULL);
-- !! RETENTION_OUT_OF_RANGE
CALL celers_archive_completed_tasks(NULL, NULL, 0);
-- !! LIMIT_OUT_OF_RANGE
CALL celers_archive_completed_tasks(NULL, NULL, 1001);
-- !! LIMIT_OUT_OF_RANGE
