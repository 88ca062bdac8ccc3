"""Who may do what after a deployment, and deploying without the right to say so."""

from __future__ import annotations

import pytest

from pyclient.migrate import DeployFailed, roles
from pyclient.migrate.session import Refused, Session
from pyclient.tests.migrate.kit import Place


def refused(session: Session, sql: str) -> int:
    """The number of the error that a statement ends with."""
    with pytest.raises(Refused) as caught:
        session.run(sql)
    return caught.value.errno


def test_each_role_may_call_its_routines_and_nothing_else(place: Place) -> None:
    place.migrate()
    with place.session(place.account_with_role("worker")) as worker:
        assert worker.rows("CALL celers_take()") == [(1,)]
        assert refused(worker, "CALL celers_count()") == 1370
        assert refused(worker, "CALL _celers_help()") == 1370
        assert refused(worker, "SELECT * FROM celers_task") == 1142
        assert refused(worker, "SELECT * FROM celers_tasks") == 1142
        assert refused(worker, "INSERT INTO celers_task (id) VALUES (9)") == 1142
        assert refused(worker, "CREATE TEMPORARY TABLE celers_task (id INT)") == 1044
    with place.session(place.account_with_role("viewer")) as viewer:
        assert viewer.rows("CALL celers_count()") == [(2,)]
        assert viewer.rows("SELECT id FROM celers_tasks ORDER BY id") == [(1,), (2,)]
        assert viewer.rows("SELECT id FROM celers_a ORDER BY id") == [(1,), (2,)]
        assert refused(viewer, "SELECT * FROM celers_task") == 1142
        assert refused(viewer, "CALL celers_take()") == 1370
    with place.session(place.account_with_role("admin")) as admin:
        assert admin.rows("CALL celers_count()") == [(2,)]
        assert admin.rows("CALL celers_take()") == [(1,)]
        assert refused(admin, "CALL _celers_help()") == 1370
        assert refused(admin, "SELECT * FROM celers_task") == 1142
    with pytest.raises(Refused, match="1044"), place.session(place.account_with_role("producer")):
        pass


def test_a_replaced_routine_keeps_its_callers(place: Place) -> None:
    place.migrate()
    account = place.account_with_role("worker")
    with place.session(account) as before:
        assert before.rows("CALL celers_take()") == [(1,)]
        place.tree.routine("celers_take", "SELECT 2 AS n;")
        place.migrate()
        assert before.rows("CALL celers_take()") == [(2,)]
    with place.session(account) as after:
        assert after.rows("CALL celers_take()") == [(2,)]


def test_a_role_that_left_a_header_loses_the_right(place: Place) -> None:
    place.tree.routine("celers_take", "SELECT 1 AS n;", roles="worker, viewer")
    place.migrate()
    with place.session(place.account_with_role("viewer")) as viewer:
        assert viewer.rows("CALL celers_take()") == [(1,)]
    place.tree.routine("celers_take", "SELECT 1 AS n;", roles="worker")
    place.migrate()
    with place.session(place.account_with_role("viewer")) as viewer:
        assert refused(viewer, "CALL celers_take()") == 1370


def test_lost_grants_and_roles_are_found_and_given_again(place: Place) -> None:
    place.migrate()
    worker = roles.role_name(place.schema, "worker")
    place.run(f"REVOKE EXECUTE ON PROCEDURE celers_take FROM '{worker}'")
    assert place.sentences() == [
        "grant missing: EXECUTE on celers_take to worker: celers migrate mends it"
    ]
    assert place.migrate().changes == ["granted 1 right to the roles"]
    assert place.verify() == []
    place.run(f"DROP ROLE '{worker}'")
    assert place.sentences() == ["role worker is missing: celers migrate mends it"]
    assert place.states() == {"roles": "changed"}
    assert place.migrate().changes == [f"created roles {worker}", "granted 1 right to the roles"]
    assert place.verify() == []


def test_views_may_be_given_to_chosen_roles(place: Place) -> None:
    (place.tree.root / "security").mkdir()
    place.tree.write("security/views.tsv", "view\troles\ncelers_tasks\tworker\n")
    place.migrate()
    with place.session(place.account_with_role("worker")) as worker:
        assert len(worker.rows("SELECT * FROM celers_tasks")) == 2
        assert refused(worker, "SELECT * FROM celers_a") == 1142


OWNED = (
    "ALTER, ALTER ROUTINE, CREATE, CREATE ROUTINE, CREATE VIEW, DELETE, DROP, EXECUTE, INDEX,"
    " INSERT, SELECT, SHOW VIEW, UPDATE"
)


def test_an_account_without_roles_and_events_deploys_the_rest(place: Place) -> None:
    deployer = place.account(f"{OWNED} ON `{place.schema}`.*")
    report = place.migrate(dsn=deployer)
    assert report.notes == [
        "roles were not created: this account lacks the privilege CREATE ROLE;"
        " grant it, or create them by hand, and run again",
        f"events were not created: this account lacks the privilege EVENT on {place.schema};"
        " celers works without them, only slower to react when idle",
    ]
    assert "created 3 routines" in report.changes
    with place.session(deployer) as session:
        assert session.rows("CALL celers_count()") == [(2,)]
    again = place.migrate(dsn=deployer)
    assert again.changes == []
    assert again.notes == report.notes
    status = place.status()
    assert status.pending == 0
    assert place.states() == {"celers_ev_tick": "refused", "roles": "refused"}
    assert len(status.notes) == 2


def test_what_one_account_could_not_do_another_does_later(place: Place) -> None:
    deployer = place.account(f"{OWNED} ON `{place.schema}`.*")
    place.migrate(dsn=deployer)
    names = ", ".join(roles.role_names(place.schema).values())
    assert place.migrate().changes == [
        f"created roles {names}",
        "granted 10 rights to the roles",
        "created celers_ev_tick (it could not be created before)",
    ]
    assert place.verify() == []
    with place.session(place.account_with_role("worker")) as worker:
        assert worker.rows("CALL celers_take()") == [(1,)]


def test_an_account_that_may_create_roles_but_not_grant_says_so(place: Place) -> None:
    deployer = place.account("CREATE ROLE ON *.*", f"{OWNED}, EVENT ON `{place.schema}`.*")
    report = place.migrate(dsn=deployer)
    assert len(report.notes) == 1
    assert f"this account lacks GRANT OPTION on {place.schema}" in report.notes[0]
    assert "created 3 routines" in report.changes
    place.tree.upgrade()
    assert "replaced celers_take" in place.migrate(dsn=deployer).changes
    with place.session(deployer) as session:
        assert session.rows("CALL celers_take()") == [(2,)]


def test_roles_made_by_hand_are_granted_to(place: Place) -> None:
    deployer = place.account(f"{OWNED}, EVENT ON `{place.schema}`.*")
    with Session(place.dsn) as session:
        for role in roles.role_names(place.schema).values():
            session.run(f"CREATE ROLE '{role}'")
        session.run(f"GRANT GRANT OPTION ON `{place.schema}`.* TO '{deployer.user}'@'%'")
    report = place.migrate(dsn=deployer)
    assert report.notes == []
    with place.session(place.account_with_role("worker")) as worker:
        assert worker.rows("CALL celers_take()") == [(1,)]
    assert place.verify() == []
    assert place.migrate(dsn=deployer).changes == []


def test_an_account_that_may_not_create_the_database_says_so(place: Place) -> None:
    deployer = place.account()
    with pytest.raises(DeployFailed, match=f"^cannot create database {place.schema}: .* 1044: "):
        place.migrate(dsn=deployer)


def test_role_names_fit_whatever_the_schema_is_called() -> None:
    assert roles.role_name("celers", "worker") == "celers_worker"
    long = roles.role_name("a_schema_with_quite_a_long_name", "worker")
    assert len(long) <= 32
    assert long.endswith("_worker")
    assert long != roles.role_name("a_schema_with_quite_a_long_nomo", "worker")
