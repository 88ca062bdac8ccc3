-- _celers_close_claim: drop a lease that holds no task any more.
--
-- The test does not lock: of two sessions that end the last two tasks at once neither may see the
-- other's, and then recover_expired drops the lease when it runs out.
--
-- Params
--   p_claim_id  bytes
-- Writes   celers_claim
-- Errors   none
CREATE PROCEDURE _celers_close_claim (
    IN p_claim_id BINARY(16)
)
MODIFIES SQL DATA
COMMENT 'drop a lease that holds no task any more'
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM celers_running FORCE INDEX (ix_running_claim) WHERE claim_id = p_claim_id
    ) THEN
        DELETE FROM celers_claim WHERE claim_id = p_claim_id;
    END IF;
END;
