-- celers_get_task: show one task.
--
-- Inside a transaction of the caller what it shows may be as old as that transaction's snapshot.
--
-- Params
--   p_task_id  uuid  id of the task
-- Returns  1 row
--   task_id              uuid       id of the task
--   queue                str        queue it belongs to
--   task_name            str        name of the task
--   state                str        pending, processing, completed, failed, cancelled, expired,
--                                   dead
--   priority             int        priority now
--   attempt              int        attempts begun so far
--   errors               int        attempts that ended with an error
--   crashes              int        leases lost
--   max_retries          int        retries after the first attempt
--   created_at           datetime   when it was enqueued (UTC)
--   due_at               datetime   when it is or was due (UTC)
--   started_at           datetime?  of the attempt that runs, or of the one that ended it (UTC)
--   finished_at          datetime?  when it ended, whichever way (UTC)
--   worker_id            str?       who runs it, or ran it last when it has ended
--   error                str?       why it ended; of a living task, why the attempt before failed
--   lease_expires_at     datetime?  until then it belongs to worker_id (UTC)
--   cancel_requested_at  datetime?  when its worker was asked to stop it (UTC)
--   timeout_s            int?       seconds a worker may run it
--   expires_at           datetime?  not started by then: state expired (UTC)
--   retry                json?      retry policy of its own
--   headers              json?      headers given at enqueue
--   content_type         str        media type of the payload
--   payload              str?       arguments, text as enqueued; NULL if they are bytes
--   payload_binary       bytes?     arguments that are not text
-- Errors   UUID_INVALID, TASK_NOT_FOUND
-- Writes   none
-- Roles    producer, worker, viewer
-- Example  CALL celers_get_task('{{task_id}}');
CREATE PROCEDURE celers_get_task (
    IN p_task_id VARCHAR(1000)
)
READS SQL DATA
COMMENT 'show one task'
BEGIN
    DECLARE v_id BINARY(16);
    DECLARE v_is_known BOOLEAN DEFAULT FALSE;

    SET timestamp = DEFAULT;
    CALL _celers_parse_uuid(p_task_id, v_id);
    -- not IF NOT EXISTS (…): that would lock the row
    SELECT TRUE INTO v_is_known FROM celers_task WHERE id = v_id;
    IF NOT v_is_known THEN
        CALL _celers_raise('TASK_NOT_FOUND', BIN_TO_UUID(v_id));
    END IF;
    SELECT
        v.id AS task_id,
        v.queue,
        v.task_name,
        v.state,
        v.priority,
        v.attempt,
        v.retry_count AS errors,
        v.crashes,
        v.max_retries,
        v.created_at,
        v.scheduled_at AS due_at,
        v.started_at,
        v.completed_at AS finished_at,
        v.worker_id,
        v.error_message AS error,
        v.lease_expires_at,
        v.cancel_requested_at,
        v.timeout_s,
        v.expires_at,
        t.retry,
        t.headers,
        COALESCE(t.content_type, 'application/json') AS content_type,
        t.payload,
        t.payload_binary
    FROM celers_tasks AS v
    INNER JOIN celers_task AS t ON t.id = v.id_bin
    WHERE v.id_bin = v_id;
END;
