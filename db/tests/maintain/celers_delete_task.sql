-- one that has finished, and a dead letter; with all that belongs to them
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001", "expires_s": 600}');
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000002"}');
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000003"}');
CALL celers_dequeue_batch('mail', 'w1', 3, NULL);
-- save r = receipt
CALL celers_update_task_progress('01900000-0000-7000-8000-000000000001', '{{r}}', 100, NULL);
CALL celers_ack_batch('[{"task_id": "01900000-0000-7000-8000-000000000001", "receipt": "{{r}}", "result": "1"}]');
CALL celers_reject('01900000-0000-7000-8000-000000000002', '{{r}}', 'boom', '{"retry": false}');
CALL celers_reject('01900000-0000-7000-8000-000000000003', '{{r}}', 'boom', '{"cancel": true}');
CALL celers_delete_task('01900000-0000-7000-8000-000000000001');
-- => 01900000-0000-7000-8000-000000000001 | 1
CALL celers_delete_task('01900000-0000-7000-8000-000000000002');
-- => 01900000-0000-7000-8000-000000000002 | 1
SELECT BIN_TO_UUID(t.id), f.state FROM celers_task AS t LEFT JOIN celers_finished AS f ON f.id = t.id;
-- => 01900000-0000-7000-8000-000000000003 | cancelled
SELECT (SELECT COUNT(*) FROM celers_dead), (SELECT COUNT(*) FROM celers_result), (SELECT COUNT(*) FROM celers_progress), (SELECT COUNT(*) FROM celers_expiry);
-- => 0 | 0 | 0 | 0

-- again, and one that never was
CALL celers_delete_task('01900000-0000-7000-8000-000000000001');
-- => 01900000-0000-7000-8000-000000000001 | 0
CALL celers_delete_task('01900000-0000-7000-8000-000000000009');
-- => 01900000-0000-7000-8000-000000000009 | 0
CALL celers_ack('01900000-0000-7000-8000-000000000001', '{{r}}');
-- !! TASK_NOT_FOUND

-- test: what waits or runs is refused
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_delete_task('01900000-0000-7000-8000-000000000001');
-- !! TASK_NOT_ENDED
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save r = receipt
CALL celers_delete_task('01900000-0000-7000-8000-000000000001');
-- !! TASK_NOT_ENDED
CALL celers_reject('01900000-0000-7000-8000-000000000001', '{{r}}', 'boom', '{"delay_s": 60}');
CALL celers_delete_task('01900000-0000-7000-8000-000000000001');
-- !! TASK_NOT_ENDED
CALL celers_cancel('01900000-0000-7000-8000-000000000001', NULL);
CALL celers_delete_task('01900000-0000-7000-8000-000000000001');
-- => * | 1
SELECT COUNT(*) FROM celers_attempt;
-- => 0
CALL celers_delete_task('x');
-- !! UUID_INVALID
CALL celers_delete_task(NULL);
-- !! UUID_INVALID

-- test: it is part of the caller's transaction
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_cancel('01900000-0000-7000-8000-000000000001', NULL);
START TRANSACTION;
CALL celers_delete_task('01900000-0000-7000-8000-000000000001');
-- => * | 1
CALL celers_delete_task('01900000-0000-7000-8000-000000000001');
-- => * | 0
ROLLBACK;
CALL celers_get_statistics('mail');
-- => mail | 0 | 0 | 0 | 0 | 0 | 0 | 1 | 0 | 0 | 1
