CALL celers_register_worker('w1', '{"queues": "mail", "hostname": "box"}');
UPDATE celers_worker SET started_at = '2026-01-01', last_heartbeat_at = '2026-01-01';
CALL celers_update_worker_heartbeat('w1', 'busy');
-- => w1 | busy | *
-- save at = last_heartbeat_at
SELECT worker_id, status, queues, hostname, started_at, last_heartbeat_at = '{{at}}' FROM celers_worker;
-- => w1 | busy | mail | box | 2026-01-01 00:00:00.000000 | 1
CALL celers_update_worker_heartbeat('w1', NULL);
-- => w1 | busy | *
CALL celers_update_worker_heartbeat('w1', 'offline');
-- => w1 | offline | *

-- test: what is refused
CALL celers_update_worker_heartbeat('w2', 'busy');
-- !! WORKER_NOT_FOUND
CALL celers_update_worker_heartbeat(NULL, 'busy');
-- !! WORKER_NOT_FOUND
CALL celers_register_worker('w1', NULL);
CALL celers_update_worker_heartbeat('W1', 'busy');
-- !! WORKER_NOT_FOUND
CALL celers_update_worker_heartbeat('w1', 'BUSY');
-- !! WORKER_STATUS_INVALID
CALL celers_update_worker_heartbeat('w1', '');
-- !! WORKER_STATUS_INVALID
