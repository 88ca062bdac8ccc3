-- celers_duties: one row per maintenance duty: how often, how much, and how it went.
--
-- Columns
--   duty           name of the duty
--   is_enabled     0 = switched off
--   period_ms      milliseconds between two runs
--   batch_limit    rows at a time; a run that takes them all is followed by another at once
--   next_at        when it is due
--   overdue_ms     how late it is; much means that neither claims nor events drive maintenance
--   last_at        when it last ran
--   last_count     rows it moved then
--   last_ms        how long that took
--   last_error     its last error, if it ever had one
--   last_error_at  when that was
CREATE VIEW celers_duties AS
SELECT
    m.duty,
    m.is_enabled,
    m.period_ms,
    m.batch_limit,
    m.next_at,
    IF(
        m.is_enabled,
        GREATEST(TIMESTAMPDIFF(MICROSECOND, m.next_at, UTC_TIMESTAMP(6)) DIV 1000, 0), 0
    ) AS overdue_ms,
    m.last_at,
    m.last_count,
    m.last_ms + 0e0 AS last_ms,
    m.last_error,
    m.last_error_at
FROM celers_maintenance AS m;
