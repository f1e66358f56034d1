"""The engine: answers from another process, jobs with progress, cancelled, killed, interrupted; nothing is left."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Coroutine, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fastapi")

from nqpf.studio.engine import Engine
from nqpf.studio.events import Events
from nqpf.studio.faults import Absent, Conflict, Overdue, Refused, StudioError
from nqpf.studio.jobs import Job, Jobs, tidy
from nqpf.studio.session import Session
from nqpf.studio.store import Store
from nqpf.studio.worker import Room

VIEWS = "engine_views"


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    made = Engine(Room(VIEWS, f"{VIEWS}:Desk"), patience=20)
    made.begin()
    yield made
    made.end()


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return Store(tmp_path).create("试")


def ask(engine: Engine, name: str, folder: Path, **options: Any) -> Any:
    return run(engine.ask(f"{VIEWS}:{name}", folder, **options))


def run(work: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(work)


def alive(pid: int | None) -> bool:
    assert pid is not None
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def ended(engine: Engine, session: Session, id: str, *states: str) -> Job:
    """Wait until a job has one of the states."""
    for _ in range(1000):
        job = next(job for job in engine.jobs.of(session) if job.id == id)
        if job.state in states:
            return job
        time.sleep(0.02)
    raise AssertionError(job)


# Asks


def test_an_ask_runs_in_the_one_worker_that_keeps_its_desk(engine: Engine, tmp_path: Path) -> None:
    first = ask(engine, "echo", tmp_path, year=2020)
    second = ask(engine, "echo", tmp_path)
    assert first["pid"] == second["pid"] == engine.quick.pid != os.getpid()
    assert second["asked"] == first["asked"] + 1
    assert first["year"] == 2020


def test_texts_cross_as_pairs_and_what_is_not_finite_as_null(engine: Engine, tmp_path: Path) -> None:
    said = ask(engine, "echo", tmp_path)
    assert (said["text"], said["nan"]) == ({"zh": "中", "en": "E"}, None)


def test_an_answer_is_the_worker_s_own_json(engine: Engine, tmp_path: Path) -> None:
    response = run(engine.answer(f"{VIEWS}:echo", tmp_path, k=1))
    assert response.media_type == "application/json"
    assert json.loads(response.body)["k"] == 1


def test_an_error_of_the_library_crosses_with_the_file_as_the_session_names_it(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(Refused) as caught:
        ask(engine, "wrong", tmp_path)
    error = caught.value.error
    assert caught.value.status == 422
    assert error["code"] == "empty_table"
    assert error["what"] == {"zh": "表中没有数据行。", "en": "The table has no rows of data."}
    assert error["place"] == {"file": "files/a.csv", "sheet": "一"}
    assert error["where"]["en"] == "file files/a.csv, sheet 一"


@pytest.mark.parametrize(("view", "what"), [("broken", "ZeroDivisionError: nothing"), ("odd", "TypeError: object")])
def test_a_fault_of_the_program_is_said_and_does_not_stop_the_worker(
    view: str, what: str, engine: Engine, tmp_path: Path
) -> None:
    before = ask(engine, "echo", tmp_path)["pid"]
    with pytest.raises(StudioError, match="Something failed inside the program") as caught:
        ask(engine, view, tmp_path)
    assert what in str(caught.value)
    assert ask(engine, "echo", tmp_path)["pid"] == before


def test_nothing_but_a_view_is_called_by_name(engine: Engine, tmp_path: Path) -> None:
    for name in ("os:getcwd", f"{VIEWS}_other:echo"):
        with pytest.raises(StudioError, match="is no view"):
            run(engine.ask(name, tmp_path))


def test_a_worker_that_dies_is_said_and_begun_anew(engine: Engine, tmp_path: Path) -> None:
    before = ask(engine, "echo", tmp_path)["pid"]
    with pytest.raises(StudioError, match="ended unexpectedly, and was begun anew"):
        ask(engine, "dies", tmp_path)
    assert ask(engine, "echo", tmp_path)["pid"] != before
    assert not alive(before)


def test_a_worker_killed_between_two_asks_costs_none(engine: Engine, tmp_path: Path) -> None:
    before = ask(engine, "echo", tmp_path)["pid"]
    os.kill(before, 9)
    while engine.quick.alive:
        time.sleep(0.01)
    assert ask(engine, "echo", tmp_path)["pid"] != before


def test_an_answer_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    engine = Engine(Room(VIEWS, f"{VIEWS}:Desk"), patience=20)
    engine.begin()
    try:
        before = ask(engine, "echo", tmp_path)["pid"]
        engine.quick.patience = 0.2
        with pytest.raises(Overdue, match=r"not done within 0.2 seconds.*Nothing of the study is lost"):
            ask(engine, "sleeps", tmp_path, seconds=60.0)
        engine.quick.patience = 20
        assert ask(engine, "echo", tmp_path)["pid"] != before
        assert not alive(before)
    finally:
        engine.end()


def test_the_newest_of_asks_that_wait_is_answered(engine: Engine, tmp_path: Path) -> None:
    async def many() -> list[Any]:
        work = [engine.ask(f"{VIEWS}:sleeps", tmp_path, seconds=0.3)]
        work += [engine.ask(f"{VIEWS}:echo", tmp_path, newest=True, n=n) for n in range(3)]
        work.append(engine.ask(f"{VIEWS}:echo", tmp_path / "other", newest=True, n=9))
        return await asyncio.gather(*work, return_exceptions=True)

    slept, *echoes = run(many())
    assert slept == "slept"
    assert [isinstance(one, Conflict) for one in echoes] == [True, True, False, False]
    assert (echoes[2]["n"], echoes[3]["n"]) == (2, 9)


# Jobs


def test_a_job_tells_how_far_it_is_and_what_it_found(session: Session, engine: Engine) -> None:
    told: list[dict[str, Any]] = []
    jobs = Jobs(Room(VIEWS, f"{VIEWS}:Desk"), lambda job: told.append(asdict(job)))
    jobs.begin()
    try:
        job = jobs.start(f"{VIEWS}:work", session, "run", {"value": 3})
        while told[-1]["state"] in ("waiting", "running"):
            time.sleep(0.02)
    finally:
        jobs.close()
    assert [one["state"] for one in told] == ["waiting", "running", "running", "done"]
    assert [one["progress"] for one in told] == [None, None, {"zh": "在算", "en": "computing"}, None]
    assert told[-1]["result"] == {"value": 3}
    kept = json.loads((session.folder / "jobs" / f"{job.id}.json").read_text(encoding="utf-8"))
    assert kept == told[-1]


def test_jobs_run_one_after_another_and_a_cancelled_one_leaves_nothing(session: Session, engine: Engine) -> None:
    (session.folder / "out").mkdir()
    (session.folder / "out" / "report.html").write_text("earlier")
    first = engine.start(f"{VIEWS}:endless", session, "run")
    second = engine.start(f"{VIEWS}:work", session, "compare", value=1)
    third = engine.start(f"{VIEWS}:work", session, "report", value=2)
    while not list(session.folder.glob(".out.old-*")):
        time.sleep(0.02)
    assert [job.state for job in engine.jobs.of(session)] == ["running", "waiting", "waiting"]
    assert engine.jobs.cancel(session, second.id).state == "cancelled"
    assert engine.jobs.cancel(session, first.id).state == "cancelled"
    assert ended(engine, session, third.id, "done").result == {"value": 2}
    assert [job.state for job in engine.jobs.of(session)] == ["cancelled", "cancelled", "done"]
    assert (session.folder / "out" / "report.html").read_text() == "earlier"
    assert list(session.folder.glob(".*")) == []
    assert engine.jobs.cancel(session, third.id).state == "done"


def test_a_job_that_fails_or_dies_says_why(session: Session, engine: Engine) -> None:
    wrong = engine.start(f"{VIEWS}:work_wrong", session, "run")
    dead = engine.start(f"{VIEWS}:work_dies", session, "run")
    error = ended(engine, session, wrong.id, "failed").error
    assert error is not None
    assert error["code"] == "empty_table"
    error = ended(engine, session, dead.id, "failed").error
    assert error is not None
    assert error["what"]["en"] == "The job's process ended unexpectedly; no half-written result was left."


def test_a_job_that_a_stopped_server_left_is_interrupted_and_tidied(session: Session) -> None:
    job = Job("run-1", "run", session.id, "running", 1, "2026-01-01T00:00:00", {"zh": "在", "en": "on"})
    done = replace(job, id="run-0", state="done", progress=None, result=[1])
    for one in (job, done):
        (session.folder / "jobs" / f"{one.id}.json").write_text(json.dumps(asdict(one)), encoding="utf-8")
    (session.folder / "jobs" / "run-2.json").write_text("{")
    (session.folder / ".out.draft-77").mkdir()
    found = {job.id: job for job in Jobs(Room(), lambda _: None).of(session)}
    assert found == {"run-0": done, "run-1": replace(job, state="interrupted", progress=None)}
    assert not (session.folder / ".out.draft-77").exists()
    assert json.loads((session.folder / "jobs" / "run-1.json").read_text())["state"] == "interrupted"


def test_a_server_that_ends_interrupts_its_jobs_and_leaves_no_process(session: Session) -> None:
    engine = Engine(Room(VIEWS, f"{VIEWS}:Desk"))
    engine.begin()
    (session.folder / "out").mkdir()
    job = engine.start(f"{VIEWS}:endless", session, "run")
    while not list(session.folder.glob(".out.old-*")):
        time.sleep(0.02)
    process = engine.jobs.pid
    engine.end()
    assert json.loads((session.folder / "jobs" / f"{job.id}.json").read_text())["state"] == "interrupted"
    assert not alive(process)
    assert (session.folder / "out").is_dir()


def test_there_is_no_such_job(session: Session, engine: Engine) -> None:
    with pytest.raises(Absent, match="There is no such job"):
        engine.jobs.cancel(session, "run-x")


def test_tidying_one_process_leaves_the_other_s_work(tmp_path: Path) -> None:
    for name in (".out.draft-1", ".out.draft-2", ".cmp.old-1", ".out.old-1", "out"):
        (tmp_path / name).mkdir()
    tidy(tmp_path, 1)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".out.draft-2", "cmp", "out"]


# Events


def test_events_reach_every_page_of_the_session_and_end_with_the_server() -> None:
    events = Events()

    async def listen(session: str) -> list[str]:
        return [told.decode() async for told in events.stream(session, {"changed": {"revision": 1}})]

    async def both() -> tuple[list[str], ...]:
        pages = [asyncio.create_task(listen(name)) for name in ("a", "a", "b")]
        await asyncio.sleep(0)
        await asyncio.to_thread(events.publish, "a", "job", {"id": "1\n2"})
        await asyncio.to_thread(events.close)
        return tuple(await asyncio.gather(*pages))

    one, two, other = asyncio.run(both())
    assert one == two == ['event: changed\ndata: {"revision":1}\n\n', 'event: job\ndata: {"id":"1\\n2"}\n\n']
    assert other == one[:1]
    assert asyncio.run(listen("a")) == []
