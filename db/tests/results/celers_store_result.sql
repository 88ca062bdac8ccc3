-- text is kept byte for byte; what stands is replaced
CALL celers_enqueue('mail', 'send', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_store_result('01900000-0000-7000-8000-000000000001', 'STARTED', NULL, NULL);
-- => 01900000-0000-7000-8000-000000000001 | STARTED | NULL
CALL celers_get_result('01900000-0000-7000-8000-000000000001');
-- => 01900000-0000-7000-8000-000000000001 | send | STARTED | NULL | NULL | NULL | * | NULL | NULL
UPDATE celers_result SET created_at = '2026-01-01';
CALL celers_store_result('01900000-0000-7000-8000-000000000001', 'success', '{ "b":1.10, "a":1e2,  "a": 12345678901234567890123 }', '{"runtime_ms": 12}');
-- => 01900000-0000-7000-8000-000000000001 | SUCCESS | *
-- save done = completed_at
CALL celers_get_result('01900000-0000-7000-8000-000000000001');
-- => 01900000-0000-7000-8000-000000000001 | send | SUCCESS | { "b":1.10, "a":1e2,  "a": 12345678901234567890123 } | NULL | NULL | 2026-01-01 00:00:00.000000 | {{done}} | 12
CALL celers_store_result('01900000-0000-7000-8000-000000000001', 'FAILURE', NULL, '{"error": "boom", "traceback": "line 1\\nline 2", "runtime_ms": 0}');
-- => 01900000-0000-7000-8000-000000000001 | FAILURE | *
SELECT status, result, error, REPLACE(traceback, '\n', '/'), runtime_ms, completed_at IS NOT NULL FROM celers_result;
-- => FAILURE | NULL | boom | line 1/line 2 | 0 | 1

-- test: only an end has a completed_at
CALL celers_enqueue('mail', 'send', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_store_result('01900000-0000-7000-8000-000000000001', 'PENDING', NULL, NULL);
-- => * | PENDING | NULL
CALL celers_store_result('01900000-0000-7000-8000-000000000001', 'REVOKED', NULL, NULL);
-- => * | REVOKED | *
-- save done = completed_at
SELECT completed_at = '{{done}}' FROM celers_result;
-- => 1
CALL celers_store_result('01900000-0000-7000-8000-000000000001', 'Retry', NULL, NULL);
-- => * | RETRY | NULL
SELECT status, completed_at FROM celers_result;
-- => RETRY | NULL

-- test: every kind of JSON text
CALL celers_enqueue('mail', 'send', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_store_result('01900000-0000-7000-8000-000000000001', 'SUCCESS', '"😀"', NULL);
SELECT result FROM celers_result;
-- => "😀"
CALL celers_store_result('01900000-0000-7000-8000-000000000001', 'SUCCESS', 'null', NULL);
SELECT result FROM celers_result;
-- => null
CALL celers_store_result('01900000-0000-7000-8000-000000000001', 'SUCCESS', ' 1 ', NULL);
SELECT CONCAT('<', result, '>') FROM celers_result;
-- => < 1 >
CALL celers_store_result('01900000-0000-7000-8000-000000000001', 'SUCCESS', CONCAT('"', REPEAT('x', 16777214), '"'), NULL);
SELECT LENGTH(result) FROM celers_result;
-- => 16777216

-- test: what is refused
CALL celers_enqueue('mail', 'send', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_store_result('01900000-0000-7000-8000-000000000001', 'DONE', NULL, NULL);
-- !! RESULT_STATUS_INVALID
CALL celers_store_result('01900000-0000-7000-8000-000000000001', NULL, NULL, NULL);
-- !! RESULT_STATUS_INVALID
CALL celers_store_result('01900000-0000-7000-8000-000000000001', 'SUCCESS', 'no JSON', NULL);
-- !! RESULT_INVALID
CALL celers_store_result('01900000-0000-7000-8000-000000000001', 'SUCCESS', '', NULL);
-- !! RESULT_INVALID
CALL celers_store_result('01900000-0000-7000-8000-000000000001', 'SUCCESS', CONCAT('"', REPEAT('x', 16777215), '"'), NULL);
-- !! RESULT_INVALID
CALL celers_store_result('01900000-0000-7000-8000-000000000001', 'SUCCESS', CONCAT(REPEAT('[', 101), REPEAT(']', 101)), NULL);
-- !! RESULT_INVALID
CALL celers_store_result('01900000-0000-7000-8000-000000000001', 'SUCCESS', NULL, '{"runtime_ms": -1}');
-- !! OPTION_INVALID
CALL celers_store_result('01900000-0000-7000-8000-000000000001', 'SUCCESS', NULL, '{"runtime_ms": "long"}');
-- !! OPTION_INVALID
CALL celers_store_result('01900000-0000-7000-8000-000000000001', 'SUCCESS', NULL, '{"runtime_ms": 1e30}');
-- !! OPTION_INVALID
CALL celers_store_result('01900000-0000-7000-8000-000000000001', 'SUCCESS', NULL, '{"error": {}}');
-- !! OPTION_INVALID
CALL celers_store_result('01900000-0000-7000-8000-000000000001', 'SUCCESS', NULL, '{"worker": 1}');
-- !! UNKNOWN_OPTION
CALL celers_store_result('01900000-0000-7000-8000-000000000001', 'SUCCESS', NULL, '[]');
-- !! OPTIONS_INVALID
CALL celers_store_result('01900000-0000-7000-8000-000000000002', 'SUCCESS', NULL, NULL);
-- !! TASK_NOT_FOUND
CALL celers_store_result('x', 'SUCCESS', NULL, NULL);
-- !! UUID_INVALID
SELECT COUNT(*) FROM celers_result;
-- => 0
