CALL celers_queue_size(NULL);
-- => 0 | 0 | 0 | 0
CALL celers_queue_size('nowhere');
-- => 0 | 0 | 0 | 0

-- test: each kind in its place, per queue and over all
CALL celers_enqueue_batch('mail', '[{"task_name": "a", "payload": "{}"}, {"task_name": "a", "payload": "{}"}, {"task_name": "a", "payload": "{}"}, {"task_name": "a", "payload": "{}"}]', NULL);
CALL celers_enqueue_after('mail', 'a', '{}', 600, NULL);
CALL celers_enqueue('other', 'a', '{}', NULL);
CALL celers_dequeue_batch('mail', 'w1', 3, NULL);
-- save id = task_id
-- save receipt = receipt
CALL celers_queue_size('mail');
-- => 1 | 1 | 3 | 0
CALL celers_reject('{{id}}', '{{receipt}}', 'boom', '{"retry": false}');
CALL celers_queue_size('mail');
-- => 1 | 1 | 2 | 1
CALL celers_queue_size('other');
-- => 1 | 0 | 0 | 0
CALL celers_queue_size(NULL);
-- => 2 | 1 | 2 | 1

-- test: bad names
CALL celers_queue_size('');
-- !! QUEUE_NAME_INVALID
CALL celers_queue_size('*');
-- !! QUEUE_NAME_INVALID
