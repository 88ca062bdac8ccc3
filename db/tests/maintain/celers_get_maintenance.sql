UPDATE celers_maintenance SET next_at = '2000-01-01', last_at = NULL, last_count = NULL, last_ms = NULL, last_error = NULL, last_error_at = NULL;
CALL celers_get_maintenance();
-- => advance_marks | 1 | 250 | 500 | 2000-01-01 00:00:00.000000 | * | NULL | NULL | NULL | NULL | NULL
-- => apply_dlq_retention | 1 | 60000 | 1000 | 2000-01-01 00:00:00.000000 | * | NULL | NULL | NULL | NULL | NULL
-- => apply_priority_aging | 1 | 10000 | 500 | 2000-01-01 00:00:00.000000 | * | NULL | NULL | NULL | NULL | NULL
-- => archive_completed_tasks | 1 | 60000 | 1000 | 2000-01-01 00:00:00.000000 | * | NULL | NULL | NULL | NULL | NULL
-- => expire_pending | 1 | 1000 | 500 | 2000-01-01 00:00:00.000000 | * | NULL | NULL | NULL | NULL | NULL
-- => forget_workers | 1 | 3600000 | 1000 | 2000-01-01 00:00:00.000000 | * | NULL | NULL | NULL | NULL | NULL
-- => promote_due | 1 | 250 | 500 | 2000-01-01 00:00:00.000000 | * | NULL | NULL | NULL | NULL | NULL
-- => recover_expired | 1 | 1000 | 500 | 2000-01-01 00:00:00.000000 | * | NULL | NULL | NULL | NULL | NULL
-- => sweep_marks | 1 | 1000 | 500 | 2000-01-01 00:00:00.000000 | * | NULL | NULL | NULL | NULL | NULL

-- test: after they have run; how late they are; what is switched off is not late
UPDATE celers_maintenance SET next_at = '2000-01-01';
CALL celers_tick();
UPDATE celers_maintenance SET next_at = UTC_TIMESTAMP(6) + INTERVAL 1 HOUR WHERE duty <> 'promote_due';
UPDATE celers_maintenance SET next_at = UTC_TIMESTAMP(6) - INTERVAL 10 SECOND WHERE duty = 'promote_due';
SELECT duty, overdue_ms BETWEEN 10000 AND 15000 FROM celers_duties WHERE overdue_ms > 0;
-- => promote_due | 1
SELECT COUNT(last_at), COUNT(last_count), COUNT(last_ms) FROM celers_duties;
-- => 9 | 9 | 9
CALL celers_set_maintenance('promote_due', '{"is_enabled": false}');
SELECT COUNT(*) FROM celers_duties WHERE overdue_ms > 0;
-- => 0
