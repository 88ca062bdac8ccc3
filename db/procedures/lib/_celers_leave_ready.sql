-- _celers_leave_ready: delete from ready what a claim has copied to running.
--
-- The copies of another session with the same request would make the deletion wait, and the other
-- one too: whoever sees them, finished or not, gives up. Those that come later make nobody wait,
-- since their session sees these.
--
-- Params
--   p_claim_id  bytes
--   p_queue     str
--   p_held      int    rows that the claim should have now
-- Writes   celers_ready
-- Errors   REQUEST_BUSY
CREATE PROCEDURE _celers_leave_ready (
    IN p_claim_id BINARY(16),
    IN p_queue TEXT,
    IN p_held INT
)
MODIFIES SQL DATA
COMMENT 'delete from ready what a claim has copied to running'
BEGIN
    DECLARE v_held INT;
    DECLARE EXIT HANDLER FOR 3572 CALL _celers_raise('REQUEST_BUSY', BIN_TO_UUID(p_claim_id));

    SELECT COUNT(*) INTO v_held
    FROM celers_running FORCE INDEX (PRIMARY)
    WHERE claim_id = p_claim_id
    FOR UPDATE NOWAIT;
    IF v_held <> p_held THEN
        CALL _celers_raise('REQUEST_BUSY', BIN_TO_UUID(p_claim_id));
    END IF;
    DELETE r
    FROM celers_running AS u FORCE INDEX (PRIMARY)
    STRAIGHT_JOIN celers_ready AS r FORCE INDEX (PRIMARY)
        ON r.queue = p_queue AND r.priority = u.priority AND r.due_at = u.due_at AND r.id = u.id
    WHERE u.claim_id = p_claim_id AND u.queue = p_queue;
END;
