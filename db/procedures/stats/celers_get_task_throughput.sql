-- celers_get_task_throughput: count what has ended within the last minute and the last hour.
--
-- Read from the tail of an index by time: what is older costs nothing. A dead letter that has been
-- requeued since does not count.
--
-- Params
--   p_queue  str  only this queue, NULL = all together = NULL
-- Returns  1 row
--   completed_last_minute  int    tasks that ended well
--   completed_last_hour    int    tasks that ended well
--   failed_last_minute     int    tasks that failed for good, dead letters included
--   failed_last_hour       int    tasks that failed for good, dead letters included
--   tasks_per_second       float  completed_last_minute / 60
-- Errors   QUEUE_NAME_INVALID
-- Writes   none
-- Roles    viewer
-- Example  CALL celers_get_task_throughput('default');
CREATE PROCEDURE celers_get_task_throughput (
    IN p_queue VARCHAR(1000)
)
READS SQL DATA
COMMENT 'count what has ended within the last minute and the last hour'
BEGIN
    DECLARE v_now DATETIME(6);
    DECLARE v_queue VARCHAR(64) DEFAULT '';
    DECLARE v_counts JSON DEFAULT JSON_ARRAY();

    SET timestamp = DEFAULT;
    CALL _celers_check_queue(COALESCE(p_queue, 'default'));
    SET v_now = UTC_TIMESTAMP(6);
    -- queue by queue: only so is the time a range of the index
    queues: LOOP
        SELECT MIN(next.queue) INTO v_queue
        FROM (
            (
                SELECT f.queue
                FROM celers_finished AS f FORCE INDEX (ix_finished_queue)
                WHERE f.queue > v_queue AND (p_queue IS NULL OR f.queue = p_queue)
                ORDER BY f.queue
                LIMIT 1
            )
            UNION ALL
            (
                SELECT x.queue
                FROM celers_dead AS x FORCE INDEX (ix_dead_queue)
                WHERE x.queue > v_queue AND (p_queue IS NULL OR x.queue = p_queue)
                ORDER BY x.queue
                LIMIT 1
            )
        ) AS next;
        IF v_queue IS NULL THEN
            LEAVE queues;
        END IF;
        CALL _celers_count_ended(v_queue, v_now, v_counts);
    END LOOP;
    SELECT
        CAST(COALESCE(SUM(n.completed_minute), 0) AS SIGNED) AS completed_last_minute,
        CAST(COALESCE(SUM(n.completed_hour), 0) AS SIGNED) AS completed_last_hour,
        CAST(COALESCE(SUM(n.failed_minute), 0) AS SIGNED) AS failed_last_minute,
        CAST(COALESCE(SUM(n.failed_hour), 0) AS SIGNED) AS failed_last_hour,
        COALESCE(SUM(n.completed_minute), 0) / 60e0 AS tasks_per_second
    FROM JSON_TABLE(v_counts, '$[*]' COLUMNS (
        completed_minute BIGINT PATH '$[0]',
        completed_hour BIGINT PATH '$[1]',
        failed_minute BIGINT PATH '$[2]',
        failed_hour BIGINT PATH '$[3]'
    )) AS n;
END;
