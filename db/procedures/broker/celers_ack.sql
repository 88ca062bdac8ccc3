-- celers_ack: end a task as completed.
--
-- A receipt whose lease was given to another is refused, and nothing changes. A repeated ack of
-- the same receipt is answered as the first was. Inside a transaction of the caller it is part of
-- it, together with the work's own writes.
--
-- Params
--   p_task_id  uuid  id of the task
--   p_receipt  uuid  receipt of the claim
-- Returns  1 row
--   task_id  uuid  id of the task
--   outcome  str   completed
-- Errors   UUID_INVALID, LEASE_LOST, TASK_NOT_FOUND
-- Writes   celers_finished, celers_running
-- Locks    celers_running
-- Roles    worker
-- Example  CALL celers_ack('{{task_id}}', '{{receipt}}');
CREATE PROCEDURE celers_ack (
    IN p_task_id VARCHAR(1000),
    IN p_receipt VARCHAR(1000)
)
MODIFIES SQL DATA
COMMENT 'end a task as completed'
BEGIN
    DECLARE v_joined BOOLEAN;
    DECLARE v_id BINARY(16);
    DECLARE v_receipt BINARY(16);
    DECLARE v_outcome VARCHAR(20) DEFAULT 'completed';
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        CALL _celers_rollback(v_joined);
        RESIGNAL;
    END;

    SET timestamp = DEFAULT;
    IF IS_UUID(p_task_id) AND IS_UUID(p_receipt) THEN
        SET v_id = UUID_TO_BIN(p_task_id);
        SET v_receipt = UUID_TO_BIN(p_receipt);
    ELSE
        CALL _celers_raise(
            'UUID_INVALID', LEFT(IF(COALESCE(IS_UUID(p_task_id), 0), p_receipt, p_task_id), 40)
        );
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
    INSERT INTO celers_finished (
        id, queue, state, priority, attempt, errors, crashes, ready_at, started_at, finished_at,
        claim_id, worker_id
    )
    SELECT
        u.id,
        u.queue,
        'completed',
        u.priority,
        u.attempt,
        u.errors,
        u.crashes,
        u.ready_at,
        u.claimed_at,
        UTC_TIMESTAMP(6),
        u.claim_id,
        u.worker_id
    FROM celers_running AS u FORCE INDEX (PRIMARY)
    WHERE u.claim_id = v_receipt AND u.id = v_id
    FOR UPDATE;
    IF ROW_COUNT() > 0 THEN
        DELETE FROM celers_running WHERE claim_id = v_receipt AND id = v_id;
    ELSE
        CALL _celers_answer_one(v_id, v_receipt, v_outcome);
    END IF;
    IF v_joined THEN
        RELEASE SAVEPOINT celers_call;
    ELSE
        COMMIT AND NO CHAIN NO RELEASE;
    END IF;
    SELECT
        BIN_TO_UUID(v_id) AS task_id,
        v_outcome AS outcome;
END;
