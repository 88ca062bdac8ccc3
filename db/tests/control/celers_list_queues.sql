-- nothing yet
CALL celers_list_queues();
-- => (no rows)

-- test: one row per queue that has tasks or settings
CALL celers_enqueue_batch('busy', '[{"task_name": "a", "payload": "{}"}, {"task_name": "a", "payload": "{}"}, {"task_name": "a", "payload": "{}"}]', NULL);
CALL celers_dequeue_batch('busy', 'w1', 2, NULL);
-- save id = task_id
-- save receipt = receipt
CALL celers_reject('{{id}}', '{{receipt}}', 'boom', '{"retry": false}');
CALL celers_enqueue_after('later', 'a', '{}', 600, NULL);
CALL celers_enqueue('done', 'a', '{}', NULL);
CALL celers_dequeue_batch('done', 'w1', 1, NULL);
-- save id = task_id
-- save receipt = receipt
CALL celers_ack('{{id}}', '{{receipt}}');
CALL celers_pause('set');
CALL celers_list_queues();
-- => busy | 0 | 1 | 0 | 1 | 1 | * | 0
-- => done | 0 | 0 | 0 | 0 | 0 | NULL | 0
-- => later | 0 | 0 | 1 | 0 | 0 | NULL | 0
-- => set | 1 | 0 | 0 | 0 | 0 | NULL | 0
SELECT queue, is_paused, ready, scheduled, running, dead FROM celers_queues WHERE queue = 'busy';
-- => busy | 0 | 1 | 0 | 1 | 1

-- test: how long the first of the ready ones has waited, whatever its place in the order
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001", "priority": -5}');
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000002", "priority": 5}');
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000003", "delay_s": 600}');
CALL celers_enqueue('other', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000004"}');
UPDATE celers_ready SET ready_at = UTC_TIMESTAMP(6) - INTERVAL 90500000 MICROSECOND WHERE id = UUID_TO_BIN('01900000-0000-7000-8000-000000000001');
UPDATE celers_ready SET ready_at = UTC_TIMESTAMP(6) + INTERVAL 60 SECOND WHERE queue = 'other';
SELECT queue, oldest_ready_s BETWEEN 90.5 AND 150.5, oldest_ready_s = 0 FROM celers_queues ORDER BY queue;
-- => mail | 1 | 0
-- => other | 0 | 1
CALL celers_list_queues();
-- => mail | 0 | 2 | 1 | 0 | 0 | * | 0
-- => other | 0 | 1 | 0 | 0 | 0 | 0.0 | 0

-- test: who serves a queue: heard of lately, and not offline
CALL celers_pause('mail');
CALL celers_pause('mail.low');
CALL celers_pause('rest');
CALL celers_register_worker('w1', '{"queues": "mail"}');
CALL celers_register_worker('w2', '{"queues": " mail.low , mail", "status": "busy"}');
CALL celers_register_worker('w3', '{"queues": "mail,mail.low", "status": "offline"}');
CALL celers_register_worker('w4', '{"queues": "mail,rest"}');
CALL celers_register_worker('w5', NULL);
UPDATE celers_worker SET last_heartbeat_at = UTC_TIMESTAMP(6) - INTERVAL 61 SECOND WHERE worker_id = 'w4';
CALL celers_list_queues();
-- => mail | 1 | 0 | 0 | 0 | 0 | NULL | 2
-- => mail.low | 1 | 0 | 0 | 0 | 0 | NULL | 1
-- => rest | 1 | 0 | 0 | 0 | 0 | NULL | 0
