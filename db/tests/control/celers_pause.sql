-- a paused queue hands out nothing, takes enqueues, and does not hold up others
CALL celers_enqueue('mail', 'send', '{}', NULL);
CALL celers_enqueue('other', 'send', '{}', NULL);
CALL celers_pause('mail');
-- => mail | 1
CALL celers_pause('mail');
-- => mail | 1
CALL celers_enqueue('mail', 'send', '{}', NULL);
-- => * | 1 | * | pending
CALL celers_dequeue_batch('mail', 'w1', 10, NULL);
-- => (no rows)
CALL celers_dequeue_wait('mail', 'w1', 10, '{"wait_ms": 0}');
-- => (no rows)
CALL celers_step('w1', NULL, NULL, '{"queues": "mail"}');
-- => (no rows)
SELECT COUNT(*) FROM celers_ready WHERE queue = 'mail';
-- => 2
CALL celers_dequeue_batch('mail,other', 'w1', 10, NULL);
-- save queue = queue
SELECT '{{queue}}' AS queue;
-- => other

-- test: what runs when a queue is paused can still end
CALL celers_enqueue('mail', 'send', '{}', NULL);
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save id = task_id
-- save receipt = receipt
CALL celers_pause('mail');
CALL celers_ack('{{id}}', '{{receipt}}');
-- => {{id}} | completed

-- test: pausing keeps the settings of a queue
CALL celers_set_queue_config('mail', '{"lease_s": 7}');
CALL celers_pause('mail');
SELECT is_paused, lease_s FROM celers_queue WHERE queue = 'mail';
-- => 1 | 7

-- test: bad names; the defaults cannot be paused
CALL celers_pause(NULL);
-- !! QUEUE_NAME_INVALID
CALL celers_pause('');
-- !! QUEUE_NAME_INVALID
CALL celers_pause('two words');
-- !! QUEUE_NAME_INVALID
CALL celers_pause('*');
-- !! QUEUE_NAME_INVALID
CALL celers_pause('mail\n');
-- !! QUEUE_NAME_INVALID
CALL celers_pause(REPEAT('a', 65));
-- !! QUEUE_NAME_INVALID
CALL celers_pause(REPEAT('a', 64));
-- => * | 1
SELECT COUNT(*) FROM celers_queue;
-- => 2

-- test: it is part of the caller's transaction
START TRANSACTION;
CALL celers_pause('mail');
ROLLBACK;
CALL celers_is_paused('mail');
-- => mail | 0
