-- celers_dequeue_wait: claim the next tasks, waiting until there are some.
--
-- One waiter of each list of queues holds the bell (a named lock) and looks every poll_ms; the
-- others sleep on the lock. It is given up when tasks were found, so that the next one looks. Named
-- locks only wake: any account can take them, and nothing depends on them.
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
--   poll_ms     int   milliseconds between two looks, 1..1000; ten times as many where no task of
--                     these queues has ended for five seconds = 1
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
    DECLARE v_claim_id BINARY(16);
    DECLARE v_is_request BOOLEAN;
    DECLARE v_lease_s BIGINT;
    DECLARE v_names JSON;
    DECLARE v_held INT;
    DECLARE v_queue VARCHAR(64);
    DECLARE v_is_one BOOLEAN;
    DECLARE v_is_answered BOOLEAN DEFAULT FALSE;
    DECLARE v_taken, v_moved INT;
    DECLARE v_is_due, v_is_over BOOLEAN;
    DECLARE v_quiet JSON DEFAULT JSON_OBJECT();
    DECLARE v_duty VARCHAR(64);
    DECLARE v_wait_ms, v_poll_ms INT;
    DECLARE v_misses INT DEFAULT 0;
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
    CALL _celers_wait_options(
        p_options, v_claim_id, v_is_request, v_lease_s, v_names, v_wait_ms, v_poll_ms
    );
    CALL _celers_check_queues(p_queues);
    CALL _celers_check_claim(p_worker_id, p_limit);
    CALL _celers_wait_begin(v_claim_id, v_is_request, v_joined, v_held);
    SET v_until = UTC_TIMESTAMP(6) + INTERVAL v_wait_ms * 1000 MICROSECOND;
    REPEAT
        IF v_held = 0 THEN
            CALL _celers_wait_turn(
                p_queues, p_limit, v_bell, v_poll_ms, v_misses, v_joined, v_until, v_is_holder,
                v_queue, v_is_one, v_is_due
            );
        END IF;
        IF v_queue IS NULL THEN
            CALL _celers_wait_begin(v_claim_id, v_is_request, v_joined, v_held);
        END IF;
        SET v_taken = IF(v_held > 0 OR v_queue IS NOT NULL, NULL, 0);
        IF v_taken IS NULL THEN
            SET v_held = 0;
            IF v_joined THEN
                SAVEPOINT celers_call;
            ELSE
                SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
                START TRANSACTION READ WRITE;
            END IF;
            IF v_is_one AND v_names IS NULL AND NOT v_joined THEN
                CALL _celers_claim_one(
                    v_queue, p_worker_id, v_lease_s, v_claim_id, v_is_request, v_taken, v_is_due
                );
                SET v_is_answered = COALESCE(v_taken, FALSE);
            END IF;
            IF v_taken IS NULL THEN
                CALL _celers_claim(
                    p_queues, p_worker_id, p_limit, v_lease_s, v_names, v_claim_id, v_is_request,
                    v_taken, v_is_due
                );
            END IF;
            IF NOT v_is_answered THEN
                CALL _celers_commit(v_joined);
            END IF;
        END IF;
        SET v_duty = NULL;
        SET v_is_over = v_taken > 0 OR UTC_TIMESTAMP(6) >= v_until;
        IF v_is_due AND NOT v_joined AND NOT v_is_answered THEN
            CALL _celers_run_duty(v_quiet, v_is_over, v_duty, v_moved);
        END IF;
        -- what is seen and cannot be claimed (a paused queue, other names) must cost little
        SET v_misses = IF(v_duty IS NULL, LEAST(v_misses + 1, 5), 0);
    UNTIL v_is_over END REPEAT;
    IF v_is_holder THEN
        DO RELEASE_LOCK(v_bell);
    END IF;
    IF NOT v_is_answered THEN
        CALL _celers_read_claim(v_claim_id, v_taken, v_joined, NULL);
    END IF;
END;
