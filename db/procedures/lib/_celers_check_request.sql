-- _celers_check_request: refuse a claim whose request is being answered in another session too.
--
-- Of two sessions with the same request the second sees the rows of the first, finished or not. It
-- does not wait: both would.
--
-- Params
--   p_claim_id  bytes
--   p_taken     int    rows of the claim that are ours or were there before
-- Writes   none
-- Errors   REQUEST_BUSY
CREATE PROCEDURE _celers_check_request (
    IN p_claim_id BINARY(16),
    IN p_taken INT
)
READS SQL DATA
COMMENT 'refuse a claim whose request is being answered in another session too'
BEGIN
    DECLARE v_held INT;
    DECLARE EXIT HANDLER FOR 3572 CALL _celers_raise('REQUEST_BUSY', BIN_TO_UUID(p_claim_id));

    SELECT COUNT(*) INTO v_held
    FROM celers_running FORCE INDEX (PRIMARY)
    WHERE claim_id = p_claim_id
    FOR SHARE NOWAIT;
    IF v_held <> p_taken THEN
        CALL _celers_raise('REQUEST_BUSY', BIN_TO_UUID(p_claim_id));
    END IF;
END;
