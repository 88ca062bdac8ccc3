-- only the given keys change
UPDATE celers_maintenance SET next_at = '2000-01-01', last_at = NULL, last_count = NULL, last_ms = NULL, last_error = NULL, last_error_at = NULL;
CALL celers_set_maintenance('promote_due', '{"period_ms": 500}');
-- => promote_due | 1 | 500 | 500 | * | * | NULL | NULL | NULL | NULL | NULL
CALL celers_set_maintenance('promote_due', '{"batch_limit": 7}');
-- => promote_due | 1 | 500 | 7 | * | * | NULL | NULL | NULL | NULL | NULL
CALL celers_set_maintenance('promote_due', '{"is_enabled": false}');
-- => promote_due | 0 | 500 | 7 | * | 0 | NULL | NULL | NULL | NULL | NULL
CALL celers_set_maintenance('promote_due', '{"is_enabled": null}');
-- => promote_due | 0 | 500 | 7 | * | 0 | NULL | NULL | NULL | NULL | NULL
CALL celers_set_maintenance('promote_due', NULL);
-- => promote_due | 0 | 500 | 7 | * | 0 | NULL | NULL | NULL | NULL | NULL
CALL celers_set_maintenance('promote_due', '{"is_enabled": true, "period_ms": 10, "batch_limit": 1000}');
-- => promote_due | 1 | 10 | 1000 | * | * | NULL | NULL | NULL | NULL | NULL
CALL celers_set_maintenance('promote_due', '{"period_ms": 86400000, "batch_limit": 1}');
-- => promote_due | 1 | 86400000 | 1 | * | * | NULL | NULL | NULL | NULL | NULL

-- test: a shorter period holds at once, and claims know
CALL celers_tick();
UPDATE celers_maintenance SET next_at = UTC_TIMESTAMP(6) + INTERVAL 1 HOUR;
UPDATE celers_upkeep SET next_at = UTC_TIMESTAMP(6) + INTERVAL 1 HOUR;
CALL celers_set_maintenance('archive_completed_tasks', '{"period_ms": 1000}');
-- save next = next_at
SELECT '{{next}}' < UTC_TIMESTAMP(6) + INTERVAL 2 SECOND AS is_soon, next_at = '{{next}}' AS is_known FROM celers_upkeep;
-- => 1 | 1
CALL celers_set_maintenance('archive_completed_tasks', '{"period_ms": 60000}');
-- => archive_completed_tasks | 1 | 60000 | 1000 | {{next}} | * | * | * | * | NULL | NULL

-- test: what is switched off is not done, not even by claims
CALL celers_set_maintenance('promote_due', '{"is_enabled": false}');
CALL celers_enqueue_after('mail', 'a', '{}', 600, NULL);
UPDATE celers_task SET due_at = '2026-01-01';
UPDATE celers_scheduled SET due_at = '2026-01-01';
UPDATE celers_maintenance SET next_at = '2000-01-01', mark_at = NULL;
CALL celers_tick();
CALL celers_queue_size('mail');
-- => 0 | 1 | 0 | 0
CALL celers_set_maintenance('promote_due', '{"is_enabled": true}');
UPDATE celers_maintenance SET next_at = '2000-01-01', mark_at = NULL;
CALL celers_tick();
CALL celers_queue_size('mail');
-- => 1 | 0 | 0 | 0

-- test: what is refused
CALL celers_set_maintenance('promote_due', '{"period_ms": 9}');
-- !! PERIOD_OUT_OF_RANGE
CALL celers_set_maintenance('promote_due', '{"period_ms": 86400001}');
-- !! PERIOD_OUT_OF_RANGE
CALL celers_set_maintenance('promote_due', '{"batch_limit": 0}');
-- !! LIMIT_OUT_OF_RANGE
CALL celers_set_maintenance('promote_due', '{"batch_limit": 1001}');
-- !! LIMIT_OUT_OF_RANGE
CALL celers_set_maintenance('promote_due', '{"is_enabled": "maybe"}');
-- !! OPTION_INVALID
CALL celers_set_maintenance('promote_due', '{"period_ms": "often"}');
-- !! OPTION_INVALID
CALL celers_set_maintenance('promote_due', '{"period": 5}');
-- !! UNKNOWN_OPTION
CALL celers_set_maintenance('promote_due', '5');
-- !! OPTIONS_INVALID
CALL celers_set_maintenance('no such duty', NULL);
-- !! DUTY_NOT_FOUND
CALL celers_set_maintenance(NULL, NULL);
-- !! DUTY_NOT_FOUND
SELECT COUNT(*) FROM celers_maintenance WHERE period_ms = 250 AND batch_limit = 500 AND is_enabled;
-- => 2
