-- the familiar columns, wherever a task is
CALL celers_enqueue('mail', 'send', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001", "priority": 4, "headers": {"a": 1}}');
CALL celers_enqueue('mail', 'send', '{}', '{"task_id": "01900000-0000-7000-8000-000000000002", "delay_s": 60, "max_retries": 9}');
CALL celers_enqueue('mail', 'run', '{}', '{"task_id": "01900000-0000-7000-8000-000000000003", "priority": 9}');
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save r = receipt
SELECT id, queue, task_name, state, priority, retry_count, max_retries, attempt, crashes, created_at = scheduled_at, started_at, completed_at, worker_id, error_message, metadata FROM celers_tasks WHERE id_bin = UUID_TO_BIN('01900000-0000-7000-8000-000000000001');
-- => 01900000-0000-7000-8000-000000000001 | mail | send | pending | 4 | 0 | 3 | 0 | 0 | 1 | NULL | NULL | NULL | NULL | {"a": 1}
SELECT id, state, max_retries, TIMESTAMPDIFF(SECOND, created_at, scheduled_at) FROM celers_tasks WHERE id_bin = UUID_TO_BIN('01900000-0000-7000-8000-000000000002');
-- => 01900000-0000-7000-8000-000000000002 | pending | 9 | 60
SELECT state, attempt, worker_id, started_at IS NOT NULL, completed_at, lease_expires_at > UTC_TIMESTAMP(6) FROM celers_tasks WHERE id = '01900000-0000-7000-8000-000000000003';
-- => processing | 1 | w1 | 1 | NULL | 1
CALL celers_reject('01900000-0000-7000-8000-000000000003', '{{r}}', 'boom', '{"delay_s": 0}');
SELECT state, attempt, retry_count, worker_id, started_at, error_message FROM celers_tasks WHERE id = '01900000-0000-7000-8000-000000000003';
-- => pending | 1 | 1 | NULL | NULL | boom
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save r = receipt
CALL celers_ack('01900000-0000-7000-8000-000000000003', '{{r}}');
SELECT state, attempt, retry_count, worker_id, completed_at >= started_at, error_message FROM celers_tasks WHERE id = '01900000-0000-7000-8000-000000000003';
-- => completed | 2 | 1 | w1 | 1 | NULL
SELECT COUNT(*), COUNT(DISTINCT id) FROM celers_tasks;
-- => 3 | 3
SELECT state, COUNT(*) FROM celers_tasks GROUP BY state ORDER BY state;
-- => completed | 1
-- => pending | 2
