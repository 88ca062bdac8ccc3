-- _celers_check_claim: name a worker that brings no name, refuse bad names and limits.
--
-- Params
--   p_worker_id  str  INOUT: NULL becomes sql:<connection id>
--   p_limit      int
-- Writes   none
-- Errors   WORKER_ID_INVALID, LIMIT_OUT_OF_RANGE
CREATE PROCEDURE _celers_check_claim (
    INOUT p_worker_id VARCHAR(1000),
    IN p_limit BIGINT
)
READS SQL DATA
COMMENT 'name a worker that brings no name, refuse bad names and limits'
BEGIN
    SET p_worker_id = COALESCE(p_worker_id, CONCAT('sql:', CONNECTION_ID()));
    IF CHAR_LENGTH(p_worker_id) NOT BETWEEN 1 AND 255 THEN
        CALL _celers_raise('WORKER_ID_INVALID', LEFT(p_worker_id, 40));
    END IF;
    IF COALESCE(p_limit NOT BETWEEN 0 AND 1000, TRUE) THEN
        CALL _celers_raise('LIMIT_OUT_OF_RANGE', p_limit);
    END IF;
END;
