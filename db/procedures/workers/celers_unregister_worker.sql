-- celers_unregister_worker: forget a worker.
--
-- What a worker calls as its last. Its leases are not touched: they end with its tasks, or run out.
-- Maintenance forgets the workers that were not heard of for seven days.
--
-- Params
--   p_worker_id  str  name of the worker, as registered
-- Returns  1 row
--   worker_id  str   name of the worker
--   deleted    bool  0 = it was not known
-- Errors   WORKER_ID_INVALID
-- Writes   celers_worker
-- Roles    worker
-- Example  CALL celers_unregister_worker('worker-1');
CREATE PROCEDURE celers_unregister_worker (
    IN p_worker_id VARCHAR(1000)
)
MODIFIES SQL DATA
COMMENT 'forget a worker'
BEGIN
    DECLARE v_joined BOOLEAN;
    DECLARE v_deleted INT;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        CALL _celers_rollback(v_joined);
        RESIGNAL;
    END;

    SET timestamp = DEFAULT;
    IF COALESCE(CHAR_LENGTH(p_worker_id) NOT BETWEEN 1 AND 255, TRUE) THEN
        CALL _celers_raise('WORKER_ID_INVALID', LEFT(p_worker_id, 40));
    END IF;
    CALL _celers_begin(v_joined);
    DELETE FROM celers_worker WHERE worker_id = p_worker_id;
    SET v_deleted = ROW_COUNT();
    CALL _celers_commit(v_joined);
    SELECT
        p_worker_id AS worker_id,
        v_deleted AS deleted;
END;
