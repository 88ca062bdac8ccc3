-- celers_queues: one row per queue that has tasks or settings.
--
-- Reading it walks the index of all that waits, runs or is dead, and one entry per queue of what
-- has finished.
--
-- Columns
--   queue      name of the queue
--   is_paused  1 when claims pass it over
--   ready      tasks that wait and are due
--   scheduled  tasks that are not due yet, retries included
--   running    tasks that are being processed
--   dead       dead letters
CREATE VIEW celers_queues AS
SELECT
    part.queue,
    MAX(COALESCE(q.is_paused, d.is_paused)) AS is_paused,
    CAST(SUM(part.ready) AS SIGNED) AS ready,
    CAST(SUM(part.scheduled) AS SIGNED) AS scheduled,
    CAST(SUM(part.running) AS SIGNED) AS running,
    CAST(SUM(part.dead) AS SIGNED) AS dead
FROM (
    SELECT
        r.queue,
        COUNT(*) AS ready,
        0 AS scheduled,
        0 AS running,
        0 AS dead
    FROM celers_ready AS r
    GROUP BY r.queue
    UNION ALL
    SELECT
        s.queue,
        0,
        COUNT(*),
        0,
        0
    FROM celers_scheduled AS s
    GROUP BY s.queue
    UNION ALL
    SELECT
        u.queue,
        0,
        0,
        COUNT(*),
        0
    FROM celers_running AS u
    GROUP BY u.queue
    UNION ALL
    SELECT
        x.queue,
        0,
        0,
        0,
        COUNT(*)
    FROM celers_dead AS x
    GROUP BY x.queue
    UNION ALL
    SELECT
        f.queue,
        0,
        0,
        0,
        0
    FROM celers_finished AS f FORCE INDEX (ix_finished_queue)
    GROUP BY f.queue
    UNION ALL
    SELECT
        own.queue,
        0,
        0,
        0,
        0
    FROM celers_queue AS own
    WHERE own.queue <> '*'
) AS part
INNER JOIN celers_queue AS d ON d.queue = '*'
LEFT JOIN celers_queue AS q ON q.queue = part.queue
GROUP BY part.queue;
