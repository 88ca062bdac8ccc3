-- _celers_note_quiet: write down the duties that found nothing, and when they are due again.
--
-- Their low-water marks stay where they are: a scan that found nothing in a hundredth of its period
-- has no need of a new one.
--
-- Params
--   p_quiet  json  INOUT: object with the milliseconds of each; empty afterwards
-- Writes   celers_maintenance
-- Errors   none
CREATE PROCEDURE _celers_note_quiet (
    INOUT p_quiet JSON
)
MODIFIES SQL DATA
COMMENT 'write down the duties that found nothing, and when they are due again'
BEGIN
    UPDATE celers_maintenance
    SET
        next_at = UTC_TIMESTAMP(6) + INTERVAL period_ms * 1000 MICROSECOND,
        last_at = UTC_TIMESTAMP(6),
        last_count = 0,
        last_ms = JSON_EXTRACT(p_quiet, CONCAT('$.', duty))
    WHERE JSON_CONTAINS_PATH(p_quiet, 'one', CONCAT('$.', duty));
    SET p_quiet = JSON_OBJECT();
END;
