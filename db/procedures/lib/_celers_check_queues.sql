-- _celers_check_queues: refuse what is no list of queue names.
--
-- Params
--   p_queues  str  names, separated by commas
-- Writes   none
-- Errors   QUEUE_NAME_INVALID
CREATE PROCEDURE _celers_check_queues (
    IN p_queues TEXT
)
READS SQL DATA
COMMENT 'refuse what is no list of queue names'
BEGIN
    IF COALESCE(
        p_queues NOT REGEXP '^ *[A-Za-z0-9_.:-]{1,64} *(, *[A-Za-z0-9_.:-]{1,64} *)*\\z', TRUE
    ) THEN
        CALL _celers_raise('QUEUE_NAME_INVALID', LEFT(p_queues, 40));
    END IF;
END;
