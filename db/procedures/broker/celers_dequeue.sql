-- celers_dequeue: claim the next task of the queue default.
--
-- The same as celers_dequeue_batch('default', NULL, 1, NULL).
--
-- Params
-- Returns  0..1 row
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
-- Example  CALL celers_dequeue();
CREATE PROCEDURE celers_dequeue ()
MODIFIES SQL DATA
COMMENT 'claim the next task of the queue default'
BEGIN
    CALL celers_dequeue_batch('default', NULL, 1, NULL);
END;
