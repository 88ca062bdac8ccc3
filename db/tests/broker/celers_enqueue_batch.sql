-- the order of the batch is the order of service within a priority
CALL celers_enqueue('mail', 'before', '{}', NULL);
CALL celers_enqueue_batch('mail', '[{"task_name": "a", "payload": "1.10"}, {"task_name": "b", "payload": "2", "priority": 5}, {"task_name": "c", "payload": "3", "task_id": "01900000-0000-7000-8000-000000000001"}, {"task_name": "d", "payload": "4", "task_id": "01900000-0000-7000-8000-000000000002"}]', NULL);
-- => 1 | * | 1
-- => 2 | * | 1
-- => 3 | 01900000-0000-7000-8000-000000000001 | 1
-- => 4 | 01900000-0000-7000-8000-000000000002 | 1
CALL celers_enqueue('mail', 'after', '{}', NULL);
CALL celers_dequeue_batch('mail', 'w1', 10, NULL);
-- => * | * | mail | b | 2 | application/json | NULL | 1 | 5 | NULL | * | NULL | claimed
-- => * | * | mail | before | {} | application/json | NULL | 1 | 0 | NULL | * | NULL | claimed
-- => * | * | mail | a | 1.10 | application/json | NULL | 1 | 0 | NULL | * | NULL | claimed
-- => 01900000-0000-7000-8000-000000000001 | * | mail | c | 3 | application/json | NULL | 1 | 0 | NULL | * | NULL | claimed
-- => 01900000-0000-7000-8000-000000000002 | * | mail | d | 4 | application/json | NULL | 1 | 0 | NULL | * | NULL | claimed
-- => * | * | mail | after | {} | application/json | NULL | 1 | 0 | NULL | * | NULL | claimed

-- test: items with options of their own, in order too; the options of the batch are their defaults
CALL celers_enqueue_batch('mail', '[{"task_name": "a", "payload": "{}", "task_id": "01900000-0000-7000-8000-000000000000"}, {"task_name": "b", "payload": "{}", "priority": 1, "max_retries": 0, "timeout_s": 5, "expires_s": 60, "headers": {"x": 1}, "retry": {"strategy": "fixed"}, "task_id": "01900000-0000-7000-8000-000000000001"}, {"task_name": "c", "payload": "{}", "due_at": "2096-01-01 00:00:00", "task_id": "01900000-0000-7000-8000-000000000002"}, {"task_name": "d", "payload": "{}", "priority": null, "task_id": "01900000-0000-7000-8000-000000000003"}, {"task_name": "e", "payload": "no JSON", "content_type": "text/plain", "task_id": "01900000-0000-7000-8000-000000000004"}]', '{"priority": 3, "max_retries": 7, "timeout_s": 9, "delay_s": 0, "expires_s": 90, "retry": {"strategy": "linear"}, "headers": {"y": 2}, "content_type": "application/json"}');
-- => 1 | 01900000-0000-7000-8000-000000000000 | 1
-- => 2 | 01900000-0000-7000-8000-000000000001 | 1
-- => 3 | 01900000-0000-7000-8000-000000000002 | 1
-- => 4 | 01900000-0000-7000-8000-000000000003 | 1
-- => 5 | 01900000-0000-7000-8000-000000000004 | 1
SELECT task_name, priority, max_retries, timeout_s, ROUND(TIMESTAMPDIFF(MICROSECOND, due_at, expires_at) / 1000000), JSON_VALUE(retry, '$.strategy'), JSON_EXTRACT(headers, '$.x'), content_type, due_at BETWEEN '2096-01-01' AND '2096-01-01 00:00:00.001' FROM celers_task ORDER BY task_name;
-- => a | 3 | 7 | 9 | 90 | linear | NULL | application/json | 0
-- => b | 1 | 0 | 5 | 60 | fixed | 1 | application/json | 0
-- => c | 3 | 7 | 9 | 90 | linear | NULL | application/json | 1
-- => d | 0 | 7 | 9 | 90 | linear | NULL | application/json | 0
-- => e | 3 | 7 | 9 | 90 | linear | NULL | text/plain | 0
SELECT t.task_name FROM celers_ready AS r JOIN celers_task AS t ON t.id = r.id ORDER BY r.priority DESC, r.due_at;
-- => a
-- => e
-- => b
-- => d
SELECT BIN_TO_UUID(id) FROM celers_scheduled;
-- => 01900000-0000-7000-8000-000000000002

-- test: the frequent options of items, which are written with the batch
CALL celers_enqueue_batch('mail', '[{"task_name": "a", "payload": "1.10", "max_retries": 0, "timeout_s": 5, "headers": {"x":  1}, "priority": 2}, {"task_name": "b", "payload": {"n": [1,2]}, "max_retries": 1000, "timeout_s": 31536000}, {"task_name": "c", "payload": null, "headers": {}}]', NULL);
SELECT task_name, payload, priority, max_retries, timeout_s, headers, content_type, retry, expires_at FROM celers_task ORDER BY task_name;
-- => a | 1.10 | 2 | 0 | 5 | {"x": 1} | NULL | NULL | NULL
-- => b | {"n": [1, 2]} | 0 | 1000 | 31536000 | NULL | NULL | NULL | NULL
-- => c | null | 0 | NULL | NULL | {} | NULL | NULL | NULL
SELECT COUNT(*) FROM celers_ready;
-- => 3

-- test: the options of the batch, which are written with it
CALL celers_enqueue_batch('mail', '[{"task_name": "a", "payload": "1"}, {"task_name": "b", "payload": "2", "priority": -1, "max_retries": 1, "timeout_s": 6, "task_id": "01900000-0000-7000-8000-000000000001"}]', '{"priority": 3, "max_retries": 7, "timeout_s": 9, "expires_s": 90, "retry": {"strategy": "linear"}, "headers": {"y": 2}}');
SELECT task_name, priority, base_priority, max_retries, timeout_s, TIMESTAMPDIFF(SECOND, due_at, expires_at) IN (89, 90), JSON_VALUE(retry, '$.strategy'), headers, content_type FROM celers_task ORDER BY task_name;
-- => a | 3 | 3 | 7 | 9 | 1 | linear | {"y": 2} | NULL
-- => b | -1 | -1 | 1 | 6 | 1 | linear | {"y": 2} | NULL
SELECT t.task_name, r.priority, r.expires_at = t.expires_at, r.due_at = t.due_at, e.id IS NOT NULL FROM celers_ready AS r JOIN celers_task AS t ON t.id = r.id LEFT JOIN celers_expiry AS e ON e.id = r.id AND e.expires_at = r.expires_at ORDER BY r.priority DESC;
-- => a | 3 | 1 | 1 | 1
-- => b | -1 | 1 | 1 | 1

-- test: a batch that is due later
CALL celers_enqueue_batch('mail', '[{"task_name": "a", "payload": "1"}, {"task_name": "b", "payload": "2", "priority": 4, "task_id": "01900000-0000-7000-8000-000000000001"}]', '{"delay_s": 100, "expires_s": 0.5}');
SELECT t.task_name, s.priority, s.queue, s.attempt, s.due_at = t.due_at, TIMESTAMPDIFF(SECOND, t.created_at, s.due_at), s.expires_at = t.expires_at, TIMESTAMPDIFF(MICROSECOND, s.due_at, s.expires_at), e.id IS NOT NULL FROM celers_scheduled AS s JOIN celers_task AS t ON t.id = s.id LEFT JOIN celers_expiry AS e ON e.id = s.id AND e.expires_at = s.expires_at ORDER BY s.due_at;
-- => a | 0 | mail | 0 | 1 | 100 | 1 | 500000 | 1
-- => b | 4 | mail | 0 | 1 | 100 | 1 | 499999 | 1
CALL celers_queue_size('mail');
-- => 0 | 2 | 0 | 0

-- test: headers of the batch and of an item are merged
CALL celers_enqueue_batch('mail', '[{"task_name": "a", "payload": "1", "headers": {"x": 1}}, {"task_name": "b", "payload": "2"}]', '{"headers": {"x": 0, "y": 2}}');
SELECT task_name, headers FROM celers_task ORDER BY task_name;
-- => a | {"x": 1, "y": 2}
-- => b | {"x": 0, "y": 2}

-- test: the time of an item replaces the time of the batch
CALL celers_enqueue_batch('mail', '[{"task_name": "a", "payload": "{}"}, {"task_name": "b", "payload": "{}", "delay_s": 0}]', '{"due_at": "2096-01-01 00:00:00"}');
CALL celers_queue_size('mail');
-- => 1 | 1 | 0 | 0

-- test: payloads are kept byte for byte
CALL celers_enqueue_batch('mail', '[{"task_name": "a", "payload": "{ \\"b\\":1.10, \\"n\\": 1180591620717411303424, \\"n\\":\\"😀\\" }"}, {"task_name": "b", "payload": "\\"\\\\u0000\\""}]', NULL);
CALL celers_enqueue_batch('mail', '[{"task_name": "c", "payload": "a\\u0000b\\n😀", "content_type": "text/plain"}, {"task_name": "d", "payload_base64": "AP+A", "content_type": "application/x-msgpack"}, {"task_name": "e", "payload_base64": "eyJhIjoxLjEwfQ=="}, {"task_name": "f", "payload": "x", "content_type": "b"}, {"task_name": "g", "payload_base64": "", "content_type": "b"}]', NULL);
SELECT task_name, HEX(payload), HEX(payload_binary) FROM celers_task ORDER BY task_name;
-- => a | 7B202262223A312E31302C20226E223A20313138303539313632303731373431313330333432342C20226E223A22F09F988022207D | NULL
-- => b | 225C753030303022 | NULL
-- => c | 6100620AF09F9880 | NULL
-- => d | NULL | 00FF80
-- => e | 7B2261223A312E31307D | NULL
-- => f | NULL | 78
-- => g | NULL | 

-- test: a payload that is no string is stored as the server prints it
CALL celers_enqueue_batch('mail', '[{"task_name": "a", "payload": {"n":  1.10}}, {"task_name": "b", "payload": [1]}]', NULL);
CALL celers_enqueue_batch('mail', '[{"task_name": "c", "payload": 7}, {"task_name": "d", "payload": true}]', NULL);
SELECT task_name, payload FROM celers_task ORDER BY task_name;
-- => a | {"n": 1.1}
-- => b | [1]
-- => c | 7
-- => d | true

-- test: a repeated batch enqueues once
CALL celers_enqueue_batch('mail', '[{"task_name": "a", "payload": "1", "task_id": "01900000-0000-7000-8000-000000000001"}, {"task_name": "a", "payload": "2", "task_id": "01900000-0000-7000-8000-000000000002"}]', NULL);
CALL celers_enqueue_batch('mail', '[{"task_name": "a", "payload": "1", "task_id": "01900000-0000-7000-8000-000000000001"}, {"task_name": "a", "payload": "2", "task_id": "01900000-0000-7000-8000-000000000002"}]', NULL);
-- => 1 | 01900000-0000-7000-8000-000000000001 | 0
-- => 2 | 01900000-0000-7000-8000-000000000002 | 0
CALL celers_enqueue_batch('mail', '[{"task_name": "a", "payload": "3", "task_id": "01900000-0000-7000-8000-000000000004"}, {"task_name": "a", "payload": "2", "task_id": "01900000-0000-7000-8000-000000000002"}, {"task_name": "a", "payload": "3", "task_id": "01900000-0000-7000-8000-000000000003"}, {"task_name": "a", "payload": "3", "task_id": "01900000-0000-7000-8000-000000000004"}]', NULL);
-- => 1 | 01900000-0000-7000-8000-000000000004 | 1
-- => 2 | 01900000-0000-7000-8000-000000000002 | 0
-- => 3 | 01900000-0000-7000-8000-000000000003 | 1
-- => 4 | 01900000-0000-7000-8000-000000000004 | 0
SELECT COUNT(*) FROM celers_ready;
-- => 4
CALL celers_enqueue_batch('mail', '[{"task_name": "a", "payload": "9", "task_id": "01900000-0000-7000-8000-000000000005"}, {"task_name": "a", "payload": "1.0", "task_id": "01900000-0000-7000-8000-000000000001"}]', NULL);
-- !! TASK_ID_REUSED
SELECT COUNT(*) FROM celers_task;
-- => 4

-- test: nothing, one, a thousand, and one too many
CALL celers_enqueue_batch('mail', NULL, NULL);
-- => (no rows)
CALL celers_enqueue_batch('mail', '[]', NULL);
-- => (no rows)
CALL celers_enqueue_batch('mail', '[{"task_name": "a", "payload": "{}"}]', '{}');
-- => 1 | * | 1
CALL celers_enqueue_batch('mail', CONCAT('[{"task_name": "a", "payload": "{}"}', REPEAT(',{"task_name": "b", "payload": "{}"}', 999), ']'), NULL);
-- => 1 | * | 1
-- => 2 | * | 1
-- => ...
SELECT COUNT(*), COUNT(DISTINCT due_at) >= 1000 FROM celers_ready;
-- => 1001 | 1
CALL celers_enqueue_batch('mail', CONCAT('[{"task_name": "a", "payload": "{}"}', REPEAT(',{"task_name": "b", "payload": "{}"}', 1000), ']'), NULL);
-- !! ITEMS_INVALID

-- test: names and payloads at their limits
CALL celers_enqueue_batch(REPEAT('q', 64), CONCAT('[{"task_name": "', REPEAT('😀', 255), '", "payload": "{}", "priority": 32767}, {"task_name": "a", "payload": "{}", "priority": -32768}]'), NULL);
-- => 1 | * | 1
-- => 2 | * | 1
CALL celers_enqueue_batch('mail', JSON_ARRAY(JSON_OBJECT('task_name', 'a', 'payload', REPEAT('1', 16777217))), NULL);
-- !! PAYLOAD_TOO_LARGE
CALL celers_enqueue_batch(REPEAT('q', 65), '[{"task_name": "a", "payload": "{}"}]', NULL);
-- !! QUEUE_NAME_INVALID
CALL celers_enqueue_batch('mail\n', '[{"task_name": "a", "payload": "{}"}]', NULL);
-- !! QUEUE_NAME_INVALID
CALL celers_enqueue_batch(NULL, '[{"task_name": "a", "payload": "{}"}]', NULL);
-- !! QUEUE_NAME_INVALID
CALL celers_enqueue_batch('mail', CONCAT('[{"task_name": "', REPEAT('a', 256), '", "payload": "{}"}]'), NULL);
-- !! TASK_NAME_INVALID
CALL celers_enqueue_batch('mail', '[{"task_name": "", "payload": "{}"}]', NULL);
-- !! TASK_NAME_INVALID
CALL celers_enqueue_batch('mail', '[{"payload": "{}"}]', NULL);
-- !! TASK_NAME_INVALID
SELECT COUNT(*) FROM celers_task;
-- => 2

-- test: one bad item and none of them stands
CALL celers_enqueue_batch('mail', '[{"task_name": "a", "payload": "{}"}, {"task_name": "a", "payload": "{"}]', NULL);
-- !! PAYLOAD_INVALID
CALL celers_enqueue_batch('mail', '[{"task_name": "a", "payload": "{}"}, {"task_name": "a", "payload": ""}]', NULL);
-- !! PAYLOAD_INVALID
CALL celers_enqueue_batch('mail', '[{"task_name": "a", "payload": "{}"}, {"task_name": "a"}]', NULL);
-- !! PAYLOAD_INVALID
CALL celers_enqueue_batch('mail', '[{"task_name": "a", "payload": "{}"}, {"task_name": "a", "payload_base64": "%%"}]', NULL);
-- !! PAYLOAD_INVALID
CALL celers_enqueue_batch('mail', '[{"task_name": "a", "payload": "{}"}, {"task_name": "a", "payload": "{}", "urgent": 1}]', NULL);
-- !! UNKNOWN_OPTION
CALL celers_enqueue_batch('mail', '[{"task_name": "a", "payload": "{}"}, {"task_name": "a", "payload": "{}", "task_id": "x"}]', NULL);
-- !! UUID_INVALID
CALL celers_enqueue_batch('mail', '[{"task_name": "a", "payload": "{}"}, {"task_name": "a", "payload": "{}", "priority": "high"}]', NULL);
-- !! OPTION_INVALID
CALL celers_enqueue_batch('mail', '[{"task_name": "a", "payload": "{}"}, {"task_name": "a", "payload": "{}", "priority": 32768}]', NULL);
-- !! PRIORITY_OUT_OF_RANGE
CALL celers_enqueue_batch('mail', '[{"task_name": "a", "payload": "{}"}, {"task_name": "a", "payload": "{}", "delay_s": -1}]', NULL);
-- !! DUE_OUT_OF_RANGE
CALL celers_enqueue_batch('mail', '[{"task_name": "a", "payload": "{}", "due_at": "2096-01-01 00:00:00", "delay_s": 1}]', NULL);
-- !! DUE_OUT_OF_RANGE
CALL celers_enqueue_batch('mail', '[{"task_name": "a", "payload": "{}"}, {"task_name": "a", "payload": "{}", "max_retries": 1001}]', NULL);
-- !! RETRIES_OUT_OF_RANGE
CALL celers_enqueue_batch('mail', '[{"task_name": "a", "payload": "{}"}, {"task_name": "a", "payload": "{}", "retry": {"strategy": "often"}}]', NULL);
-- !! RETRY_POLICY_INVALID
CALL celers_enqueue_batch('mail', '[{"task_name": "a", "payload": "{}"}, {"task_name": "a", "payload": "{}", "timeout_s": 0}]', NULL);
-- !! TIMEOUT_OUT_OF_RANGE
CALL celers_enqueue_batch('mail', '[{"task_name": "a", "payload": "{}"}, {"task_name": "a", "payload": "{}", "expires_s": 0}]', NULL);
-- !! EXPIRY_OUT_OF_RANGE
CALL celers_enqueue_batch('mail', '[{"task_name": "a", "payload": "{}"}, {"task_name": "a", "payload": "{}", "headers": []}]', NULL);
-- !! HEADERS_INVALID
CALL celers_enqueue_batch('mail', '[{"task_name": "a", "payload": "{}"}, {"task_name": "a", "payload": "{}", "content_type": ""}]', NULL);
-- !! CONTENT_TYPE_INVALID
CALL celers_enqueue_batch('mail', '[{"task_name": "a", "payload": "{}"}, 5]', NULL);
-- !! ITEMS_INVALID
CALL celers_enqueue_batch('mail', '[{"task_name": "a", "payload": "{}"}, null]', NULL);
-- !! ITEMS_INVALID
SELECT (SELECT COUNT(*) FROM celers_task) + (SELECT COUNT(*) FROM celers_ready) + (SELECT COUNT(*) FROM celers_scheduled) + (SELECT COUNT(*) FROM celers_expiry) AS left_over;
-- => 0
SET TRANSACTION ISOLATION LEVEL READ COMMITTED;

-- test: a batch or options that are none
CALL celers_enqueue_batch('mail', '{}', NULL);
-- !! ITEMS_INVALID
CALL celers_enqueue_batch('mail', '', NULL);
-- !! ITEMS_INVALID
CALL celers_enqueue_batch('mail', '[', NULL);
-- !! ITEMS_INVALID
CALL celers_enqueue_batch('mail', '[{"task_name": "a", "payload": "{}"}]', '[]');
-- !! OPTIONS_INVALID
CALL celers_enqueue_batch('mail', '[{"task_name": "a", "payload": "{}"}]', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
-- !! UNKNOWN_OPTION
CALL celers_enqueue_batch('mail', '[{"task_name": "a", "payload": "{}"}]', '{"urgent": 1}');
-- !! UNKNOWN_OPTION
CALL celers_enqueue_batch('mail', '[{"task_name": "a", "payload": "{}"}]', '{');
-- !! OPTIONS_INVALID
CALL celers_enqueue_batch('mail', '[{"task_name": "a", "payload": "{}"}]', '{"priority": "high"}');
-- !! OPTION_INVALID
CALL celers_enqueue_batch('mail', '[{"task_name": "a", "payload": "{}", "priority": 1}]', '{"priority": 32768}');
-- !! PRIORITY_OUT_OF_RANGE
CALL celers_enqueue_batch('mail', '[{"task_name": "a", "payload": "{}"}]', '{"delay_s": 1, "due_at": "2096-01-01 00:00:00"}');
-- !! DUE_OUT_OF_RANGE
CALL celers_enqueue_batch('mail', '[{"task_name": "a", "payload": "{}"}]', '{"expires_s": 0}');
-- !! EXPIRY_OUT_OF_RANGE
CALL celers_enqueue_batch('mail', '[{"task_name": "a", "payload": "{}"}]', '{"headers": []}');
-- !! HEADERS_INVALID
CALL celers_enqueue_batch('mail', '[{"task_name": "a", "payload": "{}"}]', '{"retry": {"strategy": "often"}}');
-- !! RETRY_POLICY_INVALID
SELECT COUNT(*) FROM celers_task;
-- => 0

-- test: it is part of the caller's transaction
START TRANSACTION;
CALL celers_enqueue_batch('mail', '[{"task_name": "a", "payload": "{}"}, {"task_name": "b", "payload": "{}", "delay_s": 60}]', NULL);
CALL celers_enqueue_batch('mail', '[{"task_name": "a", "payload": "{}"}]', NULL);
CALL celers_enqueue_batch('mail', '[{"task_name": "a", "payload": "{}"}, {"task_name": "a", "payload": "{"}]', NULL);
-- !! PAYLOAD_INVALID
SELECT COUNT(*) FROM celers_task;
-- => 3
ROLLBACK;
SELECT (SELECT COUNT(*) FROM celers_task) + (SELECT COUNT(*) FROM celers_ready) + (SELECT COUNT(*) FROM celers_scheduled) AS left_over;
-- => 0
