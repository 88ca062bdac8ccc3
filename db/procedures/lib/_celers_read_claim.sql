-- _celers_read_claim: hand out the tasks of a claim.
--
-- Params
--   p_claim_id  bytes
--   p_taken     int
--   p_joined    bool
--   p_notices   json   array of {task_id, receipt, outcome} to hand out as well, or NULL
-- Writes   none
-- Errors   none
CREATE PROCEDURE _celers_read_claim (
    IN p_claim_id BINARY(16),
    IN p_taken INT,
    IN p_joined BOOLEAN,
    IN p_notices JSON
)
READS SQL DATA
COMMENT 'hand out the tasks of a claim'
BEGIN
    IF p_joined OR p_notices IS NOT NULL THEN
        CALL _celers_read_notices(p_claim_id, p_notices);
    ELSE
        SELECT
            BIN_TO_UUID(t.id) AS task_id,
            BIN_TO_UUID(u.claim_id) AS receipt,
            u.queue,
            t.task_name,
            t.payload,
            COALESCE(t.content_type, 'application/json') AS content_type,
            t.headers,
            u.attempt,
            u.priority,
            t.timeout_s,
            COALESCE(
                (SELECT c.lease_expires_at FROM celers_claim AS c WHERE c.claim_id = p_claim_id),
                u.lease_expires_at
            ) AS lease_expires_at,
            t.payload_binary,
            'claimed' AS outcome
        FROM celers_running AS u FORCE INDEX (PRIMARY)
        STRAIGHT_JOIN celers_task AS t FORCE INDEX (PRIMARY) ON t.id = u.id
        WHERE u.claim_id = p_claim_id AND p_taken > 0
        ORDER BY u.priority DESC, u.due_at, u.id;
    END IF;
END;
