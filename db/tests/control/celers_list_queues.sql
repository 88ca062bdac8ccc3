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
-- => busy | 0 | 1 | 0 | 1 | 1
-- => done | 0 | 0 | 0 | 0 | 0
-- => later | 0 | 0 | 1 | 0 | 0
-- => set | 1 | 0 | 0 | 0 | 0
SELECT queue, is_paused, ready, scheduled, running, dead FROM celers_queues WHERE queue = 'busy';
-- => busy | 0 | 1 | 0 | 1 | 1
