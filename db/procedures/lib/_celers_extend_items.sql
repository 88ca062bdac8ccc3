-- _celers_extend_items: prolong leases, and collect the wishes for cancellation.
--
-- A claim that holds no running task any more is no lease: it is not prolonged.
--
-- Params
--   p_receipts  json  array of receipts
--   p_seconds   int   seconds from now; NULL = as long as the lease was asked for
--   p_extended  int   OUT: how many leases were prolonged
--   p_notices   json  OUT: array of {"task_id", "receipt", "outcome"}: cancel_requested for tasks,
--                     lost for receipts; NULL = none
-- Writes   celers_claim
-- Errors   LEASE_OUT_OF_RANGE, ITEMS_INVALID
CREATE PROCEDURE _celers_extend_items (
    IN p_receipts JSON,
    IN p_seconds BIGINT,
    OUT p_extended INT,
    OUT p_notices JSON
)
MODIFIES SQL DATA
COMMENT 'prolong leases, and collect the wishes for cancellation'
BEGIN
    DECLARE EXIT HANDLER FOR 1411, 3156, 3666 CALL _celers_raise('ITEMS_INVALID', 'receipts');

    IF p_seconds NOT BETWEEN 1 AND 86400 THEN
        CALL _celers_raise('LEASE_OUT_OF_RANGE', p_seconds);
    END IF;
    UPDATE JSON_TABLE(
        p_receipts, '$[*]' COLUMNS (receipt VARCHAR(36) PATH '$' ERROR ON ERROR)
    ) AS given
    STRAIGHT_JOIN celers_claim AS c FORCE INDEX (PRIMARY)
        ON c.claim_id = UUID_TO_BIN(given.receipt)
    SET c.lease_expires_at = UTC_TIMESTAMP(6) + INTERVAL COALESCE(p_seconds, c.lease_s) SECOND
    WHERE EXISTS (
        SELECT 1
        FROM celers_running AS u FORCE INDEX (ix_running_claim)
        WHERE u.claim_id = c.claim_id
    );
    SET p_extended = ROW_COUNT();
    SELECT JSON_ARRAYAGG(JSON_OBJECT(
        'task_id', BIN_TO_UUID(u.id),
        'receipt', given.receipt,
        'outcome', IF(u.id IS NULL, 'lost', 'cancel_requested')
    )) INTO p_notices
    FROM JSON_TABLE(p_receipts, '$[*]' COLUMNS (receipt CHAR(36) PATH '$')) AS given
    LEFT JOIN celers_running AS u FORCE INDEX (ix_running_claim)
        ON u.claim_id = UUID_TO_BIN(given.receipt)
    WHERE u.id IS NULL OR u.cancel_requested_at IS NOT NULL;
END;
