-- _celers_claim_options: read and check the options of a claim.
--
-- Params
--   p_options   json
--   p_known     str    JSON array of the known keys
--   p_claim_id  bytes  OUT: the request_id, or a new UUIDv7
--   p_is_request bool  OUT: the client brought the id
--   p_lease_s   int    OUT: NULL = default of the queue
--   p_names     json   OUT: NULL = any
-- Writes   none
-- Errors   OPTIONS_INVALID, UNKNOWN_OPTION, OPTION_INVALID, UUID_INVALID, LEASE_OUT_OF_RANGE
CREATE PROCEDURE _celers_claim_options (
    IN p_options JSON,
    IN p_known VARCHAR(500),
    OUT p_claim_id BINARY(16),
    OUT p_is_request BOOLEAN,
    OUT p_lease_s BIGINT,
    OUT p_names JSON
)
READS SQL DATA
COMMENT 'read and check the options of a claim'
BEGIN
    DECLARE v_request_id TEXT;
    DECLARE v_type VARCHAR(20);
    DECLARE EXIT HANDLER FOR 1264, 1406, 1690, 3155, 3156, 3666
        CALL _celers_raise('OPTION_INVALID', NULL);

    SET v_request_id = JSON_VALUE(p_options, '$.request_id' RETURNING CHAR(100) ERROR ON ERROR);
    SET p_is_request = v_request_id IS NOT NULL;
    IF NOT p_is_request THEN
        SET p_claim_id = UNHEX(CONCAT(
            LPAD(HEX(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) DIV 1000), 12, '0'),
            '7', LEFT(HEX(RANDOM_BYTES(2)), 3), HEX(128 + FLOOR(RAND() * 64)), HEX(RANDOM_BYTES(7))
        ));
    ELSEIF IS_UUID(v_request_id) THEN
        SET p_claim_id = UUID_TO_BIN(v_request_id);
    ELSE
        CALL _celers_raise('UUID_INVALID', LEFT(v_request_id, 40));
    END IF;
    IF p_options IS NOT NULL THEN
        CALL _celers_check_options(p_options, p_known);
        SET p_lease_s = JSON_VALUE(p_options, '$.lease_s' RETURNING SIGNED ERROR ON ERROR);
        IF p_lease_s NOT BETWEEN 1 AND 86400 THEN
            CALL _celers_raise('LEASE_OUT_OF_RANGE', p_lease_s);
        END IF;
        SET p_names = JSON_EXTRACT(p_options, '$.task_names');
        SET v_type = JSON_TYPE(p_names);
        IF v_type = 'NULL' THEN
            SET p_names = NULL;
        ELSEIF v_type <> 'ARRAY' THEN
            CALL _celers_raise('OPTION_INVALID', 'task_names');
        END IF;
    END IF;
END;
