-- _celers_claim_queues: claim from several queues, in the order of preference, under one lease.
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
--   p_taken      int    OUT
-- Writes   celers_ready, celers_running, celers_claim
-- Errors   none
CREATE PROCEDURE _celers_claim_queues (
    IN p_queues VARCHAR(8000),
    IN p_worker_id VARCHAR(255),
    IN p_limit INT,
    IN p_lease_s INT,
    IN p_names JSON,
    IN p_claim_id BINARY(16),
    OUT p_taken INT
)
MODIFIES SQL DATA
COMMENT 'claim from several queues, in the order of preference, under one lease'
BEGIN
    DECLARE v_now DATETIME(6) DEFAULT UTC_TIMESTAMP(6);
    DECLARE v_rest VARCHAR(8000) DEFAULT p_queues;
    DECLARE v_queue VARCHAR(64);
    DECLARE v_is_paused BOOLEAN;
    DECLARE v_default_lease_s INT;
    DECLARE v_lease_s INT DEFAULT p_lease_s;
    DECLARE v_taken INT;

    SET p_taken = 0;
    UPDATE celers_claim FORCE INDEX (PRIMARY)
    SET lease_expires_at = v_now + INTERVAL lease_s SECOND
    WHERE claim_id = p_claim_id;
    IF ROW_COUNT() > 0 THEN
        SET v_rest = '';
        SELECT COUNT(*) INTO p_taken
        FROM celers_running FORCE INDEX (ix_running_claim)
        WHERE claim_id = p_claim_id;
    END IF;

    WHILE v_rest <> '' AND p_taken < p_limit DO
        SET v_queue = TRIM(SUBSTRING_INDEX(v_rest, ',', 1));
        SET v_rest = SUBSTRING(v_rest, CHAR_LENGTH(SUBSTRING_INDEX(v_rest, ',', 1)) + 2);
        SELECT
            COALESCE(q.is_paused, d.is_paused),
            COALESCE(q.lease_s, d.lease_s)
        INTO v_is_paused, v_default_lease_s
        FROM celers_queue AS d
        LEFT JOIN celers_queue AS q ON q.queue = v_queue
        WHERE d.queue = '*';
        IF NOT v_is_paused THEN
            CALL _celers_claim(v_queue, p_claim_id, p_limit - p_taken, p_names, v_taken);
            IF p_taken = 0 AND v_taken > 0 THEN
                SET v_lease_s = COALESCE(p_lease_s, v_default_lease_s);
                INSERT INTO celers_claim (
                    claim_id, worker_id, claimed_at, lease_expires_at, lease_s
                ) VALUES (
                    p_claim_id, p_worker_id, v_now, v_now + INTERVAL v_lease_s SECOND, v_lease_s
                );
            END IF;
            SET p_taken = p_taken + v_taken;
        END IF;
    END WHILE;
END;
