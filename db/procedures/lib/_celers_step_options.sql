-- _celers_step_options: read what a step shall claim.
--
-- Params
--   p_options  json
--   p_queues   str   INOUT: names, separated by commas
--   p_limit    int   INOUT
-- Writes   none
-- Errors   OPTION_INVALID
CREATE PROCEDURE _celers_step_options (
    IN p_options JSON,
    INOUT p_queues TEXT,
    INOUT p_limit BIGINT
)
READS SQL DATA
COMMENT 'read what a step shall claim'
BEGIN
    DECLARE EXIT HANDLER FOR 3156, 1264, 1406, 3666
        CALL _celers_raise('OPTION_INVALID', 'queues, limit');

    SET p_queues = COALESCE(
        JSON_VALUE(p_options, '$.queues' RETURNING CHAR(8000) ERROR ON ERROR), p_queues
    );
    SET p_limit = COALESCE(
        JSON_VALUE(p_options, '$.limit' RETURNING SIGNED ERROR ON ERROR), p_limit
    );
END;
