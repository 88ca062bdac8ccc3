-- _celers_renew_claim: begin the lease of a claim anew for a repeated request.
--
-- Params
--   p_claim_id  bytes
--   p_taken     int    OUT: tasks of the claim that still run
-- Writes   celers_claim
-- Errors   none
CREATE PROCEDURE _celers_renew_claim (
    IN p_claim_id BINARY(16),
    OUT p_taken INT
)
MODIFIES SQL DATA
COMMENT 'begin the lease of a claim anew for a repeated request'
BEGIN
    INSERT INTO celers_claim (claim_id, lease_expires_at)
    SELECT
        held.claim_id,
        held.until_at
    FROM (
        SELECT
            u.claim_id,
            MAX(UTC_TIMESTAMP(6) + INTERVAL u.lease_s SECOND) AS until_at
        FROM celers_running AS u FORCE INDEX (PRIMARY)
        WHERE u.claim_id = p_claim_id
        GROUP BY u.claim_id
        FOR SHARE
    ) AS held
    ON DUPLICATE KEY UPDATE lease_expires_at = held.until_at;
    SELECT COUNT(*) INTO p_taken
    FROM celers_running FORCE INDEX (PRIMARY)
    WHERE claim_id = p_claim_id;
END;
