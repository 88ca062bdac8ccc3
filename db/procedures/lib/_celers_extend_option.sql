-- _celers_extend_option: prolong the leases that the options of a step name.
--
-- Params
--   p_options  json  of celers_step
--   p_notices  json  OUT: see _celers_extend_items
-- Writes   celers_claim
-- Errors   OPTION_INVALID, LEASE_OUT_OF_RANGE, ITEMS_INVALID
CREATE PROCEDURE _celers_extend_option (
    IN p_options JSON,
    OUT p_notices JSON
)
MODIFIES SQL DATA
COMMENT 'prolong the leases that the options of a step name'
BEGIN
    DECLARE v_receipts JSON DEFAULT JSON_EXTRACT(p_options, '$.extend');
    DECLARE v_type VARCHAR(20) DEFAULT JSON_TYPE(v_receipts);
    DECLARE v_seconds BIGINT;
    DECLARE v_extended INT;

    IF v_type NOT IN ('ARRAY', 'NULL') THEN
        CALL _celers_raise('OPTION_INVALID', 'extend');
    END IF;
    BEGIN
        DECLARE EXIT HANDLER FOR 1264, 1406, 1690, 3155, 3156, 3666
            CALL _celers_raise('OPTION_INVALID', 'extend_s');
        SET v_seconds = JSON_VALUE(p_options, '$.extend_s' RETURNING SIGNED ERROR ON ERROR);
    END;
    IF v_type = 'ARRAY' THEN
        CALL _celers_extend_items(v_receipts, v_seconds, v_extended, p_notices);
    END IF;
END;
