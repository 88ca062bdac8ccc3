-- _celers_find_lanes: list the lanes that have been served lately.
--
-- From what runs and what has just finished: only a served lane has dead rows.
--
-- Params
--   p_lanes  json  OUT: array of {"queue", "priority"}
-- Writes   none
-- Errors   none
CREATE PROCEDURE _celers_find_lanes (
    OUT p_lanes JSON
)
READS SQL DATA
COMMENT 'list the lanes that have been served lately'
BEGIN
    SELECT JSON_ARRAYAGG(JSON_OBJECT('queue', lane.queue, 'priority', lane.priority)) INTO p_lanes
    FROM (
        (
            -- reads all that runs, on purpose
            SELECT DISTINCT
                u.queue,
                u.priority
            FROM celers_running AS u
            LIMIT 1000
        )
        UNION DISTINCT
        SELECT
            late.queue,
            late.priority
        FROM (
            SELECT f.queue FROM celers_finished AS f GROUP BY f.queue
        ) AS served
        INNER JOIN LATERAL (
            SELECT
                f.queue,
                f.priority
            FROM celers_finished AS f FORCE INDEX (ix_finished_queue)
            WHERE f.queue = served.queue
            ORDER BY f.queue DESC, f.finished_at DESC
            LIMIT 50
        ) AS late ON TRUE
        UNION DISTINCT
        SELECT
            m.queue,
            m.priority
        FROM celers_mark AS m
    ) AS lane;
END;
