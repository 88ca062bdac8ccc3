-- it waits until it is due
CALL celers_enqueue_at('mail', 'send', '{"n": 1.10}', '2096-01-02T03:04:05.6Z', NULL);
-- => * | 1 | 2096-01-02 03:04:05.600000 | pending
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
CALL celers_enqueue_at('mail', 'send', '{}', '2020-01-01 00:00:00', '{}');
-- save due = due_at
SELECT TIMESTAMPDIFF(SECOND, due_at, UTC_TIMESTAMP(6)) < 60, due_at = '{{due}}' FROM celers_ready;
-- => 1 | 1

-- test: every other option of celers_enqueue
CALL celers_enqueue_at('mail', 'send', X'FF', '2096-01-02T03:04:05.6Z', '{"task_id": "01900000-0000-7000-8000-000000000001", "priority": 7, "max_retries": 9, "retry": {"strategy": "fixed"}, "timeout_s": 8, "expires_s": 60, "headers": {"a": 1}, "content_type": "b"}');
-- => 01900000-0000-7000-8000-000000000001 | 1 | * | pending
CALL celers_get_task('01900000-0000-7000-8000-000000000001');
-- => 01900000-0000-7000-8000-000000000001 | mail | send | pending | 7 | 0 | 0 | 0 | 9 | * | 2096-01-02 03:04:05.600000 | NULL | NULL | NULL | NULL | NULL | NULL | 8 | * | {"strategy": "fixed"} | {"a": 1} | b | NULL | 0xFF
SELECT TIMESTAMPDIFF(SECOND, due_at, expires_at) FROM celers_task;
-- => 60
CALL celers_enqueue_at('mail', 'send', X'FF', '2096-01-02T03:04:05.6Z', '{"task_id": "01900000-0000-7000-8000-000000000001", "content_type": "b"}');
-- => 01900000-0000-7000-8000-000000000001 | 0 | 2096-01-02 03:04:05.600000 | pending
CALL celers_enqueue_at('mail', 'send', X'FE', '2096-01-02T03:04:05.6Z', '{"task_id": "01900000-0000-7000-8000-000000000001", "content_type": "b"}');
-- !! TASK_ID_REUSED

-- test: what is refused
CALL celers_enqueue_at('mail', 'send', '{}', NULL, NULL);
-- !! DUE_OUT_OF_RANGE
CALL celers_enqueue_at('mail', 'send', '{}', 'soon', NULL);
-- !! DUE_OUT_OF_RANGE
CALL celers_enqueue_at('mail', 'send', '{}', '2096-01-02T03:04:05.6Z', '{"due_at": "2096-01-01 00:00:00"}');
-- !! UNKNOWN_OPTION
CALL celers_enqueue_at('mail', 'send', '{}', '2096-01-02T03:04:05.6Z', '{"delay_s": 1}');
-- !! UNKNOWN_OPTION
CALL celers_enqueue_at('mail', 'send', '{}', '2096-01-02T03:04:05.6Z', '[]');
-- !! OPTIONS_INVALID
CALL celers_enqueue_at('mail', 'send', '{}', '2096-01-02T03:04:05.6Z', '{');
-- !! OPTIONS_INVALID
CALL celers_enqueue_at('mail', 'send', '{}', '2096-01-02T03:04:05.6Z', '{"priority": "high"}');
-- !! OPTION_INVALID
CALL celers_enqueue_at('mail', 'send', '{}', '2096-01-02T03:04:05.6Z', '{"task_id": "x"}');
-- !! UUID_INVALID
CALL celers_enqueue_at('mail', 'send', '{}', '2096-01-02T03:04:05.6Z', '{"priority": 32768}');
-- !! PRIORITY_OUT_OF_RANGE
CALL celers_enqueue_at('mail', 'send', '{}', '2096-01-02T03:04:05.6Z', '{"max_retries": 1001}');
-- !! RETRIES_OUT_OF_RANGE
CALL celers_enqueue_at('mail', 'send', '{}', '2096-01-02T03:04:05.6Z', '{"retry": {"strategy": "often"}}');
-- !! RETRY_POLICY_INVALID
CALL celers_enqueue_at('mail', 'send', '{}', '2096-01-02T03:04:05.6Z', '{"timeout_s": 0}');
-- !! TIMEOUT_OUT_OF_RANGE
CALL celers_enqueue_at('mail', 'send', '{}', '2096-01-02T03:04:05.6Z', '{"expires_s": -1}');
-- !! EXPIRY_OUT_OF_RANGE
CALL celers_enqueue_at('mail', 'send', '{}', '2096-01-02T03:04:05.6Z', '{"headers": []}');
-- !! HEADERS_INVALID
CALL celers_enqueue_at('mail', 'send', '{}', '2096-01-02T03:04:05.6Z', '{"content_type": ""}');
-- !! CONTENT_TYPE_INVALID
CALL celers_enqueue_at('two words', 'send', '{}', '2096-01-02T03:04:05.6Z', NULL);
-- !! QUEUE_NAME_INVALID
CALL celers_enqueue_at('mail', '', '{}', '2096-01-02T03:04:05.6Z', NULL);
-- !! TASK_NAME_INVALID
CALL celers_enqueue_at('mail', 'send', '', '2096-01-02T03:04:05.6Z', NULL);
-- !! PAYLOAD_INVALID
CALL celers_enqueue_at('mail', 'send', REPEAT('1', 16777217), '2096-01-02T03:04:05.6Z', NULL);
-- !! PAYLOAD_TOO_LARGE
SELECT COUNT(*) FROM celers_task;
-- => 0

-- test: it is part of the caller's transaction
START TRANSACTION;
CALL celers_enqueue_at('mail', 'send', '{}', '2096-01-02T03:04:05.6Z', NULL);
CALL celers_enqueue_at('mail', 'send', '{', '2096-01-02T03:04:05.6Z', NULL);
-- !! PAYLOAD_INVALID
SELECT COUNT(*) FROM celers_scheduled;
-- => 1
ROLLBACK;
SELECT COUNT(*) FROM celers_task;
-- => 0

-- test: instants are UTC whatever the session says
SET time_zone = '+05:00';
CALL celers_enqueue_at('mail', 'send', '{}', '2096-01-01 00:00:00', NULL);
-- => * | 1 | 2096-01-01 00:00:00.000000 | pending
CALL celers_enqueue_at('mail', 'send', '{}', '2096-01-01 00:00:00.123456', NULL);
-- => * | 1 | 2096-01-01 00:00:00.123456 | pending
CALL celers_enqueue_at('mail', 'send', '{}', '2096-01-01 00:00:00+05:00', NULL);
-- !! DUE_OUT_OF_RANGE
CALL celers_enqueue_at('mail', 'send', '{}', '2096-13-01 00:00:00', NULL);
-- !! DUE_OUT_OF_RANGE
CALL celers_enqueue_at('mail', 'send', '{}', '', NULL);
-- !! DUE_OUT_OF_RANGE
