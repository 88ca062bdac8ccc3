-- one dead letter of two, with all that belongs to it
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001", "max_retries": 1, "expires_s": 600}');
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000002"}');
CALL celers_dequeue_batch('mail', 'w1', 2, NULL);
-- save r = receipt
CALL celers_update_task_progress('01900000-0000-7000-8000-000000000001', '{{r}}', 50, NULL);
CALL celers_reject('01900000-0000-7000-8000-000000000001', '{{r}}', 'boom', '{"delay_s": 0}');
CALL celers_reject('01900000-0000-7000-8000-000000000002', '{{r}}', 'boom', '{"retry": false}');
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save r = receipt
CALL celers_reject('01900000-0000-7000-8000-000000000001', '{{r}}', 'boom', NULL);
CALL celers_store_result('01900000-0000-7000-8000-000000000001', 'FAILURE', NULL, NULL);
CALL celers_purge_dlq('01900000-0000-7000-8000-000000000001');
-- => 01900000-0000-7000-8000-000000000001 | 1
SELECT BIN_TO_UUID(t.id), BIN_TO_UUID(x.id) FROM celers_task AS t LEFT JOIN celers_dead AS x ON x.id = t.id;
-- => 01900000-0000-7000-8000-000000000002 | 01900000-0000-7000-8000-000000000002
SELECT (SELECT COUNT(*) FROM celers_attempt), (SELECT COUNT(*) FROM celers_result), (SELECT COUNT(*) FROM celers_progress), (SELECT COUNT(*) FROM celers_expiry);
-- => 0 | 0 | 0 | 0

-- again, and one that never was
CALL celers_purge_dlq('01900000-0000-7000-8000-000000000001');
-- => 01900000-0000-7000-8000-000000000001 | 0
CALL celers_requeue_from_dlq('01900000-0000-7000-8000-000000000001');
-- !! TASK_NOT_FOUND

-- test: what is no dead letter, or not any more
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_purge_dlq('01900000-0000-7000-8000-000000000001');
-- !! TASK_NOT_DEAD
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save r = receipt
CALL celers_purge_dlq('01900000-0000-7000-8000-000000000001');
-- !! TASK_NOT_DEAD
CALL celers_reject('01900000-0000-7000-8000-000000000001', '{{r}}', 'boom', '{"retry": false}');
CALL celers_requeue_from_dlq('01900000-0000-7000-8000-000000000001');
CALL celers_purge_dlq('01900000-0000-7000-8000-000000000001');
-- !! TASK_NOT_DEAD
CALL celers_cancel('01900000-0000-7000-8000-000000000001', NULL);
CALL celers_purge_dlq('01900000-0000-7000-8000-000000000001');
-- !! TASK_NOT_DEAD
CALL celers_purge_dlq('x');
-- !! UUID_INVALID
CALL celers_purge_dlq(NULL);
-- !! UUID_INVALID

-- test: it is part of the caller's transaction
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save r = receipt
CALL celers_reject('01900000-0000-7000-8000-000000000001', '{{r}}', 'boom', '{"retry": false}');
START TRANSACTION;
CALL celers_purge_dlq('01900000-0000-7000-8000-000000000001');
-- => * | 1
CALL celers_purge_dlq('01900000-0000-7000-8000-000000000001');
-- => * | 0
CALL celers_purge_dlq('x');
-- !! UUID_INVALID
ROLLBACK;
CALL celers_get_statistics('mail');
-- => mail | 0 | 0 | 0 | 0 | 0 | 0 | 0 | 0 | 1 | 0
