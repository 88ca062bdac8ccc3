-- _celers_claim_named: claim ready tasks with given names.
--
-- The name stands in celers_task, and a join would keep rows of other names locked: candidates are
-- found without locks, some more than asked for, and then locked by their keys. Several claimers of
-- few tasks may each find less than there is.
--
-- Params
--   p_queue     str
--   p_claim_id  bytes
--   p_worker_id str
--   p_lease_s   int
--   p_limit     int    most tasks to take
--   p_held      int    tasks that the claim has already
--   p_above     int    priorities below this one
--   p_priority  int    the lane that has a mark; NULL = no more marks, all that is left
--   p_head_at   datetime  its mark
--   p_names     json   array of task names
--   p_taken     int    OUT
-- Writes   celers_ready, celers_running
-- Errors   REQUEST_BUSY
CREATE PROCEDURE _celers_claim_named (
    IN p_queue TEXT,
    IN p_claim_id BINARY(16),
    IN p_worker_id VARCHAR(255),
    IN p_lease_s INT,
    IN p_limit INT,
    IN p_held INT,
    IN p_above INT,
    IN p_priority INT,
    IN p_head_at DATETIME(6),
    IN p_names JSON,
    OUT p_taken INT
)
MODIFIES SQL DATA
COMMENT 'claim ready tasks with given names'
BEGIN
    DECLARE v_now DATETIME(6) DEFAULT UTC_TIMESTAMP(6);
    DECLARE v_wanted INT DEFAULT p_limit + 100;
    DECLARE v_keys JSON;

    SELECT JSON_ARRAYAGG(JSON_OBJECT(
        'priority', found.priority, 'due_at', found.due_at, 'id', BIN_TO_UUID(found.id)
    )) INTO v_keys
    FROM (
        SELECT
            r.priority,
            r.due_at,
            r.id,
            r.attempt
        FROM celers_ready AS r FORCE INDEX (PRIMARY)
        STRAIGHT_JOIN celers_task AS t FORCE INDEX (PRIMARY) ON t.id = r.id
        WHERE
            r.queue = p_queue
            AND (
                (r.priority < p_above AND r.priority > COALESCE(p_priority, -32769))
                OR (r.priority = p_priority AND r.due_at >= p_head_at)
            )
            AND (r.expires_at IS NULL OR r.expires_at > v_now)
            AND JSON_CONTAINS(p_names, JSON_QUOTE(t.task_name))
        ORDER BY r.priority DESC, r.due_at, r.id
        LIMIT v_wanted
    ) AS found;
    INSERT INTO celers_running (
        claim_id, id, queue, priority, due_at, ready_at, attempt, errors, crashes, worker_id,
        claimed_at, lease_expires_at, lease_s
    )
    SELECT
        p_claim_id,
        r.id,
        r.queue,
        r.priority,
        r.due_at,
        r.ready_at,
        r.attempt + 1,
        r.errors,
        r.crashes,
        p_worker_id,
        v_now,
        v_now + INTERVAL p_lease_s SECOND,
        p_lease_s
    FROM JSON_TABLE(v_keys, '$[*]' COLUMNS (
        priority SMALLINT PATH '$.priority',
        due_at DATETIME(6) PATH '$.due_at',
        id CHAR(36) PATH '$.id'
    )) AS found
    STRAIGHT_JOIN celers_ready AS r FORCE INDEX (PRIMARY)
        ON r.queue = p_queue AND r.priority = found.priority
        AND r.due_at = found.due_at AND r.id = UUID_TO_BIN(found.id)
    LIMIT p_limit
    FOR UPDATE OF r SKIP LOCKED;
    SET p_taken = ROW_COUNT();
    IF p_taken > 0 THEN
        CALL _celers_leave_ready(p_claim_id, p_queue, p_held + p_taken);
    END IF;
END;
