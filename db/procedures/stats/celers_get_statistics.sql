-- celers_get_statistics: count tasks by state, one row per queue.
--
-- Finished tasks count as long as their queue keeps them. They are all read: with millions of them
-- this takes seconds; celers_queue_size does not look at them.
--
-- Params
--   p_queue  str  only this queue, and then exactly one row; NULL = all that have tasks = NULL
-- Returns  rows
--   queue       str  name of the queue
--   pending     int  tasks that wait: ready and scheduled
--   ready       int  of these, those that are due
--   scheduled   int  of these, those that are not due yet, retries included
--   processing  int  tasks that run
--   completed   int  tasks that ended well
--   failed      int  tasks that ended with an error and were not to become dead letters
--   cancelled   int  tasks that were cancelled
--   expired     int  tasks that were not started in time
--   dlq         int  dead letters
--   total       int  all of them but the dead letters
-- Errors   QUEUE_NAME_INVALID
-- Writes   none
-- Roles    viewer
-- Example  CALL celers_get_statistics('default');
CREATE PROCEDURE celers_get_statistics (
    IN p_queue VARCHAR(1000)
)
READS SQL DATA
COMMENT 'count tasks by state, one row per queue'
BEGIN
    SET timestamp = DEFAULT;
    CALL _celers_check_queue(COALESCE(p_queue, 'default'));
    SELECT
        part.queue,
        CAST(SUM(IF(part.state IN ('ready', 'scheduled'), part.tasks, 0)) AS SIGNED) AS pending,
        CAST(SUM(IF(part.state = 'ready', part.tasks, 0)) AS SIGNED) AS ready,
        CAST(SUM(IF(part.state = 'scheduled', part.tasks, 0)) AS SIGNED) AS scheduled,
        CAST(SUM(IF(part.state = 'processing', part.tasks, 0)) AS SIGNED) AS processing,
        CAST(SUM(IF(part.state = 'completed', part.tasks, 0)) AS SIGNED) AS completed,
        CAST(SUM(IF(part.state = 'failed', part.tasks, 0)) AS SIGNED) AS failed,
        CAST(SUM(IF(part.state = 'cancelled', part.tasks, 0)) AS SIGNED) AS cancelled,
        CAST(SUM(IF(part.state = 'expired', part.tasks, 0)) AS SIGNED) AS expired,
        CAST(SUM(IF(part.state = 'dead', part.tasks, 0)) AS SIGNED) AS dlq,
        CAST(SUM(IF(part.state = 'dead', 0, part.tasks)) AS SIGNED) AS total
    FROM (
        SELECT
            r.queue,
            'ready' AS state,
            COUNT(*) AS tasks
        FROM celers_ready AS r
        WHERE p_queue IS NULL OR r.queue = p_queue
        GROUP BY r.queue
        UNION ALL
        SELECT
            s.queue,
            'scheduled',
            COUNT(*)
        FROM celers_scheduled AS s
        WHERE p_queue IS NULL OR s.queue = p_queue
        GROUP BY s.queue
        UNION ALL
        SELECT
            u.queue,
            'processing',
            COUNT(*)
        FROM celers_running AS u
        WHERE p_queue IS NULL OR u.queue = p_queue
        GROUP BY u.queue
        UNION ALL
        SELECT
            f.queue,
            CAST(f.state AS CHAR(9)),
            COUNT(*)
        FROM celers_finished AS f
        WHERE p_queue IS NULL OR f.queue = p_queue
        GROUP BY f.queue, f.state
        UNION ALL
        SELECT
            x.queue,
            'dead',
            COUNT(*)
        FROM celers_dead AS x
        WHERE p_queue IS NULL OR x.queue = p_queue
        GROUP BY x.queue
        UNION ALL
        SELECT
            p_queue,
            'none',
            0
        FROM celers_queue AS d
        WHERE d.queue = '*' AND p_queue IS NOT NULL
    ) AS part
    GROUP BY part.queue
    ORDER BY part.queue;
END;
