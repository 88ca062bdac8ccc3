-- celers_update_worker_heartbeat: tell that a worker is alive.
--
-- Leases are not touched: celers_extend and celers_step prolong those.
--
-- Params
--   p_worker_id  str  name of the worker, as registered
--   p_status     str  active, idle, busy or offline, NULL = as it is = NULL
-- Returns  1 row
--   worker_id          str       name of the worker
--   status             str       as stored
--   last_heartbeat_at  datetime  now (UTC)
-- Errors   WORKER_STATUS_INVALID, WORKER_NOT_FOUND
-- Writes   celers_worker
-- Roles    worker
-- Example  CALL celers_update_worker_heartbeat('worker-1', 'busy');
CREATE PROCEDURE celers_update_worker_heartbeat (
    IN p_worker_id VARCHAR(1000),
    IN p_status VARCHAR(1000)
)
MODIFIES SQL DATA
COMMENT 'tell that a worker is alive'
BEGIN
    DECLARE v_joined BOOLEAN;
    DECLARE v_now DATETIME(6);
    DECLARE v_status VARCHAR(20);
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        CALL _celers_rollback(v_joined);
        RESIGNAL;
    END;

    SET timestamp = DEFAULT;
    SET v_now = UTC_TIMESTAMP(6);
    CALL _celers_check_worker_status(p_status);
    CALL _celers_begin(v_joined);
    SELECT COALESCE(p_status, status) INTO v_status
    FROM celers_worker
    WHERE worker_id = p_worker_id
    FOR UPDATE;
    IF v_status IS NULL THEN
        CALL _celers_raise('WORKER_NOT_FOUND', LEFT(p_worker_id, 40));
    END IF;
    UPDATE celers_worker
    SET status = v_status, last_heartbeat_at = v_now
    WHERE worker_id = p_worker_id;
    CALL _celers_commit(v_joined);
    SELECT
        p_worker_id AS worker_id,
        v_status AS status,
        v_now AS last_heartbeat_at;
END;
