-- _celers_commit: end what _celers_begin opened.
--
-- Params
--   p_joined  bool  as _celers_begin gave it
-- Writes   none
-- Errors   none
CREATE PROCEDURE _celers_commit (
    IN p_joined BOOLEAN
)
MODIFIES SQL DATA
COMMENT 'end what _celers_begin opened'
BEGIN
    IF p_joined THEN
        RELEASE SAVEPOINT celers_call;
    ELSE
        COMMIT AND NO CHAIN NO RELEASE;
    END IF;
END;
