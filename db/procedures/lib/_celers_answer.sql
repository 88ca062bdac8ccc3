-- _celers_answer: tell how the attempts of given receipts ended.
--
-- Read from what was recorded, so that a repeated ack or reject is answered as the first was.
--
-- Params
--   p_items    json  array of {"task_id", "receipt"}
--   p_answers  json  OUT: array of {"task_id", "receipt", "outcome", "due_at"}; outcome: completed,
--                    retried, released, dead, failed, cancelled, lost or not_found
-- Writes   none
-- Errors   none
CREATE PROCEDURE _celers_answer (
    IN p_items JSON,
    OUT p_answers JSON
)
READS SQL DATA
COMMENT 'tell how the attempts of given receipts ended'
BEGIN
    SELECT JSON_ARRAYAGG(JSON_OBJECT(
        'task_id', item.task_id,
        'receipt', item.receipt,
        'outcome', COALESCE(
            NULLIF(f.state, 'expired'), IF(x.id IS NULL, NULL, 'dead'),
            NULLIF(a.outcome, 'crashed'),
            IF(t.id IS NULL, 'not_found', 'lost')
        ),
        'due_at', IF(f.id IS NULL AND x.id IS NULL AND a.outcome <> 'crashed', a.due_at, NULL)
    )) INTO p_answers
    FROM JSON_TABLE(p_items, '$[*]' COLUMNS (
        task_id CHAR(36) PATH '$.task_id',
        receipt CHAR(36) PATH '$.receipt'
    )) AS item
    LEFT JOIN celers_task AS t ON t.id = UUID_TO_BIN(item.task_id)
    LEFT JOIN celers_finished AS f
        ON f.id = UUID_TO_BIN(item.task_id) AND f.claim_id = UUID_TO_BIN(item.receipt)
    LEFT JOIN celers_dead AS x
        ON x.id = UUID_TO_BIN(item.task_id) AND x.claim_id = UUID_TO_BIN(item.receipt)
    LEFT JOIN celers_attempt AS a
        ON a.id = UUID_TO_BIN(item.task_id) AND a.claim_id = UUID_TO_BIN(item.receipt)
    -- the snapshot of a caller's transaction may be older than the task
    FOR SHARE OF t;
END;
