-- _celers_age_queue: raise the priority of tasks of one queue that have waited long.
--
-- Lane by lane from the highest one down, each lane found by one descent of the tree. What is moved
-- goes up, so no lane is looked at twice.
--
-- Params
--   p_queue         str
--   p_threshold_s   int  seconds of waiting per boost
--   p_boost         int  added to the base priority per threshold
--   p_max_priority  int  never above it
--   p_limit         int
--   p_count         int  OUT
-- Writes   celers_ready, celers_task
-- Errors   none
CREATE PROCEDURE _celers_age_queue (
    IN p_queue VARCHAR(64),
    IN p_threshold_s INT,
    IN p_boost INT,
    IN p_max_priority INT,
    IN p_limit INT,
    OUT p_count INT
)
MODIFIES SQL DATA
COMMENT 'raise the priority of tasks of one queue that have waited long'
BEGIN
    DECLARE v_lane INT DEFAULT p_max_priority;
    DECLARE v_moved INT;

    SET p_count = 0;
    lanes: LOOP
        SELECT MIN(IF(below.attempt IS NULL, NULL, below.priority)) INTO v_lane
        FROM (
            SELECT
                r.priority,
                r.attempt
            FROM celers_ready AS r FORCE INDEX (PRIMARY)
            WHERE r.queue = p_queue AND r.priority < v_lane
            ORDER BY r.priority DESC
            LIMIT 1
        ) AS below;
        IF v_lane IS NULL OR p_count >= p_limit THEN
            LEAVE lanes;
        END IF;
        CALL _celers_age_lane(
            p_queue, v_lane, p_threshold_s, p_boost, p_max_priority, p_limit - p_count, v_moved
        );
        SET p_count = p_count + v_moved;
    END LOOP;
END;
