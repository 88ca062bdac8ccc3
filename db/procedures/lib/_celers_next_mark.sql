-- _celers_next_mark: tell from where the next scan of a due index may begin.
--
-- A little before this one began: rows whose statements are still under way come in above it.
--
-- Params
--   p_now      datetime  when the scan began
--   p_is_full  bool      the scan stopped at its limit: nothing is known
--   p_mark_at  datetime  INOUT
-- Writes   none
-- Errors   none
CREATE PROCEDURE _celers_next_mark (
    IN p_now DATETIME(6),
    IN p_is_full BOOLEAN,
    INOUT p_mark_at DATETIME(6)
)
NO SQL
COMMENT 'tell from where the next scan of a due index may begin'
BEGIN
    IF NOT p_is_full THEN
        SET p_mark_at = GREATEST(p_mark_at, p_now - INTERVAL 5 SECOND);
    END IF;
END;
