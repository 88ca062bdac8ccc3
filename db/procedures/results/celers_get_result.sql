-- celers_get_result: show the result of a task, if there is one.
--
-- Inside a transaction of the caller the answer may be as old as that transaction's snapshot.
--
-- Params
--   p_task_id  uuid  id of the task
-- Returns  0..1 row
--   task_id       uuid       id of the task
--   task_name     str?       name of the task
--   status        str        PENDING, STARTED, SUCCESS, FAILURE, RETRY or REVOKED
--   result        json?      what it returned, JSON text as stored
--   error         str?       what went wrong
--   traceback     str?       where
--   created_at    datetime   when a result was first stored (UTC)
--   completed_at  datetime?  when it ended (UTC)
--   runtime_ms    int?       milliseconds it ran
-- Errors   UUID_INVALID
-- Writes   none
-- Roles    producer, worker, viewer
-- Example  CALL celers_get_result('{{task_id}}');
CREATE PROCEDURE celers_get_result (
    IN p_task_id VARCHAR(1000)
)
READS SQL DATA
COMMENT 'show the result of a task, if there is one'
BEGIN
    DECLARE v_id BINARY(16);

    SET timestamp = DEFAULT;
    CALL _celers_parse_uuid(p_task_id, v_id);
    SELECT
        BIN_TO_UUID(s.id) AS task_id,
        t.task_name,
        CAST(s.status AS CHAR) AS status,
        s.result,
        s.error,
        s.traceback,
        s.created_at,
        s.completed_at,
        s.runtime_ms
    FROM celers_result AS s
    LEFT JOIN celers_task AS t ON t.id = s.id
    WHERE s.id = v_id;
END;
