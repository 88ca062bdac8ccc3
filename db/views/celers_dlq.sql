-- celers_dlq: one row per dead letter.
--
-- Columns
--   id             id of the task, as text
--   queue          queue it belongs to
--   task_name      name of the task
--   reason         exhausted: the retries were used up; permanent: rejected for good; crashed: the
--                  leases of max_crashes workers ran out
--   priority       priority it had
--   attempt        attempts begun
--   errors         attempts that ended with an error
--   crashes        leases lost
--   created_at     when it was enqueued
--   started_at     when its last attempt began
--   died_at        when that ended
--   worker_id      who made it
--   error_message  why it failed
--   metadata       headers given at enqueue, JSON text
--   id_bin         id of the task, the 16 bytes of the key
CREATE VIEW celers_dlq AS
SELECT
    BIN_TO_UUID(x.id) AS id,
    x.queue,
    t.task_name,
    x.reason,
    x.priority,
    x.attempt,
    x.errors,
    x.crashes,
    t.created_at,
    x.started_at,
    x.died_at,
    x.worker_id,
    x.error AS error_message,
    t.headers AS metadata,
    x.id AS id_bin
FROM celers_dead AS x
LEFT JOIN celers_task AS t FORCE INDEX (PRIMARY) ON t.id = x.id;
