-- _celers_read_notices: hand out the tasks of a claim and what else there is to say.
--
-- The read takes shared locks: inside a caller's transaction the snapshot may be older than the
-- tasks.
--
-- Params
--   p_claim_id  bytes
--   p_notices   json   array of {task_id, receipt, outcome}, or NULL
-- Writes   none
-- Errors   none
CREATE PROCEDURE _celers_read_notices (
    IN p_claim_id BINARY(16),
    IN p_notices JSON
)
READS SQL DATA
COMMENT 'hand out the tasks of a claim and what else there is to say'
BEGIN
    (
        -- sorts the rows of one claim, on purpose
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
        WHERE u.claim_id = p_claim_id
        ORDER BY u.priority DESC, u.due_at, u.id
        LIMIT 1000
        FOR SHARE
    )
    UNION ALL
    SELECT
        notice.task_id, notice.receipt, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
        NULL, notice.outcome
    FROM JSON_TABLE(p_notices, '$[*]' COLUMNS (
        task_id CHAR(36) PATH '$.task_id',
        receipt CHAR(36) PATH '$.receipt',
        outcome VARCHAR(20) PATH '$.outcome'
    )) AS notice;
END;
