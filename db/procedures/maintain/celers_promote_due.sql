-- celers_promote_due: move scheduled tasks that are due to where claims find them.
--
-- The maintenance duty of this name does it by itself. Call it again while it answers with p_limit.
--
-- Params
--   p_limit  int  tasks at a time, 1..1000, NULL = 500 = NULL
-- Returns  1 row
--   promoted  int  tasks moved
-- Errors   LIMIT_OUT_OF_RANGE
-- Writes   celers_ready, celers_scheduled, celers_task
-- Locks    celers_scheduled, celers_task
-- Roles    admin
-- Example  CALL celers_promote_due(100);
CREATE PROCEDURE celers_promote_due (
    IN p_limit BIGINT
)
MODIFIES SQL DATA
COMMENT 'move scheduled tasks that are due to where claims find them'
BEGIN
    DECLARE v_joined BOOLEAN;
    DECLARE v_mark_at DATETIME(6);
    DECLARE v_promoted INT;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        CALL _celers_rollback(v_joined);
        RESIGNAL;
    END;

    SET timestamp = DEFAULT;
    CALL _celers_check_limit(500, p_limit);
    CALL _celers_begin(v_joined);
    CALL _celers_promote(p_limit, v_mark_at, v_promoted);
    CALL _celers_commit(v_joined);
    SELECT v_promoted AS promoted;
END;
