-- celers_extend: prolong the lease of a claim.
--
-- One row is written however many tasks the claim holds. A lease is never shortened.
--
-- Params
--   p_receipt  uuid  receipt of the claim
--   p_seconds  int   seconds from now, 1..86400
-- Returns  1 row
--   receipt           uuid      receipt of the claim
--   lease_expires_at  datetime  the new end of the lease (UTC)
--   cancel_requested  int       tasks of the claim whose cancellation is asked for
--   cancel_task_ids   json      their ids
-- Errors   UUID_INVALID, LEASE_OUT_OF_RANGE, LEASE_LOST, ITEMS_INVALID
-- Writes   celers_claim
-- Locks    celers_running, celers_claim
-- Roles    worker
-- Example  CALL celers_extend('{{receipt}}', 60);
CREATE PROCEDURE celers_extend (
    IN p_receipt VARCHAR(1000),
    IN p_seconds BIGINT
)
MODIFIES SQL DATA
COMMENT 'prolong the lease of a claim'
BEGIN
    DECLARE v_joined BOOLEAN;
    DECLARE v_receipt BINARY(16);
    DECLARE v_until DATETIME(6);
    DECLARE v_notices JSON;
    DECLARE v_extended INT;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        CALL _celers_rollback(v_joined);
        RESIGNAL;
    END;

    SET timestamp = DEFAULT;
    CALL _celers_parse_uuid(p_receipt, v_receipt);
    CALL _celers_begin(v_joined);
    CALL _celers_extend_items(JSON_ARRAY(BIN_TO_UUID(v_receipt)), p_seconds, v_extended, v_notices);
    IF v_extended = 0 THEN
        CALL _celers_raise('LEASE_LOST', BIN_TO_UUID(v_receipt));
    END IF;
    SELECT lease_expires_at INTO v_until
    FROM celers_claim
    WHERE claim_id = v_receipt;
    CALL _celers_commit(v_joined);
    SELECT
        BIN_TO_UUID(v_receipt) AS receipt,
        v_until AS lease_expires_at,
        CAST(COALESCE(JSON_LENGTH(v_notices), 0) AS SIGNED) AS cancel_requested,
        COALESCE(JSON_EXTRACT(v_notices, '$[*].task_id'), JSON_ARRAY()) AS cancel_task_ids;
END;
