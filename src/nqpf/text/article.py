"""An article: its title, authors, headings and paragraphs, each with its place in the file it came from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import PlainSerializer, PlainValidator

from nqpf.messages import Text

BlockKind = Literal["heading", "paragraph", "label", "caption", "table", "note"]
FlagKind = Literal["splice", "damaged", "reordered", "untitled", "repaired", "diagram"]


def _offsets(values: object) -> NDArray[np.int64]:
    return np.asarray(values, dtype=np.int64)


def _listed(values: object) -> list[int]:
    listed: list[int] = _offsets(values).tolist()
    return listed


Offsets = Annotated[NDArray[np.int64], PlainValidator(_offsets), PlainSerializer(_listed)]
"""Places of characters, kept in files as a list of numbers."""


@dataclass(frozen=True, slots=True)
class Inferred:
    """Something that was inferred: how sure it is (0–1) and why."""

    value: str
    confidence: float
    reason: Text


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """A paragraph or heading of an article.

    Attributes
    ----------
    kind
        What it is. A run-in heading is part of its paragraph; see `run_in`.
    text
        Its clean characters.
    origin
        ``int[len(text)]`` raw offset of each character of `text` in the source, −1 for one that was put in.
    level
        Of a heading: 1, 2 …; else 0.
    run_in
        Number of leading characters of a paragraph that are a run-in heading.
    """

    kind: BlockKind
    text: str
    origin: Offsets
    level: int = 0
    run_in: int = 0


@dataclass(frozen=True, slots=True)
class Flag:
    """Something a person should look at: what, at which character of which block, and the evidence."""

    kind: FlagKind
    block: int
    at: int
    evidence: Text


@dataclass(frozen=True, slots=True)
class Edge:
    """An arrow of a diagram, as a person has filled it in: from which label to which, and what it says."""

    source: str
    target: str
    text: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Diagram:
    """A diagram that came as loose labels.

    Attributes
    ----------
    caption
        What it is called; None where nothing says so.
    blocks
        Its caption, labels and notes in the order of the file.
    edges
        Its arrows; a text file does not hold them, so there are none until a correction names them.
    outlet
        Where it was taken from, as far as the file says.
    lines
        First and last raw line, from 1.
    """

    caption: str | None
    blocks: tuple[Block, ...]
    edges: tuple[Edge, ...]
    outlet: Inferred | None
    lines: tuple[int, int]

    @property
    def labels(self) -> tuple[str, ...]:
        """Its labels, as the ends of edges are named."""
        return tuple(block.text for block in self.blocks if block.kind == "label")


@dataclass(frozen=True, slots=True, eq=False)
class Article:
    """An article.

    Attributes
    ----------
    id
        ``<stem of the file>-<number>``.
    file
        The file it came from.
    title
        Its title; None where it has none ("no title" is an answer).
    authors, affiliations, date, outlet
        As far as the file says.
    blocks
        Headings and paragraphs in reading order, also stray lines that belong to neither (labels, notes).
    lines
        Ranges of raw lines (first, last; from 1) in reading order.
    flags
        What a person should look at.
    diagrams
        Diagrams that stand in it; their labels are no part of its text.
    """

    id: str
    file: str
    title: Inferred | None
    authors: tuple[Inferred, ...]
    affiliations: tuple[Inferred, ...]
    date: Inferred | None
    outlet: Inferred | None
    blocks: tuple[Block, ...]
    lines: tuple[tuple[int, int], ...]
    flags: tuple[Flag, ...] = ()
    diagrams: tuple[Diagram, ...] = ()

    @property
    def text(self) -> str:
        """Its paragraphs and headings, one a line, without the title."""
        return "\n".join(block.text for block in self.blocks if block.kind in ("heading", "paragraph"))
