CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save r = receipt
CALL celers_update_task_progress('01900000-0000-7000-8000-000000000001', '{{r}}', 12.5, '{"step": "resize", "total_steps": 3, "checkpoint": "{\\"n\\":1.10}"}');
-- => 01900000-0000-7000-8000-000000000001 | *
-- save at = updated_at
CALL celers_get_task_progress('01900000-0000-7000-8000-000000000001');
-- => 01900000-0000-7000-8000-000000000001 | 12.5 | resize | 3 | {"n":1.10} | {{at}}

-- test: what is not given stays as it is
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save r = receipt
CALL celers_update_task_progress('01900000-0000-7000-8000-000000000001', '{{r}}', NULL, NULL);
CALL celers_get_task_progress('01900000-0000-7000-8000-000000000001');
-- => * | NULL | NULL | NULL | NULL | *
UPDATE celers_progress SET updated_at = '2026-01-01';
CALL celers_update_task_progress('01900000-0000-7000-8000-000000000001', '{{r}}', 0, '{"step": "a", "total_steps": 9, "checkpoint": "1.10"}');
CALL celers_update_task_progress('01900000-0000-7000-8000-000000000001', '{{r}}', NULL, '{"step": null, "total_steps": null, "checkpoint": null}');
CALL celers_get_task_progress('01900000-0000-7000-8000-000000000001');
-- => * | 0.0 | a | 9 | 1.10 | *
CALL celers_update_task_progress('01900000-0000-7000-8000-000000000001', '{{r}}', 100, '{"step": ""}');
CALL celers_update_task_progress('01900000-0000-7000-8000-000000000001', '{{r}}', NULL, '{"total_steps": 0, "checkpoint": "null"}');
CALL celers_get_task_progress('01900000-0000-7000-8000-000000000001');
-- => * | 100.0 |  | 0 | null | *
SELECT updated_at > '2026-01-01' FROM celers_progress;
-- => 1

-- test: the checkpoint is kept byte for byte
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save r = receipt
CALL celers_update_task_progress('01900000-0000-7000-8000-000000000001', '{{r}}', NULL, JSON_OBJECT('checkpoint', ' {"b" : 1.10, "a": 1180591620717411303424, "é😀": "\\u0000\\" DELIMITER"}\n'));
CALL celers_get_task_progress('01900000-0000-7000-8000-000000000001');
SELECT checkpoint = ' {"b" : 1.10, "a": 1180591620717411303424, "é😀": "\\u0000\\" DELIMITER"}\n' FROM celers_progress;
-- => 1
CALL celers_update_task_progress('01900000-0000-7000-8000-000000000001', '{{r}}', NULL, JSON_OBJECT('checkpoint', CONCAT('[', REPEAT('"","",', 87380), '"ab"]')));
SELECT LENGTH(checkpoint) FROM celers_progress;
-- => 524286
CALL celers_update_task_progress('01900000-0000-7000-8000-000000000001', '{{r}}', NULL, JSON_OBJECT('checkpoint', CONCAT('[', REPEAT('"","",', 87380), '"abcd"]')));
SELECT LENGTH(checkpoint) FROM celers_progress;
-- => 524288
CALL celers_update_task_progress('01900000-0000-7000-8000-000000000001', '{{r}}', NULL, JSON_OBJECT('checkpoint', CONCAT('[', REPEAT('"","",', 87380), '"abcde"]')));
-- !! CHECKPOINT_INVALID
SELECT LENGTH(checkpoint) FROM celers_progress;
-- => 524288

-- test: it outlives the attempts, and goes when the task goes
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001", "max_retries": 1}');
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save r = receipt
CALL celers_update_task_progress('01900000-0000-7000-8000-000000000001', '{{r}}', 30, '{"checkpoint": "[3]"}');
CALL celers_reject('01900000-0000-7000-8000-000000000001', '{{r}}', 'boom', '{"delay_s": 0}');
CALL celers_update_task_progress('01900000-0000-7000-8000-000000000001', '{{r}}', 40, NULL);
-- !! LEASE_LOST
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save r = receipt
CALL celers_get_task_progress('01900000-0000-7000-8000-000000000001');
-- => * | 30.0 | NULL | NULL | [3] | *
CALL celers_update_task_progress('01900000-0000-7000-8000-000000000001', '{{r}}', 60, NULL);
CALL celers_reject('01900000-0000-7000-8000-000000000001', '{{r}}', 'boom', NULL);
CALL celers_requeue_from_dlq('01900000-0000-7000-8000-000000000001');
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save r = receipt
CALL celers_get_task_progress('01900000-0000-7000-8000-000000000001');
-- => * | 60.0 | NULL | NULL | [3] | *
CALL celers_ack('01900000-0000-7000-8000-000000000001', '{{r}}');
CALL celers_update_task_progress('01900000-0000-7000-8000-000000000001', '{{r}}', 100, NULL);
-- !! LEASE_LOST
CALL celers_get_task_progress('01900000-0000-7000-8000-000000000001');
-- => * | 60.0 | NULL | NULL | [3] | *
UPDATE celers_finished SET finished_at = '2026-01-01';
CALL celers_archive_completed_tasks(NULL, 1, NULL);
-- => 1
SELECT COUNT(*) FROM celers_progress;
-- => 0

-- test: a lease that was lost
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save r = receipt
UPDATE celers_running SET lease_expires_at = '2026-01-01';
CALL celers_recover_expired(100);
CALL celers_update_task_progress('01900000-0000-7000-8000-000000000001', '{{r}}', 1, NULL);
-- !! LEASE_LOST
CALL celers_dequeue_batch('mail', 'w2', 1, NULL);
CALL celers_update_task_progress('01900000-0000-7000-8000-000000000001', '{{r}}', 1, NULL);
-- !! LEASE_LOST
SELECT COUNT(*) FROM celers_progress;
-- => 0

-- test: what is refused
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save r = receipt
CALL celers_update_task_progress('01900000-0000-7000-8000-000000000001', '{{r}}', -0.1, NULL);
-- !! PERCENT_OUT_OF_RANGE
CALL celers_update_task_progress('01900000-0000-7000-8000-000000000001', '{{r}}', 100.1, NULL);
-- !! PERCENT_OUT_OF_RANGE
CALL celers_update_task_progress('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-000000000009', 1, NULL);
-- !! LEASE_LOST
CALL celers_update_task_progress('01900000-0000-7000-8000-000000000009', '{{r}}', 1, NULL);
-- !! TASK_NOT_FOUND
CALL celers_update_task_progress('x', '{{r}}', 1, NULL);
-- !! UUID_INVALID
CALL celers_update_task_progress('01900000-0000-7000-8000-000000000001', NULL, 1, NULL);
-- !! UUID_INVALID
CALL celers_update_task_progress('01900000-0000-7000-8000-000000000001', '{{r}}', 1, '[]');
-- !! OPTIONS_INVALID
CALL celers_update_task_progress('01900000-0000-7000-8000-000000000001', '{{r}}', 1, '{"percent": 2}');
-- !! UNKNOWN_OPTION
CALL celers_update_task_progress('01900000-0000-7000-8000-000000000001', '{{r}}', 1, CONCAT('{"step": "', REPEAT('é', 256), '"}'));
-- !! OPTION_INVALID
CALL celers_update_task_progress('01900000-0000-7000-8000-000000000001', '{{r}}', 1, '{"step": ["a"]}');
-- !! OPTION_INVALID
CALL celers_update_task_progress('01900000-0000-7000-8000-000000000001', '{{r}}', 1, '{"total_steps": -1}');
-- !! OPTION_INVALID
CALL celers_update_task_progress('01900000-0000-7000-8000-000000000001', '{{r}}', 1, '{"total_steps": 2147483648}');
-- !! OPTION_INVALID
CALL celers_update_task_progress('01900000-0000-7000-8000-000000000001', '{{r}}', 1, '{"total_steps": "many"}');
-- !! OPTION_INVALID
CALL celers_update_task_progress('01900000-0000-7000-8000-000000000001', '{{r}}', 1, '{"checkpoint": {"n": 1}}');
-- !! OPTION_INVALID
CALL celers_update_task_progress('01900000-0000-7000-8000-000000000001', '{{r}}', 1, '{"checkpoint": "{"}');
-- !! CHECKPOINT_INVALID
CALL celers_update_task_progress('01900000-0000-7000-8000-000000000001', '{{r}}', 1, '{"checkpoint": ""}');
-- !! CHECKPOINT_INVALID
CALL celers_update_task_progress('01900000-0000-7000-8000-000000000001', '{{r}}', 1, JSON_OBJECT('checkpoint', CONCAT(REPEAT('[', 101), REPEAT(']', 101))));
-- !! CHECKPOINT_INVALID
SELECT COUNT(*) FROM celers_progress;
-- => 0
CALL celers_update_task_progress('01900000-0000-7000-8000-000000000001', '{{r}}', 0.1, CONCAT('{"step": "', REPEAT('é', 255), '", "total_steps": 2147483647}'));
-- => 01900000-0000-7000-8000-000000000001 | *

-- test: it is part of the caller's transaction
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save r = receipt
START TRANSACTION;
CALL celers_update_task_progress('01900000-0000-7000-8000-000000000001', '{{r}}', 10, NULL);
CALL celers_update_task_progress('01900000-0000-7000-8000-000000000009', '{{r}}', 20, NULL);
-- !! TASK_NOT_FOUND
CALL celers_get_task_progress('01900000-0000-7000-8000-000000000001');
-- => * | 10.0 | NULL | NULL | NULL | *
ROLLBACK;
CALL celers_get_task_progress('01900000-0000-7000-8000-000000000001');
-- => (no rows)
