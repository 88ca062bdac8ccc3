-- _celers_archive: delete finished tasks that are older than their queue keeps them.
--
-- Params
--   p_limit    int  rows at a time
--   p_queue    str  only this queue, NULL = all
--   p_older_s  int  seconds since they finished, instead of the retention of the queue
--   p_count    int  OUT
-- Writes   celers_finished, celers_dead, celers_attempt, celers_result, celers_progress,
--          celers_expiry, celers_task
-- Errors   none
CREATE PROCEDURE _celers_archive (
    IN p_limit INT,
    IN p_queue VARCHAR(64),
    IN p_older_s BIGINT,
    OUT p_count INT
)
MODIFIES SQL DATA
COMMENT 'delete finished tasks that are older than their queue keeps them'
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
            SELECT f.queue
            FROM celers_finished AS f FORCE INDEX (ix_finished_queue)
            WHERE f.queue > v_queue AND (p_queue IS NULL OR f.queue = p_queue)
            ORDER BY f.queue
            LIMIT 1
        ) AS next;
        IF v_queue IS NULL OR p_count >= p_limit THEN
            LEAVE queues;
        END IF;
        SELECT COALESCE(p_older_s, NULLIF(COALESCE(q.retention_s, d.retention_s), 0)) INTO v_keep_s
        FROM celers_queue AS d
        LEFT JOIN celers_queue AS q ON q.queue = v_queue
        WHERE d.queue = '*';
        SET v_left = p_limit - p_count;
        SELECT JSON_ARRAYAGG(BIN_TO_UUID(old.id)) INTO v_ids
        FROM (
            SELECT f.id
            FROM celers_finished AS f FORCE INDEX (ix_finished_queue)
            WHERE f.queue = v_queue AND f.finished_at < v_now - INTERVAL v_keep_s SECOND
            ORDER BY f.finished_at
            LIMIT v_left
            FOR UPDATE SKIP LOCKED
        ) AS old;
        CALL _celers_forget(v_ids);
        SET p_count = p_count + COALESCE(JSON_LENGTH(v_ids), 0);
    END LOOP;
END;
