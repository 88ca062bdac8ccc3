-- celers_list_dlq: list dead letters, the newest tasks first.
--
-- A page at a time: the next one begins below the last id of this one.
--
-- Params
--   p_queue    str      name of the queue, NULL = all = NULL
--   p_limit    int      most dead letters to return, 1..1000, NULL = 100 = NULL
--   p_options  options  JSON object, NULL = all defaults = NULL
-- Options
--   after_id        uuid  the last id of the page before = none
--   task_name       str   only tasks of this name = any
--   error_contains  str   only where the error contains this text, in this case = any
-- Returns  rows
--   task_id      uuid       id of the task
--   queue        str        queue it belongs to
--   task_name    str        name of the task
--   reason       str        exhausted: the retries were used up; permanent: rejected for good;
--                           crashed: too many leases ran out
--   priority     int        priority it had
--   attempt      int        attempts begun
--   errors       int        attempts that ended with an error
--   crashes      int        leases lost
--   max_retries  int        retries after the first attempt
--   created_at   datetime   when it was enqueued (UTC)
--   started_at   datetime?  when its last attempt began (UTC)
--   died_at      datetime   when that ended (UTC)
--   worker_id    str?       who made it
--   error        str?       why it failed
-- Errors   QUEUE_NAME_INVALID, LIMIT_OUT_OF_RANGE, OPTIONS_INVALID, UNKNOWN_OPTION, OPTION_INVALID,
--          UUID_INVALID
-- Writes   none
-- Roles    viewer
-- Example  CALL celers_list_dlq('graveyard', 10, '{"error_contains": "route"}');
CREATE PROCEDURE celers_list_dlq (
    IN p_queue VARCHAR(1000),
    IN p_limit BIGINT,
    IN p_options LONGTEXT
)
READS SQL DATA
COMMENT 'list dead letters, the newest tasks first'
BEGIN
    DECLARE v_after BINARY(16);
    DECLARE v_name VARCHAR(1000);
    DECLARE v_error VARCHAR(4000);

    SET timestamp = DEFAULT;
    CALL _celers_check_queue(COALESCE(p_queue, 'default'));
    CALL _celers_check_limit(100, p_limit);
    CALL _celers_page_options(
        p_options, '["after_id", "task_name", "error_contains"]', v_after, v_name, v_error
    );
    SELECT
        BIN_TO_UUID(x.id) AS task_id,
        x.queue,
        t.task_name,
        CAST(x.reason AS CHAR) AS reason,
        x.priority,
        x.attempt,
        x.errors,
        x.crashes,
        COALESCE(t.max_retries, q.max_retries, d.max_retries) AS max_retries,
        t.created_at,
        x.started_at,
        x.died_at,
        x.worker_id,
        x.error
    FROM celers_dead AS x FORCE INDEX (PRIMARY)
    STRAIGHT_JOIN celers_task AS t FORCE INDEX (PRIMARY) ON t.id = x.id
    STRAIGHT_JOIN celers_queue AS d ON d.queue = '*'
    LEFT JOIN celers_queue AS q ON q.queue = x.queue
    WHERE
        x.id < v_after
        AND (p_queue IS NULL OR x.queue = p_queue)
        AND (v_name IS NULL OR t.task_name = v_name)
        AND (v_error IS NULL OR LOCATE(v_error, x.error) > 0)
    ORDER BY x.id DESC
    LIMIT p_limit;
END;
