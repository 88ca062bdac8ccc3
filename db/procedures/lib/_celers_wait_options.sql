-- _celers_wait_options: read and check the options of a claim that waits.
--
-- Params
--   p_options     str
--   p_claim_id    bytes  OUT: the request_id, or a new UUIDv7
--   p_is_request  bool   OUT: the client brought the id
--   p_lease_s     int    OUT: NULL = default of the queue
--   p_names       json   OUT: NULL = any
--   p_wait_ms     int    OUT
--   p_poll_ms     int    OUT
-- Writes   none
-- Errors   OPTIONS_INVALID, UNKNOWN_OPTION, OPTION_INVALID, UUID_INVALID, LEASE_OUT_OF_RANGE,
--          WAIT_OUT_OF_RANGE
CREATE PROCEDURE _celers_wait_options (
    IN p_options LONGTEXT,
    OUT p_claim_id BINARY(16),
    OUT p_is_request BOOLEAN,
    OUT p_lease_s BIGINT,
    OUT p_names JSON,
    OUT p_wait_ms INT,
    OUT p_poll_ms INT
)
READS SQL DATA
COMMENT 'read and check the options of a claim that waits'
BEGIN
    DECLARE v_options JSON;
    DECLARE EXIT HANDLER FOR 1264, 1690, 3155, 3156, 3666
        CALL _celers_raise('WAIT_OUT_OF_RANGE', NULL);

    BEGIN
        DECLARE EXIT HANDLER FOR 3140, 3141, 3157 CALL _celers_raise('OPTIONS_INVALID', NULL);
        SET v_options = p_options;
    END;
    CALL _celers_claim_options(
        v_options, '["request_id", "lease_s", "task_names", "wait_ms", "poll_ms"]', p_claim_id,
        p_is_request, p_lease_s, p_names
    );
    SET p_wait_ms = COALESCE(
        JSON_VALUE(v_options, '$.wait_ms' RETURNING SIGNED ERROR ON ERROR), 1000
    );
    SET p_poll_ms = COALESCE(
        JSON_VALUE(v_options, '$.poll_ms' RETURNING SIGNED ERROR ON ERROR), 1
    );
    IF p_wait_ms NOT BETWEEN 0 AND 2000 OR p_poll_ms NOT BETWEEN 1 AND 1000 THEN
        CALL _celers_raise('WAIT_OUT_OF_RANGE', CONCAT(p_wait_ms, ', ', p_poll_ms));
    END IF;
END;
