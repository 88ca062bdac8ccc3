-- celers_queues: one row per queue that has tasks or settings.
--
-- Reading it walks the index of all that waits, runs or is dead, and one entry per queue of what
-- has finished; and for each queue the list of workers.
--
-- Columns
--   queue           name of the queue
--   is_paused       1 when claims pass it over
--   ready           tasks that wait and are due
--   scheduled       tasks that are not due yet, retries included
--   running         tasks that are being processed
--   dead            dead letters
--   oldest_ready_s  seconds that the one of them waits which has been ready longest
--   workers         registered workers that serve it and were heard of within 60 seconds
CREATE VIEW celers_queues AS
SELECT
    part.queue,
    MAX(COALESCE(q.is_paused, d.is_paused)) AS is_paused,
    CAST(SUM(part.ready) AS SIGNED) AS ready,
    CAST(SUM(part.scheduled) AS SIGNED) AS scheduled,
    CAST(SUM(part.running) AS SIGNED) AS running,
    CAST(SUM(part.dead) AS SIGNED) AS dead,
    GREATEST(TIMESTAMPDIFF(MICROSECOND, MIN(part.ready_at), UTC_TIMESTAMP(6)), 0) / 1e6
        AS oldest_ready_s,
    (
        SELECT COUNT(*)
        FROM celers_worker AS w
        WHERE
            w.status <> 'offline'
            AND w.last_heartbeat_at >= UTC_TIMESTAMP(6) - INTERVAL 60 SECOND
            AND FIND_IN_SET(part.queue, REPLACE(w.queues, ' ', ''))
    ) AS workers
FROM (
    SELECT
        r.queue,
        COUNT(*) AS ready,
        0 AS scheduled,
        0 AS running,
        0 AS dead,
        MIN(r.ready_at) AS ready_at
    FROM celers_ready AS r
    GROUP BY r.queue
    UNION ALL
    SELECT
        s.queue,
        0,
        COUNT(*),
        0,
        0,
        NULL
    FROM celers_scheduled AS s
    GROUP BY s.queue
    UNION ALL
    SELECT
        u.queue,
        0,
        0,
        COUNT(*),
        0,
        NULL
    FROM celers_running AS u
    GROUP BY u.queue
    UNION ALL
    SELECT
        x.queue,
        0,
        0,
        0,
        COUNT(*),
        NULL
    FROM celers_dead AS x
    GROUP BY x.queue
    UNION ALL
    SELECT
        f.queue,
        0,
        0,
        0,
        0,
        NULL
    FROM celers_finished AS f FORCE INDEX (ix_finished_queue)
    GROUP BY f.queue
    UNION ALL
    SELECT
        own.queue,
        0,
        0,
        0,
        0,
        NULL
    FROM celers_queue AS own
    WHERE own.queue <> '*'
) AS part
INNER JOIN celers_queue AS d ON d.queue = '*'
LEFT JOIN celers_queue AS q ON q.queue = part.queue
GROUP BY part.queue;
