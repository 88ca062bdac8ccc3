-- _celers_extend_items: prolong leases, and collect the wishes for cancellation.
--
-- A claim that holds no running task any more is no lease: it is not prolonged. A lease is never
-- shortened.
--
-- Params
--   p_receipts  json  array of receipts
--   p_seconds   int   seconds from now; NULL = as long as the lease was asked for
--   p_extended  int   OUT: 0 = none was prolonged
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
    DECLARE v_held JSON;
    DECLARE EXIT HANDLER FOR 1411, 3155, 3156, 3666 CALL _celers_raise('ITEMS_INVALID', 'receipts');

    IF p_seconds NOT BETWEEN 1 AND 86400 THEN
        CALL _celers_raise('LEASE_OUT_OF_RANGE', p_seconds);
    END IF;
    -- shared locks: of an extension and a recovery one waits for the other
    SELECT
        COUNT(*),
        JSON_ARRAYAGG(JSON_OBJECT(
            'claim_id', BIN_TO_UUID(held.claim_id), 'until_at', held.until_at
        ))
    INTO p_extended, v_held
    FROM (
        SELECT
            u.claim_id,
            MAX(GREATEST(
                u.lease_expires_at,
                UTC_TIMESTAMP(6) + INTERVAL COALESCE(p_seconds, u.lease_s) SECOND
            )) AS until_at
        FROM (
            SELECT DISTINCT UUID_TO_BIN(item.receipt) AS receipt
            FROM JSON_TABLE(
                p_receipts, '$[*]' COLUMNS (receipt VARCHAR(36) PATH '$' ERROR ON ERROR)
            ) AS item
            ORDER BY receipt
            LIMIT 1000
        ) AS given
        STRAIGHT_JOIN celers_running AS u FORCE INDEX (PRIMARY) ON u.claim_id = given.receipt
        GROUP BY u.claim_id
        FOR SHARE OF u
    ) AS held;
    INSERT INTO celers_claim (claim_id, lease_expires_at)
    SELECT
        UUID_TO_BIN(held.claim_id),
        held.until_at
    FROM JSON_TABLE(v_held, '$[*]' COLUMNS (
        claim_id CHAR(36) PATH '$.claim_id',
        until_at DATETIME(6) PATH '$.until_at'
    )) AS held
    ON DUPLICATE KEY UPDATE
        lease_expires_at = GREATEST(celers_claim.lease_expires_at, held.until_at);
    SELECT JSON_ARRAYAGG(JSON_OBJECT(
        'task_id', BIN_TO_UUID(u.id),
        'receipt', given.receipt,
        'outcome', IF(u.id IS NULL, 'lost', 'cancel_requested')
    )) INTO p_notices
    FROM JSON_TABLE(p_receipts, '$[*]' COLUMNS (receipt CHAR(36) PATH '$')) AS given
    LEFT JOIN celers_running AS u FORCE INDEX (PRIMARY)
        ON u.claim_id = UUID_TO_BIN(given.receipt)
    WHERE u.id IS NULL OR u.cancel_requested_at IS NOT NULL;
END;
