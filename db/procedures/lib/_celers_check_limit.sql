-- _celers_check_limit: refuse a number of rows that is not 1..1000.
--
-- Params
--   p_default  int  what NULL stands for
--   p_limit    int  INOUT
-- Writes   none
-- Errors   LIMIT_OUT_OF_RANGE
CREATE PROCEDURE _celers_check_limit (
    IN p_default INT,
    INOUT p_limit BIGINT
)
READS SQL DATA
COMMENT 'refuse a number of rows that is not 1..1000'
BEGIN
    SET p_limit = COALESCE(p_limit, p_default);
    IF p_limit NOT BETWEEN 1 AND 1000 THEN
        CALL _celers_raise('LIMIT_OUT_OF_RANGE', p_limit);
    END IF;
END;
