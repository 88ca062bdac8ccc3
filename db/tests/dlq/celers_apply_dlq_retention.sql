-- three dead letters of different age, in two queues; with all that belongs to them
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000002"}');
CALL celers_enqueue('other', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000003"}');
CALL celers_dequeue_batch('mail,other', 'w1', 3, NULL);
-- save r = receipt
CALL celers_reject('01900000-0000-7000-8000-000000000001', '{{r}}', 'boom', '{"retry": false}');
CALL celers_reject('01900000-0000-7000-8000-000000000002', '{{r}}', 'boom', '{"retry": false}');
CALL celers_reject('01900000-0000-7000-8000-000000000003', '{{r}}', 'boom', '{"retry": false}');
CALL celers_store_result('01900000-0000-7000-8000-000000000001', 'FAILURE', NULL, NULL);
UPDATE celers_dead SET died_at = UTC_TIMESTAMP(6) - INTERVAL 2 DAY WHERE id <> UUID_TO_BIN('01900000-0000-7000-8000-000000000002');

-- by default dead letters are kept for ever
CALL celers_apply_dlq_retention(NULL, NULL, NULL);
-- => 0
CALL celers_apply_dlq_retention('mail', 259200, NULL);
-- => 0
CALL celers_apply_dlq_retention('mail', 86400, NULL);
-- => 1
SELECT BIN_TO_UUID(id) FROM celers_dead ORDER BY id;
-- => 01900000-0000-7000-8000-000000000002
-- => 01900000-0000-7000-8000-000000000003
SELECT COUNT(*) FROM celers_task;
-- => 2
SELECT COUNT(*) FROM celers_result;
-- => 0
CALL celers_get_task('01900000-0000-7000-8000-000000000001');
-- !! TASK_NOT_FOUND

-- the setting of a queue
CALL celers_set_queue_config('other', '{"dlq_retention_s": 3600}');
CALL celers_apply_dlq_retention('mail', NULL, 10);
-- => 0
CALL celers_apply_dlq_retention(NULL, NULL, 10);
-- => 1
SELECT COUNT(*) FROM celers_dead;
-- => 1

-- test: never more than the limit, over several queues
INSERT INTO celers_dead (id, queue, reason, priority, attempt, errors, crashes, died_at) VALUES
    (RANDOM_BYTES(16), 'a', 'permanent', 0, 1, 1, 0, '2026-01-01'),
    (RANDOM_BYTES(16), 'b', 'permanent', 0, 1, 1, 0, '2026-01-01'),
    (RANDOM_BYTES(16), 'b', 'permanent', 0, 1, 1, 0, '2026-01-01');
CALL celers_apply_dlq_retention(NULL, 3600, 2);
-- => 2
CALL celers_apply_dlq_retention(NULL, 3600, 2);
-- => 1
CALL celers_apply_dlq_retention(NULL, 3600, 2);
-- => 0

-- test: what is refused
CALL celers_apply_dlq_retention('a b', NULL, NULL);
-- !! QUEUE_NAME_INVALID
CALL celers_apply_dlq_retention(NULL, 3599, NULL);
-- !! RETENTION_OUT_OF_RANGE
CALL celers_apply_dlq_retention(NULL, 0, NULL);
-- !! RETENTION_OUT_OF_RANGE
CALL celers_apply_dlq_retention(NULL, 315360001, NULL);
-- !! RETENTION_OUT_OF_RANGE
CALL celers_apply_dlq_retention(NULL, 3600, 0);
-- !! LIMIT_OUT_OF_RANGE
CALL celers_apply_dlq_retention(NULL, 3600, 1001);
-- !! LIMIT_OUT_OF_RANGE
