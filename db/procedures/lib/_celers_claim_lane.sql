-- _celers_claim_lane: claim ready tasks of one lane from its low-water mark on.
--
-- A lane is a queue and a priority. What lies between two lanes with marks is walked too, so that
-- a missing mark costs time and never a task.
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
--   p_taken     int    OUT
-- Writes   celers_ready, celers_running
-- Errors   REQUEST_BUSY
CREATE PROCEDURE _celers_claim_lane (
    IN p_queue TEXT,
    IN p_claim_id BINARY(16),
    IN p_worker_id VARCHAR(255),
    IN p_lease_s INT,
    IN p_limit INT,
    IN p_held INT,
    IN p_above INT,
    IN p_priority INT,
    IN p_head_at DATETIME(6),
    OUT p_taken INT
)
MODIFIES SQL DATA
COMMENT 'claim ready tasks of one lane from its low-water mark on'
BEGIN
    DECLARE v_now DATETIME(6) DEFAULT UTC_TIMESTAMP(6);

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
    FROM celers_ready AS r FORCE INDEX (PRIMARY)
    WHERE
        r.queue = p_queue
        AND (
            (r.priority < p_above AND r.priority > COALESCE(p_priority, -32769))
            OR (r.priority = p_priority AND r.due_at >= p_head_at)
        )
        AND (r.expires_at IS NULL OR r.expires_at > v_now)
    ORDER BY r.priority DESC, r.due_at, r.id
    LIMIT p_limit
    FOR UPDATE OF r SKIP LOCKED;
    SET p_taken = ROW_COUNT();
    IF p_taken > 0 THEN
        CALL _celers_leave_ready(p_claim_id, p_queue, p_held + p_taken);
    END IF;
END;
