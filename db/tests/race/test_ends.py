"""Ends that meet: ack, reject, cancel, extend and the loss of a lease, two or more at once."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from functools import partial

import pytest

from db.tests.race.kit import Background, Lab, Row, Session, new_id, together

ROUNDS = 30


def claimed(lab: Lab, session: Session, count: int = 1) -> list[Row]:
    """Claim newly enqueued tasks."""
    lab.admin.enqueue_many(count)
    rows = session.claim(count)
    assert len(rows) == count
    return rows


def pick(row: Row, **more: object) -> Row:
    """A claimed row as an item for ack or reject."""
    return {"task_id": row["task_id"], "receipt": row["receipt"], **more}


def attempts(lab: Lab) -> Counter[str]:
    """How attempts that were not the last one ended."""
    rows = lab.sql("SELECT outcome, COUNT(*) FROM celers_attempt GROUP BY outcome")
    return Counter({str(outcome): int(count) for outcome, count in rows})


def test_ack_and_the_loss_of_the_lease(lab: Lab) -> None:
    lab.quiet()
    worker, keeper = lab.sessions(2)
    seen: Counter[str] = Counter()
    for _ in range(ROUNDS):
        (task,) = claimed(lab, worker)
        lab.lapse()
        outcome, _ = together(
            [
                partial(worker.outcome, "celers_ack", task["task_id"], task["receipt"]),
                lambda: str(lab.duty("recover_expired", keeper)),
            ]
        )
        state = lab.state(task["task_id"])
        assert (outcome, state) in {("completed", "completed"), ("LEASE_LOST", "ready")}
        seen[state] += 1
        lab.check()
        lab.clear()
    assert seen.total() == ROUNDS


def test_acks_of_a_batch_and_the_loss_of_its_lease(lab: Lab) -> None:
    """Whatever the ack did not get goes back; nothing is both, and nothing is neither."""
    lab.quiet()
    worker, keeper = lab.sessions(2)
    dice = random.Random(1)
    for _ in range(ROUNDS):
        tasks = claimed(lab, worker, 12)
        lab.lapse()
        items = [pick(task) for task in dice.sample(tasks, 7)]
        answers, _ = together(
            [
                partial(worker.call, "celers_ack_batch", items),
                lambda: [{"moved": lab.duty("recover_expired", keeper)}],
            ]
        )
        told = Counter(row["outcome"] for row in answers)
        assert set(told) <= {"completed", "lost"}
        lab.check()
        lab.duty("recover_expired")
        assert lab.value("SELECT COUNT(*) FROM celers_running") == 0
        assert attempts(lab)["crashed"] == 12 - told["completed"]
        places = Counter(lab.check().values())
        assert places == Counter(completed=told["completed"], ready=12 - told["completed"])
        lab.clear()


@pytest.mark.parametrize("batch", [False, True])
def test_many_acks_of_one_receipt(lab: Lab, batch: bool) -> None:
    """All of them are answered as the first was."""
    sessions = lab.sessions(8)
    for _ in range(10):
        (task,) = claimed(lab, sessions[0])

        def ack(session: Session, task: Row = task) -> str:
            if batch:
                return str(session.one("celers_ack_batch", [pick(task)])["outcome"])
            return session.outcome("celers_ack", task["task_id"], task["receipt"])

        assert together([partial(ack, s) for s in sessions]) == ["completed"] * 8
        assert lab.state(task["task_id"]) == "completed"
    assert Counter(lab.check().values()) == {"completed": 10}


def test_batches_of_acks_that_overlap(lab: Lab) -> None:
    """In whatever order the items come: no deadlock, and every task ends once."""
    sessions = lab.sessions(6)
    for seed in range(10):
        tasks = claimed(lab, sessions[0], 60)
        dice = random.Random(seed)

        def ack(session: Session, items: list[Row]) -> list[str]:
            return [str(row["outcome"]) for row in session.call("celers_ack_batch", items)]

        shares = [[pick(task) for task in dice.sample(tasks, 40)] for _ in sessions]
        answers = together([partial(ack, s, i) for s, i in zip(sessions, shares, strict=True)])
        assert {outcome for answer in answers for outcome in answer} == {"completed"}
        acked = {item["task_id"] for share in shares for item in share}
        places = lab.places()
        assert all((places[t["task_id"]] == "completed") == (t["task_id"] in acked) for t in tasks)
    assert attempts(lab) == {}
    lab.check()


def test_batches_of_rejects_and_acks_that_overlap(lab: Lab) -> None:
    """Every receipt ends once, and all sessions are told the same end of it."""
    lab.quiet()
    sessions = lab.sessions(6)
    for seed in range(10):
        tasks = claimed(lab, sessions[0], 40)
        dice = random.Random(seed)
        works: list[Callable[[], list[Row]]] = []
        for place, session in enumerate(sessions):
            share = dice.sample(tasks, 30)
            routine = "celers_ack_batch" if place % 2 else "celers_reject_batch"
            items = [pick(task) if place % 2 else pick(task, error=f"e{place}") for task in share]
            works.append(partial(session.call, routine, items))
        told: dict[str, set[str]] = {}
        for answer in together(works):
            for row in answer:
                told.setdefault(str(row["task_id"]), set()).add(str(row["outcome"]))
        assert all(len(outcomes) == 1 for outcomes in told.values()), told
        places = lab.check()
        for task_id, (outcome,) in told.items():
            assert places[task_id] == {"completed": "completed", "retried": "scheduled"}[outcome]
    assert attempts(lab)["retried"] == Counter(lab.places().values())["scheduled"]


def test_ack_and_reject_of_one_receipt(lab: Lab) -> None:
    one, two = lab.sessions(2)
    for _ in range(ROUNDS):
        (task,) = claimed(lab, one)
        receipt = (task["task_id"], task["receipt"])
        told = together(
            [
                partial(one.outcome, "celers_ack", *receipt),
                partial(two.outcome, "celers_reject", *receipt, "boom", {"delay_s": 1000}),
            ]
        )
        state = lab.state(task["task_id"])
        assert (told, state) in [
            (["completed"] * 2, "completed"),
            (["retried"] * 2, "scheduled"),
        ]
    lab.check()


def test_reject_and_cancel(lab: Lab) -> None:
    """Whoever comes first: a task that is to be cancelled does not run again."""
    lab.quiet()
    worker, producer = lab.sessions(2)
    for turn in range(ROUNDS):
        (task,) = claimed(lab, worker)
        options = [None, {"delay_s": 0}, {"delay_s": 1000}, {"release": True}][turn % 4]
        told = together(
            [
                partial(
                    worker.outcome,
                    "celers_reject",
                    task["task_id"],
                    task["receipt"],
                    "boom",
                    options,
                ),
                partial(producer.outcome, "celers_cancel", task["task_id"], None),
            ]
        )
        state = lab.state(task["task_id"])
        if turn % 4 == 3:  # released: back to be cancelled, or released after the wish
            assert told[0] in ("released", "cancelled")
        else:
            assert told[0] in ("retried", "cancelled")
        assert told[1] in ("cancelled", "cancel_requested")
        assert state == "cancelled", (told, turn)
    lab.check()


def test_a_task_that_cancels_itself_its_ack_and_a_cancellation(lab: Lab) -> None:
    """Both ends are answered alike, and the reason of a cancellation is kept with the error."""
    lab.quiet()
    one, two, producer = lab.sessions(3)
    errors = set()
    for _ in range(ROUNDS):
        (task,) = claimed(lab, one)
        receipt = (task["task_id"], task["receipt"])
        acked, rejected, asked = together(
            [
                partial(one.outcome, "celers_ack", *receipt),
                partial(two.outcome, "celers_reject", *receipt, "own wish", {"cancel": True}),
                partial(producer.outcome, "celers_cancel", receipt[0], {"reason": "asked"}),
            ]
        )
        assert acked == rejected == lab.state(receipt[0])
        assert asked in ("cancel_requested", acked)
        (row,) = lab.sql(
            f"SELECT error FROM celers_finished WHERE id = UUID_TO_BIN('{receipt[0]}')"
        )
        errors.add((acked, row[0]))
        lab.check()
    assert errors <= {
        ("completed", None),
        ("cancelled", "own wish"),
        ("cancelled", "asked\nown wish"),
    }


def test_a_task_that_cancels_itself_and_the_loss_of_its_lease(lab: Lab) -> None:
    lab.quiet()
    worker, keeper = lab.sessions(2)
    for _ in range(ROUNDS):
        (task,) = claimed(lab, worker)
        lab.lapse()
        told, _ = together(
            [
                partial(worker.outcome, "celers_reject", *pick(task).values(), "e", {"cancel": 1}),
                lambda: str(lab.duty("recover_expired", keeper)),
            ]
        )
        state = lab.state(task["task_id"])
        assert (told, state) in [("cancelled", "cancelled"), ("LEASE_LOST", "ready")]
        lab.check()
        lab.clear()


def test_cancel_and_claim(lab: Lab) -> None:
    lab.quiet()
    worker, producer = lab.sessions(2)
    seen: Counter[str] = Counter()
    for _ in range(ROUNDS):
        task_id = lab.admin.enqueue()
        rows, outcome = together(
            [
                lambda: worker.claim(),
                partial(producer.outcome, "celers_cancel", task_id, None),
            ]
        )
        assert (len(rows), outcome, lab.state(task_id)) in [
            (0, "cancelled", "cancelled"),
            (1, "cancel_requested", "running"),
        ]
        if rows:
            notice = worker.one("celers_extend", rows[0]["receipt"], 60)
            assert notice["cancel_requested"] == 1
            worker.call("celers_ack_batch", [pick(rows[0])])
        seen[str(outcome)] += 1
    assert seen.total() == ROUNDS
    lab.check()


def test_cancels_and_claims_of_many(lab: Lab) -> None:
    """Batches of both in all orders: each task is either cancelled or handed out."""
    lab.quiet()
    workers, producers = lab.sessions(4), lab.sessions(3)
    for seed in range(6):
        ids = lab.admin.enqueue_many(120)
        dice = random.Random(seed)

        def work(session: Session) -> list[Row]:
            found: list[Row] = []
            while rows := session.claim(9):
                found += rows
            return found

        def cancel(session: Session, unwanted: list[str]) -> list[Row]:
            return session.call("celers_cancel_batch", unwanted, {"reason": "unwanted"})

        answers = together(
            [partial(work, s) for s in workers]
            + [partial(cancel, s, dice.sample(ids, 60)) for s in producers]
        )
        handed = [str(row["task_id"]) for answer in answers[:4] for row in answer]
        gone = {
            str(row["task_id"])
            for answer in answers[4:]
            for row in answer
            if row["outcome"] == "cancelled"
        }
        assert len(handed) == len(set(handed))
        assert set(handed).isdisjoint(gone)
        assert set(handed) | gone == set(ids)
        for answer in answers[4:]:
            assert {row["outcome"] for row in answer} <= {"cancelled", "cancel_requested"}
        lab.check()
        workers[0].call(
            "celers_ack_batch",
            [pick(row) for answer in answers[:4] for row in answer],
        )
    assert set(lab.check().values()) <= {"completed", "cancelled"}


@pytest.mark.parametrize("delay_s", [0, 1000])
def test_many_cancels_of_the_same_tasks(lab: Lab, delay_s: int) -> None:
    sessions = lab.sessions(6)
    for seed in range(6):
        ids = [new_id() for _ in range(40)]
        items = [{"task_name": "job", "payload": "{}", "task_id": i} for i in ids]
        lab.admin.call("celers_enqueue_batch", "q", items, {"delay_s": delay_s})
        dice = random.Random(seed)

        def cancel(session: Session, order: list[str]) -> set[str]:
            rows = session.call("celers_cancel_batch", order, None)
            return {str(row["outcome"]) for row in rows}

        works = [partial(cancel, s, dice.sample(ids, 40)) for s in sessions]
        assert together(works) == [{"cancelled"}] * 6
    assert Counter(lab.check().values()) == {"cancelled": 240}


def test_cancel_and_promotion(lab: Lab) -> None:
    lab.quiet()
    keeper, producer = lab.sessions(2)
    for _ in range(ROUNDS):
        task_id = lab.admin.enqueue(delay_s=1000)
        lab.make_due()
        outcome, _ = together(
            [
                partial(producer.outcome, "celers_cancel", task_id, None),
                lambda: str(lab.duty("promote_due", keeper)),
            ]
        )
        assert (outcome, lab.state(task_id)) == ("cancelled", "cancelled")
    lab.check()


def test_cancel_promotion_and_claim_of_many(lab: Lab) -> None:
    """Tasks that move from table to table while they are looked for."""
    lab.quiet()
    keeper, worker, *producers = lab.sessions(5)
    for seed in range(6):
        items = [
            {"task_name": "job", "payload": "{}", "task_id": new_id(), "delay_s": 1000 + n}
            for n in range(90)
        ]
        lab.admin.call("celers_enqueue_batch", "q", items, None)
        lab.make_due()
        ids = [str(item["task_id"]) for item in items]
        dice = random.Random(seed)

        def promote() -> list[Row]:
            while keeper.value("SELECT COUNT(*) FROM celers_scheduled"):
                lab.duty("promote_due", keeper)
            return []

        def work() -> list[Row]:
            found: list[Row] = []
            waiting = "SELECT 1 FROM celers_scheduled UNION SELECT 2 FROM celers_ready LIMIT 1"
            while worker.value(waiting):
                found += worker.claim(4)
            return found

        def cancel(session: Session, unwanted: list[str]) -> list[Row]:
            return session.call("celers_cancel_batch", unwanted, None)

        answers = together(
            [promote, work] + [partial(cancel, s, dice.sample(ids, 45)) for s in producers]
        )
        handed = {str(row["task_id"]) for row in answers[1]}
        for answer in answers[2:]:
            for row in answer:
                task_id, outcome = str(row["task_id"]), row["outcome"]
                expected = "cancel_requested" if task_id in handed else "cancelled"
                assert outcome == expected, (outcome, lab.state(task_id))
        lab.check()
        worker.call("celers_ack_batch", [pick(row) for row in answers[1]])
    assert set(lab.check().values()) <= {"completed", "cancelled"}


@pytest.mark.parametrize(
    "lists", ["acks rejects", "acks extend", "rejects extend", "acks claims", "rejects claims"]
)
def test_a_step_of_several_lists_and_a_cancellation(lab: Lab, lists: str) -> None:
    """A step locks what stands in all of its lists in one order, as a cancellation does."""
    lab.quiet()
    worker, producer, holder = lab.sessions(3)
    first, second = (claimed(lab, worker)[0] for _ in range(2))
    assert first["receipt"] < second["receipt"]
    early, late = lists.split()[::-1]
    items: Row = {early: [pick(first)], late: [pick(second)]}
    acks, rejects = items.get("acks"), items.get("rejects")
    options: Row = {"limit": 0}
    if early == "extend":
        options["extend"] = [first["receipt"]]
    if early == "claims":
        options["ack_claims"] = {first["receipt"]: 1}

    # the cancellation waits for the first task, then the step does; the one after the other
    holder.sql("START TRANSACTION; SELECT * FROM celers_running FOR UPDATE")
    ids = [first["task_id"], second["task_id"]]
    cancel = Background(partial(producer.call, "celers_cancel_batch", ids, None))
    lab.blocked(producer.id)
    step = Background(partial(worker.call, "celers_step", "w", acks, rejects, options))
    lab.blocked(worker.id)
    holder.sql("ROLLBACK")
    assert {row["outcome"] for row in cancel.result()} == {"cancel_requested"}
    step.result()
    ended = [row["task_id"] for row, name in ((first, early), (second, late)) if name != "extend"]
    assert "running" not in {lab.state(task_id) for task_id in ended}
    lab.check()


def test_whole_claims_and_the_loss_of_their_leases(lab: Lab) -> None:
    """A claim is completed as a whole, or its holder is told that some of it is lost."""
    lab.quiet()
    worker, keeper = lab.sessions(2)
    for _ in range(ROUNDS):
        tasks = [claimed(lab, worker, 5) for _ in range(2)]
        lab.lapse()
        receipts = [str(rows[0]["receipt"]) for rows in tasks]
        options = {"limit": 0, "ack_claims": dict.fromkeys(receipts, 5)}
        answers, _ = together(
            [
                partial(worker.call, "celers_step", "w", None, None, options),
                lambda: [{"moved": lab.duty("recover_expired", keeper)}],
            ]
        )
        told = {row["receipt"]: row["outcome"] for row in answers}
        assert set(told.values()) <= {"incomplete"}
        places = lab.check()
        for receipt, rows in zip(receipts, tasks, strict=True):
            states = {str(places[row["task_id"]]) for row in rows}
            if receipt in told:
                assert "ready" in states <= {"ready", "running"}
            else:
                assert states == {"completed"}
        lab.clear()


def test_a_claim_that_many_acknowledge(lab: Lab) -> None:
    """Whole or task by task, from several sessions: every task ends once."""
    sessions = lab.sessions(6)
    for _ in range(10):
        tasks = claimed(lab, sessions[0], 8)
        whole = {"limit": 0, "ack_claims": {tasks[0]["receipt"]: 8}}
        some = [pick(task) for task in tasks[2:5]]
        works = [
            partial(session.call, "celers_step", "w", some if place % 2 else None, None, options)
            for place, session in enumerate(sessions)
            for options in [{"limit": 0} if place % 2 else whole]
        ]
        answers = together(works)
        assert all(answer == [] for answer in answers[1::2])
        is_whole = any(answer == [] for answer in answers[::2])
        places = lab.check()
        assert {places[task["task_id"]] for task in tasks[2:5]} == {"completed"}
        expected = "completed" if is_whole else "running"
        assert {places[t["task_id"]] for t in tasks[:2] + tasks[5:]} == {expected}
        lab.clear()


def test_extend_and_the_loss_of_the_lease(lab: Lab) -> None:
    """A worker that is told its lease goes on keeps its tasks."""
    lab.quiet()
    worker, keeper = lab.sessions(2)
    for _ in range(ROUNDS):
        tasks = claimed(lab, worker, 3)
        receipt = str(tasks[0]["receipt"])
        lab.lapse(receipt)

        def extend(receipt: str = receipt) -> str:
            try:
                worker.call("celers_extend", receipt, 60)
            except Exception as error:
                assert getattr(error, "errno", 0) == 50117
                return "lost"
            return "extended"

        told, _ = together([extend, lambda: str(lab.duty("recover_expired", keeper))])
        states = {lab.state(task["task_id"]) for task in tasks}
        assert (told, states) in [("extended", {"running"}), ("lost", {"ready"})]
        lab.check()
        lab.clear()


def test_an_extended_lease_is_never_taken_back(lab: Lab) -> None:
    """Not even while somebody holds the row of the extension."""
    lab.quiet()
    worker, holder, keeper = lab.sessions(3)
    (task,) = claimed(lab, worker)
    worker.call("celers_extend", task["receipt"], 1000)
    lab.sql("UPDATE celers_running SET lease_expires_at = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND")
    assert lab.duty("recover_expired") == 0
    for locks in ("celers_claim", "celers_running"):
        holder.sql(f"START TRANSACTION; SELECT * FROM {locks} FOR UPDATE")
        lab.duty("recover_expired", keeper)
        holder.sql("ROLLBACK")
        assert lab.state(task["task_id"]) == "running", f"taken while {locks} was locked"
    assert worker.outcome("celers_ack", task["task_id"], task["receipt"]) == "completed"
    lab.check()


def test_extensions_by_heartbeat_and_the_loss_of_the_lease(lab: Lab) -> None:
    """Many extensions, and maintenance all the while: nothing is taken away."""
    lab.quiet()
    worker, keeper = lab.sessions(2)
    tasks = claimed(lab, worker, 5)
    worker.call("celers_extend", tasks[0]["receipt"], 1000)
    lab.sql("UPDATE celers_running SET lease_expires_at = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND")

    def beat() -> None:
        for _ in range(60):
            worker.call("celers_extend", tasks[0]["receipt"], 1000)

    def recover() -> None:
        for _ in range(60):
            assert lab.duty("recover_expired", keeper) == 0

    together([beat, recover])
    assert set(lab.check().values()) == {"running"}


def test_a_repeated_request_and_the_loss_of_its_lease(lab: Lab) -> None:
    """A worker that is handed its tasks again keeps them."""
    lab.quiet()
    worker, keeper = lab.sessions(2)
    for turn in range(ROUNDS):
        lab.admin.enqueue_many(3)
        wish = {"request_id": new_id()}
        first = worker.claim(3, **wish)
        if turn % 2:
            worker.call("celers_extend", first[0]["receipt"], 1)
        lab.lapse()
        again, _ = together(
            [
                partial(worker.claim, 3, **wish),
                lambda: [{"moved": lab.duty("recover_expired", keeper)}],
            ]
        )
        places = lab.check()
        assert [row["task_id"] for row in again] in ([], [row["task_id"] for row in first])
        if again:
            assert set(places.values()) == {"running"}
        lab.clear()


def test_the_last_tasks_of_a_claim_end_at_once(lab: Lab) -> None:
    """A lease that holds nothing any more goes, at the latest when it runs out."""
    sessions = lab.sessions(4)
    for _ in range(10):
        tasks = claimed(lab, sessions[0], 4)
        told = together(
            [
                partial(s.outcome, "celers_ack", t["task_id"], t["receipt"])
                for s, t in zip(sessions, tasks, strict=True)
            ]
        )
        assert told == ["completed"] * 4
    lab.lapse()
    lab.duty("recover_expired")
    assert lab.value("SELECT COUNT(*) FROM celers_claim") == 0
    assert attempts(lab) == {}
    assert set(lab.check().values()) == {"completed"}
