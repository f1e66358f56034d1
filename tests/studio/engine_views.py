"""Views that a test's engine calls in other processes: quick, slow, wrong and deadly ones."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nqpf.errors import DataError, Where
from nqpf.messages import Text


class Desk:
    """Counts what it was asked."""

    def __init__(self) -> None:
        self.asked = 0


def echo(desk: Desk, folder: Path, **options: Any) -> dict[str, Any]:
    desk.asked += 1
    return {"asked": desk.asked, "pid": os.getpid(), "text": Text("中", "E"), "nan": float("nan"), **options}


def wrong(desk: Desk, folder: Path) -> None:
    raise DataError("empty_table", where=Where(file=str(folder / "files" / "a.csv"), sheet="一"))


def broken(desk: Desk, folder: Path) -> None:
    raise ZeroDivisionError("nothing divides by it")


def odd(desk: Desk, folder: Path) -> object:
    return object()


def dies(desk: Desk, folder: Path) -> None:
    os._exit(3)


def sleeps(desk: Desk, folder: Path, *, seconds: float) -> str:
    time.sleep(seconds)
    return "slept"


def work(desk: Desk, folder: Path, tell: Callable[[Text], None], *, value: int) -> dict[str, int]:
    tell(Text("在算", "computing"))
    return {"value": value}


def endless(desk: Desk, folder: Path, tell: Callable[[Text], None]) -> None:
    """Stands half-way between two renames, as `nqpf.study.folder` does, and never comes on."""
    (folder / f".out.draft-{os.getpid()}").mkdir()
    (folder / "out").rename(folder / f".out.old-{os.getpid()}")
    tell(Text("在算", "computing"))
    time.sleep(600)


def work_dies(desk: Desk, folder: Path, tell: Callable[[Text], None]) -> None:
    os._exit(3)


def work_wrong(desk: Desk, folder: Path, tell: Callable[[Text], None]) -> None:
    raise DataError("empty_table")
