-- _celers_rewind_mark: begin at the very start about once in ten seconds.
--
-- So that a row that came below the mark (a late commit, a clock that went back) is found.
--
-- Params
--   p_mark_at  datetime  INOUT
-- Writes   none
-- Errors   none
CREATE PROCEDURE _celers_rewind_mark (
    INOUT p_mark_at DATETIME(6)
)
NO SQL
COMMENT 'begin at the very start about once in ten seconds'
BEGIN
    IF p_mark_at IS NULL OR p_mark_at > UTC_TIMESTAMP(6) OR RAND() < 0.02 THEN
        SET p_mark_at = '2000-01-01';
    END IF;
END;
