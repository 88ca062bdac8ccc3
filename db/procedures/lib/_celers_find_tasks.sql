-- _celers_find_tasks: find the newest tasks of a state, below an id.
--
-- Each state is read from the table that it is; the server drops the other branches before it runs
-- the statement.
--
-- Params
--   p_queue  str    NULL = any
--   p_state  str    NULL = any
--   p_name   str    NULL = any
--   p_after  bytes  only ids below
--   p_limit  int
--   p_ids    json   OUT: array of ids, NULL = none
-- Writes   none
-- Errors   none
CREATE PROCEDURE _celers_find_tasks (
    IN p_queue VARCHAR(64),
    IN p_state VARCHAR(20),
    IN p_name VARCHAR(1000),
    IN p_after BINARY(16),
    IN p_limit INT,
    OUT p_ids JSON
)
READS SQL DATA
COMMENT 'find the newest tasks of a state, below an id'
BEGIN
    IF p_state = 'pending' THEN
        CALL _celers_find_pending(p_queue, p_name, p_after, p_limit, p_ids);
    ELSE
        SELECT JSON_ARRAYAGG(BIN_TO_UUID(found.id)) INTO p_ids
        FROM (
            (
                SELECT t.id
                FROM celers_task AS t FORCE INDEX (PRIMARY)
                WHERE
                    p_state IS NULL
                    AND t.id < p_after
                    AND (p_queue IS NULL OR t.queue = p_queue)
                    AND (p_name IS NULL OR t.task_name = p_name)
                ORDER BY t.id DESC
                LIMIT p_limit
            )
            UNION ALL
            (
                SELECT u.id
                FROM celers_running AS u
                LEFT JOIN celers_task AS t ON p_name IS NOT NULL AND t.id = u.id
                WHERE
                    p_state = 'processing'
                    AND u.id < p_after
                    AND (p_queue IS NULL OR u.queue = p_queue)
                    AND (p_name IS NULL OR t.task_name = p_name)
                ORDER BY u.id DESC
                LIMIT p_limit
            )
            UNION ALL
            (
                SELECT f.id
                FROM celers_finished AS f FORCE INDEX (PRIMARY)
                LEFT JOIN celers_task AS t ON p_name IS NOT NULL AND t.id = f.id
                WHERE
                    p_state NOT IN ('processing', 'dead')
                    AND f.state = p_state
                    AND f.id < p_after
                    AND (p_queue IS NULL OR f.queue = p_queue)
                    AND (p_name IS NULL OR t.task_name = p_name)
                ORDER BY f.id DESC
                LIMIT p_limit
            )
            UNION ALL
            (
                SELECT x.id
                FROM celers_dead AS x FORCE INDEX (PRIMARY)
                LEFT JOIN celers_task AS t ON p_name IS NOT NULL AND t.id = x.id
                WHERE
                    p_state = 'dead'
                    AND x.id < p_after
                    AND (p_queue IS NULL OR x.queue = p_queue)
                    AND (p_name IS NULL OR t.task_name = p_name)
                ORDER BY x.id DESC
                LIMIT p_limit
            )
            ORDER BY id DESC
            LIMIT p_limit
        ) AS found;
    END IF;
END;
