"""The guard: who is let in, what is taken, and what every answer says of where things may come from."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

pytest.importorskip("fastapi")

import httpx
from fastapi import FastAPI, UploadFile
from fastapi.responses import PlainTextResponse

from nqpf.studio.guard import MB, POLICY, Guard

TOKEN, PORT = "kou-ling", 8123
HOME = f"http://127.0.0.1:{PORT}"
COOKIE = {"Cookie": f"nqpf_{PORT}={TOKEN}"}


@pytest.fixture
def taken() -> list[int]:
    """Return the sizes of the files that reached the application."""
    return []


@pytest.fixture
def app(taken: list[int]) -> Guard:
    inner = FastAPI(docs_url=None)

    @inner.get("/")
    def home() -> PlainTextResponse:
        return PlainTextResponse("the page")

    @inner.get("/api/x")
    def x() -> dict[str, int]:
        return {"x": 1}

    @inner.post("/api/x")
    def change(content: dict[str, Any]) -> dict[str, Any]:
        return content

    @inner.post("/api/sessions/s/files")
    async def files(files: list[UploadFile]) -> int:
        taken.extend([len(await file.read()) for file in files])
        return len(taken)

    return Guard(inner, TOKEN, PORT, upload=2 * MB)


@pytest.fixture
def ask(app: Guard) -> Iterator[Callable[..., httpx.Response]]:
    """Send one request."""

    def send(method: str, path: str, url: str = HOME, **options: Any) -> httpx.Response:
        async def once() -> httpx.Response:
            async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=url) as client:
                return await client.request(method, path, **options)

        return asyncio.run(once())

    return send


Ask = Callable[..., httpx.Response]


def test_who_comes_without_the_token_is_told_what_to_do_in_both_languages(ask: Ask) -> None:
    for path in ("/", "/static/x.js", "/?token=wrong", "/?token="):
        answer = ask("GET", path)
        assert answer.status_code == 403
        assert "请用启动窗口中显示的完整地址打开工作台。" in answer.text
        assert "Open the studio at the full address shown in the window it was started from." in answer.text
        assert TOKEN not in answer.text
        assert "set-cookie" not in answer.headers
    answer = ask("GET", "/api/x", headers={"Cookie": f"nqpf_{PORT}=wrong"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "studio_no_token")
    assert answer.json()["error"]["todo"]["zh"].startswith("完整地址带有本次启动的口令")


def test_the_address_with_the_token_gives_the_cookie_and_leads_home(ask: Ask) -> None:
    answer = ask("GET", f"/?token={TOKEN}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"nqpf_{PORT}={TOKEN};")
    assert {"httponly", "samesite=strict", "path=/"} <= {part.strip().lower() for part in cookie.split(";")}
    assert ask("GET", "/", headers=COOKIE).text == "the page"
    assert ask("GET", "/", url=f"http://localhost:{PORT}", headers=COOKIE).text == "the page"


FOREIGN = ["evil.example", f"evil.example:{PORT}", "127.0.0.1", "127.0.0.1:1", f"0.0.0.0:{PORT}", ""]


@pytest.mark.parametrize("host", FOREIGN)
def test_a_foreign_name_for_this_computer_is_refused(host: str, ask: Ask) -> None:
    for path in ("/", f"/?token={TOKEN}", "/api/x"):
        answer = ask("GET", path, headers=COOKIE | {"Host": host})
        assert answer.status_code == 403
        assert "This is not the address of the studio on this computer." in answer.text


@pytest.mark.parametrize(
    "sent",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": f"https://127.0.0.1:{PORT}"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": HOME, "Sec-Fetch-Site": "same-site"},
    ],
)
def test_another_page_changes_nothing(sent: dict[str, str], ask: Ask) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        answer = ask(method, "/api/x", headers=COOKIE | sent, json={})
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "studio_foreign_page")


@pytest.mark.parametrize(
    "sent", [{}, {"Origin": HOME, "Sec-Fetch-Site": "same-origin"}, {"Origin": f"http://localhost:{PORT}"}]
)
def test_our_own_page_does(sent: dict[str, str], ask: Ask) -> None:
    assert ask("POST", "/api/x", headers=COOKIE | sent, json={"a": 1}).json() == {"a": 1}


def test_every_answer_says_where_things_may_come_from(ask: Ask) -> None:
    answers = [ask("GET", path, headers=COOKIE) for path in ("/", "/api/x", "/nowhere")]
    answers += [ask("GET", "/"), ask("GET", f"/?token={TOKEN}")]
    for answer in answers:
        assert answer.headers["content-security-policy"] == POLICY
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cross-origin-opener-policy"] == "same-origin"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert "access-control-allow-origin" not in answer.headers
    assert answers[1].headers["cache-control"] == "no-store"
    assert "http" not in POLICY
    assert "unsafe-eval" not in POLICY
    assert "script-src 'self';" in POLICY


def test_an_upload_within_the_limit_arrives(ask: Ask, taken: list[int]) -> None:
    files = [("files", ("a.csv", b"x" * MB)), ("files", ("b.csv", b"y" * (MB - 999)))]
    assert ask("POST", "/api/sessions/s/files", headers=COOKIE, files=files).status_code == 200
    assert taken == [MB, MB - 999]


def test_an_upload_that_says_it_is_too_large_is_refused(ask: Ask, taken: list[int]) -> None:
    files = [("files", ("a.csv", b"x" * (4 * MB)))]
    answer = ask("POST", "/api/sessions/s/files", headers=COOKIE, files=files)
    assert answer.status_code == 413
    assert answer.json()["error"]["what"]["en"] == "More than 2 MB are sent."
    assert "several files one by one" in answer.json()["error"]["todo"]["en"]
    assert taken == []


def test_an_upload_that_does_not_say_so_is_refused_on_its_way(app: Guard, ask: Ask, taken: list[int]) -> None:
    async def body() -> AsyncIterator[bytes]:
        yield b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.csv"\r\n\r\n'
        for _ in range(40):
            yield b"x" * (MB // 8)
        yield b"\r\n--b--\r\n"

    sent = COOKIE | {"Content-Type": "multipart/form-data; boundary=b"}
    answer = ask("POST", "/api/sessions/s/files", headers=sent, content=body())
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "studio_too_large")
    assert taken == []


def test_a_length_that_is_no_number_is_refused(ask: Ask) -> None:
    answer = ask("POST", "/api/x", headers=COOKIE | {"Content-Length": "-5"}, content=b"{}")
    assert answer.status_code == 413


def test_no_other_kind_of_connection_is_answered(app: Guard) -> None:
    async def connect() -> None:
        async def never(*_: Any) -> Any:
            raise AssertionError("nothing is read or sent")

        await app({"type": "websocket", "path": "/", "headers": []}, never, never)

    asyncio.run(connect())
