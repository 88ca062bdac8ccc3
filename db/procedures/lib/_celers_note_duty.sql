-- _celers_note_duty: write down how a duty went and when it is due again.
--
-- Params
--   p_duty     str
--   p_count    int       rows moved; a full batch is due again at once; NULL = put off: after 5 s
--   p_mark_at  datetime
--   p_mark_id  bytes
--   p_took_us  int
-- Writes   celers_maintenance
-- Errors   none
CREATE PROCEDURE _celers_note_duty (
    IN p_duty VARCHAR(64),
    IN p_count INT,
    IN p_mark_at DATETIME(6),
    IN p_mark_id BINARY(16),
    IN p_took_us BIGINT
)
MODIFIES SQL DATA
COMMENT 'write down how a duty went and when it is due again'
BEGIN
    -- a scan that moved little walked dead rows: it may cost one hundredth of the time
    UPDATE celers_maintenance
    SET
        next_at = UTC_TIMESTAMP(6) + INTERVAL CASE
            WHEN p_count IS NULL THEN 5000000
            WHEN p_count >= batch_limit THEN 0
            ELSE GREATEST(period_ms * 1000, 100 * p_took_us)
        END MICROSECOND,
        mark_at = p_mark_at,
        mark_id = p_mark_id,
        last_at = UTC_TIMESTAMP(6),
        last_count = p_count,
        last_ms = p_took_us / 1000
    WHERE duty = p_duty;
END;
