-- _celers_claim_lanes: claim ready tasks lane by lane, by the low-water marks or by name.
--
-- A lane is a queue and a priority. Only while purge lags behind are there marks, and with them the
-- walk skips what is dead; what lies between two lanes with marks is walked too, so that a missing
-- mark costs time and never a task.
--
-- Params
--   p_queue     str
--   p_claim_id  bytes
--   p_worker_id str
--   p_lease_s   int
--   p_limit     int    most tasks to take
--   p_held      int    tasks that the claim has already
--   p_names     json   array of task names to take, NULL = any
--   p_taken     int    OUT
-- Writes   celers_ready, celers_running
-- Errors   REQUEST_BUSY
CREATE PROCEDURE _celers_claim_lanes (
    IN p_queue TEXT,
    IN p_claim_id BINARY(16),
    IN p_worker_id VARCHAR(255),
    IN p_lease_s INT,
    IN p_limit INT,
    IN p_held INT,
    IN p_names JSON,
    OUT p_taken INT
)
MODIFIES SQL DATA
COMMENT 'claim ready tasks lane by lane, by the low-water marks or by name'
BEGIN
    DECLARE v_above INT DEFAULT 32768;
    DECLARE v_priority INT;
    DECLARE v_head_at DATETIME(6);
    DECLARE v_taken INT;

    SET p_taken = 0;
    REPEAT
        SET v_priority = NULL;
        SELECT
            priority,
            head_at
        INTO v_priority, v_head_at
        FROM celers_mark
        WHERE queue = p_queue AND priority < v_above
        ORDER BY priority DESC
        LIMIT 1;
        IF p_names IS NULL THEN
            CALL _celers_claim_lane(
                p_queue, p_claim_id, p_worker_id, p_lease_s, p_limit - p_taken,
                p_held + p_taken, v_above, v_priority,
                v_head_at, v_taken
            );
        ELSE
            CALL _celers_claim_named(
                p_queue, p_claim_id, p_worker_id, p_lease_s, p_limit - p_taken,
                p_held + p_taken, v_above, v_priority,
                v_head_at, p_names, v_taken
            );
        END IF;
        SET p_taken = p_taken + v_taken;
        SET v_above = v_priority;
    UNTIL v_priority IS NULL OR p_taken >= p_limit END REPEAT;
END;
