-- the next task of the queue default: higher priority first, then first in first out
CALL celers_dequeue();
-- => (no rows)
CALL celers_enqueue('mail', 'a', '{}', '{"priority": 9}');
CALL celers_enqueue('default', 'a', '{"n": 1.10}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_enqueue('default', 'b', '{}', '{"task_id": "01900000-0000-7000-8000-000000000002", "priority": 1, "headers": {"x": 1}, "timeout_s": 5}');
CALL celers_enqueue('default', 'c', X'FF', '{"task_id": "01900000-0000-7000-8000-000000000003", "content_type": "b"}');
CALL celers_dequeue();
-- => 01900000-0000-7000-8000-000000000002 | * | default | b | {} | application/json | {"x": 1} | 1 | 1 | 5 | * | NULL | claimed
-- save r = receipt
CALL celers_dequeue();
-- => 01900000-0000-7000-8000-000000000001 | * | default | a | {"n": 1.10} | application/json | NULL | 1 | 0 | NULL | * | NULL | claimed
CALL celers_dequeue();
-- => 01900000-0000-7000-8000-000000000003 | * | default | c | NULL | b | NULL | 1 | 0 | NULL | * | 0xFF | claimed
CALL celers_dequeue();
-- => (no rows)
SELECT DISTINCT worker_id LIKE 'sql:%', lease_s FROM celers_running;
-- => 1 | 60
CALL celers_ack('01900000-0000-7000-8000-000000000002', '{{r}}');
-- => 01900000-0000-7000-8000-000000000002 | completed

-- test: a paused queue hands out nothing
CALL celers_enqueue('default', 'a', '{}', NULL);
CALL celers_pause('default');
CALL celers_dequeue();
-- => (no rows)
CALL celers_resume('default');
CALL celers_dequeue();
-- => * | * | default | a | {} | application/json | NULL | 1 | 0 | NULL | * | NULL | claimed

-- test: it is part of the caller's transaction
CALL celers_enqueue('default', 'a', '{}', NULL);
START TRANSACTION;
CALL celers_dequeue();
-- => * | * | default | a | {} | application/json | NULL | 1 | 0 | NULL | * | NULL | claimed
ROLLBACK;
CALL celers_queue_size('default');
-- => 1 | 0 | 0 | 0
