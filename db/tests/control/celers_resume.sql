-- a resumed queue is served again
CALL celers_enqueue('mail', 'send', '{}', NULL);
-- save id = task_id
CALL celers_pause('mail');
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- => (no rows)
CALL celers_resume('mail');
-- => mail | 0
CALL celers_resume('mail');
-- => mail | 0
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save taken = task_id
SELECT '{{id}}' = '{{taken}}' AS is_same;
-- => 1

-- test: a queue that was never paused is answered alike, and gets no row
CALL celers_resume('never');
-- => never | 0
SELECT COUNT(*) FROM celers_queue WHERE queue = 'never';
-- => 0

-- test: bad names
CALL celers_resume(NULL);
-- !! QUEUE_NAME_INVALID
CALL celers_resume('a,b');
-- !! QUEUE_NAME_INVALID
