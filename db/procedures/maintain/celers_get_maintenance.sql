-- celers_get_maintenance: show the maintenance duties: how often, how much, and how it went.
--
-- Params
-- Returns  rows
--   duty           str        name of the duty
--   is_enabled     bool       0 = switched off
--   period_ms      int        milliseconds between two runs
--   batch_limit    int        rows at a time
--   next_at        datetime   when it is due (UTC)
--   overdue_ms     int        how late it is
--   last_at        datetime?  when it last ran (UTC)
--   last_count     int?       rows it moved then
--   last_ms        float?     milliseconds that took
--   last_error     str?       its last error, if it ever had one
--   last_error_at  datetime?  when that was (UTC)
-- Errors   none
-- Writes   none
-- Roles    viewer
-- Example  CALL celers_get_maintenance();
CREATE PROCEDURE celers_get_maintenance ()
READS SQL DATA
COMMENT 'show the maintenance duties: how often, how much, and how it went'
BEGIN
    SET timestamp = DEFAULT;
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
    ORDER BY v.duty;
END;
