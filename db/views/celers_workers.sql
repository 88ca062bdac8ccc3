-- celers_workers: one row per registered worker.
--
-- Columns
--   worker_id          name of the worker
--   status             active, idle, busy or offline, as it said last
--   queues             queues it serves, separated by commas
--   capabilities       JSON object of its own making
--   hostname, pid      where it runs
--   started_at         when it registered
--   last_heartbeat_at  when it was last heard of
--   heartbeat_age_s    seconds since then
--   running            tasks that it holds
CREATE VIEW celers_workers AS
SELECT
    w.worker_id,
    CAST(w.status AS CHAR(7)) AS status,
    w.queues,
    w.capabilities,
    w.hostname,
    w.pid,
    w.started_at,
    w.last_heartbeat_at,
    TIMESTAMPDIFF(SECOND, w.last_heartbeat_at, UTC_TIMESTAMP(6)) AS heartbeat_age_s,
    COALESCE(held.running, 0) AS running
FROM celers_worker AS w
LEFT JOIN (
    SELECT
        u.worker_id,
        COUNT(*) AS running
    FROM celers_running AS u
    GROUP BY u.worker_id
) AS held ON held.worker_id = w.worker_id;
