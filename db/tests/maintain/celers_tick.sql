-- every duty is due
UPDATE celers_maintenance SET next_at = '2000-01-01';
CALL celers_tick();
-- => advance_marks | done | * | 0
-- => apply_dlq_retention | done | 1 | 0
-- => apply_priority_aging | done | 1 | 0
-- => archive_completed_tasks | done | 1 | 0
-- => expire_pending | done | * | 0
-- => forget_workers | done | 1 | 0
-- => promote_due | done | * | 0
-- => recover_expired | done | * | 0
-- => sweep_marks | done | * | 0

-- test: all that is due is done, batch after batch
CALL celers_set_maintenance('promote_due', '{"batch_limit": 2}');
CALL celers_set_maintenance('recover_expired', '{"is_enabled": false}');
CALL celers_enqueue_batch('mail', '[{"task_name": "a", "payload": "{}"}, {"task_name": "b", "payload": "{}"}, {"task_name": "c", "payload": "{}"}, {"task_name": "d", "payload": "{}"}, {"task_name": "e", "payload": "{}"}]', '{"delay_s": 600}');
UPDATE celers_task SET due_at = '2026-01-01';
UPDATE celers_scheduled SET due_at = '2026-01-01';
CALL celers_enqueue('soon', 'a', '{}', '{"expires_s": 1}');
UPDATE celers_expiry SET expires_at = '2026-01-01';
UPDATE celers_maintenance SET next_at = '2000-01-01', mark_at = NULL;
CALL celers_tick();
-- => advance_marks | done | * | 0
-- => apply_dlq_retention | done | 1 | 0
-- => apply_priority_aging | done | 1 | 0
-- => archive_completed_tasks | done | 1 | 0
-- => expire_pending | done | * | 1
-- => forget_workers | done | 1 | 0
-- => promote_due | done | * | 5
-- => recover_expired | disabled | 0 | 0
-- => sweep_marks | done | * | 0
CALL celers_get_statistics(NULL);
-- => mail | 5 | 5 | 0 | 0 | 0 | 0 | 0 | 0 | 0 | 5
-- => soon | 0 | 0 | 0 | 0 | 0 | 0 | 0 | 1 | 0 | 1

-- test: nothing is due
UPDATE celers_maintenance SET next_at = UTC_TIMESTAMP(6) + INTERVAL 1 HOUR;
CALL celers_tick();
-- => advance_marks | not_due | 0 | 0
-- => apply_dlq_retention | not_due | 0 | 0
-- => ...

-- test: duties that find nothing are written down together
UPDATE celers_maintenance SET next_at = '2000-01-01', period_ms = 60000, last_count = NULL;
CALL celers_tick();
SELECT COUNT(*), COUNT(DISTINCT last_at), COUNT(DISTINCT next_at), SUM(last_count), MIN(last_ms) > 0, MIN(next_at) = MIN(last_at) + INTERVAL 60 SECOND FROM celers_duties;
-- => 9 | 1 | 1 | 0 | 1 | 1
SELECT next_at = (SELECT MIN(next_at) FROM celers_maintenance) FROM celers_upkeep;
-- => 1

-- test: what is due within a quarter of its period joins what is due, and does not come alone
UPDATE celers_maintenance SET period_ms = 60000, next_at = UTC_TIMESTAMP(6) + INTERVAL IF(duty = 'promote_due', 10, 40) SECOND;
CALL celers_tick();
-- => advance_marks | not_due | 0 | 0
-- => apply_dlq_retention | not_due | 0 | 0
-- => ...
UPDATE celers_maintenance SET next_at = '2000-01-01' WHERE duty = 'sweep_marks';
CALL celers_tick();
-- => advance_marks | not_due | 0 | 0
-- => apply_dlq_retention | not_due | 0 | 0
-- => apply_priority_aging | not_due | 0 | 0
-- => archive_completed_tasks | not_due | 0 | 0
-- => expire_pending | not_due | 0 | 0
-- => forget_workers | not_due | 0 | 0
-- => promote_due | done | 1 | 0
-- => recover_expired | not_due | 0 | 0
-- => sweep_marks | done | 1 | 0

-- test: workers that were not heard of for seven days are forgotten
CALL celers_register_worker('w1', NULL);
CALL celers_register_worker('w2', NULL);
CALL celers_register_worker('w3', '{"status": "offline"}');
CALL celers_register_worker('é"\\', NULL);
UPDATE celers_worker SET last_heartbeat_at = UTC_TIMESTAMP(6) - INTERVAL 604790 SECOND WHERE worker_id = 'w2';
UPDATE celers_worker SET last_heartbeat_at = UTC_TIMESTAMP(6) - INTERVAL 604801 SECOND WHERE worker_id IN ('w3', 'é"\\');
UPDATE celers_maintenance SET next_at = IF(duty = 'forget_workers', '2000-01-01', UTC_TIMESTAMP(6) + INTERVAL 1 HOUR);
CALL celers_tick();
-- => advance_marks | not_due | 0 | 0
-- => apply_dlq_retention | not_due | 0 | 0
-- => apply_priority_aging | not_due | 0 | 0
-- => archive_completed_tasks | not_due | 0 | 0
-- => expire_pending | not_due | 0 | 0
-- => forget_workers | done | 1 | 2
-- => ...
SELECT worker_id FROM celers_worker ORDER BY worker_id;
-- => w1
-- => w2

-- test: a duty that fails says so, and does not hold up the others
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001", "expires_s": 60}');
UPDATE celers_expiry SET expires_at = '2026-01-01';
INSERT INTO celers_finished (id, queue, state, priority, attempt, errors, crashes, finished_at) VALUES
    (UUID_TO_BIN('01900000-0000-7000-8000-000000000001'), 'mail', 'completed', 0, 1, 0, 0, UTC_TIMESTAMP(6));
UPDATE celers_maintenance SET next_at = '2000-01-01', mark_at = NULL, last_error_at = NULL;
UPDATE celers_maintenance SET next_at = UTC_TIMESTAMP(6) + INTERVAL 1 HOUR WHERE duty NOT IN ('promote_due', 'expire_pending');
CALL celers_tick();
-- => advance_marks | not_due | 0 | 0
-- => apply_dlq_retention | not_due | 0 | 0
-- => apply_priority_aging | not_due | 0 | 0
-- => archive_completed_tasks | not_due | 0 | 0
-- => expire_pending | failed | * | 0
-- => forget_workers | not_due | 0 | 0
-- => promote_due | done | * | 0
-- => recover_expired | not_due | 0 | 0
-- => sweep_marks | not_due | 0 | 0
SELECT duty, last_error LIKE 'Duplicate%', next_at > UTC_TIMESTAMP(6) - INTERVAL 5 SECOND FROM celers_duties WHERE last_error_at IS NOT NULL;
-- => expire_pending | 1 | 1

-- test: inside a transaction of the caller nothing is done
UPDATE celers_maintenance SET next_at = '2000-01-01', last_at = NULL;
START TRANSACTION;
CALL celers_tick();
-- => advance_marks | in_transaction | 0 | 0
-- => apply_dlq_retention | in_transaction | 0 | 0
-- => apply_priority_aging | in_transaction | 0 | 0
-- => archive_completed_tasks | in_transaction | 0 | 0
-- => expire_pending | in_transaction | 0 | 0
-- => forget_workers | in_transaction | 0 | 0
-- => promote_due | in_transaction | 0 | 0
-- => recover_expired | in_transaction | 0 | 0
-- => sweep_marks | in_transaction | 0 | 0
ROLLBACK;
SET autocommit = 0;
CALL celers_tick();
-- => advance_marks | in_transaction | 0 | 0
-- => ...
SET autocommit = 1;
SELECT COUNT(*) FROM celers_maintenance WHERE last_at IS NOT NULL;
-- => 0
