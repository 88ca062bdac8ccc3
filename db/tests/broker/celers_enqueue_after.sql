-- it waits until it is due
CALL celers_enqueue_after('mail', 'send', '{"n": 1.10}', 60.25, NULL);
-- => * | 1 | * | pending
-- save due = due_at
SELECT due_at = '{{due}}' FROM celers_scheduled;
-- => 1
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- => (no rows)
UPDATE celers_scheduled AS s JOIN celers_task AS t ON t.id = s.id SET s.due_at = '2026-01-01', t.due_at = '2026-01-01';
CALL celers_promote_due(100);
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- => * | * | mail | send | {"n": 1.10} | application/json | NULL | 1 | 0 | NULL | * | NULL | claimed

-- test: what is due already is ready
CALL celers_enqueue_after('mail', 'send', '{}', 0, '{}');
-- save due = due_at
SELECT TIMESTAMPDIFF(SECOND, due_at, UTC_TIMESTAMP(6)) < 60, due_at = '{{due}}' FROM celers_ready;
-- => 1 | 1

-- test: every other option of celers_enqueue
CALL celers_enqueue_after('mail', 'send', X'FF', 60.25, '{"task_id": "01900000-0000-7000-8000-000000000001", "priority": 7, "max_retries": 9, "retry": {"strategy": "fixed"}, "timeout_s": 8, "expires_s": 60, "headers": {"a": 1}, "content_type": "b"}');
-- => 01900000-0000-7000-8000-000000000001 | 1 | * | pending
CALL celers_get_task('01900000-0000-7000-8000-000000000001');
-- => 01900000-0000-7000-8000-000000000001 | mail | send | pending | 7 | 0 | 0 | 0 | 9 | * | * | NULL | NULL | NULL | NULL | NULL | NULL | 8 | * | {"strategy": "fixed"} | {"a": 1} | b | NULL | 0xFF
SELECT TIMESTAMPDIFF(SECOND, due_at, expires_at) FROM celers_task;
-- => 60
CALL celers_enqueue_after('mail', 'send', X'FF', 60.25, '{"task_id": "01900000-0000-7000-8000-000000000001", "content_type": "b"}');
-- => 01900000-0000-7000-8000-000000000001 | 0 | * | pending
CALL celers_enqueue_after('mail', 'send', X'FE', 60.25, '{"task_id": "01900000-0000-7000-8000-000000000001", "content_type": "b"}');
-- !! TASK_ID_REUSED

-- test: what is refused
CALL celers_enqueue_after('mail', 'send', '{}', NULL, NULL);
-- !! DUE_OUT_OF_RANGE
CALL celers_enqueue_after('mail', 'send', '{}', -1, NULL);
-- !! DUE_OUT_OF_RANGE
CALL celers_enqueue_after('mail', 'send', '{}', 60.25, '{"delay_s": 1}');
-- !! UNKNOWN_OPTION
CALL celers_enqueue_after('mail', 'send', '{}', 60.25, '{"due_at": "2096-01-01 00:00:00"}');
-- !! UNKNOWN_OPTION
CALL celers_enqueue_after('mail', 'send', '{}', 60.25, '[]');
-- !! OPTIONS_INVALID
CALL celers_enqueue_after('mail', 'send', '{}', 60.25, '{');
-- !! OPTIONS_INVALID
CALL celers_enqueue_after('mail', 'send', '{}', 60.25, '{"priority": "high"}');
-- !! OPTION_INVALID
CALL celers_enqueue_after('mail', 'send', '{}', 60.25, '{"task_id": "x"}');
-- !! UUID_INVALID
CALL celers_enqueue_after('mail', 'send', '{}', 60.25, '{"priority": 32768}');
-- !! PRIORITY_OUT_OF_RANGE
CALL celers_enqueue_after('mail', 'send', '{}', 60.25, '{"max_retries": 1001}');
-- !! RETRIES_OUT_OF_RANGE
CALL celers_enqueue_after('mail', 'send', '{}', 60.25, '{"retry": {"strategy": "often"}}');
-- !! RETRY_POLICY_INVALID
CALL celers_enqueue_after('mail', 'send', '{}', 60.25, '{"timeout_s": 0}');
-- !! TIMEOUT_OUT_OF_RANGE
CALL celers_enqueue_after('mail', 'send', '{}', 60.25, '{"expires_s": -1}');
-- !! EXPIRY_OUT_OF_RANGE
CALL celers_enqueue_after('mail', 'send', '{}', 60.25, '{"headers": []}');
-- !! HEADERS_INVALID
CALL celers_enqueue_after('mail', 'send', '{}', 60.25, '{"content_type": ""}');
-- !! CONTENT_TYPE_INVALID
CALL celers_enqueue_after('two words', 'send', '{}', 60.25, NULL);
-- !! QUEUE_NAME_INVALID
CALL celers_enqueue_after('mail', '', '{}', 60.25, NULL);
-- !! TASK_NAME_INVALID
CALL celers_enqueue_after('mail', 'send', '', 60.25, NULL);
-- !! PAYLOAD_INVALID
CALL celers_enqueue_after('mail', 'send', REPEAT('1', 16777217), 60.25, NULL);
-- !! PAYLOAD_TOO_LARGE
SELECT COUNT(*) FROM celers_task;
-- => 0

-- test: it is part of the caller's transaction
START TRANSACTION;
CALL celers_enqueue_after('mail', 'send', '{}', 60.25, NULL);
CALL celers_enqueue_after('mail', 'send', '{', 60.25, NULL);
-- !! PAYLOAD_INVALID
SELECT COUNT(*) FROM celers_scheduled;
-- => 1
ROLLBACK;
SELECT COUNT(*) FROM celers_task;
-- => 0

-- test: a delay counts from now, up to ten years
CALL celers_enqueue_after('mail', 'send', '{}', 3600.5, NULL);
-- save due = due_at
SELECT TIMESTAMPDIFF(MICROSECOND, UTC_TIMESTAMP(6), '{{due}}') BETWEEN 3500000000 AND 3600500000;
-- => 1
SELECT TIMESTAMPDIFF(MICROSECOND, created_at, due_at) FROM celers_task;
-- => 3600500000
CALL celers_enqueue_after('mail', 'send', '{}', 315360000, NULL);
-- => * | 1 | * | pending
CALL celers_enqueue_after('mail', 'send', '{}', 315360000.1, NULL);
-- !! DUE_OUT_OF_RANGE
