-- _celers_insert_pointers: put the tasks of a batch where they wait, ready or scheduled.
--
-- What _celers_insert_pointer does for one. The caller has checked and written the tasks.
--
-- Params
--   p_tasks       json      array of items: task_id and priority are read
--   p_queue       str
--   p_priority    int       of items that bring none
--   p_due_at      datetime  of the first item; each of the others a microsecond later
--   p_now         datetime
--   p_expires_at  datetime  NULL = never
--   p_blank       str       id of items that bring none, as of _celers_insert_batch
-- Writes   celers_ready, celers_scheduled, celers_expiry
-- Errors   none
CREATE PROCEDURE _celers_insert_pointers (
    IN p_tasks JSON,
    IN p_queue VARCHAR(64),
    IN p_priority SMALLINT,
    IN p_due_at DATETIME(6),
    IN p_now DATETIME(6),
    IN p_expires_at DATETIME(6),
    IN p_blank CHAR(29)
)
MODIFIES SQL DATA
COMMENT 'put the tasks of a batch where they wait, ready or scheduled'
BEGIN
    -- within a millisecond: as for one task
    IF p_due_at <= p_now + INTERVAL 1000 MICROSECOND THEN
        INSERT INTO celers_ready (
            queue, priority, due_at, id, ready_at, attempt, errors, crashes, expires_at
        )
        SELECT
            p_queue,
            COALESCE(item.priority, p_priority),
            p_due_at + INTERVAL item.ordinal - 1 MICROSECOND,
            COALESCE(
                UUID_TO_BIN(item.task_id),
                UNHEX(INSERT(p_blank, 14, 0, LPAD(HEX(item.ordinal), 3, '0')))
            ),
            p_due_at,
            0,
            0,
            0,
            p_expires_at
        FROM JSON_TABLE(p_tasks, '$[*]' COLUMNS (
            ordinal FOR ORDINALITY,
            task_id VARCHAR(36) PATH '$.task_id',
            priority SMALLINT PATH '$.priority'
        )) AS item;
    ELSE
        INSERT INTO celers_scheduled (
            due_at, id, queue, priority, attempt, errors, crashes, expires_at
        )
        SELECT
            p_due_at + INTERVAL item.ordinal - 1 MICROSECOND,
            COALESCE(
                UUID_TO_BIN(item.task_id),
                UNHEX(INSERT(p_blank, 14, 0, LPAD(HEX(item.ordinal), 3, '0')))
            ),
            p_queue,
            COALESCE(item.priority, p_priority),
            0,
            0,
            0,
            p_expires_at
        FROM JSON_TABLE(p_tasks, '$[*]' COLUMNS (
            ordinal FOR ORDINALITY,
            task_id VARCHAR(36) PATH '$.task_id',
            priority SMALLINT PATH '$.priority'
        )) AS item;
    END IF;
    IF p_expires_at IS NOT NULL THEN
        INSERT INTO celers_expiry (expires_at, id)
        SELECT
            p_expires_at,
            COALESCE(
                UUID_TO_BIN(item.task_id),
                UNHEX(INSERT(p_blank, 14, 0, LPAD(HEX(item.ordinal), 3, '0')))
            )
        FROM JSON_TABLE(p_tasks, '$[*]' COLUMNS (
            ordinal FOR ORDINALITY,
            task_id VARCHAR(36) PATH '$.task_id'
        )) AS item;
    END IF;
END;
