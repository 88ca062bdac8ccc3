-- _celers_cancel_items: cancel tasks that wait, and ask for the end of those that run.
--
-- Pointers are locked in the order ready, scheduled, running, each by id. A task that moved while
-- it was looked for is looked for again.
--
-- Params
--   p_ids     json      array of {"id"}, ids in canonical text
--   p_reason  str
--   p_now     datetime
-- Writes   celers_finished, celers_ready, celers_scheduled, celers_running
-- Errors   none
CREATE PROCEDURE _celers_cancel_items (
    IN p_ids JSON,
    IN p_reason LONGTEXT,
    IN p_now DATETIME(6)
)
MODIFIES SQL DATA
COMMENT 'cancel tasks that wait, and ask for the end of those that run'
BEGIN
    DECLARE v_pending JSON;
    DECLARE v_rest JSON DEFAULT p_ids;
    DECLARE v_round INT DEFAULT 0;

    -- each round can only miss a task that moved during it: forward, so it ends
    WHILE v_rest IS NOT NULL AND v_round < 5 DO
        CALL _celers_lock_pending(v_rest, v_pending);
        CALL _celers_finish_pending(v_pending, 'cancelled', p_reason, p_now);
        CALL _celers_ask_running(v_rest, p_reason, p_now);
        SELECT JSON_ARRAYAGG(JSON_OBJECT('id', item.id)) INTO v_rest
        FROM JSON_TABLE(v_rest, '$[*]' COLUMNS (id CHAR(36) PATH '$.id')) AS item
        STRAIGHT_JOIN celers_task AS t FORCE INDEX (PRIMARY) ON t.id = UUID_TO_BIN(item.id)
        LEFT JOIN celers_finished AS f ON f.id = t.id
        LEFT JOIN celers_dead AS x ON x.id = t.id
        WHERE
            f.id IS NULL
            AND x.id IS NULL
            AND NOT EXISTS (
                -- by id alone: reads all that runs, on purpose
                SELECT 1
                FROM celers_running AS u FORCE INDEX (PRIMARY)
                WHERE u.id = t.id AND u.cancel_requested_at IS NOT NULL
            );
        SET v_round = v_round + 1;
    END WHILE;
END;
