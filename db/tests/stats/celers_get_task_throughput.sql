CALL celers_get_task_throughput(NULL);
-- => 0 | 0 | 0 | 0 | 0.0
CALL celers_get_task_throughput('mail');
-- => 0 | 0 | 0 | 0 | 0.0

-- test: by minute and hour, over queues
INSERT INTO celers_finished (id, queue, state, priority, attempt, errors, crashes, finished_at) VALUES
    (RANDOM_BYTES(16), 'a', 'completed', 0, 1, 0, 0, UTC_TIMESTAMP(6) - INTERVAL 1 SECOND),
    (RANDOM_BYTES(16), 'a', 'completed', 0, 1, 0, 0, UTC_TIMESTAMP(6) - INTERVAL 2 SECOND),
    (RANDOM_BYTES(16), 'a', 'completed', 0, 1, 0, 0, UTC_TIMESTAMP(6) - INTERVAL 3 SECOND),
    (RANDOM_BYTES(16), 'a', 'completed', 0, 1, 0, 0, UTC_TIMESTAMP(6) - INTERVAL 59 MINUTE),
    (RANDOM_BYTES(16), 'a', 'completed', 0, 1, 0, 0, UTC_TIMESTAMP(6) - INTERVAL 61 MINUTE),
    (RANDOM_BYTES(16), 'a', 'failed', 0, 1, 0, 0, UTC_TIMESTAMP(6) - INTERVAL 5 SECOND),
    (RANDOM_BYTES(16), 'a', 'cancelled', 0, 1, 0, 0, UTC_TIMESTAMP(6) - INTERVAL 5 SECOND),
    (RANDOM_BYTES(16), 'a', 'expired', 0, 1, 0, 0, UTC_TIMESTAMP(6) - INTERVAL 5 SECOND),
    (RANDOM_BYTES(16), 'b', 'failed', 0, 1, 0, 0, UTC_TIMESTAMP(6) - INTERVAL 5 MINUTE);
INSERT INTO celers_dead (id, queue, reason, priority, attempt, errors, crashes, died_at) VALUES
    (RANDOM_BYTES(16), 'a', 'permanent', 0, 1, 1, 0, UTC_TIMESTAMP(6) - INTERVAL 5 SECOND),
    (RANDOM_BYTES(16), 'a', 'crashed', 0, 1, 0, 1, UTC_TIMESTAMP(6) - INTERVAL 2 HOUR),
    (RANDOM_BYTES(16), 'c', 'exhausted', 0, 1, 1, 0, UTC_TIMESTAMP(6) - INTERVAL 5 MINUTE);
CALL celers_get_task_throughput('a');
-- => 3 | 4 | 2 | 2 | 0.05
CALL celers_get_task_throughput('b');
-- => 0 | 0 | 0 | 1 | 0.0
CALL celers_get_task_throughput('c');
-- => 0 | 0 | 0 | 1 | 0.0
CALL celers_get_task_throughput('d');
-- => 0 | 0 | 0 | 0 | 0.0
CALL celers_get_task_throughput(NULL);
-- => 3 | 4 | 2 | 4 | 0.05

-- test: bad names
CALL celers_get_task_throughput('*');
-- !! QUEUE_NAME_INVALID
