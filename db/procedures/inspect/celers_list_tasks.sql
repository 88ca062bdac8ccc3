-- celers_list_tasks: list tasks, the newest first.
--
-- A page at a time: the next one begins below the last id of this one. A task that moves on while
-- the list is made is shown where it is by then.
--
-- Params
--   p_queue    str      name of the queue, NULL = all = NULL
--   p_state    str      pending, processing, completed, failed, cancelled, expired or dead,
--                       NULL = any = NULL
--   p_limit    int      most tasks to return, 1..1000, NULL = 100 = NULL
--   p_options  options  JSON object, NULL = all defaults = NULL
-- Options
--   after_id   uuid  the last id of the page before = none
--   task_name  str   only tasks of this name = any
-- Returns  rows
--   task_id           uuid       id of the task
--   queue             str        queue it belongs to
--   task_name         str        name of the task
--   state             str        pending, processing, completed, failed, cancelled, expired, dead
--   priority          int        priority now
--   attempt           int        attempts begun so far
--   errors            int        attempts that ended with an error
--   crashes           int        leases lost
--   max_retries       int        retries after the first attempt
--   created_at        datetime   when it was enqueued (UTC)
--   due_at            datetime   when it is or was due (UTC)
--   started_at        datetime?  of the attempt that runs, or of the one that ended it (UTC)
--   finished_at       datetime?  when it ended, whichever way (UTC)
--   worker_id         str?       who runs it, or ran it last when it has ended
--   error             str?       why it ended; of a living task, why the attempt before failed
--   lease_expires_at  datetime?  until then it belongs to worker_id (UTC)
-- Errors   QUEUE_NAME_INVALID, STATE_INVALID, LIMIT_OUT_OF_RANGE, OPTIONS_INVALID, UNKNOWN_OPTION,
--          OPTION_INVALID, UUID_INVALID
-- Writes   none
-- Roles    viewer
-- Example  CALL celers_list_tasks('default', 'pending', 10, NULL);
CREATE PROCEDURE celers_list_tasks (
    IN p_queue VARCHAR(1000),
    IN p_state VARCHAR(1000),
    IN p_limit BIGINT,
    IN p_options LONGTEXT
)
READS SQL DATA
COMMENT 'list tasks, the newest first'
BEGIN
    DECLARE v_after BINARY(16);
    DECLARE v_name VARCHAR(1000);
    DECLARE v_error VARCHAR(4000);
    DECLARE v_ids JSON;

    SET timestamp = DEFAULT;
    CALL _celers_check_queue(COALESCE(p_queue, 'default'));
    IF p_state NOT IN (
        'pending', 'processing', 'completed', 'failed', 'cancelled', 'expired', 'dead'
    ) THEN
        CALL _celers_raise('STATE_INVALID', LEFT(p_state, 40));
    END IF;
    CALL _celers_check_limit(100, p_limit);
    CALL _celers_page_options(p_options, '["after_id", "task_name"]', v_after, v_name, v_error);
    CALL _celers_find_tasks(p_queue, p_state, v_name, v_after, p_limit, v_ids);
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
        v.lease_expires_at
    FROM JSON_TABLE(v_ids, '$[*]' COLUMNS (id CHAR(36) PATH '$')) AS found
    STRAIGHT_JOIN celers_tasks AS v ON v.id_bin = UUID_TO_BIN(found.id)
    ORDER BY v.id_bin DESC;
END;
