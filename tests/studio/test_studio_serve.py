"""``nqpf studio``: it starts, says where it is, lets nobody else in, and ends without leaving anything."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("fastapi")

import httpx

from nqpf.cli import command
from nqpf.errors import OutputError, SpecError
from nqpf.studio import serve

Started = tuple[subprocess.Popen[str], str]
Captured = pytest.CaptureFixture[str]


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Started]:
    """Start a studio as its user does, and give its process and its address."""
    words = [sys.executable, "-m", "nqpf", "studio", str(tmp_path / "s"), "--no-browser"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        yield process, re.sub("^Studio: ", "", said).strip()
        process.kill()


def children(pid: int) -> list[int]:
    """Return the processes below one."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(path.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        if parent == pid:
            found.append(int(path.parent.name))
    return found


def gone(pids: list[int], within: float = 10) -> bool:
    """Say whether processes end in time; one that only waits to be collected has ended."""
    ends = time.monotonic() + within
    while time.monotonic() < ends:
        states = [Path(f"/proc/{pid}/stat") for pid in pids]
        if not [path for path in states if path.exists() and ") Z" not in path.read_text()]:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks processes up in /proc")
@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL])
def test_a_studio_from_start_to_end(end: signal.Signals, studio: Started, tmp_path: Path) -> None:
    process, address = studio
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/\?token=[\w-]{43}", address)
    with httpx.Client(base_url=address.partition("?")[0]) as client:
        assert client.get("/").status_code == 403
        assert client.get(address, follow_redirects=True).status_code == 200
        made = client.post("/api/sessions", json={"title": "x"}).json()
        with client.stream("GET", f"/api/sessions/{made['id']}/events") as stream:
            assert "changed" in next(stream.iter_text())
            below = children(process.pid)
            assert below
            process.send_signal(end)
            code = process.wait(10)
    assert code == (0 if end == signal.SIGINT else -signal.SIGKILL)
    assert gone(below)
    assert (tmp_path / "s" / made["id"] / "study.yaml").is_file()
    if end == signal.SIGINT:
        assert process.stdout is not None
        assert process.stdout.read().splitlines()[-1] == "The studio is closed; everything is saved."


def test_one_studio_a_folder(tmp_path: Path) -> None:
    taken = "Another studio is at work in this folder"
    with serve._claimed(tmp_path / "s"), pytest.raises(OutputError, match=taken):
        serve.serve(tmp_path / "s", 0, False, print)
    with serve._claimed(tmp_path / "s"):
        pass


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="The output folder cannot be written"):
        serve.serve(tmp_path / "file", 0, False, print)


@pytest.mark.parametrize("port", [-1, 70000])
def test_a_port_there_is_not(port: int, tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=f"Port {port} cannot be used"):
        serve.serve(tmp_path, port, False, print)


def test_a_port_that_is_in_use(tmp_path: Path, capsys: Captured) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert command(["studio", str(tmp_path), "--port", str(port), "--no-browser"]) == 2
    assert f"Port {port} cannot be used; another program may have it." in capsys.readouterr().err


def test_only_this_computer_reaches_it() -> None:
    with serve._listening(0) as listening:
        assert listening.getsockname()[0] == "127.0.0.1"


def test_sessions_lie_in_the_home_folder_where_none_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert serve.home() == tmp_path / "nqpf-studio"


def test_what_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    monkeypatch.delitem(sys.modules, "nqpf.studio.serve")
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    assert command(["studio", "--lang", "en"]) == 2
    assert capsys.readouterr().err == (
        'Error: The studio needs uvicorn, which is not installed. Run pip install "nqpf[studio]".\n'
    )


def test_the_server_loads_nothing_that_computes() -> None:
    code = "import sys, nqpf.studio.serve; print(*{m.split('.')[0] for m in sys.modules}, 'nqpf.study' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ)
    loaded = set(done.stdout.split())
    assert {"fastapi", "False"} <= loaded
    assert loaded & {"polars", "numpy", "scipy", "numba", "pandas", "altair", "narwhals", "vl_convert"} == set()
