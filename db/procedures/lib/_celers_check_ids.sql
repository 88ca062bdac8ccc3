-- _celers_check_ids: refuse what is no JSON array of 1000 or fewer ids.
--
-- Params
--   p_text  str   what the caller sent; NULL = an empty array
--   p_ids   json  OUT: array of {"id"}, ids in canonical text
-- Writes   none
-- Errors   ITEMS_INVALID
CREATE PROCEDURE _celers_check_ids (
    IN p_text LONGTEXT,
    OUT p_ids JSON
)
READS SQL DATA
COMMENT 'refuse what is no JSON array of 1000 or fewer ids'
BEGIN
    DECLARE EXIT HANDLER FOR 1048, 1411, 3155, 3156, 3666
        CALL _celers_raise('ITEMS_INVALID', 'ids');

    CALL _celers_check_items(p_text, p_ids);
    SELECT
        COALESCE(
            JSON_ARRAYAGG(JSON_OBJECT('id', BIN_TO_UUID(UUID_TO_BIN(item.id)))), JSON_ARRAY()
        )
    INTO p_ids
    FROM JSON_TABLE(p_ids, '$[*]' COLUMNS (id VARCHAR(1000) PATH '$' ERROR ON ERROR)) AS item;
    IF JSON_CONTAINS(p_ids, '{"id": null}') THEN
        CALL _celers_raise('ITEMS_INVALID', 'ids');
    END IF;
END;
