-- _celers_revive: move a dead letter to ready.
--
-- The row of celers_dead is locked first: of two callers the second one finds nothing.
--
-- Params
--   p_id          bytes
--   p_now         datetime
--   p_is_revived  bool      OUT: 0 = it is no dead letter
-- Writes   celers_ready, celers_dead, celers_attempt, celers_task
-- Errors   none
CREATE PROCEDURE _celers_revive (
    IN p_id BINARY(16),
    IN p_now DATETIME(6),
    OUT p_is_revived BOOLEAN
)
MODIFIES SQL DATA
COMMENT 'move a dead letter to ready'
BEGIN
    SET p_is_revived = FALSE;
    SELECT TRUE INTO p_is_revived
    FROM celers_dead
    WHERE id = p_id
    FOR UPDATE;
    IF p_is_revived THEN
        INSERT INTO celers_attempt (
            id, attempt, outcome, claim_id, worker_id, ready_at, started_at, ended_at, due_at, error
        )
        SELECT
            x.id,
            x.attempt,
            'dead',
            x.claim_id,
            x.worker_id,
            x.ready_at,
            x.started_at,
            x.died_at,
            p_now,
            x.error
        FROM celers_dead AS x
        WHERE x.id = p_id;
        INSERT INTO celers_ready (
            queue, priority, due_at, id, ready_at, attempt, errors, crashes
        )
        SELECT
            x.queue,
            x.priority,
            p_now,
            x.id,
            p_now,
            x.attempt,
            0,
            0
        FROM celers_dead AS x
        WHERE x.id = p_id;
        UPDATE celers_task AS t
        INNER JOIN celers_dead AS x ON x.id = t.id
        SET t.priority = x.priority, t.due_at = p_now
        WHERE t.id = p_id;
        DELETE FROM celers_dead WHERE id = p_id;
    END IF;
END;
