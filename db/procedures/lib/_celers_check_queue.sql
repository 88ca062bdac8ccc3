-- _celers_check_queue: refuse what is no queue name.
--
-- The pattern ends in \z and not in $, which would let a line break at the end pass.
--
-- Params
--   p_queue  str  NULL is refused too
-- Writes   none
-- Errors   QUEUE_NAME_INVALID
CREATE PROCEDURE _celers_check_queue (
    IN p_queue VARCHAR(1000)
)
READS SQL DATA
COMMENT 'refuse what is no queue name'
BEGIN
    IF COALESCE(p_queue NOT REGEXP '^[A-Za-z0-9_.:-]{1,64}\\z', TRUE) THEN
        CALL _celers_raise('QUEUE_NAME_INVALID', LEFT(p_queue, 40));
    END IF;
END;
