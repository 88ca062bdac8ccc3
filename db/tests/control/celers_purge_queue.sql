-- what waits goes, with all that belongs to it; what runs, has ended or stands elsewhere stays
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000002"}');
CALL celers_dequeue_batch('mail', 'w1', 2, NULL);
-- save r = receipt
CALL celers_update_task_progress('01900000-0000-7000-8000-000000000002', '{{r}}', 50, NULL);
CALL celers_reject('01900000-0000-7000-8000-000000000002', '{{r}}', 'boom', '{"delay_s": 60}');
CALL celers_store_result('01900000-0000-7000-8000-000000000002', 'RETRY', NULL, NULL);
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000003", "expires_s": 60}');
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000004", "priority": 9}');
CALL celers_enqueue('other', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000005"}');
CALL celers_enqueue('other', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000006", "delay_s": 60}');
CALL celers_enqueue('done', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000007"}');
CALL celers_dequeue_batch('done', 'w1', 1, NULL);
-- save d = receipt
CALL celers_reject('01900000-0000-7000-8000-000000000007', '{{d}}', 'boom', '{"retry": false}');
CALL celers_purge_queue('mail', NULL, NULL);
-- => 3
CALL celers_purge_queue('done', NULL, NULL);
-- => 0
CALL celers_purge_queue('nowhere', NULL, NULL);
-- => 0
SELECT BIN_TO_UUID(id) FROM celers_task ORDER BY id;
-- => 01900000-0000-7000-8000-000000000001
-- => 01900000-0000-7000-8000-000000000005
-- => 01900000-0000-7000-8000-000000000006
-- => 01900000-0000-7000-8000-000000000007
SELECT COUNT(*) FROM celers_attempt;
-- => 0
SELECT COUNT(*) FROM celers_result;
-- => 0
SELECT COUNT(*) FROM celers_progress;
-- => 0
SELECT COUNT(*) FROM celers_expiry;
-- => 0
CALL celers_queue_size('mail');
-- => 0 | 0 | 1 | 0
CALL celers_queue_size('other');
-- => 1 | 1 | 0 | 0
CALL celers_ack('01900000-0000-7000-8000-000000000001', '{{r}}');
-- => * | completed

-- test: in batches, the last in the order of claims first
CALL celers_enqueue_batch('mail', '[{"task_name": "a", "payload": "{}", "task_id": "01900000-0000-7000-8000-000000000001"}, {"task_name": "a", "payload": "{}", "task_id": "01900000-0000-7000-8000-000000000002"}, {"task_name": "a", "payload": "{}", "task_id": "01900000-0000-7000-8000-000000000003", "priority": 5}, {"task_name": "a", "payload": "{}", "task_id": "01900000-0000-7000-8000-000000000004", "priority": -5}, {"task_name": "a", "payload": "{}", "task_id": "01900000-0000-7000-8000-000000000005", "delay_s": 60}, {"task_name": "a", "payload": "{}", "task_id": "01900000-0000-7000-8000-000000000006", "delay_s": 90}]', NULL);
CALL celers_purge_queue('mail', 2, NULL);
-- => 2
SELECT BIN_TO_UUID(id) FROM celers_ready ORDER BY id;
-- => 01900000-0000-7000-8000-000000000001
-- => 01900000-0000-7000-8000-000000000003
CALL celers_purge_queue('mail', 3, NULL);
-- => 3
SELECT BIN_TO_UUID(id) FROM celers_task;
-- => 01900000-0000-7000-8000-000000000005
CALL celers_purge_queue('mail', 3, NULL);
-- => 1
CALL celers_purge_queue('mail', 3, NULL);
-- => 0

-- test: only what is due, or only what is not
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000002", "delay_s": 60}');
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000003"}');
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000004", "delay_s": 60}');
CALL celers_purge_queue('mail', 1, '{"state": "scheduled"}');
-- => 1
CALL celers_purge_queue('mail', 1, '{"state": "ready"}');
-- => 1
CALL celers_queue_size('mail');
-- => 1 | 1 | 0 | 0
CALL celers_purge_queue('mail', 9, '{"state": "ready"}');
-- => 1
CALL celers_purge_queue('mail', 9, '{"state": "ready"}');
-- => 0
CALL celers_purge_queue('mail', 9, '{"state": null}');
-- => 1

-- test: the deadline of a deleted task does not meet another one with its id
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001", "expires_s": 0.000001}');
CALL celers_purge_queue('mail', NULL, NULL);
-- => 1
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001", "expires_s": 600}');
-- => 01900000-0000-7000-8000-000000000001 | 1 | * | pending
UPDATE celers_maintenance SET next_at = '2000-01-01', mark_at = NULL;
CALL celers_tick();
CALL celers_queue_size('mail');
-- => 1 | 0 | 0 | 0

-- test: what is refused
CALL celers_purge_queue(NULL, NULL, NULL);
-- !! QUEUE_NAME_INVALID
CALL celers_purge_queue('two words', NULL, NULL);
-- !! QUEUE_NAME_INVALID
CALL celers_purge_queue('mail', 0, NULL);
-- !! LIMIT_OUT_OF_RANGE
CALL celers_purge_queue('mail', 1001, NULL);
-- !! LIMIT_OUT_OF_RANGE
CALL celers_purge_queue('mail', NULL, '{"state": "processing"}');
-- !! OPTION_INVALID
CALL celers_purge_queue('mail', NULL, '{"state": ["ready"]}');
-- !! OPTION_INVALID
CALL celers_purge_queue('mail', NULL, '{"queue": "mail"}');
-- !! UNKNOWN_OPTION
CALL celers_purge_queue('mail', NULL, '[]');
-- !! OPTIONS_INVALID

-- test: it is part of the caller's transaction
CALL celers_enqueue('mail', 'a', '{}', NULL);
CALL celers_enqueue('mail', 'a', '{}', '{"delay_s": 60}');
START TRANSACTION;
CALL celers_purge_queue('mail', NULL, NULL);
-- => 2
CALL celers_purge_queue('mail', 0, NULL);
-- !! LIMIT_OUT_OF_RANGE
ROLLBACK;
CALL celers_queue_size('mail');
-- => 1 | 1 | 0 | 0
