CALL celers_get_task_latency_percentiles(NULL, NULL);
-- => 0 | NULL | NULL | NULL | NULL | NULL | NULL

-- test: the nearest rank of 1..100 ms of waiting and 10..1000 ms of running
INSERT INTO celers_finished (
    id, queue, state, priority, attempt, errors, crashes, ready_at, started_at, finished_at
)
WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 100)
SELECT
    RANDOM_BYTES(16), 'mail', 'completed', 0, 1, 0, 0,
    UTC_TIMESTAMP(6) - INTERVAL 60000000 + 1000 * n + 10000 * (101 - n) MICROSECOND,
    UTC_TIMESTAMP(6) - INTERVAL 60000000 + 10000 * (101 - n) MICROSECOND,
    UTC_TIMESTAMP(6) - INTERVAL 60000000 MICROSECOND
FROM n;
CALL celers_get_task_latency_percentiles('mail', 3600);
-- => 100 | 50.0 | 95.0 | 99.0 | 500.0 | 950.0 | 990.0
CALL celers_get_task_latency_percentiles('mail', NULL);
-- => 100 | 50.0 | 95.0 | 99.0 | 500.0 | 950.0 | 990.0
CALL celers_get_task_latency_percentiles('mail', 30);
-- => 0 | NULL | NULL | NULL | NULL | NULL | NULL
CALL celers_get_task_latency_percentiles('other', 3600);
-- => 0 | NULL | NULL | NULL | NULL | NULL | NULL

-- test: one task is every percentile; what never started does not count; over all queues
INSERT INTO celers_finished (
    id, queue, state, priority, attempt, errors, crashes, ready_at, started_at, finished_at
) VALUES
    (RANDOM_BYTES(16), 'a', 'failed', 0, 1, 1, 0, UTC_TIMESTAMP(6) - INTERVAL 10 SECOND, UTC_TIMESTAMP(6) - INTERVAL 10 SECOND, UTC_TIMESTAMP(6) - INTERVAL 10 SECOND),
    (RANDOM_BYTES(16), 'a', 'cancelled', 0, 0, 0, 0, NULL, NULL, UTC_TIMESTAMP(6) - INTERVAL 10 SECOND);
CALL celers_get_task_latency_percentiles('a', 60);
-- => 1 | 0.0 | 0.0 | 0.0 | 0.0 | 0.0 | 0.0
INSERT INTO celers_finished (
    id, queue, state, priority, attempt, errors, crashes, ready_at, started_at, finished_at
) VALUES
    (RANDOM_BYTES(16), 'b', 'completed', 0, 1, 0, 0, '2026-01-01 00:00:00', '2026-01-01 00:00:00.0015', UTC_TIMESTAMP(6));
CALL celers_get_task_latency_percentiles(NULL, 60);
-- => 2 | 0.0 | 1.5 | 1.5 | 0.0 | * | *

-- test: what is refused
CALL celers_get_task_latency_percentiles('a b', 60);
-- !! QUEUE_NAME_INVALID
CALL celers_get_task_latency_percentiles(NULL, 0);
-- !! WINDOW_OUT_OF_RANGE
CALL celers_get_task_latency_percentiles(NULL, 31536001);
-- !! WINDOW_OUT_OF_RANGE
