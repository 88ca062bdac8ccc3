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
--          celers_scheduled, celers_task, celers_attempt, celers_dead, celers_finished,
--          celers_expiry, celers_mark, celers_result
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
    DECLARE v_is_request BOOLEAN;
    DECLARE v_lease_s BIGINT;
    DECLARE v_names JSON;
    DECLARE v_taken INT;
    DECLARE v_task_id BINARY(16);
    DECLARE v_is_due BOOLEAN;
    DECLARE v_duty VARCHAR(64);
    DECLARE v_moved INT;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        CALL _celers_rollback(v_joined);
        RESIGNAL;
    END;

    SET timestamp = DEFAULT;
    BEGIN
        DECLARE EXIT HANDLER FOR 3140, 3141, 3157 CALL _celers_raise('OPTIONS_INVALID', NULL);
        SET v_options = p_options;
    END;
    CALL _celers_claim_options(
        v_options, '["request_id", "lease_s", "task_names"]', 0, v_claim_id, v_is_request,
        v_lease_s, v_names
    );
    SET p_worker_id = COALESCE(p_worker_id, CONCAT('sql:', CONNECTION_ID()));
    IF CHAR_LENGTH(p_worker_id) NOT BETWEEN 1 AND 255 THEN
        CALL _celers_raise('WORKER_ID_INVALID', LEFT(p_worker_id, 40));
    END IF;
    IF COALESCE(p_limit NOT BETWEEN 0 AND 1000, TRUE) THEN
        CALL _celers_raise('LIMIT_OUT_OF_RANGE', p_limit);
    END IF;
    REPEAT
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
        END IF;
        CALL _celers_claim(
            p_queues, p_worker_id, p_limit, v_lease_s, v_names, v_claim_id, v_is_request, v_taken,
            v_task_id, v_is_due
        );
        IF v_taken = 0 THEN
            -- a bad name has no tasks
            CALL _celers_check_queues(p_queues);
        END IF;
        IF v_joined THEN
            RELEASE SAVEPOINT celers_call;
        ELSE
            COMMIT AND NO CHAIN NO RELEASE;
        END IF;
        SET v_duty = NULL;
        IF v_is_due AND NOT v_joined THEN
            CALL _celers_run_duty(v_duty, v_moved);
        END IF;
    UNTIL v_taken > 0 OR v_duty IS NULL END REPEAT;
    CALL _celers_read_claim(v_claim_id, v_task_id, v_taken, v_joined, NULL);
END;
