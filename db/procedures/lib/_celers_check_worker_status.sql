-- _celers_check_worker_status: refuse what is no status of a worker.
--
-- Params
--   p_status  str  NULL passes
-- Writes   none
-- Errors   WORKER_STATUS_INVALID
CREATE PROCEDURE _celers_check_worker_status (
    IN p_status VARCHAR(1000)
)
READS SQL DATA
COMMENT 'refuse what is no status of a worker'
BEGIN
    IF p_status NOT IN ('active', 'idle', 'busy', 'offline') THEN
        CALL _celers_raise('WORKER_STATUS_INVALID', LEFT(p_status, 40));
    END IF;
END;
