-- _celers_count_ended: count what has ended in one queue within the last minute and the last hour.
--
-- Params
--   p_queue   str
--   p_now     datetime
--   p_counts  json      INOUT: array to which are added one row for finished tasks and one for dead
--                       letters: [completed in the minute, in the hour, failed in the minute, in
--                       the hour]
-- Writes   none
-- Errors   none
CREATE PROCEDURE _celers_count_ended (
    IN p_queue VARCHAR(64),
    IN p_now DATETIME(6),
    INOUT p_counts JSON
)
READS SQL DATA
COMMENT 'count what has ended in one queue within the last minute and the last hour'
BEGIN
    DECLARE v_minute_at DATETIME(6) DEFAULT p_now - INTERVAL 1 MINUTE;
    DECLARE v_finished JSON;
    DECLARE v_dead JSON;

    SELECT JSON_ARRAY(
        COUNT(IF(f.state = 'completed' AND f.finished_at > v_minute_at, 1, NULL)),
        COUNT(IF(f.state = 'completed', 1, NULL)),
        COUNT(IF(f.state = 'failed' AND f.finished_at > v_minute_at, 1, NULL)),
        COUNT(IF(f.state = 'failed', 1, NULL))
    ) INTO v_finished
    FROM celers_finished AS f FORCE INDEX (ix_finished_queue)
    WHERE f.queue = p_queue AND f.finished_at > p_now - INTERVAL 1 HOUR;
    SELECT JSON_ARRAY(0, 0, COUNT(IF(x.died_at > v_minute_at, 1, NULL)), COUNT(*)) INTO v_dead
    FROM celers_dead AS x FORCE INDEX (ix_dead_queue)
    WHERE x.queue = p_queue AND x.died_at > p_now - INTERVAL 1 HOUR;
    SET p_counts = JSON_ARRAY_APPEND(p_counts, '$', v_finished, '$', v_dead);
END;
