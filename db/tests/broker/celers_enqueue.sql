-- first in first out within a priority, higher priority first, from end to end of the range
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
-- => 01900000-0000-7000-8000-000000000001 | 1 | * | pending
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000002", "priority": -32768}');
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000003", "priority": 32767}');
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000004"}');
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000005", "priority": 1}');
CALL celers_dequeue_batch('mail', 'w1', 10, NULL);
-- => 01900000-0000-7000-8000-000000000003 | * | mail | a | {} | application/json | NULL | 1 | 32767 | NULL | * | NULL | claimed
-- => 01900000-0000-7000-8000-000000000005 | * | mail | a | {} | application/json | NULL | 1 | 1 | NULL | * | NULL | claimed
-- => 01900000-0000-7000-8000-000000000001 | * | mail | a | {} | application/json | NULL | 1 | 0 | NULL | * | NULL | claimed
-- => 01900000-0000-7000-8000-000000000004 | * | mail | a | {} | application/json | NULL | 1 | 0 | NULL | * | NULL | claimed
-- => 01900000-0000-7000-8000-000000000002 | * | mail | a | {} | application/json | NULL | 1 | -32768 | NULL | * | NULL | claimed

-- test: every option arrives where it belongs
CALL celers_enqueue('mail', 'send', '[1]', '{"task_id": "01900000-0000-7000-8000-000000000001", "priority": 7, "delay_s": 0, "max_retries": 1000, "retry": {"strategy": "linear", "base_s": 2}, "timeout_s": 31536000, "expires_s": 315360000, "headers": {"trace": "x"}, "content_type": "text/plain"}');
-- => 01900000-0000-7000-8000-000000000001 | 1 | * | pending
CALL celers_get_task('01900000-0000-7000-8000-000000000001');
-- => 01900000-0000-7000-8000-000000000001 | mail | send | pending | 7 | 0 | 0 | 0 | 1000 | * | * | NULL | NULL | NULL | NULL | NULL | NULL | 31536000 | * | {"base_s": 2, "strategy": "linear"} | {"trace": "x"} | text/plain | [1] | NULL
SELECT TIMESTAMPDIFF(SECOND, due_at, expires_at) FROM celers_task;
-- => 315360000
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- => 01900000-0000-7000-8000-000000000001 | * | mail | send | [1] | text/plain | {"trace": "x"} | 1 | 7 | 31536000 | * | NULL | claimed

-- test: null is the default of every option
CALL celers_enqueue('mail', 'send', '{}', '{"task_id": null, "priority": null, "due_at": null, "delay_s": null, "max_retries": null, "retry": null, "timeout_s": null, "expires_s": null, "headers": null, "content_type": null}');
-- => * | 1 | * | pending
CALL celers_enqueue('mail', 'send', '{}', '{}');
-- => * | 1 | * | pending
CALL celers_dequeue_batch('mail', 'w1', 2, NULL);
-- => * | * | mail | send | {} | application/json | NULL | 1 | 0 | NULL | * | NULL | claimed
-- => * | * | mail | send | {} | application/json | NULL | 1 | 0 | NULL | * | NULL | claimed
SELECT DISTINCT max_retries, retry, expires_at FROM celers_task;
-- => NULL | NULL | NULL

-- test: an id of its own making is a UUIDv7 of now
CALL celers_enqueue('mail', 'send', '{}', NULL);
-- save id = task_id
SELECT SUBSTRING('{{id}}', 15, 1) AS version, SUBSTRING('{{id}}', 20, 1) IN ('8', '9', 'a', 'b') AS variant, ABS(CONV(CONCAT(SUBSTRING('{{id}}', 1, 8), SUBSTRING('{{id}}', 10, 4)), 16, 10) / 1000 - UNIX_TIMESTAMP(UTC_TIMESTAMP(3)) + TIMESTAMPDIFF(SECOND, NOW(), UTC_TIMESTAMP())) < 60 AS is_now;
-- => 7 | 1 | 1

-- test: payloads are kept byte for byte
CALL celers_enqueue('mail', 'a', '{ "b":1.10,  "a": 1180591620717411303424, "a":"😀" }', NULL);
CALL celers_enqueue('mail', 'a', ' null ', NULL);
CALL celers_enqueue('mail', 'a', '"\\u0000 \\ud83d\\ude00"', NULL);
SELECT payload, content_type, payload_binary FROM celers_task ORDER BY due_at;
-- => { "b":1.10,  "a": 1180591620717411303424, "a":"😀" } | NULL | NULL
-- =>  null  | NULL | NULL
-- => "\u0000 \ud83d\ude00" | NULL | NULL
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- => * | * | mail | a | { "b":1.10,  "a": 1180591620717411303424, "a":"😀" } | application/json | NULL | 1 | 0 | NULL | * | NULL | claimed

-- test: text that is no JSON, and bytes that are no text
CALL celers_enqueue('mail', 'a', 'a\0b\r\n😀', '{"content_type": "text/plain"}');
CALL celers_enqueue('mail', 'a', '', '{"content_type": "text/plain"}');
CALL celers_enqueue('mail', 'a', X'00FF80', '{"content_type": "application/x-msgpack"}');
CALL celers_enqueue('mail', 'a', '', '{"content_type": "application/octet-stream"}');
CALL celers_enqueue('mail', 'a', '{"a": 1.10}', CONCAT('{"content_type": "', REPEAT('é', 100), '"}'));
SELECT HEX(payload), HEX(payload_binary) FROM celers_task ORDER BY due_at;
-- => 6100620D0AF09F9880 | NULL
-- =>  | NULL
-- => NULL | 00FF80
-- => NULL | 
-- => NULL | 7B2261223A20312E31307D
CALL celers_dequeue_batch('mail', 'w1', 3, NULL);
-- => * | * | mail | a | * | text/plain | NULL | 1 | 0 | NULL | * | NULL | claimed
-- => * | * | mail | a |  | text/plain | NULL | 1 | 0 | NULL | * | NULL | claimed
-- => * | * | mail | a | NULL | application/x-msgpack | NULL | 1 | 0 | NULL | * | 0x00FF80 | claimed

-- test: a payload that is not what its content type says
CALL celers_enqueue('mail', 'a', '', NULL);
-- !! PAYLOAD_INVALID
CALL celers_enqueue('mail', 'a', NULL, NULL);
-- !! PAYLOAD_INVALID
CALL celers_enqueue('mail', 'a', '{', NULL);
-- !! PAYLOAD_INVALID
CALL celers_enqueue('mail', 'a', '{}', '{"content_type": "application/json"}');
CALL celers_enqueue('mail', 'a', 'no JSON', '{"content_type": "application/json"}');
-- !! PAYLOAD_INVALID
CALL celers_enqueue('mail', 'a', X'22FF22', NULL);
-- !! PAYLOAD_INVALID
CALL celers_enqueue('mail', 'a', X'FF', '{"content_type": "text/plain"}');
-- !! PAYLOAD_INVALID
CALL celers_enqueue('mail', 'a', NULL, '{"content_type": "text/plain"}');
-- !! PAYLOAD_INVALID
CALL celers_enqueue('mail', 'a', NULL, '{"content_type": "application/octet-stream"}');
-- !! PAYLOAD_INVALID
SELECT COUNT(*) FROM celers_task;
-- => 1

-- test: 16 MiB are taken, a byte more is not
CALL celers_enqueue('mail', 'a', CONCAT('"', REPEAT('x', 16777214), '"'), NULL);
-- => * | 1 | * | pending
CALL celers_enqueue('mail', 'a', CONCAT('"', REPEAT('x', 16777215), '"'), NULL);
-- !! PAYLOAD_TOO_LARGE
CALL celers_enqueue('mail', 'a', REPEAT(X'FF', 16777217), '{"content_type": "application/octet-stream"}');
-- !! PAYLOAD_TOO_LARGE
SELECT LENGTH(payload) FROM celers_task;
-- => 16777216

-- test: names at their limits
CALL celers_enqueue(REPEAT('q', 64), REPEAT('😀', 255), '{}', NULL);
-- => * | 1 | * | pending
CALL celers_enqueue('AZaz09_.:-', ' ', '{}', NULL);
-- => * | 1 | * | pending
CALL celers_enqueue(REPEAT('q', 65), 'a', '{}', NULL);
-- !! QUEUE_NAME_INVALID
CALL celers_enqueue('', 'a', '{}', NULL);
-- !! QUEUE_NAME_INVALID
CALL celers_enqueue(NULL, 'a', '{}', NULL);
-- !! QUEUE_NAME_INVALID
CALL celers_enqueue('two words', 'a', '{}', NULL);
-- !! QUEUE_NAME_INVALID
CALL celers_enqueue('a,b', 'a', '{}', NULL);
-- !! QUEUE_NAME_INVALID
CALL celers_enqueue('mail\n', 'a', '{}', NULL);
-- !! QUEUE_NAME_INVALID
CALL celers_enqueue('default\n', 'a', '{}', NULL);
-- !! QUEUE_NAME_INVALID
CALL celers_enqueue('é', 'a', '{}', NULL);
-- !! QUEUE_NAME_INVALID
CALL celers_enqueue('*', 'a', '{}', NULL);
-- !! QUEUE_NAME_INVALID
CALL celers_enqueue('mail', REPEAT('a', 256), '{}', NULL);
-- !! TASK_NAME_INVALID
CALL celers_enqueue('mail', '', '{}', NULL);
-- !! TASK_NAME_INVALID
CALL celers_enqueue('mail', NULL, '{}', NULL);
-- !! TASK_NAME_INVALID
SELECT COUNT(*) FROM celers_task;
-- => 2

-- test: queues differ by case
CALL celers_enqueue('mail', 'a', '{}', NULL);
CALL celers_dequeue_batch('Mail', 'w1', 1, NULL);
-- => (no rows)

-- test: the same id again is the same task, wherever it is by now
CALL celers_enqueue('mail', 'a', '{"n": 1.10}', '{"task_id": "01900000-0000-7000-8000-00000000000A", "priority": 3}');
-- => 01900000-0000-7000-8000-00000000000a | 1 | * | pending
-- save due = due_at
CALL celers_enqueue('mail', 'a', '{"n": 1.10}', '{"task_id": "0190000000007000800000000000000a"}');
-- => 01900000-0000-7000-8000-00000000000a | 0 | {{due}} | pending
CALL celers_enqueue('mail', 'a', '{"n": 1.1}', '{"task_id": "01900000-0000-7000-8000-00000000000a"}');
-- !! TASK_ID_REUSED
CALL celers_enqueue('mail', 'A', '{"n": 1.10}', '{"task_id": "01900000-0000-7000-8000-00000000000a"}');
-- !! TASK_ID_REUSED
CALL celers_enqueue('other', 'a', '{"n": 1.10}', '{"task_id": "01900000-0000-7000-8000-00000000000a"}');
-- !! TASK_ID_REUSED
CALL celers_dequeue_batch('mail', 'w1', 10, NULL);
-- => 01900000-0000-7000-8000-00000000000a | * | mail | a | {"n": 1.10} | application/json | NULL | 1 | 3 | NULL | * | NULL | claimed
-- save r = receipt
CALL celers_enqueue('mail', 'a', '{"n": 1.10}', '{"task_id": "01900000-0000-7000-8000-00000000000a"}');
-- => 01900000-0000-7000-8000-00000000000a | 0 | {{due}} | processing
CALL celers_ack('01900000-0000-7000-8000-00000000000a', '{{r}}');
CALL celers_enqueue('mail', 'a', '{"n": 1.10}', '{"task_id": "01900000-0000-7000-8000-00000000000a"}');
-- => 01900000-0000-7000-8000-00000000000a | 0 | {{due}} | completed
SELECT COUNT(*) FROM celers_task;
-- => 1

-- test: the same id again with bytes; and of a task that is not due, cancelled, expired, dead
CALL celers_enqueue('mail', 'a', X'FF00', '{"task_id": "01900000-0000-7000-8000-000000000001", "content_type": "b", "delay_s": 60}');
CALL celers_enqueue('mail', 'a', X'FF00', '{"task_id": "01900000-0000-7000-8000-000000000001", "content_type": "b"}');
-- => 01900000-0000-7000-8000-000000000001 | 0 | * | pending
CALL celers_enqueue('mail', 'a', X'FF01', '{"task_id": "01900000-0000-7000-8000-000000000001", "content_type": "b"}');
-- !! TASK_ID_REUSED
CALL celers_cancel('01900000-0000-7000-8000-000000000001', NULL);
CALL celers_enqueue('mail', 'a', X'FF00', '{"task_id": "01900000-0000-7000-8000-000000000001", "content_type": "b"}');
-- => 01900000-0000-7000-8000-000000000001 | 0 | * | cancelled
UPDATE celers_finished SET state = 'expired';
CALL celers_enqueue('mail', 'a', X'FF00', '{"task_id": "01900000-0000-7000-8000-000000000001", "content_type": "b"}');
-- => 01900000-0000-7000-8000-000000000001 | 0 | * | expired
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000002"}');
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save r = receipt
CALL celers_reject('01900000-0000-7000-8000-000000000002', '{{r}}', 'boom', '{"retry": false}');
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000002"}');
-- => 01900000-0000-7000-8000-000000000002 | 0 | * | dead

-- test: what is due later waits elsewhere
CALL celers_enqueue('mail', 'a', '{}', '{"delay_s": 60.5}');
-- save due = due_at
SELECT TIMESTAMPDIFF(MICROSECOND, UTC_TIMESTAMP(6), '{{due}}') BETWEEN 30000000 AND 60500000;
-- => 1
CALL celers_enqueue('mail', 'a', '{}', '{"delay_s": 315360000}');
CALL celers_enqueue('mail', 'a', '{}', '{"due_at": "2096-02-29T01:02:03.5Z"}');
-- => * | 1 | 2096-02-29 01:02:03.500000 | pending
CALL celers_enqueue('mail', 'a', '{}', '{"due_at": "2096-02-29 01:02:03"}');
-- => * | 1 | 2096-02-29 01:02:03.000000 | pending
SELECT COUNT(*) FROM celers_scheduled;
-- => 4
CALL celers_dequeue_batch('mail', 'w1', 10, NULL);
-- => (no rows)
CALL celers_enqueue('mail', 'a', '{}', '{"due_at": "2020-01-01 00:00:00"}');
-- save due = due_at
SELECT TIMESTAMPDIFF(SECOND, '{{due}}', UTC_TIMESTAMP(6)) < 60;
-- => 1
SELECT COUNT(*) FROM celers_ready;
-- => 1
UPDATE celers_scheduled AS s JOIN celers_task AS t ON t.id = s.id SET s.due_at = '2026-01-01', t.due_at = '2026-01-01' WHERE s.due_at = '2096-02-29 01:02:03';
CALL celers_promote_due(100);
SELECT COUNT(*) FROM celers_ready;
-- => 2

-- test: a task that was not started in time is not handed out
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001", "expires_s": 60}');
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000002", "expires_s": 60, "delay_s": 60}');
SELECT TIMESTAMPDIFF(SECOND, due_at, expires_at) FROM celers_task;
-- => 60
-- => 60
UPDATE celers_ready SET expires_at = '2026-01-01';
UPDATE celers_task SET expires_at = '2026-01-01';
UPDATE celers_expiry SET expires_at = '2026-01-01';
UPDATE celers_maintenance SET is_enabled = FALSE;
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- => (no rows)
CALL celers_dequeue_batch('mail', 'w1', 10, NULL);
-- => (no rows)
UPDATE celers_maintenance SET is_enabled = TRUE, next_at = '2000-01-01', mark_at = NULL;
UPDATE celers_upkeep SET next_at = '2000-01-01';
CALL celers_tick();
SELECT BIN_TO_UUID(id), state FROM celers_finished ORDER BY id;
-- => 01900000-0000-7000-8000-000000000001 | expired
-- => 01900000-0000-7000-8000-000000000002 | expired
SELECT COUNT(*) FROM celers_expiry;
-- => 0

-- test: a task that was started in time does not expire when it comes back
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001", "expires_s": 60}');
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save r = receipt
UPDATE celers_task SET expires_at = '2026-01-01';
UPDATE celers_expiry SET expires_at = '2026-01-01';
CALL celers_reject('01900000-0000-7000-8000-000000000001', '{{r}}', 'boom', '{"delay_s": 0}');
-- => 01900000-0000-7000-8000-000000000001 | retried | *
UPDATE celers_maintenance SET next_at = '2000-01-01', mark_at = NULL;
CALL celers_tick();
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- => 01900000-0000-7000-8000-000000000001 | * | mail | a | {} | application/json | NULL | 2 | 0 | NULL | * | NULL | claimed

-- test: options out of range
CALL celers_enqueue('mail', 'a', '{}', '{"priority": 32768}');
-- !! PRIORITY_OUT_OF_RANGE
CALL celers_enqueue('mail', 'a', '{}', '{"priority": -32769}');
-- !! PRIORITY_OUT_OF_RANGE
CALL celers_enqueue('mail', 'a', '{}', '{"delay_s": -0.1}');
-- !! DUE_OUT_OF_RANGE
CALL celers_enqueue('mail', 'a', '{}', '{"delay_s": 315360001}');
-- !! DUE_OUT_OF_RANGE
CALL celers_enqueue('mail', 'a', '{}', '{"delay_s": 1, "due_at": "2096-01-01 00:00:00"}');
-- !! DUE_OUT_OF_RANGE
CALL celers_enqueue('mail', 'a', '{}', '{"due_at": "tomorrow"}');
-- !! DUE_OUT_OF_RANGE
CALL celers_enqueue('mail', 'a', '{}', '{"due_at": "2095-02-29 00:00:00"}');
-- !! DUE_OUT_OF_RANGE
CALL celers_enqueue('mail', 'a', '{}', '{"due_at": "2096-01-01 00:00:00+02:00"}');
-- !! DUE_OUT_OF_RANGE
CALL celers_enqueue('mail', 'a', '{}', '{"due_at": "2096-01-01"}');
-- !! DUE_OUT_OF_RANGE
CALL celers_enqueue('mail', 'a', '{}', '{"max_retries": -1}');
-- !! RETRIES_OUT_OF_RANGE
CALL celers_enqueue('mail', 'a', '{}', '{"max_retries": 1001}');
-- !! RETRIES_OUT_OF_RANGE
CALL celers_enqueue('mail', 'a', '{}', '{"timeout_s": 0}');
-- !! TIMEOUT_OUT_OF_RANGE
CALL celers_enqueue('mail', 'a', '{}', '{"timeout_s": 31536001}');
-- !! TIMEOUT_OUT_OF_RANGE
CALL celers_enqueue('mail', 'a', '{}', '{"expires_s": 0}');
-- !! EXPIRY_OUT_OF_RANGE
CALL celers_enqueue('mail', 'a', '{}', '{"expires_s": 315360001}');
-- !! EXPIRY_OUT_OF_RANGE
CALL celers_enqueue('mail', 'a', '{}', '{"headers": []}');
-- !! HEADERS_INVALID
CALL celers_enqueue('mail', 'a', '{}', '{"headers": "x"}');
-- !! HEADERS_INVALID
CALL celers_enqueue('mail', 'a', '{}', CONCAT('{"headers": {"a": "', REPEAT('x', 65528), '"}}'));
-- !! HEADERS_INVALID
CALL celers_enqueue('mail', 'a', '{}', '{"content_type": ""}');
-- !! CONTENT_TYPE_INVALID
CALL celers_enqueue('mail', 'a', '{}', CONCAT('{"content_type": "', REPEAT('x', 101), '"}'));
-- !! CONTENT_TYPE_INVALID
SELECT COUNT(*) FROM celers_task;
-- => 0
CALL celers_enqueue('mail', 'a', '{}', CONCAT('{"headers": {"a": "', REPEAT('x', 65527), '"}, "max_retries": 0, "timeout_s": 1}'));
SELECT LENGTH(headers), max_retries, timeout_s FROM celers_task;
-- => 65536 | 0 | 1

-- test: retry policies that are none
CALL celers_enqueue('mail', 'a', '{}', '{"retry": "fixed"}');
-- !! RETRY_POLICY_INVALID
CALL celers_enqueue('mail', 'a', '{}', '{"retry": {}}');
-- !! RETRY_POLICY_INVALID
CALL celers_enqueue('mail', 'a', '{}', '{"retry": {"base_s": 1}}');
-- !! RETRY_POLICY_INVALID
CALL celers_enqueue('mail', 'a', '{}', '{"retry": {"strategy": "often"}}');
-- !! RETRY_POLICY_INVALID
CALL celers_enqueue('mail', 'a', '{}', '{"retry": {"strategy": "fixed", "pause": 1}}');
-- !! RETRY_POLICY_INVALID
CALL celers_enqueue('mail', 'a', '{}', '{"retry": {"strategy": "fixed", "base_s": -1}}');
-- !! RETRY_POLICY_INVALID
CALL celers_enqueue('mail', 'a', '{}', '{"retry": {"strategy": "fixed", "base_s": "long"}}');
-- !! RETRY_POLICY_INVALID
CALL celers_enqueue('mail', 'a', '{}', '{"retry": {"strategy": "exponential", "multiplier": 0.9}}');
-- !! RETRY_POLICY_INVALID
CALL celers_enqueue('mail', 'a', '{}', '{"retry": {"strategy": "exponential", "multiplier": 11}}');
-- !! RETRY_POLICY_INVALID
CALL celers_enqueue('mail', 'a', '{}', '{"retry": {"strategy": "linear", "max_s": 31536001}}');
-- !! RETRY_POLICY_INVALID
SELECT COUNT(*) FROM celers_task;
-- => 0

-- test: options that are none
CALL celers_enqueue('mail', 'a', '{}', '[]');
-- !! OPTIONS_INVALID
CALL celers_enqueue('mail', 'a', '{}', '"x"');
-- !! OPTIONS_INVALID
CALL celers_enqueue('mail', 'a', '{}', '{');
-- !! OPTIONS_INVALID
CALL celers_enqueue('mail', 'a', '{}', '');
-- !! OPTIONS_INVALID
CALL celers_enqueue('mail', 'a', '{}', CONCAT('{"headers": {"a": ', REPEAT('[', 100), REPEAT(']', 100), '}}'));
-- !! OPTIONS_INVALID
CALL celers_enqueue('mail', 'a', '{}', '{"Priority": 1}');
-- !! UNKNOWN_OPTION
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001", "urgent": true}');
-- !! UNKNOWN_OPTION
CALL celers_enqueue('mail', 'a', '{}', '{"priority": "high"}');
-- !! OPTION_INVALID
CALL celers_enqueue('mail', 'a', '{}', '{"priority": 1e30}');
-- !! OPTION_INVALID
CALL celers_enqueue('mail', 'a', '{}', '{"delay_s": {}}');
-- !! OPTION_INVALID
CALL celers_enqueue('mail', 'a', '{}', '{"due_at": []}');
-- !! OPTION_INVALID
CALL celers_enqueue('mail', 'a', '{}', '{"content_type": {}}');
-- !! OPTION_INVALID
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "x"}');
-- !! UUID_INVALID
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": ""}');
-- !! UUID_INVALID
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": 5}');
-- !! UUID_INVALID
SELECT COUNT(*) FROM celers_task;
-- => 0

-- test: a call that fails leaves no transaction open
CALL celers_enqueue('mail', 'a', '{', NULL);
-- !! PAYLOAD_INVALID
SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
CALL celers_enqueue('mail', 'a', '{}', '{"priority": 40000}');
-- !! PRIORITY_OUT_OF_RANGE
SET TRANSACTION ISOLATION LEVEL READ COMMITTED;

-- test: it is part of the caller's transaction
START TRANSACTION;
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001", "expires_s": 9}');
CALL celers_enqueue('mail', 'a', '{}', '{"delay_s": 60}');
CALL celers_enqueue('mail', 'a', '{', NULL);
-- !! PAYLOAD_INVALID
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
-- => 01900000-0000-7000-8000-000000000001 | 0 | * | pending
SELECT COUNT(*) FROM celers_task;
-- => 2
ROLLBACK;
SELECT (SELECT COUNT(*) FROM celers_task) + (SELECT COUNT(*) FROM celers_ready) + (SELECT COUNT(*) FROM celers_scheduled) + (SELECT COUNT(*) FROM celers_expiry) AS left_over;
-- => 0
SET autocommit = 0;
CALL celers_enqueue('mail', 'a', '{}', NULL);
ROLLBACK;
SET autocommit = 1;
SELECT COUNT(*) FROM celers_task;
-- => 0
START TRANSACTION;
CALL celers_enqueue('mail', 'a', '{}', NULL);
COMMIT;
CALL celers_queue_size('mail');
-- => 1 | 0 | 0 | 0
