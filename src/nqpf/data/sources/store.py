"""Replies of providers on disk.

A reply is kept as it came, beside a small header that says what was asked, when, and the reply's SHA-256; a later run
reads the copy and needs no network.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nqpf.data.write import save
from nqpf.errors import DataError, Where


@dataclass(frozen=True, slots=True)
class Reply:
    """What a provider sent, as it came.

    Attributes
    ----------
    content
        The bytes.
    retrieved
        When it was fetched, UTC, ISO 8601.
    sha256
        Checksum of `content`.
    file
        Where it lies on disk, else the address that was asked.
    kept
        Whether it was read from the cache.
    """

    content: bytes
    retrieved: str
    sha256: str
    file: str
    kept: bool

    @property
    def day(self) -> str:
        """Day on which the reply was fetched."""
        return self.retrieved[:10]


@dataclass(frozen=True, slots=True)
class Store:
    """Replies on disk, a folder a provider; without a folder every question goes out.

    Attributes
    ----------
    folder
        Where replies are kept; None keeps none.
    refresh
        Ask again even where a reply is kept, and keep the new one.
    """

    folder: Path | None = None
    refresh: bool = False

    def get(self, provider: str, request: Mapping[str, Any], send: Callable[[], bytes], suffix: str) -> Reply:
        """Return the reply to `request`: the kept one, else what `send` brings, which is then kept.

        Parameters
        ----------
        provider
            Id of the provider.
        request
            All that the reply depends on; ``name`` says in a word what is asked, ``address`` whom.
        send
            Asks the provider.
        suffix
            Kind of the reply, as the ending of a file's name.

        Raises
        ------
        DataError
            A kept reply is not what was once written.
        """
        path = self._path(provider, request, suffix)
        if path and not self.refresh and (kept := _kept(path)):
            return kept
        content = send()
        now, digest = datetime.now(UTC).isoformat(timespec="seconds"), hashlib.sha256(content).hexdigest()
        if path is None:
            return Reply(content, now, digest, str(request["address"]), False)
        header = {"provider": provider, "request": dict(request), "retrieved": now, "sha256": digest}
        save(path, content)
        save(_header(path), json.dumps(header, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
        return Reply(content, now, digest, str(path), False)

    def _path(self, provider: str, request: Mapping[str, Any], suffix: str) -> Path | None:
        if self.folder is None:
            return None
        digest = hashlib.sha256(json.dumps(request, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
        readable = re.sub(r"[^\w.-]+", "_", str(request["name"]))[:60].strip("_.")
        return Path(self.folder) / provider / f"{readable}-{digest[:10]}{suffix}"


def _header(path: Path) -> Path:
    return path.with_name(path.name + ".request.json")


def _kept(path: Path) -> Reply | None:
    if not (path.is_file() and _header(path).is_file()):
        return None
    try:
        content, header = path.read_bytes(), json.loads(_header(path).read_text(encoding="utf-8"))
        retrieved, stated = str(header["retrieved"]), str(header["sha256"])
    except (OSError, ValueError, KeyError, TypeError):
        raise DataError("kept_reply_damaged", where=Where(file=str(path))) from None
    if hashlib.sha256(content).hexdigest() != stated:
        raise DataError("kept_reply_damaged", where=Where(file=str(path)))
    return Reply(content, retrieved, stated, str(path), True)
