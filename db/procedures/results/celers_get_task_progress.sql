-- celers_get_task_progress: show how far a task has come, if it told.
--
-- Inside a transaction of the caller the answer may be as old as that transaction's snapshot.
--
-- Params
--   p_task_id  uuid  id of the task
-- Returns  0..1 row
--   task_id      uuid      id of the task
--   percent      float?    how much of it is done, 0..100
--   step         str?      what it is at
--   total_steps  int?      how many steps it takes
--   checkpoint   str?      from where the next attempt can go on, JSON text as stored
--   updated_at   datetime  when it last told (UTC)
-- Errors   UUID_INVALID
-- Writes   none
-- Roles    producer, worker, viewer
-- Example  CALL celers_get_task_progress('{{task_id}}');
CREATE PROCEDURE celers_get_task_progress (
    IN p_task_id VARCHAR(1000)
)
READS SQL DATA
COMMENT 'show how far a task has come, if it told'
BEGIN
    DECLARE v_id BINARY(16);

    SET timestamp = DEFAULT;
    CALL _celers_parse_uuid(p_task_id, v_id);
    SELECT
        BIN_TO_UUID(p.id) AS task_id,
        p.percent,
        p.step,
        p.total_steps,
        p.checkpoint,
        p.updated_at
    FROM celers_progress AS p
    WHERE p.id = v_id;
END;
