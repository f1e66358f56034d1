"""The routes of sessions: what a page is told, what it may send, and what is said of a file before it is kept."""

from __future__ import annotations

import io
import pkgutil
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fastapi")

from fastapi.testclient import TestClient

from nqpf.studio.app import create_app
from nqpf.studio.desk import Desk
from nqpf.studio.engine import Engine
from nqpf.studio.faults import Overdue
from nqpf.studio.routes import sessions as routes
from nqpf.studio.store import Store, demos
from nqpf.studio.views.sessions import VBA_STORAGE
from nqpf.studio.wire import encode

TABLE = "省份,年份,a\n北京,2020,1\n天津,2020,2\n".encode()
Client = TestClient


class Here(Engine):
    """An engine whose asks are answered in this process: the routes are tested, not the worker."""

    def __init__(self) -> None:
        super().__init__()
        self.desk, self.held = Desk(), threading.Event()
        self.held.set()
        self.quick.ready = True

    def begin(self) -> None:
        self.jobs.begin()

    async def _answer(self, work: str, folder: Path | None, newest: bool, options: dict[str, Any]) -> bytes:
        import asyncio

        while not self.held.is_set():
            await asyncio.sleep(0.01)
        if folder is not None and (folder / "files" / "slow.csv").exists():
            raise Overdue("studio_overdue", seconds=120)
        return encode(pkgutil.resolve_name(work)(self.desk, folder, **options))


@pytest.fixture
def engine() -> Here:
    return Here()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


@pytest.fixture
def client(store: Store, engine: Here) -> Iterator[Client]:
    with TestClient(create_app(store, engine)) as made:
        yield made


@pytest.fixture
def session(client: Client) -> dict[str, Any]:
    made: dict[str, Any] = client.post("/api/sessions", json={"title": "试"}).json()
    return made


def send(client: Client, id: str, *files: tuple[str, bytes]) -> Any:
    return client.post(f"/api/sessions/{id}/files", files=[("files", file) for file in files])


def zipped(**parts: bytes) -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return raw.getvalue()


# States


def test_a_blank_session_says_what_it_lacks(session: dict[str, Any]) -> None:
    assert session["document"] == {"study": "试", "title": "试"}
    assert session["title"] == {"zh": "试", "en": "试"}
    assert (session["revision"], session["can_undo"], session["files"], session["jobs"]) == (1, False, [], [])
    assert [(p["code"], p["draft"], p["place"]["key"]) for p in session["problems"]] == [
        ("studio_no_data", True, "data"),
        ("studio_no_framework", True, "framework"),
    ]
    assert session["problems"][0]["todo"]["zh"] == "请在第 1 步放入数据文件。"


def test_a_demo_has_no_problems_and_its_files(client: Client) -> None:
    made = client.post("/api/sessions", json={"demo": "thermal"})
    assert made.status_code == 201
    assert made.json()["problems"] == []
    assert "thermal.csv" in [file["path"] for file in made.json()["files"]]
    assert made.json()["document"]["data"]["tables"][0]["file"] == "thermal.csv"


def test_demos_are_told_in_both_languages(client: Client) -> None:
    found = client.get("/api/demos").json()
    assert [one["name"] for one in found] == list(demos())
    assert all(one["title"]["zh"] and one["title"]["en"] and one["about"]["zh"] for one in found)


def test_sessions_are_listed_and_removed(client: Client, session: dict[str, Any]) -> None:
    (one,) = client.get("/api/sessions").json()
    assert (one["id"], one["title"], one["revision"], one["files"]) == (session["id"], session["title"], 1, 0)
    assert client.delete(f"/api/sessions/{one['id']}").status_code == 204
    assert client.get("/api/sessions").json() == []
    gone = client.get(f"/api/sessions/{one['id']}")
    assert (gone.status_code, gone.json()["error"]["code"]) == (404, "studio_no_session")


def test_a_problem_is_told_with_key_and_line(client: Client) -> None:
    made = client.post("/api/sessions", json={"demo": "thermal"}).json()
    document = made["document"]
    document["recipe"]["normalise"]["method"] = "mimax"
    asked = {"revision": 1, "document": document, "label": "标准化"}
    (problem,) = client.put(f"/api/sessions/{made['id']}/document", json=asked).json()["problems"]
    assert (problem["code"], problem["draft"]) == ("bad_choice", False)
    assert "minmax" in problem["what"]["en"]
    assert problem["place"]["file"] == "study.yaml"
    assert problem["place"]["key"].startswith("recipe.normalise")
    assert problem["place"]["line"] > 20


def test_a_data_file_that_is_not_there_is_a_problem(client: Client, store: Store) -> None:
    made = client.post("/api/sessions", json={"demo": "thermal"}).json()
    (store.root / made["id"] / "thermal.csv").unlink()
    (problem,) = client.get(f"/api/sessions/{made['id']}").json()["problems"]
    assert (problem["code"], problem["place"]["key"]) == ("data_file_not_found", "data.tables.0.file")


@pytest.mark.parametrize(
    "document", [{}, {"data": 3}, {"data": {"tables": 3}, "framework": "x.yaml"}, {"framework": []}]
)
def test_a_draft_of_any_shape_is_saved_and_spoken_of(document: Any, client: Client, session: dict[str, Any]) -> None:
    asked = {"revision": 1, "document": {"title": "x", **document}, "label": "odd"}
    answer = client.put(f"/api/sessions/{session['id']}/document", json=asked)
    assert answer.status_code == 200
    assert answer.json()["revision"] == 2
    assert answer.json()["problems"]


def test_what_is_wrong_comes_later_where_the_worker_is_busy(
    client: Client, engine: Here, session: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "CHECKING", 0.05)
    told: list[tuple[str, Any]] = []
    known = threading.Event()
    monkeypatch.setattr(engine.events, "publish", lambda id, event, data: (told.append((event, data)), known.set()))
    engine.held.clear()
    assert client.get(f"/api/sessions/{session['id']}").json()["problems"] is None
    engine.held.set()
    assert known.wait(5)
    ((event, data),) = told
    assert (event, data["revision"]) == ("problems", 1)
    assert [problem["code"] for problem in data["problems"]] == ["studio_no_data", "studio_no_framework"]


def test_a_worker_that_cannot_say_what_is_wrong_is_the_problem(client: Client, store: Store, engine: Here) -> None:
    made = client.post("/api/sessions", json={"title": "x"}).json()
    (store.root / made["id"] / "files" / "slow.csv").write_text("")
    answer = client.get(f"/api/sessions/{made['id']}")
    assert answer.status_code == 200
    assert [problem["code"] for problem in answer.json()["problems"]] == ["studio_overdue"]


# Edits


def test_two_pages_on_one_session(client: Client, session: dict[str, Any]) -> None:
    path = f"/api/sessions/{session['id']}"
    first = {"revision": 1, "document": session["document"] | {"seed": 1}, "label": "种子"}
    assert client.put(f"{path}/document", json=first).json()["revision"] == 2
    late = client.put(f"{path}/document", json=first | {"document": {"title": "late"}})
    assert late.status_code == 409
    assert late.json()["error"]["code"] == "studio_conflict"
    assert (late.json()["revision"], late.json()["document"]["seed"]) == (2, 1)
    assert client.post(f"{path}/undo", json={"revision": 1}).status_code == 409
    back = client.post(f"{path}/undo", json={"revision": 2}).json()
    assert (back["revision"], back["document"], back["can_redo"]) == (3, session["document"], True)
    assert back["labels"] == {"undo": None, "redo": "种子"}
    assert client.post(f"{path}/redo", json={}).json()["document"]["seed"] == 1


def test_a_change_reaches_the_other_page(client: Client, engine: Here, session: dict[str, Any]) -> None:
    told: list[tuple[str, str, Any]] = []
    engine.events.publish = lambda *event: told.append(event)  # type: ignore[method-assign]
    asked = {"revision": 1, "document": {"title": "x"}, "label": "x"}
    client.put(f"/api/sessions/{session['id']}/document", json=asked)
    assert told == [(session["id"], "changed", {"revision": 2})]


@pytest.mark.parametrize("sent", ["{", "[]", '{"revision": "a", "document": {}}', '{"revision": 1, "document": []}'])
def test_what_is_no_edit_is_refused_in_words(sent: str, client: Client, session: dict[str, Any]) -> None:
    headers = {"Content-Type": "application/json"}
    answer = client.put(f"/api/sessions/{session['id']}/document", content=sent, headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "studio_bad_request")
    assert answer.json()["error"]["what"]["zh"].startswith("请求的内容不合要求")


def test_a_page_that_is_not_there_is_said_in_words(client: Client) -> None:
    for path in ("/api/nowhere", "/static/../app.py", "/static/%2e%2e/app.py", "/docs", "/redoc"):
        answer = client.get(path)
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "studio_no_page")


# Files


def test_files_are_kept_under_clean_names_with_their_kind(client: Client, session: dict[str, Any]) -> None:
    answer = send(client, session["id"], ("../a:b.csv", TABLE), ("b.csv", TABLE + b"\n"), ("b.csv", TABLE))
    assert answer.status_code == 201
    assert [(f["path"], f["kind"], f["notes"]) for f in answer.json()["added"]] == [
        ("files/a_b.csv", "text", []),
        ("files/b.csv", "text", []),
        ("files/b (2).csv", "text", []),
    ]
    assert sorted(file["path"] for file in answer.json()["files"]) == [
        "files/a_b.csv",
        "files/b (2).csv",
        "files/b.csv",
    ]


BOOK = {"xl__workbook_dot_xml": b"<workbook/>"}
REFUSED = {
    "program": ("a.csv", b"MZ\x90\x00\x03\x00\x00\x00\x04\x00" * 99, "unknown_file_kind", "This kind of file"),
    "picture": ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(99), "unknown_file_kind", "This kind of file"),
    "pdf": ("a.pdf", b"%PDF-1.7 ...", "unknown_file_kind", "This kind of file"),
    "pickle": ("a.pkl", b"\x80\x04\x95\x0b\x00", "unknown_file_kind", "This kind of file"),
    "archive": ("a.zip", zipped(a=b"x"), "archive", ""),
    "empty": ("a.csv", b"", "studio_empty_file", "The file is empty."),
    "cut": ("a.xlsx", zipped(**BOOK)[:40], "cut_short", ""),
    "bomb": ("a.xlsx", zipped(**BOOK, xl__sheet=bytes(200 << 20)), "zip_bomb", ""),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_cannot_be_read_is_refused_by_name_and_not_kept(
    kind: str, client: Client, store: Store, session: dict[str, Any]
) -> None:
    name, raw, code, words = REFUSED[kind]
    answer = send(client, session["id"], (name, raw))
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["place"]) == (422, code, {"file": name})
    assert words in error["what"]["en"]
    assert error["todo"]["zh"]
    assert list((store.root / session["id"] / "files").iterdir()) == []


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("a.xlsm", zipped(**BOOK, xl__vbaProject_dot_bin=b"x")),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le") + VBA_STORAGE),
    ],
)
def test_macros_are_remarked_on(name: str, raw: bytes, client: Client, session: dict[str, Any]) -> None:
    (added,) = send(client, session["id"], (name, raw)).json()["added"]
    (note,) = added["notes"]
    assert (note["code"], note["severity"]) == ("studio_macros", "warning")
    assert note["text"]["zh"] == f"{name} 含有宏。宏不会运行，只读取单元格。"


def test_a_workbook_without_macros_is_not(client: Client, session: dict[str, Any]) -> None:
    (added,) = send(client, session["id"], ("a.xlsx", zipped(**BOOK))).json()["added"]
    assert (added["kind"], added["notes"]) == ("xlsx", [])


# Jobs and events


def test_a_stream_begins_with_the_present_revision(client: Client, engine: Here, session: dict[str, Any]) -> None:
    ending = threading.Timer(0.2, engine.events.close)
    ending.start()
    with client.stream("GET", f"/api/sessions/{session['id']}/events") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        assert "".join(stream.iter_text()) == 'event: changed\ndata: {"revision":1}\n\n'


def test_a_job_is_cancelled_by_its_id(client: Client, store: Store, engine: Here, session: dict[str, Any]) -> None:
    engine.jobs.close()  # nothing runs: the job waits
    job = engine.start("nqpf.studio.views.none:none", store.open(session["id"]), "run")
    path = f"/api/sessions/{session['id']}"
    assert [one["state"] for one in client.get(path).json()["jobs"]] == ["waiting"]
    assert client.post(f"{path}/jobs/{job.id}/cancel").json()["state"] == "cancelled"
    absent = client.post(f"{path}/jobs/other/cancel")
    assert (absent.status_code, absent.json()["error"]["code"]) == (404, "studio_no_job")


# The page and the documentation


def test_the_page_and_its_words(client: Client) -> None:
    assert "<main" in client.get("/").text
    assert "javascript" in client.get("/static/js/app.js").headers["content-type"]
    words = client.get("/words.json").json()
    assert words["studio.untitled"] == {"zh": "未命名研究", "en": "Untitled study"}
    assert all(key.startswith("studio.") for key in words)


@pytest.mark.slow
def test_the_chart_script_is_served_here_and_kept(client: Client, engine: Here, store: Store) -> None:
    answer = client.get("/vega.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "vegaEmbed" in answer.text
    engine.held.clear()  # the second time no worker is asked
    assert client.get("/vega.js").text == answer.text
    assert store.sessions() == []


def test_every_route_says_what_it_does(client: Client) -> None:
    described = client.get("/api/openapi.json").json()
    assert described["info"]["title"] == "nqpf studio"
    routes = [route for path in described["paths"].values() for route in path.values()]
    assert len(routes) > 12
    assert [route["operationId"] for route in routes if not (route.get("summary") and route.get("description"))] == []
    assert [route["operationId"] for route in routes if not route.get("tags")] == []


# The desk


def test_a_changed_recipe_reads_no_file_again(store: Store) -> None:
    session = store.create(demo="thermal")
    desk = Desk()
    study = desk.study(session.folder)
    prepared, index, bench = (f(study) for f in (desk.prepared, desk.index, desk.bench))
    document = session.document
    document["recipe"]["weight"] = {"method": "critic"}
    session.edit(document, 1, "权重")
    assert desk.prepared(desk.study(session.folder)) is prepared
    assert desk.bench(desk.study(session.folder)) is bench
    assert desk.index(desk.study(session.folder)) is not index
    session.undo()
    assert desk.index(desk.study(session.folder)) is index


def test_changed_data_are_read_again(store: Store) -> None:
    session = store.create(demo="thermal")
    desk = Desk()
    before = desk.prepared(desk.study(session.folder))
    table = session.folder / "thermal.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("\n", "\r\n"), encoding="utf-8", newline="")
    assert desk.prepared(desk.study(session.folder)) is not before


def test_a_desk_keeps_what_was_used_last() -> None:
    desk, made = Desk(kept=2), []
    for key in ("a", "b", "a", "c", "a", "b"):
        desk.once(key, lambda key=key: made.append(key) or key)
    assert made == ["a", "b", "c", "b"]
