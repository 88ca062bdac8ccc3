-- _celers_wait_options: read and check how long to wait.
--
-- Params
--   p_options  str
--   p_wait_ms  int  OUT
--   p_poll_ms  int  OUT
-- Writes   none
-- Errors   WAIT_OUT_OF_RANGE
CREATE PROCEDURE _celers_wait_options (
    IN p_options LONGTEXT,
    OUT p_wait_ms INT,
    OUT p_poll_ms INT
)
READS SQL DATA
COMMENT 'read and check how long to wait'
BEGIN
    DECLARE EXIT HANDLER FOR 3155, 3156, 1264, 3666 CALL _celers_raise('WAIT_OUT_OF_RANGE', NULL);

    SET p_wait_ms = 1000;
    SET p_poll_ms = 1;
    SELECT
        COALESCE(o.wait_ms, p_wait_ms),
        COALESCE(o.poll_ms, p_poll_ms)
    INTO p_wait_ms, p_poll_ms
    FROM JSON_TABLE(p_options, '$' COLUMNS (
        wait_ms INT PATH '$.wait_ms' ERROR ON ERROR,
        poll_ms INT PATH '$.poll_ms' ERROR ON ERROR
    )) AS o;
    IF p_wait_ms NOT BETWEEN 0 AND 2000 OR p_poll_ms NOT BETWEEN 1 AND 1000 THEN
        CALL _celers_raise('WAIT_OUT_OF_RANGE', CONCAT(p_wait_ms, ', ', p_poll_ms));
    END IF;
END;
