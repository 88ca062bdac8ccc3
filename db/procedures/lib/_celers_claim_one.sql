-- _celers_claim_one: claim the next task of one queue, commit, and hand it out.
--
-- Then it does a bit of the maintenance that is due, if any is.
--
-- The most frequent wish on the shortest way, by key values held in variables: a nested call costs
-- as much as a statement, and every statement is paid again on each connection, in its caches. What
-- is not plain (a paused queue, low-water marks, a request that holds tasks already) is left to
-- _celers_claim.
--
-- Params
--   p_queue       str
--   p_worker_id   str
--   p_lease_s     int    NULL = default of the queue
--   p_claim_id    bytes
--   p_is_request  bool   the client brought the id
--   p_taken       int    OUT: 1 = claimed, committed and handed out; 0 = there is none, or NULL =
--                        not plain, and the transaction is still open
--   p_is_due      bool   OUT: some maintenance is due
-- Writes   celers_upkeep, celers_maintenance, celers_ready, celers_running, celers_claim,
--          celers_scheduled, celers_task, celers_worker, celers_attempt, celers_dead,
--          celers_finished, celers_expiry, celers_mark, celers_result, celers_progress
-- Errors   REQUEST_BUSY
CREATE PROCEDURE _celers_claim_one (
    IN p_queue VARCHAR(64),
    IN p_worker_id VARCHAR(255),
    IN p_lease_s INT,
    IN p_claim_id BINARY(16),
    IN p_is_request BOOLEAN,
    OUT p_taken INT,
    OUT p_is_due BOOLEAN
)
MODIFIES SQL DATA
COMMENT 'claim the next task of one queue, commit, and hand it out'
whole: BEGIN
    DECLARE v_now DATETIME(6) DEFAULT UTC_TIMESTAMP(6);
    DECLARE v_id BINARY(16);
    DECLARE v_priority SMALLINT;
    DECLARE v_due_at DATETIME(6);
    DECLARE v_ready_at DATETIME(6);
    DECLARE v_attempt INT;
    DECLARE v_errors INT;
    DECLARE v_crashes INT;
    DECLARE v_held INT;
    DECLARE v_quiet JSON;
    DECLARE v_duty VARCHAR(64);
    DECLARE v_moved INT;
    DECLARE EXIT HANDLER FOR 3572 CALL _celers_raise('REQUEST_BUSY', BIN_TO_UUID(p_claim_id));

    SELECT
        COALESCE(p_lease_s, q.lease_s, d.lease_s),
        g.next_at <= v_now,
        IF(COALESCE(q.is_paused, d.is_paused) OR g.mark_count > 0, NULL, 0)
    INTO p_lease_s, p_is_due, p_taken
    FROM celers_queue AS d
    INNER JOIN celers_upkeep AS g ON g.guard = 1
    LEFT JOIN celers_queue AS q ON q.queue = p_queue
    WHERE d.queue = '*';
    IF p_taken IS NULL THEN
        LEAVE whole;
    END IF;

    -- the key gives the order: nothing to choose for the range optimizer
    SELECT /*+ NO_RANGE_OPTIMIZATION(celers_ready PRIMARY) */
        id,
        priority,
        due_at,
        ready_at,
        attempt + 1,
        errors,
        crashes
    INTO v_id, v_priority, v_due_at, v_ready_at, v_attempt, v_errors, v_crashes
    FROM celers_ready FORCE INDEX (PRIMARY)
    WHERE queue = p_queue AND (expires_at IS NULL OR expires_at > v_now)
    ORDER BY priority DESC, due_at, id
    LIMIT 1
    FOR UPDATE SKIP LOCKED;
    IF v_id IS NULL THEN
        CALL _celers_find_claim(IF(p_is_request, p_claim_id, NULL), v_held);
        SET p_taken = IF(v_held > 0, NULL, 0);
        LEAVE whole;
    END IF;
    INSERT INTO celers_running (
        claim_id, id, queue, priority, due_at, ready_at, attempt, errors, crashes, worker_id,
        claimed_at, lease_expires_at, lease_s
    ) VALUES (
        p_claim_id, v_id, p_queue, v_priority, v_due_at, v_ready_at, v_attempt, v_errors,
        v_crashes, p_worker_id, v_now, v_now + INTERVAL p_lease_s SECOND, p_lease_s
    );
    IF p_is_request THEN
        SELECT COUNT(*) INTO v_held
        FROM celers_running FORCE INDEX (PRIMARY)
        WHERE claim_id = p_claim_id
        FOR UPDATE NOWAIT;
        IF v_held <> 1 THEN
            DELETE FROM celers_running WHERE claim_id = p_claim_id AND id = v_id;
            SET p_taken = NULL;
            LEAVE whole;
        END IF;
    END IF;
    DELETE FROM celers_ready
    WHERE queue = p_queue AND priority = v_priority AND due_at = v_due_at AND id = v_id;
    COMMIT AND NO CHAIN NO RELEASE;
    SET p_taken = 1;
    SELECT
        BIN_TO_UUID(id) AS task_id,
        BIN_TO_UUID(p_claim_id) AS receipt,
        p_queue AS queue,
        task_name,
        payload,
        COALESCE(content_type, 'application/json') AS content_type,
        headers,
        v_attempt AS attempt,
        v_priority AS priority,
        timeout_s,
        v_now + INTERVAL p_lease_s SECOND AS lease_expires_at,
        payload_binary,
        'claimed' AS outcome
    FROM celers_task
    WHERE id = v_id;
    IF p_is_due THEN
        CALL _celers_run_duty(v_quiet, TRUE, v_duty, v_moved);
    END IF;
END;
