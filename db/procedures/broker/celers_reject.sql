-- celers_reject: end an attempt that failed.
--
-- The server decides what follows: another attempt after a backoff, a dead letter when the retries
-- are used up or retry is false, state cancelled when the option or celers_cancel asks for it; the
-- reason that celers_cancel was given stands before the error. Backoff, n = the errors before this
-- one: fixed base_s; linear base_s * (n + 1); exponential base_s * multiplier^n; exponential_jitter
-- the same less a random part of up to a quarter; none above max_s but fixed.
--
-- Params
--   p_task_id  uuid     id of the task
--   p_receipt  uuid     receipt of the claim
--   p_error    str      what went wrong; kept whole
--   p_options  options  JSON object, NULL = all defaults = NULL
-- Options
--   retry        bool   false = permanent: no retry = true
--   delay_s      float  seconds until the next attempt, instead of the policy's = policy
--   release      bool   true = give it back without counting an error = false
--   dead_letter  bool   false = state failed instead of a dead letter = true
--   cancel       bool   true = state cancelled: no retry, no dead letter; not with release or
--                       delay_s = false
-- Returns  1 row
--   task_id  uuid       id of the task
--   outcome  str        retried, released, dead, failed, cancelled
--   due_at   datetime?  when the next attempt is due (UTC)
-- Errors   OPTIONS_INVALID, UNKNOWN_OPTION, ITEMS_INVALID, OPTIONS_CONTRADICTORY,
--          DUE_OUT_OF_RANGE, UUID_INVALID, LEASE_LOST, TASK_NOT_FOUND
-- Writes   celers_attempt, celers_dead, celers_finished, celers_scheduled, celers_ready,
--          celers_task, celers_running
-- Locks    celers_running, celers_task
-- Roles    worker
-- Example  CALL celers_reject('{{task_id}}', '{{receipt}}', 'no route', '{"delay_s": 5}');
CREATE PROCEDURE celers_reject (
    IN p_task_id VARCHAR(1000),
    IN p_receipt VARCHAR(1000),
    IN p_error LONGTEXT,
    IN p_options LONGTEXT
)
MODIFIES SQL DATA
COMMENT 'end an attempt that failed'
BEGIN
    DECLARE v_joined BOOLEAN;
    DECLARE v_id BINARY(16);
    DECLARE v_receipt BINARY(16);
    DECLARE v_items JSON;
    DECLARE v_outcome VARCHAR(20);
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        CALL _celers_rollback(v_joined);
        RESIGNAL;
    END;

    SET timestamp = DEFAULT;
    CALL _celers_parse_uuid(p_task_id, v_id);
    CALL _celers_parse_uuid(p_receipt, v_receipt);
    CALL _celers_check_options(
        p_options, '["retry", "delay_s", "release", "dead_letter", "cancel"]'
    );
    SET v_items = JSON_ARRAY(JSON_SET(
        COALESCE(p_options, '{}'), '$.task_id', BIN_TO_UUID(v_id), '$.receipt',
        BIN_TO_UUID(v_receipt), '$.error', p_error
    ));
    CALL _celers_begin(v_joined);
    CALL _celers_reject_items(v_items);
    CALL _celers_answer_one(v_id, v_receipt, v_outcome);
    CALL _celers_answer(v_items, v_items);
    CALL _celers_commit(v_joined);
    SELECT
        answer.task_id,
        answer.outcome,
        answer.due_at
    FROM JSON_TABLE(v_items, '$[*]' COLUMNS (
        task_id CHAR(36) PATH '$.task_id',
        outcome VARCHAR(20) PATH '$.outcome',
        due_at DATETIME(6) PATH '$.due_at'
    )) AS answer;
END;
