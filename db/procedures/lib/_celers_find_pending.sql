-- _celers_find_pending: find the newest tasks that wait, below an id.
--
-- What waits has no index by id: all of it is read, and the highest ids are kept.
--
-- Params
--   p_queue  str    NULL = any
--   p_name   str    NULL = any
--   p_after  bytes  only ids below
--   p_limit  int
--   p_ids    json   OUT: array of ids, NULL = none
-- Writes   none
-- Errors   none
CREATE PROCEDURE _celers_find_pending (
    IN p_queue VARCHAR(64),
    IN p_name VARCHAR(1000),
    IN p_after BINARY(16),
    IN p_limit INT,
    OUT p_ids JSON
)
READS SQL DATA
COMMENT 'find the newest tasks that wait, below an id'
BEGIN
    SELECT JSON_ARRAYAGG(BIN_TO_UUID(found.id)) INTO p_ids
    FROM (
        (
            SELECT r.id
            FROM celers_ready AS r
            LEFT JOIN celers_task AS t ON p_name IS NOT NULL AND t.id = r.id
            WHERE
                r.id < p_after
                AND (p_queue IS NULL OR r.queue = p_queue)
                AND (p_name IS NULL OR t.task_name = p_name)
            ORDER BY r.id DESC
            LIMIT p_limit
        )
        UNION ALL
        (
            SELECT s.id
            FROM celers_scheduled AS s
            LEFT JOIN celers_task AS t ON p_name IS NOT NULL AND t.id = s.id
            WHERE
                s.id < p_after
                AND (p_queue IS NULL OR s.queue = p_queue)
                AND (p_name IS NULL OR t.task_name = p_name)
            ORDER BY s.id DESC
            LIMIT p_limit
        )
        ORDER BY id DESC
        LIMIT p_limit
    ) AS found;
END;
