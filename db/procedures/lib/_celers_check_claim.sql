-- _celers_check_claim: refuse a claim with a bad list of queues, limit or worker.
--
-- Params
--   p_queues     str  names, separated by commas
--   p_limit      int
--   p_worker_id  str  INOUT: NULL becomes sql:<connection id>
-- Writes   none
-- Errors   QUEUE_NAME_INVALID, LIMIT_OUT_OF_RANGE, WORKER_ID_INVALID
CREATE PROCEDURE _celers_check_claim (
    IN p_queues TEXT,
    IN p_limit BIGINT,
    INOUT p_worker_id TEXT
)
READS SQL DATA
COMMENT 'refuse a claim with a bad list of queues, limit or worker'
BEGIN
    SET p_worker_id = COALESCE(p_worker_id, CONCAT('sql:', CONNECTION_ID()));
    IF COALESCE(
        p_queues <> 'default'
        AND p_queues NOT REGEXP '^ *[A-Za-z0-9_.:-]{1,64} *(, *[A-Za-z0-9_.:-]{1,64} *)*$', TRUE
    ) THEN
        CALL _celers_raise('QUEUE_NAME_INVALID', LEFT(p_queues, 40));
    END IF;
    IF COALESCE(p_limit NOT BETWEEN 0 AND 1000, TRUE) THEN
        CALL _celers_raise('LIMIT_OUT_OF_RANGE', p_limit);
    END IF;
    IF CHAR_LENGTH(p_worker_id) NOT BETWEEN 1 AND 255 THEN
        CALL _celers_raise('WORKER_ID_INVALID', LEFT(p_worker_id, 40));
    END IF;
END;
