-- celers_dequeue_wait: claim the next tasks, waiting until there are some.
--
-- One waiter of each list of queues holds the bell (a named lock) and looks every few
-- milliseconds; the others sleep on the lock. It is given up when tasks were found, so that the
-- next one looks. Named locks only wake: any account can take them, and nothing depends on them.
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
--   wait_ms     int   most milliseconds to wait, 0..2000 = 1000
--   poll_ms     int   milliseconds between two looks, 1..1000 = 1
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
--          QUEUE_NAME_INVALID, WORKER_ID_INVALID, LEASE_OUT_OF_RANGE, REQUEST_BUSY,
--          WAIT_OUT_OF_RANGE
-- Writes   celers_upkeep, celers_maintenance, celers_ready, celers_running, celers_claim,
--          celers_scheduled, celers_task, celers_worker, celers_attempt, celers_dead,
--          celers_finished, celers_expiry, celers_mark, celers_result, celers_progress
-- Locks    celers_maintenance, celers_ready, celers_running, celers_claim
-- Roles    worker
-- Example  CALL celers_dequeue_wait('default', 'worker-1', 10, '{"wait_ms": 100}');
CREATE PROCEDURE celers_dequeue_wait (
    IN p_queues TEXT,
    IN p_worker_id VARCHAR(1000),
    IN p_limit BIGINT,
    IN p_options LONGTEXT
)
MODIFIES SQL DATA
COMMENT 'claim the next tasks, waiting until there are some'
BEGIN
    DECLARE v_joined BOOLEAN;
    DECLARE v_options JSON;
    DECLARE v_claim_id BINARY(16);
    DECLARE v_is_request BOOLEAN;
    DECLARE v_lease_s BIGINT;
    DECLARE v_names JSON;
    DECLARE v_is_plain BOOLEAN;
    DECLARE v_is_answered BOOLEAN DEFAULT FALSE;
    DECLARE v_taken INT;
    DECLARE v_is_due BOOLEAN;
    DECLARE v_duty VARCHAR(64);
    DECLARE v_moved INT;
    DECLARE v_wait_ms INT;
    DECLARE v_poll_ms INT;
    DECLARE v_until DATETIME(6);
    DECLARE v_is_holder BOOLEAN DEFAULT FALSE;
    DECLARE v_bell VARCHAR(64) DEFAULT CONCAT(
        'celers:bell:', LEFT(SHA2(CONCAT(DATABASE(), COALESCE(p_queues, '')), 256), 40)
    );
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        IF v_is_holder THEN
            DO RELEASE_LOCK(v_bell);
        END IF;
        CALL _celers_rollback(v_joined);
        RESIGNAL;
    END;

    SET timestamp = DEFAULT;
    -- an earlier call that was killed ran no handler: its bell would stay with this connection
    DO RELEASE_LOCK(v_bell);
    BEGIN
        DECLARE EXIT HANDLER FOR 3140, 3141, 3157 CALL _celers_raise('OPTIONS_INVALID', NULL);
        SET v_options = p_options;
    END;
    CALL _celers_claim_options(
        v_options, '["request_id", "lease_s", "task_names", "wait_ms", "poll_ms"]', v_claim_id,
        v_is_request, v_lease_s, v_names
    );
    CALL _celers_wait_options(v_options, v_wait_ms, v_poll_ms);
    CALL _celers_check_queues(p_queues);
    CALL _celers_check_claim(p_worker_id, p_limit);
    SET v_is_plain = (
        p_limit = 1 AND v_names IS NULL
        AND CHAR_LENGTH(p_queues) <= 64 AND LOCATE(',', p_queues) = 0
    );
    SET v_until = UTC_TIMESTAMP(6) + INTERVAL v_wait_ms * 1000 MICROSECOND;
    REPEAT
        CALL _celers_begin(v_joined);
        SET v_taken = NULL;
        IF v_is_plain AND NOT v_joined THEN
            CALL _celers_claim_one(
                TRIM(p_queues), p_worker_id, v_lease_s, v_claim_id, v_is_request, v_taken, v_is_due
            );
            SET v_is_answered = COALESCE(v_taken, FALSE);
        END IF;
        IF v_taken IS NULL THEN
            CALL _celers_claim(
                p_queues, p_worker_id, p_limit, v_lease_s, v_names, v_claim_id, v_is_request,
                v_taken, v_is_due
            );
        END IF;
        CALL _celers_commit(v_joined);
        SET v_duty = NULL;
        IF v_is_due AND NOT v_joined AND NOT v_is_answered THEN
            CALL _celers_run_duty(v_duty, v_moved);
        END IF;
        IF v_taken = 0 AND v_duty IS NULL THEN
            CALL _celers_wait_turn(
                p_queues, v_bell, v_poll_ms, v_joined, v_until, v_is_holder
            );
        END IF;
    UNTIL v_taken > 0 OR UTC_TIMESTAMP(6) >= v_until END REPEAT;
    IF v_is_holder THEN
        DO RELEASE_LOCK(v_bell);
    END IF;
    IF NOT v_is_answered THEN
        CALL _celers_read_claim(v_claim_id, v_taken, v_joined, NULL);
    END IF;
END;
