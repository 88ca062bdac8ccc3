-- _celers_retain_dlq: delete dead letters that are older than their queue keeps them.
--
-- Params
--   p_limit    int  rows at a time
--   p_queue    str  only this queue, NULL = all
--   p_older_s  int  seconds since they died, instead of the retention of the queue
--   p_count    int  OUT
-- Writes   celers_finished, celers_dead, celers_attempt, celers_result, celers_progress,
--          celers_expiry, celers_task
-- Errors   none
CREATE PROCEDURE _celers_retain_dlq (
    IN p_limit INT,
    IN p_queue VARCHAR(64),
    IN p_older_s BIGINT,
    OUT p_count INT
)
MODIFIES SQL DATA
COMMENT 'delete dead letters that are older than their queue keeps them'
BEGIN
    DECLARE v_now DATETIME(6) DEFAULT UTC_TIMESTAMP(6);
    DECLARE v_queue VARCHAR(64) DEFAULT '';
    DECLARE v_keep_s BIGINT;
    DECLARE v_left INT;
    DECLARE v_ids JSON;

    SET p_count = 0;
    queues: LOOP
        -- SELECT INTO reads without locks; a subquery in SET would lock what it reads
        SELECT MIN(next.queue) INTO v_queue
        FROM (
            SELECT x.queue
            FROM celers_dead AS x FORCE INDEX (ix_dead_queue)
            WHERE x.queue > v_queue AND (p_queue IS NULL OR x.queue = p_queue)
            ORDER BY x.queue
            LIMIT 1
        ) AS next;
        IF v_queue IS NULL OR p_count >= p_limit THEN
            LEAVE queues;
        END IF;
        SELECT COALESCE(p_older_s, NULLIF(COALESCE(q.dlq_retention_s, d.dlq_retention_s), 0))
        INTO v_keep_s
        FROM celers_queue AS d
        LEFT JOIN celers_queue AS q ON q.queue = v_queue
        WHERE d.queue = '*';
        SET v_left = p_limit - p_count;
        SELECT JSON_ARRAYAGG(BIN_TO_UUID(old.id)) INTO v_ids
        FROM (
            SELECT x.id
            FROM celers_dead AS x FORCE INDEX (ix_dead_queue)
            WHERE x.queue = v_queue AND x.died_at < v_now - INTERVAL v_keep_s SECOND
            ORDER BY x.died_at
            LIMIT v_left
            FOR UPDATE SKIP LOCKED
        ) AS old;
        CALL _celers_forget(v_ids);
        SET p_count = p_count + COALESCE(JSON_LENGTH(v_ids), 0);
    END LOOP;
END;
