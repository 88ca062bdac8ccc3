-- celers_register_worker: make a worker known, or tell that it has begun anew.
--
-- Nothing depends on it: claims take any worker id. It is what celers_list_workers shows, until it
-- is unregistered or was not heard of for seven days.
--
-- Params
--   p_worker_id  str      name of the worker, 1..255 characters
--   p_options    options  JSON object, NULL = all defaults = NULL
-- Options
--   queues        str   queues it serves, separated by commas, at most 4000 characters = none
--   status        str   active, idle, busy or offline = active
--   capabilities  json  JSON object, at most 64 KiB = none
--   hostname      str   where it runs, at most 255 characters = none
--   pid           int   its process there = none
-- Returns  1 row
--   worker_id          str       name of the worker
--   status             str       as stored
--   started_at         datetime  now (UTC)
--   last_heartbeat_at  datetime  now (UTC)
-- Errors   WORKER_ID_INVALID, OPTIONS_INVALID, UNKNOWN_OPTION, OPTION_INVALID,
--          WORKER_STATUS_INVALID, QUEUE_NAME_INVALID
-- Writes   celers_worker
-- Roles    worker
-- Example  CALL celers_register_worker('worker-1', '{"queues": "mail,default", "pid": 4711}');
CREATE PROCEDURE celers_register_worker (
    IN p_worker_id VARCHAR(1000),
    IN p_options LONGTEXT
)
MODIFIES SQL DATA
COMMENT 'make a worker known, or tell that it has begun anew'
BEGIN
    DECLARE v_joined BOOLEAN;
    DECLARE v_now DATETIME(6);
    DECLARE v_queues VARCHAR(8000);
    DECLARE v_status, v_hostname VARCHAR(1000);
    DECLARE v_capabilities LONGTEXT;
    DECLARE v_pid BIGINT;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        CALL _celers_rollback(v_joined);
        RESIGNAL;
    END;

    SET timestamp = DEFAULT;
    SET v_now = UTC_TIMESTAMP(6);
    IF COALESCE(CHAR_LENGTH(p_worker_id) NOT BETWEEN 1 AND 255, TRUE) THEN
        CALL _celers_raise('WORKER_ID_INVALID', LEFT(p_worker_id, 40));
    END IF;
    CALL _celers_check_options(
        p_options, '["queues", "status", "capabilities", "hostname", "pid"]'
    );
    CALL _celers_worker_options(
        p_options, v_queues, v_status, v_capabilities, v_hostname, v_pid
    );
    CALL _celers_begin(v_joined);
    INSERT INTO celers_worker (
        worker_id, queues, status, capabilities, hostname, pid, started_at, last_heartbeat_at
    ) VALUES (
        p_worker_id, v_queues, v_status, v_capabilities, v_hostname, v_pid, v_now, v_now
    ) ON DUPLICATE KEY UPDATE
        queues = v_queues,
        status = v_status,
        capabilities = v_capabilities,
        hostname = v_hostname,
        pid = v_pid,
        started_at = v_now,
        last_heartbeat_at = v_now;
    CALL _celers_commit(v_joined);
    SELECT
        p_worker_id AS worker_id,
        v_status AS status,
        v_now AS started_at,
        v_now AS last_heartbeat_at;
END;
