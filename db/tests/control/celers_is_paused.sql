CALL celers_is_paused('mail');
-- => mail | 0
CALL celers_pause('mail');
CALL celers_is_paused('mail');
-- => mail | 1
CALL celers_is_paused('other');
-- => other | 0
CALL celers_resume('mail');
CALL celers_is_paused('mail');
-- => mail | 0
CALL celers_is_paused(NULL);
-- !! QUEUE_NAME_INVALID
CALL celers_is_paused('a b');
-- !! QUEUE_NAME_INVALID
