-- _celers_leave_ready: delete from ready what a claim has copied to running.
--
-- The keys are read without locks first: a DELETE would lock what it reads beside what it deletes,
-- and wait for another session with the same request.
--
-- Params
--   p_claim_id  bytes
--   p_queue     str
-- Writes   celers_ready
-- Errors   none
CREATE PROCEDURE _celers_leave_ready (
    IN p_claim_id BINARY(16),
    IN p_queue TEXT
)
MODIFIES SQL DATA
COMMENT 'delete from ready what a claim has copied to running'
BEGIN
    DECLARE v_keys JSON;

    SELECT JSON_ARRAYAGG(JSON_ARRAY(u.priority, u.due_at, BIN_TO_UUID(u.id))) INTO v_keys
    FROM celers_running AS u FORCE INDEX (PRIMARY)
    WHERE u.claim_id = p_claim_id AND u.queue = p_queue;
    DELETE r
    FROM JSON_TABLE(v_keys, '$[*]' COLUMNS (
        priority SMALLINT PATH '$[0]',
        due_at DATETIME(6) PATH '$[1]',
        id CHAR(36) PATH '$[2]'
    )) AS taken
    STRAIGHT_JOIN celers_ready AS r FORCE INDEX (PRIMARY)
        ON r.queue = p_queue AND r.priority = taken.priority
        AND r.due_at = taken.due_at AND r.id = UUID_TO_BIN(taken.id);
END;
