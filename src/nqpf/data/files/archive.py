"""The zip file inside every xlsx, xlsb and ods: opened with care, since a small one can unpack to anything."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from nqpf.data.files.source import Source
from nqpf.errors import DataError

MOST_BYTES = 1 << 30
"""Bytes that an archive may unpack to."""
MOST_RATIO, RATIO_FROM = 200, 100 << 20
"""How many times its size an archive may unpack to, from 100 MiB on; sheets reach 10 to 50."""
CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Archive:
    """The parts of a zip file by name; names are found in any case and with either slash."""

    zip: zipfile.ZipFile
    parts: Mapping[str, zipfile.ZipInfo]

    def __contains__(self, name: object) -> bool:
        return str(name).lower() in self.parts

    def read(self, name: str) -> bytes:
        """Return a part; nothing if there is none of this name."""
        part = self.parts.get(name.lower())
        return self.zip.read(part) if part else b""

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield a part piece by piece, which also tests its checksum and the size it states."""
        part = self.parts.get(name.lower())
        if part is None:
            return
        with self.zip.open(part) as stream:
            while chunk := stream.read(CHUNK):
                yield chunk

    def verify(self, name: str) -> None:
        """Unpack a part to nowhere: a wrong checksum or size raises ``BadZipFile``."""
        for _ in self.chunks(name):
            pass

    def tree(self, name: str) -> ET.Element:
        """Return a part of XML as a tree; an empty element if there is none of this name."""
        raw = self.read(name)
        return ET.fromstring(raw) if raw else ET.Element("none")

    def relations(self, name: str) -> dict[str, tuple[str, str]]:
        """Return which parts a part refers to: type of relation and name, by id."""
        folder, base = posixpath.split(name)
        found = {}
        for node in self.tree(f"{folder}/_rels/{base}.rels".lstrip("/")):
            target = node.get("Target", "")
            path = target if target.startswith("/") else posixpath.join("/", folder, target)
            found[node.get("Id", "")] = (node.get("Type", ""), posixpath.normpath(path).lstrip("/"))
        return found


@contextmanager
def opened(source: Source) -> Iterator[Archive]:
    """Open a file's archive after looking at the sizes it states.

    Raises
    ------
    DataError
        It is damaged, or would unpack to more than a workbook can hold.
    """
    with source.guarded(), zipfile.ZipFile(source.path) as file:
        infos = file.infolist()
        size = sum(info.file_size for info in infos)
        packed = max(source.path.stat().st_size, 1)
        if size > MOST_BYTES or (size > RATIO_FROM and size > MOST_RATIO * packed):
            raise DataError("zip_bomb", where=source.where(), size=size // (1 << 20), packed=packed / (1 << 20))
        yield Archive(file, {info.filename.replace("\\", "/").lower(): info for info in infos})
