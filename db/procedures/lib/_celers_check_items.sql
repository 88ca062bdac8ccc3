-- _celers_check_items: refuse what is no JSON array of 1000 or fewer objects.
--
-- Params
--   p_text   str   what the caller sent; NULL = an empty array
--   p_items  json  OUT: the array
-- Writes   none
-- Errors   ITEMS_INVALID
CREATE PROCEDURE _celers_check_items (
    IN p_text LONGTEXT,
    OUT p_items JSON
)
READS SQL DATA
COMMENT 'refuse what is no JSON array of 1000 or fewer objects'
BEGIN
    DECLARE v_type VARCHAR(20);
    DECLARE EXIT HANDLER FOR 3140, 3141, 3157 CALL _celers_raise('ITEMS_INVALID', 'no JSON');

    SET p_items = COALESCE(p_text, '[]');
    SET v_type = JSON_TYPE(p_items);
    IF v_type <> 'ARRAY' OR JSON_LENGTH(p_items) > 1000 THEN
        CALL _celers_raise('ITEMS_INVALID', CONCAT(JSON_LENGTH(p_items), ' items'));
    END IF;
END;
