-- _celers_step_options: read what a step shall claim.
--
-- Params
--   p_options  str
--   p_queues   str  OUT
--   p_limit    int  OUT
-- Writes   none
-- Errors   OPTIONS_INVALID, OPTION_INVALID, LIMIT_OUT_OF_RANGE
CREATE PROCEDURE _celers_step_options (
    IN p_options LONGTEXT,
    OUT p_queues VARCHAR(8000),
    OUT p_limit BIGINT
)
READS SQL DATA
COMMENT 'read what a step shall claim'
BEGIN
    DECLARE EXIT HANDLER FOR 3140, 3141, 3157 CALL _celers_raise('OPTIONS_INVALID', NULL);
    DECLARE EXIT HANDLER FOR 3156, 1264, 1406, 3666 CALL _celers_raise('OPTION_INVALID', 'queues, limit');

    SET p_queues = 'default';
    SET p_limit = 1;
    SELECT
        COALESCE(o.queues, p_queues),
        COALESCE(o.max_rows, p_limit)
    INTO p_queues, p_limit
    FROM JSON_TABLE(p_options, '$' COLUMNS (
        queues VARCHAR(8000) PATH '$.queues' ERROR ON ERROR,
        max_rows BIGINT PATH '$.limit' ERROR ON ERROR
    )) AS o;
    IF p_limit < 0 THEN
        CALL _celers_raise('LIMIT_OUT_OF_RANGE', p_limit);
    END IF;
END;
