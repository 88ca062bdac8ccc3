-- _celers_sweep_marks: give marks to slow lanes, take them from quick ones, find what lies below.
--
-- A lane is slow when the look at its head takes more than 0.3 ms: purge lags, and the walk passes
-- thousands of dead rows. The look is timed because nothing else tells: the length of the history
-- list is not for ordinary accounts. A row below a mark (a late commit, a clock that went back) is
-- put to the tail.
--
-- Params
--   p_limit  int
--   p_count  int  OUT: rows put to the tail
-- Writes   celers_mark, celers_ready, celers_task
-- Errors   none
CREATE PROCEDURE _celers_sweep_marks (
    IN p_limit INT,
    OUT p_count INT
)
MODIFIES SQL DATA
COMMENT 'give marks to slow lanes, take them from quick ones, find what lies below'
BEGIN
    DECLARE v_lane INT DEFAULT 0;
    DECLARE v_lanes JSON;
    DECLARE v_queue VARCHAR(64);
    DECLARE v_priority INT;
    DECLARE v_moved INT;

    SET p_count = 0;
    CALL _celers_find_lanes(v_lanes);
    WHILE v_lane < COALESCE(JSON_LENGTH(v_lanes), 0) DO
        SET v_queue = JSON_UNQUOTE(JSON_EXTRACT(v_lanes, CONCAT('$[', v_lane, '].queue')));
        SET v_priority = JSON_EXTRACT(v_lanes, CONCAT('$[', v_lane, '].priority'));
        CALL _celers_sweep_lane(v_queue, v_priority, p_limit, v_moved);
        SET p_count = p_count + v_moved;
        SET v_lane = v_lane + 1;
    END WHILE;
END;
