-- celers_ev_upkeep: do the maintenance that is due while no claim does.
--
-- How often each duty is due stands in its row of celers_maintenance: see celers_set_maintenance.
CREATE EVENT celers_ev_upkeep
ON SCHEDULE EVERY 1 SECOND
ON COMPLETION PRESERVE
ENABLE
COMMENT 'do the maintenance that is due while no claim does'
DO CALL _celers_event_upkeep();
