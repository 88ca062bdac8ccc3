-- _celers_page_options: read and check the options of a list.
--
-- Params
--   p_options    str
--   p_known      str    JSON array of the known keys
--   p_after      bytes  OUT: ids below this one are wanted; the highest of all by default
--   p_task_name  str    OUT: NULL = any
--   p_error      str    OUT: part of the error, NULL = any
-- Writes   none
-- Errors   OPTIONS_INVALID, UNKNOWN_OPTION, OPTION_INVALID, UUID_INVALID
CREATE PROCEDURE _celers_page_options (
    IN p_options LONGTEXT,
    IN p_known VARCHAR(4000),
    OUT p_after BINARY(16),
    OUT p_task_name VARCHAR(1000),
    OUT p_error VARCHAR(4000)
)
READS SQL DATA
COMMENT 'read and check the options of a list'
BEGIN
    DECLARE v_after_id VARCHAR(1000);
    DECLARE EXIT HANDLER FOR 3155, 3156, 1264, 1406, 3666, 3669
        CALL _celers_raise('OPTION_INVALID', p_known);

    CALL _celers_check_options(p_options, p_known);
    SELECT
        o.after_id,
        o.task_name,
        o.error_contains
    INTO v_after_id, p_task_name, p_error
    FROM JSON_TABLE(COALESCE(p_options, '{}'), '$' COLUMNS (
        after_id VARCHAR(1000) PATH '$.after_id' ERROR ON ERROR,
        task_name VARCHAR(1000) PATH '$.task_name' ERROR ON ERROR,
        error_contains VARCHAR(4000) PATH '$.error_contains' ERROR ON ERROR
    )) AS o;
    SET p_after = UNHEX(REPEAT('F', 32));
    IF v_after_id IS NOT NULL THEN
        CALL _celers_parse_uuid(v_after_id, p_after);
    END IF;
END;
