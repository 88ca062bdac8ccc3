-- celers_step: acknowledge, reject, extend and claim in one round trip and one commit.
--
-- What a worker's loop calls: the ends of finished tasks, heartbeats, and the next tasks. All of it
-- happens or nothing; the same request_id within the lease gives the same tasks again.
--
-- Params
--   p_worker_id  str      name of the worker, 1..255 characters, NULL = sql:<connection id>
--   p_acks       items    as celers_ack_batch, NULL = none
--   p_rejects    items    as celers_reject_batch, NULL = none
--   p_options    options  JSON object, NULL = all defaults = NULL
-- Options
--   queues      str   queue name, or several separated by commas, in order of preference = default
--   limit       int   most tasks to claim, 0..1000 = 1
--   ack_claims  json  object: receipt to how many tasks you have left of that claim. All of them
--                     are completed, without results; a claim that holds another number (some were
--                     lost) is left alone, and said to be incomplete = none
--   extend      json  array of receipts whose leases are prolonged = none
--   extend_s    int   seconds from now for extend, 1..86400 = as claimed
--   request_id  uuid  the same one within the lease gives the same tasks again = new
--   lease_s     int   seconds the tasks are yours, 1..86400 = 60
--   task_names  json  array of task names to take = any
-- Returns  rows
--   task_id           uuid?      id of the task
--   receipt           uuid       of the claim: what ack, reject and extend ask for
--   queue             str?       queue it came from
--   task_name         str?       name of the task
--   payload           str?       arguments, text as enqueued; NULL if they are bytes
--   content_type      str?       media type of the payload
--   headers           json?      headers given at enqueue
--   attempt           int?       1 = first
--   priority          int?       priority now
--   timeout_s         int?       seconds it may run
--   lease_expires_at  datetime?  until then it is yours (UTC)
--   payload_binary    bytes?     arguments that are not text
--   outcome           str        claimed: a task to run. Of those handed in: lost: the lease was
--                                given to another; not_found; cancel_requested: stop it;
--                                incomplete: the claim, to be acknowledged task by task. What
--                                went as asked has no row
-- Errors   OPTIONS_INVALID, UNKNOWN_OPTION, OPTION_INVALID, UUID_INVALID, LIMIT_OUT_OF_RANGE,
--          QUEUE_NAME_INVALID, WORKER_ID_INVALID, LEASE_OUT_OF_RANGE, REQUEST_BUSY, ITEMS_INVALID,
--          RESULT_INVALID, OPTIONS_CONTRADICTORY, DUE_OUT_OF_RANGE
-- Writes   celers_upkeep, celers_maintenance, celers_ready, celers_running, celers_claim,
--          celers_scheduled, celers_task, celers_worker, celers_attempt, celers_dead,
--          celers_finished, celers_expiry, celers_mark, celers_result, celers_progress
-- Locks    celers_maintenance, celers_ready, celers_running, celers_claim
-- Roles    worker
-- Example  CALL celers_step('worker-1', NULL, NULL, '{"queues": "default", "limit": 2}');
CREATE PROCEDURE celers_step (
    IN p_worker_id VARCHAR(1000),
    IN p_acks LONGTEXT,
    IN p_rejects LONGTEXT,
    IN p_options LONGTEXT
)
MODIFIES SQL DATA
COMMENT 'acknowledge, reject, extend and claim in one round trip and one commit'
BEGIN
    DECLARE v_joined BOOLEAN;
    DECLARE v_options JSON;
    DECLARE v_queues VARCHAR(512);
    DECLARE v_limit BIGINT;
    DECLARE v_claim_id BINARY(16);
    DECLARE v_is_request BOOLEAN DEFAULT TRUE;
    DECLARE v_is_extending BOOLEAN DEFAULT FALSE;
    DECLARE v_lease_s BIGINT;
    DECLARE v_names JSON;
    DECLARE v_claims JSON;
    DECLARE v_notices JSON;
    DECLARE v_taken INT;
    DECLARE v_is_due BOOLEAN;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        CALL _celers_rollback(v_joined);
        RESIGNAL;
    END;

    SET timestamp = DEFAULT;
    BEGIN
        DECLARE EXIT HANDLER FOR 1264, 1406, 1690, 3155, 3156, 3666
            CALL _celers_raise('OPTION_INVALID', 'queues, limit, lease_s');
        DECLARE EXIT HANDLER FOR 3140, 3141, 3157 CALL _celers_raise('OPTIONS_INVALID', NULL);
        DECLARE CONTINUE HANDLER FOR 1411 SET v_claim_id = NULL;
        SET v_options = p_options;
        SET v_queues = JSON_VALUE(v_options, '$.queues' ERROR ON ERROR);
        SET v_limit = JSON_VALUE(v_options, '$.limit' RETURNING SIGNED ERROR ON ERROR);
        SET v_lease_s = JSON_VALUE(v_options, '$.lease_s' RETURNING SIGNED ERROR ON ERROR);
        SET v_claim_id = UUID_TO_BIN(JSON_VALUE(v_options, '$.request_id' RETURNING CHAR(36)));
        SET v_claims = NULLIF(JSON_EXTRACT(v_options, '$.ack_claims'), CAST('null' AS JSON));
    END;
    -- most calls bring no more than these
    IF
        v_claim_id IS NULL OR v_queues IS NULL OR v_limit IS NULL
        OR v_lease_s NOT BETWEEN 1 AND 86400
        OR JSON_LENGTH(v_options) <> 3 + (v_lease_s IS NOT NULL) + (v_claims IS NOT NULL)
    THEN
        CALL _celers_claim_options(
            v_options,
            '["queues", "limit", "ack_claims", "extend", "extend_s", "request_id", "lease_s",
              "task_names"]',
            v_claim_id, v_is_request, v_lease_s, v_names
        );
        SET v_is_extending = COALESCE(JSON_CONTAINS_PATH(v_options, 'one', '$.extend'), FALSE);
        SET v_queues = COALESCE(v_queues, 'default');
        SET v_limit = COALESCE(v_limit, 1);
    END IF;
    IF NOT COALESCE(
        v_limit BETWEEN 0 AND 1000 AND CHAR_LENGTH(p_worker_id) BETWEEN 1 AND 255, FALSE
    ) THEN
        CALL _celers_check_claim(p_worker_id, v_limit);
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
    END IF;
    IF p_rejects IS NOT NULL OR v_is_extending OR (p_acks IS NOT NULL AND v_claims IS NOT NULL) THEN
        CALL _celers_lock_held(p_acks, p_rejects, v_options);
    END IF;
    IF p_acks IS NOT NULL THEN
        CALL _celers_ack_items(p_acks, v_notices);
    END IF;
    IF COALESCE(v_notices, v_claims) IS NOT NULL OR p_rejects IS NOT NULL OR v_is_extending THEN
        CALL _celers_settle(v_claims, p_rejects, v_options, v_notices);
    END IF;
    IF
        v_limit = 1 AND v_names IS NULL AND v_notices IS NULL AND NOT v_joined
        AND CHAR_LENGTH(v_queues) <= 64 AND LOCATE(',', v_queues) = 0
    THEN
        CALL _celers_claim_one(
            TRIM(v_queues), p_worker_id, v_lease_s, v_claim_id, v_is_request, v_taken, v_is_due
        );
    END IF;
    IF NOT COALESCE(v_taken, 0) THEN
        CALL _celers_claim_rest(
            v_queues, p_worker_id, v_limit, v_lease_s, v_names, v_claim_id, v_is_request, v_joined,
            v_notices, v_taken, v_is_due
        );
    END IF;
END;
