-- what is due goes to the tail of its lane, in the order of the due times
CALL celers_enqueue_after('mail', 'late', '{}', 600, '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_enqueue_after('mail', 'second', '{}', 600, '{"task_id": "01900000-0000-7000-8000-000000000002", "priority": 2}');
CALL celers_enqueue_after('mail', 'first', '{}', 600, '{"task_id": "01900000-0000-7000-8000-000000000003", "priority": 2}');
UPDATE celers_scheduled SET due_at = '2026-01-01 00:00:02' WHERE id = UUID_TO_BIN('01900000-0000-7000-8000-000000000002');
UPDATE celers_task SET due_at = '2026-01-01 00:00:02' WHERE id = UUID_TO_BIN('01900000-0000-7000-8000-000000000002');
UPDATE celers_scheduled SET due_at = '2026-01-01 00:00:01' WHERE id = UUID_TO_BIN('01900000-0000-7000-8000-000000000003');
UPDATE celers_task SET due_at = '2026-01-01 00:00:01' WHERE id = UUID_TO_BIN('01900000-0000-7000-8000-000000000003');
CALL celers_enqueue('mail', 'ready', '{}', '{"task_id": "01900000-0000-7000-8000-000000000004", "priority": 2}');
CALL celers_promote_due(1);
-- => 1
CALL celers_promote_due(1);
-- => 1
CALL celers_promote_due(1);
-- => 0
CALL celers_promote_due(NULL);
-- => 0
SELECT BIN_TO_UUID(r.id), r.priority, r.ready_at, r.due_at = t.due_at FROM celers_ready AS r JOIN celers_task AS t ON t.id = r.id ORDER BY r.queue, r.priority DESC, r.due_at;
-- => 01900000-0000-7000-8000-000000000004 | 2 | * | 1
-- => 01900000-0000-7000-8000-000000000003 | 2 | 2026-01-01 00:00:01.000000 | 1
-- => 01900000-0000-7000-8000-000000000002 | 2 | 2026-01-01 00:00:02.000000 | 1
CALL celers_get_task('01900000-0000-7000-8000-000000000003');
-- save due = due_at
SELECT '{{due}}' AS due;
-- => 2026-01-01 00:00:01.000000
CALL celers_queue_size('mail');
-- => 3 | 1 | 0 | 0

-- test: it is part of the caller's transaction
CALL celers_enqueue_after('mail', 'a', '{}', 600, NULL);
UPDATE celers_scheduled SET due_at = '2026-01-01';
UPDATE celers_task SET due_at = '2026-01-01';
START TRANSACTION;
CALL celers_promote_due(10);
-- => 1
ROLLBACK;
CALL celers_queue_size('mail');
-- => 0 | 1 | 0 | 0

-- test: limits
CALL celers_promote_due(0);
-- !! LIMIT_OUT_OF_RANGE
CALL celers_promote_due(1001);
-- !! LIMIT_OUT_OF_RANGE
