"""Documents as they stream in: long ones cut at the end of a line or sentence, short ones put together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from nqpf.errors import DataError, SpecError, Where
from nqpf.messages import Text, say
from nqpf.text.measuring.characters import CLOSERS, LINE_ENDS, SENTENCE_ENDS

Documents = str | Path | Iterable[str | Path | tuple[str, str]]

CHUNK = 1 << 20
"""Characters that are worked on at once."""
KINDS = (".txt", ".md")
"""Files of a folder that are read."""
_LINE = re.compile(f"[{LINE_ENDS}]")


@dataclass(frozen=True, slots=True)
class Piece:
    """Documents, or a part of a long one.

    Attributes
    ----------
    numbers, texts
        The documents, numbered in the order they come.
    joined
        Whether a line with letters that began in a piece before goes on here with letters: it is one paragraph.
    """

    numbers: tuple[int, ...]
    texts: tuple[str, ...]
    joined: bool = False


@dataclass(slots=True)
class Reader:
    """Reads documents once.

    Attributes
    ----------
    whole
        Whether documents are never cut.
    names
        Number of each document by name, so far.
    skipped
        Files that could not be read, and why.
    """

    whole: bool
    names: dict[str, int] = field(default_factory=dict)
    skipped: list[Text] = field(default_factory=list)

    def pieces(self, documents: Documents) -> Iterator[Piece]:
        """Yield pieces of about `CHUNK` characters."""
        numbers: list[int] = []
        texts: list[str] = []
        size = 0
        for number, parts in self._opened(documents):
            begun = False
            for k, part in enumerate(parts):
                if k or len(part) >= CHUNK:
                    yield Piece((number,), (part,), begun and _has_letter(_LINE.split(part, 1)[0]))
                else:
                    numbers.append(number)
                    texts.append(part)
                    size += len(part) + 1
                    if size >= CHUNK:
                        yield Piece(tuple(numbers), tuple(texts))
                        numbers, texts, size = [], [], 0
                last = part[max(map(part.rfind, LINE_ENDS)) + 1 :]
                begun = _has_letter(last) or (begun and last == part)
        if numbers:
            yield Piece(tuple(numbers), tuple(texts))

    def _opened(self, documents: Documents) -> Iterator[tuple[int, Iterator[str]]]:
        """Yield the number of each document and its parts."""
        for document in _listed(documents):
            if isinstance(document, tuple):
                yield self._number(document[0]), self._parts(iter(_sliced(_text(document))))
                continue
            blocks = self._readable(Path(document))
            first = next(blocks, None)
            if first is not None:
                yield self._number(str(document)), self._parts(_chained(first, blocks))

    def _number(self, name: str) -> int:
        if name in self.names:
            raise DataError("measure_twin_ids", id=name, count=2)
        self.names[name] = len(self.names)
        return self.names[name]

    def _readable(self, file: Path) -> Iterator[str]:
        """Yield blocks of a file; a file that cannot be read is told of and gives nothing more."""
        try:
            with file.open(encoding="utf-8-sig", newline="") as stream:
                yield stream.read(CHUNK)
                while block := stream.read(CHUNK):
                    yield block
        except FileNotFoundError:
            self._skip(file, SpecError("file_not_found"))
        except UnicodeDecodeError:
            self._skip(file, SpecError("not_utf8"))
        except OSError as error:
            self._skip(file, SpecError("unreadable", problem=error.strerror or str(error)))

    def _skip(self, file: Path, why: SpecError) -> None:
        self.skipped.append(say("text.measuring.skipped", file=str(file), why=why.what))

    def _parts(self, blocks: Iterator[str]) -> Iterator[str]:
        """Yield parts of a document that end with a line or sentence; at least one."""
        held: list[str] = []
        for block in blocks:
            cut = 0 if self.whole else _cut(block)
            if cut:
                yield "".join((*held, block[:cut]))
                held = []
            held.append(block[cut:])
        yield "".join(held)


def _listed(documents: Documents) -> Iterable[str | Path | tuple[str, str]]:
    if not isinstance(documents, str | Path):
        return documents
    path = Path(documents)
    if path.is_dir():
        return sorted(file for file in path.rglob("*") if file.suffix.lower() in KINDS)
    if not path.exists():
        raise SpecError("file_not_found", where=Where(file=str(path)))
    return [path]


def _text(document: tuple[str, str]) -> str:
    name, text = document
    if not isinstance(text, str):
        raise DataError("measure_no_text", where=Where(unit=str(name)), column="text", kind=type(text).__name__)
    return text


def _sliced(text: str) -> list[str]:
    return [text[at : at + CHUNK] for at in range(0, len(text), CHUNK)] or [""]


def _chained(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


def _cut(block: str) -> int:
    """Return where a full block is cut: behind its last line, else behind its last sentence, else nowhere (0)."""
    if len(block) < CHUNK:
        return 0
    line = block.rfind("\n") + 1
    if line:
        return line
    end = max(block.rfind(c) for c in SENTENCE_ENDS) + 1
    while 0 < end < len(block) and block[end] in CLOSERS:
        end += 1
    return end


def _has_letter(text: str) -> bool:
    return any(c.isalnum() for c in text)
