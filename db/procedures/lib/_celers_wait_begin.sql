-- _celers_wait_begin: tell whether the caller has a transaction, and whether the request is known.
--
-- The read sees what is not committed yet: an earlier call with the same request may be under way.
--
-- Params
--   p_claim_id    bytes
--   p_is_request  bool   the client brought the id
--   p_is_callers  bool   OUT: there is a transaction, and it is the caller's
--   p_held        int    OUT: tasks that the claim has already
-- Writes   none
-- Errors   none
CREATE PROCEDURE _celers_wait_begin (
    IN p_claim_id BINARY(16),
    IN p_is_request BOOLEAN,
    OUT p_is_callers BOOLEAN,
    OUT p_held INT
)
READS SQL DATA
COMMENT 'tell whether the caller has a transaction, and whether the request is known'
BEGIN
    DECLARE CONTINUE HANDLER FOR 1568 SET p_is_callers = TRUE;

    SET p_is_callers = NOT @@autocommit;
    IF NOT p_is_callers THEN
        SET TRANSACTION ISOLATION LEVEL READ UNCOMMITTED;
    END IF;
    SET p_held = 0;
    IF p_is_request THEN
        SELECT COUNT(*) INTO p_held
        FROM celers_running FORCE INDEX (PRIMARY)
        WHERE claim_id = p_claim_id;
    END IF;
END;
