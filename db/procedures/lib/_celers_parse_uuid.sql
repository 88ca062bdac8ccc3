-- _celers_parse_uuid: turn the text of an id into its bytes.
--
-- Params
--   p_text  str    36 characters, or 32 hexadecimal digits
--   p_id    bytes  OUT: the 16 bytes
-- Writes   none
-- Errors   UUID_INVALID
CREATE PROCEDURE _celers_parse_uuid (
    IN p_text VARCHAR(1000),
    OUT p_id BINARY(16)
)
READS SQL DATA
COMMENT 'turn the text of an id into its bytes'
BEGIN
    IF COALESCE(NOT IS_UUID(p_text), TRUE) THEN
        CALL _celers_raise('UUID_INVALID', LEFT(p_text, 40));
    END IF;
    SET p_id = UUID_TO_BIN(p_text);
END;
