-- _celers_worker_options: read and check what a worker tells of itself.
--
-- Params
--   p_options       str
--   p_queues        str   OUT
--   p_status        str   OUT: active by default
--   p_capabilities  str   OUT
--   p_hostname      str   OUT
--   p_pid           int   OUT
-- Writes   none
-- Errors   OPTION_INVALID, WORKER_STATUS_INVALID, QUEUE_NAME_INVALID
CREATE PROCEDURE _celers_worker_options (
    IN p_options LONGTEXT,
    OUT p_queues VARCHAR(8000),
    OUT p_status VARCHAR(1000),
    OUT p_capabilities LONGTEXT,
    OUT p_hostname VARCHAR(1000),
    OUT p_pid BIGINT
)
READS SQL DATA
COMMENT 'read and check what a worker tells of itself'
BEGIN
    DECLARE v_type VARCHAR(20);
    DECLARE EXIT HANDLER FOR 3155, 3156, 1264, 1406, 3666, 3669
        CALL _celers_raise('OPTION_INVALID', 'queues, status, capabilities, hostname, pid');

    SELECT
        o.queues,
        COALESCE(o.status, 'active'),
        o.capabilities,
        o.hostname,
        o.pid,
        JSON_TYPE(o.capabilities)
    INTO p_queues, p_status, p_capabilities, p_hostname, p_pid, v_type
    FROM JSON_TABLE(COALESCE(p_options, '{}'), '$' COLUMNS (
        queues VARCHAR(4000) PATH '$.queues' ERROR ON ERROR,
        status VARCHAR(1000) PATH '$.status' ERROR ON ERROR,
        capabilities JSON PATH '$.capabilities' ERROR ON ERROR,
        hostname VARCHAR(255) PATH '$.hostname' ERROR ON ERROR,
        pid BIGINT PATH '$.pid' ERROR ON ERROR
    )) AS o;
    CALL _celers_check_worker_status(p_status);
    IF p_queues NOT REGEXP '^ *[A-Za-z0-9_.:-]{1,64} *(, *[A-Za-z0-9_.:-]{1,64} *)*\\z' THEN
        CALL _celers_raise('QUEUE_NAME_INVALID', LEFT(p_queues, 40));
    END IF;
    IF v_type <> 'OBJECT' OR LENGTH(p_capabilities) > 65536 OR p_pid < 0 THEN
        CALL _celers_raise('OPTION_INVALID', 'capabilities, pid');
    END IF;
END;
