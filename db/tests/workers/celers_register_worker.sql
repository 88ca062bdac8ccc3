CALL celers_register_worker('w1', NULL);
-- => w1 | active | * | *
CALL celers_list_workers(NULL);
-- => w1 | active | NULL | NULL | NULL | NULL | * | * | 0 | 0

-- test: every option; registering again begins anew
CALL celers_register_worker('w1', '{"queues": "mail, default", "status": "idle", "capabilities": {"gpu": true}, "hostname": "box", "pid": 4711}');
-- => w1 | idle | * | *
UPDATE celers_worker SET started_at = '2026-01-01', last_heartbeat_at = '2026-01-01';
CALL celers_list_workers(31536000);
-- => w1 | * | mail, default | {"gpu": true} | box | 4711 | 2026-01-01 00:00:00.000000 | 2026-01-01 00:00:00.000000 | * | 0
CALL celers_register_worker('w1', '{"pid": 0}');
-- => w1 | active | * | *
-- save at = started_at
CALL celers_list_workers(NULL);
-- => w1 | active | NULL | NULL | NULL | 0 | {{at}} | {{at}} | 0 | 0

-- test: names of 1..255 characters, told apart by case
CALL celers_register_worker(REPEAT('é', 255), NULL);
CALL celers_register_worker('W', NULL);
CALL celers_register_worker('w', NULL);
SELECT COUNT(*) FROM celers_worker;
-- => 3
CALL celers_register_worker(REPEAT('w', 256), NULL);
-- !! WORKER_ID_INVALID
CALL celers_register_worker('', NULL);
-- !! WORKER_ID_INVALID
CALL celers_register_worker(NULL, NULL);
-- !! WORKER_ID_INVALID

-- test: what is refused
CALL celers_register_worker('w1', '{"status": "asleep"}');
-- !! WORKER_STATUS_INVALID
CALL celers_register_worker('w1', '{"queues": "a b"}');
-- !! QUEUE_NAME_INVALID
CALL celers_register_worker('w1', '{"queues": ""}');
-- !! QUEUE_NAME_INVALID
CALL celers_register_worker('w1', '{"queues": ["mail"]}');
-- !! OPTION_INVALID
CALL celers_register_worker('w1', '{"capabilities": []}');
-- !! OPTION_INVALID
CALL celers_register_worker('w1', '{"capabilities": "gpu"}');
-- !! OPTION_INVALID
CALL celers_register_worker('w1', CONCAT('{"capabilities": {"x": "', REPEAT('x', 65536), '"}}'));
-- !! OPTION_INVALID
CALL celers_register_worker('w1', CONCAT('{"hostname": "', REPEAT('x', 256), '"}'));
-- !! OPTION_INVALID
CALL celers_register_worker('w1', '{"pid": -1}');
-- !! OPTION_INVALID
CALL celers_register_worker('w1', '{"pid": "x"}');
-- !! OPTION_INVALID
CALL celers_register_worker('w1', '{"name": "x"}');
-- !! UNKNOWN_OPTION
CALL celers_register_worker('w1', '[]');
-- !! OPTIONS_INVALID
SELECT COUNT(*) FROM celers_worker;
-- => 0
