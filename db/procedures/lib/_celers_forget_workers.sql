-- _celers_forget_workers: delete the workers that were not heard of for seven days.
--
-- A row that somebody holds is left for the next time.
--
-- Params
--   p_limit  int  rows at a time
--   p_count  int  OUT
-- Writes   celers_worker
-- Errors   none
CREATE PROCEDURE _celers_forget_workers (
    IN p_limit INT,
    OUT p_count INT
)
MODIFIES SQL DATA
COMMENT 'delete the workers that were not heard of for seven days'
BEGIN
    DECLARE v_ids JSON;

    SELECT JSON_ARRAYAGG(silent.worker_id) INTO v_ids
    FROM (
        SELECT w.worker_id
        FROM celers_worker AS w FORCE INDEX (PRIMARY)
        WHERE w.last_heartbeat_at < UTC_TIMESTAMP(6) - INTERVAL 7 DAY
        LIMIT p_limit
        FOR UPDATE SKIP LOCKED
    ) AS silent;
    DELETE w
    FROM JSON_TABLE(v_ids, '$[*]' COLUMNS (worker_id VARCHAR(255) PATH '$')) AS silent
    STRAIGHT_JOIN celers_worker AS w FORCE INDEX (PRIMARY) ON w.worker_id = silent.worker_id;
    SET p_count = COALESCE(JSON_LENGTH(v_ids), 0);
END;
