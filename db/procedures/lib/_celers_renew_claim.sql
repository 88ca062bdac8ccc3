-- _celers_renew_claim: begin the lease of a claim anew for a repeated request.
--
-- The rows of the claim are locked first, so that no two sessions with the same request wait to
-- insert the same row of celers_claim: where the first gave up, both would wait for each other.
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
    DECLARE v_lease_s INT;

    SELECT
        COUNT(*),
        MAX(lease_s)
    INTO p_taken, v_lease_s
    FROM celers_running FORCE INDEX (PRIMARY)
    WHERE claim_id = p_claim_id
    FOR UPDATE;
    IF p_taken > 0 THEN
        INSERT INTO celers_claim (claim_id, lease_expires_at)
        VALUES (p_claim_id, UTC_TIMESTAMP(6) + INTERVAL v_lease_s SECOND) AS new
        ON DUPLICATE KEY UPDATE lease_expires_at = new.lease_expires_at;
    END IF;
END;
