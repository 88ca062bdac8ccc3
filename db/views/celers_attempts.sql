-- celers_attempts: one row per attempt that has ended: the whole history of every task.
--
-- An end without an attempt (cancelled or expired while it waited) has no started_at. Filter by
-- id_bin = UUID_TO_BIN('…') and rows are read by their keys.
--
-- Columns
--   id          id of the task, as text
--   attempt     1 = first
--   outcome     retried, crashed (the lease ran out), released (given back), dead; of the last one
--               completed, failed, cancelled, expired, dead
--   worker_id   who made it
--   ready_at    since when it waited for a worker
--   started_at  when the attempt began
--   ended_at    when it ended
--   due_at      when the next attempt was due
--   error       why it failed
--   id_bin      id of the task, the 16 bytes of the key
CREATE VIEW celers_attempts AS
SELECT
    BIN_TO_UUID(a.id) AS id,
    a.attempt,
    CAST(a.outcome AS CHAR(9)) AS outcome,
    a.worker_id,
    a.ready_at,
    a.started_at,
    a.ended_at,
    a.due_at,
    a.error,
    a.id AS id_bin
FROM celers_attempt AS a
UNION ALL
SELECT
    BIN_TO_UUID(f.id) AS id,
    f.attempt,
    CAST(f.state AS CHAR(9)) AS outcome,
    f.worker_id,
    f.ready_at,
    f.started_at,
    f.finished_at AS ended_at,
    NULL AS due_at,
    f.error,
    f.id AS id_bin
FROM celers_finished AS f
UNION ALL
SELECT
    BIN_TO_UUID(x.id) AS id,
    x.attempt,
    'dead' AS outcome,
    x.worker_id,
    x.ready_at,
    x.started_at,
    x.died_at AS ended_at,
    NULL AS due_at,
    x.error,
    x.id AS id_bin
FROM celers_dead AS x;
