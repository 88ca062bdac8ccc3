-- _celers_expire: end pending tasks that were not started in time.
--
-- A claim never hands out an expired task; this takes it out of the way. Rows of celers_expiry
-- whose task has been started or has ended are dropped.
--
-- Params
--   p_limit    int
--   p_mark_at  datetime  INOUT: low-water mark of celers_expiry
--   p_count    int       OUT
-- Writes   celers_finished, celers_ready, celers_scheduled, celers_expiry
-- Errors   none
CREATE PROCEDURE _celers_expire (
    IN p_limit INT,
    INOUT p_mark_at DATETIME(6),
    OUT p_count INT
)
MODIFIES SQL DATA
COMMENT 'end pending tasks that were not started in time'
BEGIN
    DECLARE v_now DATETIME(6) DEFAULT UTC_TIMESTAMP(6);
    DECLARE v_ids JSON;
    DECLARE v_pending JSON;

    CALL _celers_rewind_mark(p_mark_at);
    SELECT JSON_ARRAYAGG(JSON_OBJECT('expires_at', late.expires_at, 'id', BIN_TO_UUID(late.id)))
    INTO v_ids
    FROM (
        SELECT
            e.expires_at,
            e.id
        FROM celers_expiry AS e FORCE INDEX (PRIMARY)
        WHERE e.expires_at >= p_mark_at AND e.expires_at <= v_now
        ORDER BY e.expires_at, e.id
        LIMIT p_limit
        FOR UPDATE SKIP LOCKED
    ) AS late;
    SET p_count = COALESCE(JSON_LENGTH(v_ids), 0);
    IF p_count > 0 THEN
        CALL _celers_lock_late(v_ids, v_pending);
        CALL _celers_finish_pending(v_pending, 'expired', 'not started in time', v_now);
        CALL _celers_drop_expiries(v_ids);
    END IF;
    CALL _celers_next_mark(v_now, p_count >= p_limit, p_mark_at);
END;
