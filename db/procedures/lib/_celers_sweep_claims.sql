-- _celers_sweep_claims: drop the extended leases that ran out and hold no task any more.
--
-- Params
--   p_now  datetime
-- Writes   celers_claim
-- Errors   none
CREATE PROCEDURE _celers_sweep_claims (
    IN p_now DATETIME(6)
)
MODIFIES SQL DATA
COMMENT 'drop the extended leases that ran out and hold no task any more'
BEGIN
    DECLARE v_claims JSON;

    SELECT JSON_ARRAYAGG(BIN_TO_UUID(old.claim_id)) INTO v_claims
    FROM (
        -- reads all extended leases, on purpose: they are few
        SELECT c.claim_id
        FROM celers_claim AS c FORCE INDEX (PRIMARY)
        LEFT JOIN celers_running AS u FORCE INDEX (PRIMARY) ON u.claim_id = c.claim_id
        WHERE c.lease_expires_at <= p_now AND u.claim_id IS NULL
        LIMIT 1000
        FOR UPDATE OF c SKIP LOCKED
    ) AS old;
    DELETE c
    FROM JSON_TABLE(v_claims, '$[*]' COLUMNS (claim_id CHAR(36) PATH '$')) AS old
    STRAIGHT_JOIN celers_claim AS c FORCE INDEX (PRIMARY)
        ON c.claim_id = UUID_TO_BIN(old.claim_id);
END;
