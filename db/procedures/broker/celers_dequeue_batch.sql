-- celers_dequeue_batch: claim the next tasks of one or more queues for a worker.
--
-- Higher priority first, first in first out within a priority. A claim ends with ack or reject;
-- when its lease runs out the tasks are handed out again. A claim also does a bounded bit of the
-- maintenance that is due. Inside a transaction of the caller the claim lives as long as that
-- transaction: roll back and it never was. Such a transaction should be READ COMMITTED: under
-- REPEATABLE READ its locks reach beyond the rows it takes, and others wait until it ends.
--
-- Params
--   p_queues     str      queue name, or several separated by commas, in order of preference
--   p_worker_id  str      name of the worker, 1..255 characters, NULL = sql:<connection id>
--   p_limit      int      most tasks to return, 0..1000
--   p_options    options  JSON object, NULL = all defaults = NULL
-- Options
--   request_id  uuid  the same one within the lease gives the same tasks again = new
--   lease_s     int   seconds the tasks are yours, 1..86400 = 60
--   task_names  json  array of task names to take = any
-- Returns  rows
--   task_id           uuid       id of the task
--   receipt           uuid       of the claim: what ack, reject and extend ask for
--   queue             str        queue it came from
--   task_name         str        name of the task
--   payload           str?       arguments, text as enqueued; NULL if they are bytes
--   content_type      str        media type of the payload
--   headers           json?      headers given at enqueue
--   attempt           int        1 = first
--   priority          int        priority now
--   timeout_s         int?       seconds it may run
--   lease_expires_at  datetime   until then it is yours (UTC)
--   payload_binary    bytes?     arguments that are not text
--   outcome           str        claimed
-- Errors   OPTIONS_INVALID, UNKNOWN_OPTION, OPTION_INVALID, UUID_INVALID, LIMIT_OUT_OF_RANGE,
--          QUEUE_NAME_INVALID, WORKER_ID_INVALID, LEASE_OUT_OF_RANGE, REQUEST_BUSY
-- Writes   celers_upkeep, celers_maintenance, celers_ready, celers_running, celers_claim,
--          celers_scheduled, celers_task, celers_worker, celers_attempt, celers_dead,
--          celers_finished, celers_expiry, celers_mark, celers_result, celers_progress
-- Locks    celers_maintenance, celers_ready, celers_running, celers_claim
-- Roles    worker
-- Example  CALL celers_dequeue_batch('mail,default', 'worker-1', 10, NULL);
CREATE PROCEDURE celers_dequeue_batch (
    IN p_queues TEXT,
    IN p_worker_id VARCHAR(1000),
    IN p_limit BIGINT,
    IN p_options LONGTEXT
)
MODIFIES SQL DATA
COMMENT 'claim the next tasks of one or more queues for a worker'
BEGIN
    DECLARE v_joined BOOLEAN;
    DECLARE v_options JSON;
    DECLARE v_claim_id BINARY(16);
    DECLARE v_is_request BOOLEAN DEFAULT TRUE;
    DECLARE v_lease_s BIGINT;
    DECLARE v_names JSON;
    DECLARE v_taken INT;
    DECLARE v_is_due BOOLEAN;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        CALL _celers_rollback(v_joined);
        RESIGNAL;
    END;

    SET timestamp = DEFAULT;
    BEGIN
        DECLARE EXIT HANDLER FOR 1264, 1690, 3155, 3156, 3666
            CALL _celers_raise('OPTION_INVALID', 'lease_s');
        DECLARE EXIT HANDLER FOR 3140, 3141, 3157 CALL _celers_raise('OPTIONS_INVALID', NULL);
        DECLARE CONTINUE HANDLER FOR 1411 SET v_claim_id = NULL;
        SET v_options = p_options;
        SET v_lease_s = JSON_VALUE(v_options, '$.lease_s' RETURNING SIGNED ERROR ON ERROR);
        SET v_claim_id = UUID_TO_BIN(JSON_VALUE(v_options, '$.request_id' RETURNING CHAR(36)));
    END;
    -- most calls bring no more than these
    IF
        v_claim_id IS NULL OR v_lease_s NOT BETWEEN 1 AND 86400
        OR JSON_LENGTH(v_options) <> 1 + (v_lease_s IS NOT NULL)
    THEN
        CALL _celers_claim_options(
            v_options, '["request_id", "lease_s", "task_names"]', v_claim_id, v_is_request,
            v_lease_s, v_names
        );
    END IF;
    IF NOT COALESCE(
        p_limit BETWEEN 0 AND 1000 AND CHAR_LENGTH(p_worker_id) BETWEEN 1 AND 255, FALSE
    ) THEN
        CALL _celers_check_claim(p_worker_id, p_limit);
    END IF;
    BEGIN
        DECLARE CONTINUE HANDLER FOR 1568 SET v_joined = TRUE;
        SET v_joined = NOT @@autocommit;
        IF NOT v_joined THEN
            SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
        END IF;
    END;
    IF v_joined THEN
        SAVEPOINT celers_call;
    ELSE
        START TRANSACTION READ WRITE;
        IF
            p_limit = 1 AND v_names IS NULL
            AND CHAR_LENGTH(p_queues) <= 64 AND LOCATE(',', p_queues) = 0
        THEN
            CALL _celers_claim_one(
                TRIM(p_queues), p_worker_id, v_lease_s, v_claim_id, v_is_request, v_taken, v_is_due
            );
        END IF;
    END IF;
    IF NOT COALESCE(v_taken, 0) THEN
        CALL _celers_claim_rest(
            p_queues, p_worker_id, p_limit, v_lease_s, v_names, v_claim_id, v_is_request, v_joined,
            NULL, v_taken, v_is_due
        );
    END IF;
END;
