-- nothing yet; a queue that is asked for has its row
CALL celers_get_statistics(NULL);
-- => (no rows)
CALL celers_get_statistics('mail');
-- => mail | 0 | 0 | 0 | 0 | 0 | 0 | 0 | 0 | 0 | 0

-- test: every state, per queue
CALL celers_enqueue_batch('mail', '[{"task_name": "a", "payload": "{}"}, {"task_name": "a", "payload": "{}"}, {"task_name": "a", "payload": "{}"}, {"task_name": "a", "payload": "{}"}]', NULL);
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save id = task_id
-- save r = receipt
CALL celers_ack('{{id}}', '{{r}}');
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save id = task_id
-- save r = receipt
CALL celers_reject('{{id}}', '{{r}}', 'boom', '{"retry": false, "dead_letter": false}');
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save id = task_id
-- save r = receipt
CALL celers_reject('{{id}}', '{{r}}', 'boom', '{"retry": false}');
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
CALL celers_enqueue('mail', 'a', '{}', NULL);
-- save id = task_id
CALL celers_cancel('{{id}}', NULL);
CALL celers_enqueue('mail', 'a', '{}', NULL);
CALL celers_enqueue('mail', 'a', '{}', NULL);
CALL celers_enqueue_after('mail', 'a', '{}', 600, NULL);
CALL celers_enqueue('other', 'a', '{}', '{"expires_s": 1}');
UPDATE celers_finished SET state = 'expired', queue = 'gone' WHERE state = 'cancelled';
CALL celers_get_statistics('mail');
-- => mail | 3 | 2 | 1 | 1 | 1 | 1 | 0 | 0 | 1 | 6
CALL celers_get_statistics(NULL);
-- => gone | 0 | 0 | 0 | 0 | 0 | 0 | 0 | 1 | 0 | 1
-- => mail | 3 | 2 | 1 | 1 | 1 | 1 | 0 | 0 | 1 | 6
-- => other | 1 | 1 | 0 | 0 | 0 | 0 | 0 | 0 | 0 | 1
UPDATE celers_finished SET state = 'cancelled' WHERE state = 'expired';
CALL celers_get_statistics('gone');
-- => gone | 0 | 0 | 0 | 0 | 0 | 0 | 1 | 0 | 0 | 1

-- test: bad names
CALL celers_get_statistics('a b');
-- !! QUEUE_NAME_INVALID
