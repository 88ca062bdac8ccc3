-- _celers_wait_pause: tell how long to sleep between two looks for tasks.
--
-- Params
--   p_list     json   names of queues
--   p_poll_ms  int
--   p_pause_s  float  OUT: ten times p_poll_ms where no task has ended for five seconds
-- Writes   none
-- Errors   none
CREATE PROCEDURE _celers_wait_pause (
    IN p_list JSON,
    IN p_poll_ms INT,
    OUT p_pause_s DOUBLE
)
READS SQL DATA
COMMENT 'tell how long to sleep between two looks for tasks'
BEGIN
    SELECT
        p_poll_ms / 1000 * IF(
            MAX(late.finished_at) > UTC_TIMESTAMP(6) - INTERVAL 5 SECOND, 1, 10
        )
    INTO p_pause_s
    FROM JSON_TABLE(p_list, '$[*]' COLUMNS (queue VARCHAR(64) PATH '$')) AS given
    INNER JOIN LATERAL (
        SELECT f.finished_at
        FROM celers_finished AS f FORCE INDEX (ix_finished_queue)
        WHERE f.queue = given.queue
        ORDER BY f.queue DESC, f.finished_at DESC
        LIMIT 1
    ) AS late ON TRUE;
END;
