-- _celers_find_claim: find what an earlier or a simultaneous call with the same request id has got.
--
-- For a claim that found nothing: of a repeated request the first call may have taken the last
-- tasks, and may not be through with it. The read sees that, as it locks what it reads.
--
-- Params
--   p_claim_id  bytes
--   p_taken     int    OUT: how many tasks the claim holds; their lease begins anew
-- Writes   celers_claim
-- Errors   REQUEST_BUSY
CREATE PROCEDURE _celers_find_claim (
    IN p_claim_id BINARY(16),
    OUT p_taken INT
)
MODIFIES SQL DATA
COMMENT 'find what an earlier or a simultaneous call with the same request id has got'
BEGIN
    DECLARE EXIT HANDLER FOR 3572 CALL _celers_raise('REQUEST_BUSY', BIN_TO_UUID(p_claim_id));

    SELECT COUNT(*) INTO p_taken
    FROM celers_running FORCE INDEX (PRIMARY)
    WHERE claim_id = p_claim_id
    FOR UPDATE NOWAIT;
    IF p_taken > 0 THEN
        CALL _celers_renew_claim(p_claim_id, p_taken);
    END IF;
END;
