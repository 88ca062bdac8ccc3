-- _celers_claim: move tasks of one queue from ready to running, in the order of the key.
--
-- FORCE INDEX leaves the optimizer no choice: a queue table's statistics are always stale. While
-- purge lags behind, celers_mark has rows for the queue, and the walk skips what is dead.
--
-- Params
--   p_queue     str
--   p_claim_id  bytes
--   p_limit     int    most tasks to take
--   p_names     json   array of task names to take, NULL = any
--   p_taken     int    OUT
-- Writes   celers_ready, celers_running
-- Errors   none
CREATE PROCEDURE _celers_claim (
    IN p_queue VARCHAR(64),
    IN p_claim_id BINARY(16),
    IN p_limit INT,
    IN p_names JSON,
    OUT p_taken INT
)
MODIFIES SQL DATA
COMMENT 'move tasks of one queue from ready to running, in the order of the key'
BEGIN
    DECLARE v_above INT DEFAULT 32768;
    DECLARE v_priority INT;
    DECLARE v_head_at DATETIME(6);
    DECLARE v_taken INT;

    SET p_taken = 0;
    lanes: REPEAT
        SET v_priority = NULL;
        SELECT priority, head_at INTO v_priority, v_head_at
        FROM celers_mark
        WHERE queue = p_queue AND priority < v_above
        ORDER BY priority DESC
        LIMIT 1;
        IF p_names IS NOT NULL THEN
            CALL _celers_claim_named(
                p_queue, p_claim_id, p_limit - p_taken, v_above, v_priority, v_head_at, p_names,
                v_taken
            );
        ELSEIF v_above > 32767 AND v_priority IS NULL AND p_limit = 1 THEN
            CALL _celers_claim_one(p_queue, p_claim_id, v_taken);
        ELSEIF v_above > 32767 AND v_priority IS NULL THEN
            CALL _celers_claim_many(p_queue, p_claim_id, p_limit, v_taken);
        ELSE
            CALL _celers_claim_lane(
                p_queue, p_claim_id, p_limit - p_taken, v_above, v_priority, v_head_at, v_taken
            );
        END IF;
        SET p_taken = p_taken + v_taken;
        SET v_above = v_priority;
    UNTIL v_priority IS NULL OR p_taken >= p_limit END REPEAT;
END;
