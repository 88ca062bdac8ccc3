-- _celers_claim: claim the next tasks under one lease.
--
-- One task of one queue, the most frequent wish, is claimed here, by key values held in variables:
-- a nested call costs as much as a statement, and the set-based way 38 microseconds more (230
-- against 268, server side, without flushes). The configuration, the guard of maintenance and a
-- standing claim of the same request are read in one statement. All else is left to
-- _celers_claim_queues.
--
-- Params
--   p_queues      str    names, separated by commas
--   p_worker_id   str
--   p_limit       int
--   p_lease_s     int    NULL = default of the queue
--   p_names       json   array of task names, NULL = any
--   p_claim_id    bytes
--   p_is_request  bool   the client brought the id
--   p_taken       int    OUT: how many the claim holds
--   p_task_id     bytes  OUT: its task where it was claimed alone, else NULL
--   p_is_due      bool   OUT: some maintenance is due
-- Writes   celers_ready, celers_running, celers_claim
-- Errors   REQUEST_BUSY
CREATE PROCEDURE _celers_claim (
    IN p_queues TEXT,
    IN p_worker_id VARCHAR(255),
    IN p_limit INT,
    IN p_lease_s INT,
    IN p_names JSON,
    IN p_claim_id BINARY(16),
    IN p_is_request BOOLEAN,
    OUT p_taken INT,
    OUT p_task_id BINARY(16),
    OUT p_is_due BOOLEAN
)
MODIFIES SQL DATA
COMMENT 'claim the next tasks under one lease'
BEGIN
    DECLARE v_now DATETIME(6) DEFAULT UTC_TIMESTAMP(6);
    DECLARE v_is_plain BOOLEAN DEFAULT FALSE;
    DECLARE v_lease_s INT;
    DECLARE v_priority SMALLINT;
    DECLARE v_due_at DATETIME(6);
    DECLARE v_ready_at DATETIME(6);
    DECLARE v_attempt INT;
    DECLARE v_errors INT;
    DECLARE v_crashes INT;

    IF p_limit = 1 AND p_names IS NULL AND LOCATE(',', p_queues) = 0 THEN
        SET p_queues = TRIM(p_queues);
        SELECT
            COALESCE(p_lease_s, q.lease_s, d.lease_s),
            g.next_at <= v_now,
            NOT COALESCE(q.is_paused, d.is_paused) AND g.mark_count = 0 AND NOT EXISTS (
                SELECT 1 FROM celers_running AS u FORCE INDEX (PRIMARY)
                WHERE u.claim_id = p_claim_id
            )
        INTO v_lease_s, p_is_due, v_is_plain
        FROM celers_queue AS d
        INNER JOIN celers_upkeep AS g ON g.guard = 1
        LEFT JOIN celers_queue AS q ON q.queue = p_queues
        WHERE d.queue = '*';
    END IF;
    IF v_is_plain THEN
        -- the key gives the order: nothing to choose for the range optimizer
        SELECT /*+ NO_RANGE_OPTIMIZATION(celers_ready PRIMARY) */
            id,
            priority,
            due_at,
            ready_at,
            attempt,
            errors,
            crashes
        INTO p_task_id, v_priority, v_due_at, v_ready_at, v_attempt, v_errors, v_crashes
        FROM celers_ready FORCE INDEX (PRIMARY)
        WHERE queue = p_queues AND (expires_at IS NULL OR expires_at > v_now)
        ORDER BY priority DESC, due_at, id
        LIMIT 1
        FOR UPDATE SKIP LOCKED;
        SET p_taken = p_task_id IS NOT NULL;
        IF p_taken THEN
            DELETE FROM celers_ready
            WHERE
                queue = p_queues
                AND priority = v_priority
                AND due_at = v_due_at
                AND id = p_task_id;
            INSERT INTO celers_running (
                claim_id, id, queue, priority, due_at, ready_at, attempt, errors, crashes,
                worker_id, claimed_at, lease_expires_at, lease_s
            ) VALUES (
                p_claim_id, p_task_id, p_queues, v_priority, v_due_at, v_ready_at, v_attempt + 1,
                v_errors, v_crashes, p_worker_id, v_now, v_now + INTERVAL v_lease_s SECOND,
                v_lease_s
            );
        END IF;
    ELSE
        CALL _celers_claim_queues(
            p_queues, p_worker_id, p_limit, p_lease_s, p_names, p_claim_id, p_taken, p_is_due
        );
    END IF;
    IF p_taken > 0 AND p_is_request THEN
        CALL _celers_check_request(p_claim_id, p_taken);
    END IF;
END;
