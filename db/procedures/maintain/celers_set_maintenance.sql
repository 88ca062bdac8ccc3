-- celers_set_maintenance: change how often a maintenance duty is done, or switch it off.
--
-- Only the given keys change. Waits while maintenance is at work. With promote_due or
-- recover_expired switched off, tasks stay where they are until somebody calls the routine of that
-- name or switches the duty on again.
--
-- Params
--   p_duty     str      name of the duty, see celers_get_maintenance
--   p_options  options  JSON object, NULL = change nothing = NULL
-- Options
--   period_ms    int   milliseconds between two runs, 10..86400000
--   batch_limit  int   rows at a time, 1..1000
--   is_enabled   bool  false = switched off
-- Returns  1 row of celers_get_maintenance
-- Errors   OPTIONS_INVALID, UNKNOWN_OPTION, OPTION_INVALID, PERIOD_OUT_OF_RANGE,
--          LIMIT_OUT_OF_RANGE, DUTY_NOT_FOUND
-- Writes   celers_upkeep, celers_maintenance
-- Roles    admin
-- Example  CALL celers_set_maintenance('promote_due', '{"period_ms": 500}');
CREATE PROCEDURE celers_set_maintenance (
    IN p_duty VARCHAR(1000),
    IN p_options LONGTEXT
)
MODIFIES SQL DATA
COMMENT 'change how often a maintenance duty is done, or switch it off'
BEGIN
    DECLARE v_joined BOOLEAN;
    DECLARE v_period_ms BIGINT;
    DECLARE v_limit BIGINT;
    DECLARE v_is_enabled BOOLEAN;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        CALL _celers_rollback(v_joined);
        RESIGNAL;
    END;

    SET timestamp = DEFAULT;
    CALL _celers_check_options(p_options, '["period_ms", "batch_limit", "is_enabled"]');
    CALL _celers_duty_options(p_options, v_period_ms, v_limit, v_is_enabled);
    CALL _celers_begin(v_joined);
    CALL _celers_set_duty(p_duty, v_period_ms, v_limit, v_is_enabled);
    CALL _celers_commit(v_joined);
    SELECT
        v.duty,
        v.is_enabled,
        v.period_ms,
        v.batch_limit,
        v.next_at,
        v.overdue_ms,
        v.last_at,
        v.last_count,
        v.last_ms,
        v.last_error,
        v.last_error_at
    FROM celers_duties AS v
    WHERE v.duty = p_duty;
END;
