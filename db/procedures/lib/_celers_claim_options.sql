-- _celers_claim_options: read and check what a claim was asked for.
--
-- Params
--   p_options    str
--   p_known      str    JSON array of the known keys
--   p_queues     str    names, separated by commas
--   p_worker_id  str    INOUT: NULL becomes sql:<connection id>
--   p_limit      int
--   p_claim_id   bytes  OUT: the request_id, or a new UUIDv7
--   p_lease_s    int    OUT: NULL = default of the queue
--   p_names      json   OUT: NULL = any
-- Writes   none
-- Errors   OPTIONS_INVALID, UNKNOWN_OPTION, OPTION_INVALID, UUID_INVALID, LIMIT_OUT_OF_RANGE,
--          QUEUE_NAME_INVALID, WORKER_ID_INVALID, LEASE_OUT_OF_RANGE
CREATE PROCEDURE _celers_claim_options (
    IN p_options LONGTEXT,
    IN p_known VARCHAR(4000),
    IN p_queues VARCHAR(8000),
    INOUT p_worker_id VARCHAR(1000),
    IN p_limit BIGINT,
    OUT p_claim_id BINARY(16),
    OUT p_lease_s BIGINT,
    OUT p_names JSON
)
READS SQL DATA
COMMENT 'read and check what a claim was asked for'
BEGIN
    DECLARE v_request_id VARCHAR(1000);
    DECLARE v_type VARCHAR(20);
    DECLARE EXIT HANDLER FOR 3156, 1264, 1406, 3666 CALL _celers_raise('OPTION_INVALID', NULL);

    IF p_options IS NOT NULL THEN
        CALL _celers_check_options(p_options, p_known);
        SELECT
            o.request_id,
            o.lease_s,
            o.task_names
        INTO v_request_id, p_lease_s, p_names
        FROM JSON_TABLE(p_options, '$' COLUMNS (
            request_id VARCHAR(1000) PATH '$.request_id' ERROR ON ERROR,
            lease_s BIGINT PATH '$.lease_s' ERROR ON ERROR,
            task_names JSON PATH '$.task_names' ERROR ON ERROR
        )) AS o;
    END IF;
    IF v_request_id IS NOT NULL THEN
        CALL _celers_parse_uuid(v_request_id, p_claim_id);
    ELSE
        SET p_claim_id = UNHEX(CONCAT(
            LPAD(HEX(FLOOR(UNIX_TIMESTAMP(UTC_TIMESTAMP(3)) * 1000)), 12, '0'),
            '7', LEFT(HEX(RANDOM_BYTES(2)), 3), HEX(128 + FLOOR(RAND() * 64)), HEX(RANDOM_BYTES(7))
        ));
    END IF;
    SET p_worker_id = COALESCE(p_worker_id, CONCAT('sql:', CONNECTION_ID()));
    IF COALESCE(p_limit NOT BETWEEN 1 AND 1000, TRUE) THEN
        CALL _celers_raise('LIMIT_OUT_OF_RANGE', p_limit);
    END IF;
    IF COALESCE(p_queues NOT REGEXP '^ *[A-Za-z0-9_.:-]{1,64} *(, *[A-Za-z0-9_.:-]{1,64} *)*$', TRUE)
    THEN
        CALL _celers_raise('QUEUE_NAME_INVALID', LEFT(p_queues, 40));
    END IF;
    IF CHAR_LENGTH(p_worker_id) NOT BETWEEN 1 AND 255 THEN
        CALL _celers_raise('WORKER_ID_INVALID', LEFT(p_worker_id, 40));
    END IF;
    IF p_lease_s NOT BETWEEN 1 AND 86400 THEN
        CALL _celers_raise('LEASE_OUT_OF_RANGE', p_lease_s);
    END IF;
    SET v_type = JSON_TYPE(p_names);
    IF v_type <> 'ARRAY' THEN
        CALL _celers_raise('OPTION_INVALID', 'task_names');
    END IF;
END;
