-- _celers_leave_ready: delete from ready what a claim has copied to running.
--
-- Params
--   p_claim_id  bytes
-- Writes   celers_ready
-- Errors   none
CREATE PROCEDURE _celers_leave_ready (
    IN p_claim_id BINARY(16)
)
MODIFIES SQL DATA
COMMENT 'delete from ready what a claim has copied to running'
BEGIN
    DELETE r
    FROM celers_running AS u FORCE INDEX (PRIMARY)
    STRAIGHT_JOIN celers_ready AS r FORCE INDEX (PRIMARY)
        ON r.queue = u.queue AND r.priority = u.priority AND r.due_at = u.due_at AND r.id = u.id
    WHERE u.claim_id = p_claim_id;
END;
