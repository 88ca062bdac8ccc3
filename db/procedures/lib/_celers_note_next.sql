-- _celers_note_next: write down when the next duty is due, and how many lanes have marks.
--
-- Writes   celers_upkeep
-- Errors   none
CREATE PROCEDURE _celers_note_next ()
MODIFIES SQL DATA
COMMENT 'write down when the next duty is due, and how many lanes have marks'
BEGIN
    UPDATE celers_upkeep
    SET
        next_at = COALESCE(
            (SELECT MIN(m.next_at) FROM celers_maintenance AS m WHERE m.is_enabled),
            UTC_TIMESTAMP(6) + INTERVAL 1 SECOND
        ),
        mark_count = (SELECT COUNT(*) FROM celers_mark)
    WHERE guard = 1;
END;
