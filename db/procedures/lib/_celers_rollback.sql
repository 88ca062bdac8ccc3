-- _celers_rollback: undo what was done since _celers_begin.
--
-- A deadlock has already ended the whole transaction and taken the savepoint with it: 1305.
--
-- Params
--   p_joined  bool  as _celers_begin gave it; NULL = it never got that far
-- Writes   none
-- Errors   none
CREATE PROCEDURE _celers_rollback (
    IN p_joined BOOLEAN
)
MODIFIES SQL DATA
COMMENT 'undo what was done since _celers_begin'
BEGIN
    DECLARE CONTINUE HANDLER FOR 1305 SET p_joined = p_joined;

    IF p_joined THEN
        ROLLBACK TO SAVEPOINT celers_call;
        RELEASE SAVEPOINT celers_call;
    ELSEIF NOT p_joined THEN
        ROLLBACK AND NO CHAIN NO RELEASE;
    END IF;
END;
