-- _celers_claim: claim from several queues, in the order of preference, under one lease.
--
-- A request id that has a claim already is answered with the tasks of that claim that still run,
-- and its lease begins anew: so a reply that was lost costs nothing. Paused queues are passed over.
--
-- Params
--   p_queues     str    names, separated by commas
--   p_worker_id  str
--   p_limit      int
--   p_lease_s    int    NULL = default of the first queue that gives a task
--   p_names      json   array of task names, NULL = any
--   p_claim_id   bytes
--   p_is_request bool   the client brought the id
--   p_taken      int    OUT: how many the claim holds
--   p_is_due     bool   OUT: some maintenance is due
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
    OUT p_is_due BOOLEAN
)
MODIFIES SQL DATA
COMMENT 'claim from several queues, in the order of preference, under one lease'
BEGIN
    DECLARE v_rest TEXT DEFAULT p_queues;
    DECLARE v_queue TEXT;
    DECLARE v_is_paused BOOLEAN;
    DECLARE v_is_marked BOOLEAN;
    DECLARE v_is_known BOOLEAN;
    DECLARE v_lease_s INT;
    DECLARE v_taken INT DEFAULT 0;

    SET p_taken = 0;
    WHILE v_rest <> '' AND p_taken < p_limit DO
        SET v_queue = TRIM(SUBSTRING_INDEX(v_rest, ',', 1));
        SET v_rest = SUBSTRING(v_rest, CHAR_LENGTH(SUBSTRING_INDEX(v_rest, ',', 1)) + 2);
        SELECT
            COALESCE(q.is_paused, d.is_paused),
            COALESCE(p_lease_s, q.lease_s, d.lease_s),
            g.mark_count > 0,
            g.next_at <= UTC_TIMESTAMP(6),
            p_is_request AND p_taken = 0 AND EXISTS (
                SELECT 1 FROM celers_running AS u FORCE INDEX (PRIMARY)
                WHERE u.claim_id = p_claim_id
            )
        INTO v_is_paused, v_lease_s, v_is_marked, p_is_due, v_is_known
        FROM celers_queue AS d
        INNER JOIN celers_upkeep AS g ON g.guard = 1
        LEFT JOIN celers_queue AS q ON q.queue = v_queue
        WHERE d.queue = '*';
        IF v_is_known THEN
            CALL _celers_renew_claim(p_claim_id, p_taken);
            SET v_rest = '';
        ELSEIF NOT v_is_paused THEN
            IF v_is_marked OR p_names IS NOT NULL THEN
                CALL _celers_claim_lanes(
                    v_queue, p_claim_id, p_worker_id, v_lease_s, p_limit - p_taken, p_taken,
                    p_names, v_taken
                );
            ELSE
                CALL _celers_claim_many(
                    v_queue, p_claim_id, p_worker_id, v_lease_s, p_limit - p_taken, p_taken,
                    v_taken
                );
            END IF;
            SET p_taken = p_taken + v_taken;
        END IF;
    END WHILE;
    IF p_taken = 0 AND p_is_request THEN
        CALL _celers_find_claim(p_claim_id, p_taken);
    END IF;
END;
