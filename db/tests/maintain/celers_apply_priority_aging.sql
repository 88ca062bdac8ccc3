-- base priority + boost per whole threshold waited; a repeated call raises nothing twice
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001", "priority": 2}');
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000002", "priority": -7}');
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000003", "priority": 2}');
UPDATE celers_ready SET ready_at = UTC_TIMESTAMP(6) - INTERVAL 250 SECOND, due_at = '2026-01-01' WHERE id < UUID_TO_BIN('01900000-0000-7000-8000-000000000003');
UPDATE celers_task SET due_at = '2026-01-01' WHERE id < UUID_TO_BIN('01900000-0000-7000-8000-000000000003');
CALL celers_apply_priority_aging('mail', 100, 3, NULL);
-- => 2
SELECT BIN_TO_UUID(r.id), r.priority, t.base_priority, r.due_at > UTC_TIMESTAMP(6) - INTERVAL 5 SECOND, r.priority = t.priority AND r.due_at = t.due_at FROM celers_ready AS r JOIN celers_task AS t ON t.id = r.id ORDER BY r.queue, r.priority DESC, r.due_at;
-- => 01900000-0000-7000-8000-000000000001 | 8 | 2 | 1 | 1
-- => 01900000-0000-7000-8000-000000000003 | 2 | 2 | 1 | 1
-- => 01900000-0000-7000-8000-000000000002 | -1 | -7 | 1 | 1
CALL celers_apply_priority_aging('mail', 100, 3, NULL);
-- => 0

-- when another threshold has passed since, they go on from their waiting time
UPDATE celers_ready SET due_at = '2026-01-01', ready_at = UTC_TIMESTAMP(6) - INTERVAL 350 SECOND WHERE id = UUID_TO_BIN('01900000-0000-7000-8000-000000000002');
UPDATE celers_task SET due_at = '2026-01-01' WHERE id = UUID_TO_BIN('01900000-0000-7000-8000-000000000002');
CALL celers_apply_priority_aging('mail', 100, 3, NULL);
-- => 1
SELECT priority FROM celers_ready WHERE id = UUID_TO_BIN('01900000-0000-7000-8000-000000000002');
-- => 2
CALL celers_dequeue_batch('mail', 'w1', 3, NULL);
SELECT COUNT(*) FROM celers_running;
-- => 3

-- test: never above the queue's ceiling, and never above 1000
CALL celers_enqueue('low', 'a', '{}', NULL);
CALL celers_enqueue('high', 'a', '{}', NULL);
CALL celers_enqueue('above', 'a', '{}', '{"priority": 1001}');
CALL celers_enqueue('at', 'a', '{}', '{"priority": 1000}');
CALL celers_set_queue_config('low', '{"aging_max_priority": 5}');
UPDATE celers_ready SET ready_at = '2025-01-01', due_at = '2026-01-01';
UPDATE celers_task SET due_at = '2026-01-01';
CALL celers_apply_priority_aging(NULL, 1, 1000, NULL);
-- => 2
SELECT queue, priority FROM celers_ready ORDER BY queue;
-- => above | 1001
-- => at | 1000
-- => high | 1000
-- => low | 5

-- test: the settings of the queues; one without is left alone
CALL celers_enqueue('on', 'a', '{}', NULL);
CALL celers_enqueue('off', 'a', '{}', NULL);
CALL celers_set_queue_config('on', '{"aging_threshold_s": 100, "aging_boost": 2}');
UPDATE celers_ready SET ready_at = UTC_TIMESTAMP(6) - INTERVAL 350 SECOND, due_at = '2026-01-01';
UPDATE celers_task SET due_at = '2026-01-01';
CALL celers_apply_priority_aging('off', NULL, NULL, NULL);
-- => 0
CALL celers_apply_priority_aging(NULL, NULL, NULL, NULL);
-- => 1
SELECT queue, priority FROM celers_ready ORDER BY queue;
-- => off | 0
-- => on | 6
CALL celers_apply_priority_aging('off', 100, NULL, NULL);
-- => 1
SELECT priority FROM celers_ready WHERE queue = 'off';
-- => 3

-- test: never more than the limit, the oldest of a lane first, over lanes and queues
CALL celers_enqueue('a', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_enqueue('a', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000002"}');
CALL celers_enqueue('a', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000003", "priority": -1}');
CALL celers_enqueue('b', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000004"}');
UPDATE celers_ready SET ready_at = UTC_TIMESTAMP(6) - INTERVAL 15 SECOND, due_at = '2026-01-01';
UPDATE celers_task SET due_at = '2026-01-01';
CALL celers_apply_priority_aging(NULL, 10, 1, 1);
-- => 1
SELECT BIN_TO_UUID(id), priority FROM celers_ready WHERE priority > 0;
-- => 01900000-0000-7000-8000-000000000001 | 1
CALL celers_apply_priority_aging(NULL, 10, 1, 2);
-- => 2
CALL celers_apply_priority_aging(NULL, 10, 1, 1000);
-- => 1
CALL celers_apply_priority_aging(NULL, 10, 1, 1000);
-- => 0
SELECT queue, priority, COUNT(*) FROM celers_ready GROUP BY queue, priority ORDER BY queue, priority;
-- => a | 0 | 1
-- => a | 1 | 2
-- => b | 1 | 1

-- test: what is refused
CALL celers_apply_priority_aging('a b', 1, 1, NULL);
-- !! QUEUE_NAME_INVALID
CALL celers_apply_priority_aging(NULL, 0, 1, NULL);
-- !! AGING_OUT_OF_RANGE
CALL celers_apply_priority_aging(NULL, 31536001, 1, NULL);
-- !! AGING_OUT_OF_RANGE
CALL celers_apply_priority_aging(NULL, 1, 0, NULL);
-- !! AGING_OUT_OF_RANGE
CALL celers_apply_priority_aging(NULL, 1, -1, NULL);
-- !! AGING_OUT_OF_RANGE
CALL celers_apply_priority_aging(NULL, 1, 1001, NULL);
-- !! AGING_OUT_OF_RANGE
CALL celers_apply_priority_aging(NULL, 1, 1, 0);
-- !! LIMIT_OUT_OF_RANGE
CALL celers_apply_priority_aging(NULL, 1, 1, 1001);
-- !! LIMIT_OUT_OF_RANGE
