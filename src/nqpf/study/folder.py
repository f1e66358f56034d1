"""Folders of results: written whole or not at all, and never in the place of something that is not ours."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

from nqpf.errors import OutputError, Where
from nqpf.messages import say

PROVENANCE = "provenance.json"
"""File by which a folder is known as one of ours."""


@contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """Give a draft folder that takes the place of `folder` when the block ends well, and vanishes when it does not."""
    check_folder(folder)
    target = folder.resolve()
    draft, old = (target.with_name(f".{target.name}.{what}-{os.getpid()}") for what in ("draft", "old"))
    made = [p for p in target.parents if not p.exists()]
    done = False
    try:
        draft.mkdir(parents=True)
        yield draft
        try:
            _swap(draft, target, old)
        except PermissionError:  # on Windows, a file of the folder that another program has open
            beside = _free(target)
            draft.rename(beside)
            raise OutputError("output_locked", where=Where(file=str(folder)), written=beside.name) from None
        done = True
    except OSError as error:
        raise OutputError(
            "output_not_writable", where=Where(file=str(folder)), problem=error.strerror or str(error)
        ) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        if target.exists():
            shutil.rmtree(old, ignore_errors=True)
        for parent in () if done else made:
            with suppress(OSError):
                parent.rmdir()


def check_folder(folder: Path) -> None:
    """Raise an OutputError if `folder` could not be written, before any work is done; nothing is made."""
    where = Where(file=str(folder))
    try:
        target = folder.resolve()
        if target.is_dir() and any(target.iterdir()) and not _is_ours(target):
            raise OutputError("output_not_ours", where=where)
        above = next(p for p in (target, *target.parents) if p.exists())
    except OSError as error:
        raise OutputError("output_not_writable", where=where, problem=error.strerror or str(error)) from None
    if not above.is_dir():
        raise OutputError("output_is_file", where=Where(file=str(folder if above == target else above)))
    if not os.access(target.parent if above == target else above, os.W_OK):
        raise OutputError("output_not_writable", where=where, problem=say("word.no_permission"))


def _swap(draft: Path, target: Path, old: Path) -> None:
    """Put the draft in the target's place; whatever interrupts, one of the two stands there."""
    try:
        if target.exists():
            target.rename(old)
        draft.rename(target)
    except BaseException:
        if old.exists() and not target.exists():
            old.rename(target)
        raise


def _free(target: Path) -> Path:
    """Return a name beside `target` that nothing has."""
    names = (target.with_name(f"{target.name}-{number}") for number in count(2))
    return next(name for name in names if not name.exists())


def _is_ours(folder: Path) -> bool:
    try:
        content = json.loads((folder / PROVENANCE).read_bytes())
    except (OSError, ValueError):
        return False
    return isinstance(content, dict) and "nqpf" in content
