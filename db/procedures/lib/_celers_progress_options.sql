-- _celers_progress_options: read and check what a task tells of itself besides its percentage.
--
-- Params
--   p_options      str
--   p_step         str   OUT: NULL = not given, as the others
--   p_total_steps  int   OUT
--   p_checkpoint   str   OUT
-- Writes   none
-- Errors   OPTION_INVALID, CHECKPOINT_INVALID
CREATE PROCEDURE _celers_progress_options (
    IN p_options LONGTEXT,
    OUT p_step VARCHAR(255),
    OUT p_total_steps BIGINT,
    OUT p_checkpoint LONGTEXT
)
READS SQL DATA
COMMENT 'read and check what a task tells of itself besides its percentage'
BEGIN
    DECLARE EXIT HANDLER FOR 3155, 3156, 1264, 1406, 3666, 3669
        CALL _celers_raise('OPTION_INVALID', 'step, total_steps, checkpoint');
    -- deeper than 100 levels
    DECLARE EXIT HANDLER FOR 3157 CALL _celers_raise('CHECKPOINT_INVALID', 'too deep');

    SELECT
        o.step,
        o.total_steps,
        o.checkpoint
    INTO p_step, p_total_steps, p_checkpoint
    FROM JSON_TABLE(COALESCE(p_options, '{}'), '$' COLUMNS (
        step VARCHAR(255) PATH '$.step' ERROR ON ERROR,
        total_steps BIGINT PATH '$.total_steps' ERROR ON ERROR,
        checkpoint LONGTEXT PATH '$.checkpoint' ERROR ON ERROR
    )) AS o;
    IF p_total_steps NOT BETWEEN 0 AND 2147483647 THEN
        CALL _celers_raise('OPTION_INVALID', 'total_steps');
    END IF;
    IF LENGTH(p_checkpoint) > 524288 OR NOT JSON_VALID(p_checkpoint) THEN
        CALL _celers_raise('CHECKPOINT_INVALID', CONCAT(LENGTH(p_checkpoint), ' bytes'));
    END IF;
END;
