CALL celers_list_workers(NULL);
-- => (no rows)

-- test: who has not been heard of counts as offline; what each one holds
CALL celers_register_worker('w1', '{"status": "busy"}');
CALL celers_register_worker('w2', NULL);
CALL celers_register_worker('w3', '{"status": "offline"}');
UPDATE celers_worker SET last_heartbeat_at = UTC_TIMESTAMP(6) - INTERVAL 100500000 MICROSECOND WHERE worker_id = 'w2';
UPDATE celers_worker SET last_heartbeat_at = UTC_TIMESTAMP(6) - INTERVAL 10500000 MICROSECOND WHERE worker_id = 'w3';
CALL celers_enqueue_batch('mail', '[{"task_name": "a", "payload": "{}"}, {"task_name": "a", "payload": "{}"}, {"task_name": "a", "payload": "{}"}]', NULL);
CALL celers_dequeue_batch('mail', 'w1', 2, NULL);
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
CALL celers_list_workers(NULL);
-- => w1 | busy | NULL | NULL | NULL | NULL | * | * | 0 | 3
-- => w3 | offline | NULL | NULL | NULL | NULL | * | * | 10 | 0
-- => w2 | offline | NULL | NULL | NULL | NULL | * | * | 100 | 0
CALL celers_list_workers(200);
-- => w1 | busy | NULL | NULL | NULL | NULL | * | * | 0 | 3
-- => w3 | offline | NULL | NULL | NULL | NULL | * | * | 10 | 0
-- => w2 | active | NULL | NULL | NULL | NULL | * | * | 100 | 0
SELECT worker_id, status, running FROM celers_workers ORDER BY worker_id;
-- => w1 | busy | 3
-- => w2 | active | 0
-- => w3 | offline | 0

-- test: what is refused
CALL celers_list_workers(0);
-- !! WINDOW_OUT_OF_RANGE
CALL celers_list_workers(31536001);
-- !! WINDOW_OUT_OF_RANGE
