-- _celers_check_options: refuse options that are no JSON object or have an unknown key.
--
-- Params
--   p_options  str  what the caller sent
--   p_known    str  JSON array of the known keys
-- Writes   none
-- Errors   OPTIONS_INVALID, UNKNOWN_OPTION
CREATE PROCEDURE _celers_check_options (
    IN p_options LONGTEXT,
    IN p_known VARCHAR(4000)
)
READS SQL DATA
COMMENT 'refuse options that are no JSON object or have an unknown key'
BEGIN
    DECLARE v_key VARCHAR(1000);
    DECLARE v_type VARCHAR(20);

    IF p_options IS NOT NULL THEN
        IF LENGTH(p_options) > 1048576 OR NOT JSON_VALID(p_options) THEN
            CALL _celers_raise('OPTIONS_INVALID', NULL);
        END IF;
        SET v_type = JSON_TYPE(p_options);
        IF v_type <> 'OBJECT' THEN
            CALL _celers_raise('OPTIONS_INVALID', v_type);
        END IF;
        IF NOT JSON_CONTAINS(p_known, JSON_KEYS(p_options)) THEN
            SELECT given.name INTO v_key
            FROM JSON_TABLE(
                JSON_KEYS(p_options), '$[*]' COLUMNS (name VARCHAR(1000) PATH '$')
            ) AS given
            WHERE NOT JSON_CONTAINS(p_known, JSON_QUOTE(given.name))
            LIMIT 1;
            CALL _celers_raise('UNKNOWN_OPTION', v_key);
        END IF;
    END IF;
END;
