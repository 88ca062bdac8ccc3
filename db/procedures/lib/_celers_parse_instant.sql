-- _celers_parse_instant: turn the text of a UTC instant into a DATETIME(6).
--
-- Offsets are refused: the server would convert them to the time zone of the session.
--
-- Params
--   p_text  str       YYYY-MM-DD HH:MM:SS[.ffffff], with T for the blank and a final Z if you like
--   p_at    datetime  OUT: the instant; NULL for NULL
-- Writes   none
-- Errors   DUE_OUT_OF_RANGE
CREATE PROCEDURE _celers_parse_instant (
    IN p_text VARCHAR(1000),
    OUT p_at DATETIME(6)
)
READS SQL DATA
COMMENT 'turn the text of a UTC instant into a DATETIME(6)'
BEGIN
    DECLARE v_form VARCHAR(200) DEFAULT CONCAT(
        '^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}', '([.][0-9]{1,6})?Z?\\z'
    );
    DECLARE EXIT HANDLER FOR 1292 CALL _celers_raise('DUE_OUT_OF_RANGE', LEFT(p_text, 40));

    IF p_text REGEXP v_form THEN
        SET p_at = CAST(REPLACE(TRIM(TRAILING 'Z' FROM p_text), 'T', ' ') AS DATETIME(6));
    END IF;
    IF p_text IS NOT NULL AND p_at IS NULL THEN
        CALL _celers_raise('DUE_OUT_OF_RANGE', LEFT(p_text, 40));
    END IF;
END;
