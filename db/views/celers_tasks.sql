-- celers_tasks: one row per task, wherever it is in its life.
--
-- Filter by id_bin = UUID_TO_BIN('…') and a row is found by its keys and by a look over what runs;
-- any other filter reads all tasks.
--
-- Columns
--   id                   id of the task, as text
--   queue, task_name     as enqueued
--   state                pending, processing, completed, failed, cancelled, expired, dead
--   priority             now: ageing raises it
--   retry_count          attempts that ended with an error and were followed by another
--   max_retries          retries after the first attempt, its own or as its queue has it
--   attempt              attempts begun so far
--   crashes              leases lost
--   created_at           when it was enqueued
--   scheduled_at         when it is or was due
--   started_at           of the attempt that runs, or of the one that ended it
--   completed_at         when it ended, whichever way
--   worker_id            who runs it, or ran it last when it has ended
--   error_message        why it ended; of a living task, why the attempt before failed
--   metadata             headers given at enqueue, JSON text
--   id_bin               id of the task, the 16 bytes of the key
--   lease_expires_at     until then it belongs to worker_id
--   cancel_requested_at  when a worker was asked to stop it
--   timeout_s            seconds a worker may run it
--   expires_at           not started by then: state expired
CREATE VIEW celers_tasks AS
SELECT
    BIN_TO_UUID(t.id) AS id,
    t.queue,
    t.task_name,
    CASE
        WHEN f.id IS NOT NULL THEN CAST(f.state AS CHAR(10))
        WHEN x.id IS NOT NULL THEN 'dead'
        WHEN r.id IS NOT NULL OR s.id IS NOT NULL THEN 'pending'
        ELSE 'processing'
    END AS state,
    t.priority,
    COALESCE(r.errors, s.errors, u.errors, f.errors, x.errors) AS retry_count,
    COALESCE(t.max_retries, q.max_retries, d.max_retries) AS max_retries,
    COALESCE(r.attempt, s.attempt, u.attempt, f.attempt, x.attempt) AS attempt,
    COALESCE(r.crashes, s.crashes, u.crashes, f.crashes, x.crashes) AS crashes,
    t.created_at,
    COALESCE(r.ready_at, s.due_at, u.ready_at, f.ready_at, x.ready_at, t.due_at) AS scheduled_at,
    COALESCE(u.claimed_at, f.started_at, x.started_at) AS started_at,
    COALESCE(f.finished_at, x.died_at) AS completed_at,
    COALESCE(u.worker_id, f.worker_id, x.worker_id) AS worker_id,
    COALESCE(f.error, x.error, a.error) AS error_message,
    t.headers AS metadata,
    t.id AS id_bin,
    COALESCE(c.lease_expires_at, u.lease_expires_at) AS lease_expires_at,
    u.cancel_requested_at,
    t.timeout_s,
    t.expires_at
FROM celers_task AS t
LEFT JOIN celers_ready AS r FORCE INDEX (PRIMARY)
    ON r.queue = t.queue AND r.priority = t.priority AND r.due_at = t.due_at AND r.id = t.id
LEFT JOIN celers_scheduled AS s FORCE INDEX (PRIMARY) ON s.due_at = t.due_at AND s.id = t.id
LEFT JOIN celers_finished AS f FORCE INDEX (PRIMARY) ON f.id = t.id
LEFT JOIN celers_dead AS x FORCE INDEX (PRIMARY) ON x.id = t.id
LEFT JOIN celers_running AS u ON u.id = t.id
LEFT JOIN celers_claim AS c FORCE INDEX (PRIMARY) ON c.claim_id = u.claim_id
LEFT JOIN celers_attempt AS a FORCE INDEX (PRIMARY)
    ON a.id = t.id AND a.attempt = COALESCE(r.attempt, s.attempt, u.attempt - 1)
LEFT JOIN celers_queue AS q ON q.queue = t.queue
LEFT JOIN celers_queue AS d ON d.queue = '*';
