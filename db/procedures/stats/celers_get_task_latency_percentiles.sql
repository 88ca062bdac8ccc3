-- celers_get_task_latency_percentiles: show how long tasks waited and how long they ran.
--
-- Of tasks that were started and ended within the window, dead letters apart: the newest 10000 of
-- each queue. Waiting counts from when the last attempt was due to when it was started, running
-- from there to the end. A percentile is the nearest rank: the least value that the given share of
-- all values does not exceed.
--
-- Params
--   p_queue     str  only this queue, NULL = all together = NULL
--   p_window_s  int  seconds to look back, 1..31536000, NULL = 3600 = NULL
-- Returns  1 row
--   task_count   int     tasks that were looked at
--   wait_p50_ms  float?  milliseconds from due to started; NULL where there were no tasks
--   wait_p95_ms  float?  milliseconds from due to started
--   wait_p99_ms  float?  milliseconds from due to started
--   run_p50_ms   float?  milliseconds from started to ended
--   run_p95_ms   float?  milliseconds from started to ended
--   run_p99_ms   float?  milliseconds from started to ended
-- Errors   QUEUE_NAME_INVALID, WINDOW_OUT_OF_RANGE
-- Writes   none
-- Roles    viewer
-- Example  CALL celers_get_task_latency_percentiles('done', 3600);
CREATE PROCEDURE celers_get_task_latency_percentiles (
    IN p_queue VARCHAR(1000),
    IN p_window_s BIGINT
)
READS SQL DATA
COMMENT 'show how long tasks waited and how long they ran'
BEGIN
    DECLARE v_since DATETIME(6);

    SET timestamp = DEFAULT;
    CALL _celers_check_queue(COALESCE(p_queue, 'default'));
    IF p_window_s NOT BETWEEN 1 AND 31536000 THEN
        CALL _celers_raise('WINDOW_OUT_OF_RANGE', p_window_s);
    END IF;
    SET v_since = UTC_TIMESTAMP(6) - INTERVAL COALESCE(p_window_s, 3600) SECOND;
    SELECT
        COUNT(*) AS task_count,
        MAX(IF(s.wait_rank = CEIL(0.50 * s.tasks), s.wait_us, NULL)) / 1e3 AS wait_p50_ms,
        MAX(IF(s.wait_rank = CEIL(0.95 * s.tasks), s.wait_us, NULL)) / 1e3 AS wait_p95_ms,
        MAX(IF(s.wait_rank = CEIL(0.99 * s.tasks), s.wait_us, NULL)) / 1e3 AS wait_p99_ms,
        MAX(IF(s.run_rank = CEIL(0.50 * s.tasks), s.run_us, NULL)) / 1e3 AS run_p50_ms,
        MAX(IF(s.run_rank = CEIL(0.95 * s.tasks), s.run_us, NULL)) / 1e3 AS run_p95_ms,
        MAX(IF(s.run_rank = CEIL(0.99 * s.tasks), s.run_us, NULL)) / 1e3 AS run_p99_ms
    FROM (
        SELECT
            took.wait_us,
            took.run_us,
            COUNT(*) OVER () AS tasks,
            ROW_NUMBER() OVER (ORDER BY took.wait_us) AS wait_rank,
            ROW_NUMBER() OVER (ORDER BY took.run_us) AS run_rank
        FROM (
            SELECT
                TIMESTAMPDIFF(MICROSECOND, late.ready_at, late.started_at) AS wait_us,
                TIMESTAMPDIFF(MICROSECOND, late.started_at, late.finished_at) AS run_us
            FROM (
                SELECT DISTINCT f.queue
                FROM celers_finished AS f FORCE INDEX (ix_finished_queue)
                WHERE p_queue IS NULL OR f.queue = p_queue
            ) AS served
            INNER JOIN LATERAL (
                SELECT
                    f.ready_at,
                    f.started_at,
                    f.finished_at
                FROM celers_finished AS f FORCE INDEX (ix_finished_queue)
                WHERE f.queue = served.queue
                ORDER BY f.queue DESC, f.finished_at DESC
                LIMIT 10000
            ) AS late ON late.finished_at > v_since AND late.started_at IS NOT NULL
        ) AS took
    ) AS s;
END;
