"""Files written whole or not at all, and what else sessions need of a disk."""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

CHUNK = 1 << 20


def walk(folder: Path) -> Iterator[Path]:
    """Yield the files in a folder and below, hidden ones and links left out."""
    for path in folder.iterdir():
        if path.name.startswith(".") or path.is_symlink():
            continue
        if path.is_dir():
            yield from walk(path)
        else:
            yield path


def same_bytes(one: Path, other: Path) -> bool:
    """Say whether two files hold the same."""
    if one.stat().st_size != other.stat().st_size:
        return False
    with one.open("rb") as a, other.open("rb") as b:
        while chunk := a.read(CHUNK):
            if chunk != b.read(CHUNK):
                return False
    return True


def hash_of(raw: bytes) -> str:
    """Return the SHA-256 of bytes."""
    return sha256(raw).hexdigest()


def json_of(content: Any) -> bytes:
    """Return content as JSON in UTF-8."""
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


def read_json(path: Path) -> dict[str, Any]:
    """Return what a file of JSON holds."""
    found: dict[str, Any] = json.loads(path.read_bytes())
    return found


def write_whole(path: Path, raw: bytes) -> None:
    """Write a file whole or not at all."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with draft.open("wb") as out:
            out.write(raw)
            out.flush()
            os.fsync(out.fileno())
        replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def replace(draft: Path, path: Path) -> None:
    """Rename a file; on Windows it waits a little for a program that has the old one open."""
    for wait in (0.02, 0.1, 0.5, 0.0):
        try:
            os.replace(draft, path)
            return
        except PermissionError:
            if not wait:
                raise
            time.sleep(wait)
