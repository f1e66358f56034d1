"""Corrections by hand: a YAML file that is written once, edited by a person, and applied again at every reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from pydantic import Field

from nqpf.errors import SpecError, Where, hint, listing
from nqpf.messages import say
from nqpf.text.article import Article, Block, BlockKind, Diagram, Edge, Flag, Inferred
from nqpf.text.segmenting.blocks import body_blocks
from nqpf.text.segmenting.drafts import Part
from nqpf.text.segmenting.flags import damage
from nqpf.text.segmenting.items import Item
from nqpf.text.source import Cleaned
from nqpf.yamlfile import Document, Strict, load, validate

Range = tuple[int, int]


class ArticleCorrection(Strict):
    """What a person says of one article; what is not named stays as it was inferred."""

    title: str | None = None
    authors: tuple[str, ...] = ()
    affiliations: tuple[str, ...] = ()
    date: str | None = None
    outlet: str | None = None
    lines: tuple[Range, ...] = ()
    kinds: dict[int, BlockKind] = Field(default_factory=dict)
    edges: tuple[tuple[str, ...], ...] = ()


class _Book(Strict):
    articles: dict[str, ArticleCorrection] = Field(default_factory=dict)
    merge: tuple[tuple[str, ...], ...] = ()
    split: dict[str, int] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Corrections:
    """A file of corrections: what it says, and where."""

    document: Document
    book: _Book


def read_corrections(path: str | Path) -> Corrections:
    """Read a file of corrections.

    Raises
    ------
    SpecError
        It is not there, is no YAML, or says what nobody understands; with its line.
    """
    document = load(path)
    return Corrections(document, validate(_Book, document))


def corrections_template(articles: Sequence[Article]) -> str:
    """Return a file of corrections that says what was inferred, for a person to edit.

    ``lines`` are the lines of the file in reading order; ``kinds`` names a line and what begins there (heading,
    paragraph, label, caption, table, note); ``edges`` are the arrows of a diagram (from, to, and what they say), which
    no text file holds. ``merge`` lists articles that are one; ``split`` names an article and the line at which another
    begins, which then has the same id with a ``b``.

    Examples
    --------
    >>> print(corrections_template([]))
    articles: {}
    merge: []
    split: {}
    <BLANKLINE>
    """
    if not articles:
        return "articles: {}\nmerge: []\nsplit: {}\n"
    rows = ["articles:"]
    for article in articles:
        rows.append(f"  {_quoted(article.id)}:")
        rows.append(f"    title: {_quoted(article.title.value) if article.title else 'null'}")
        rows.append(f"    authors: [{', '.join(_quoted(author.value) for author in article.authors)}]")
        rows.append(f"    affiliations: [{', '.join(_quoted(place.value) for place in article.affiliations)}]")
        rows.append(f"    lines: [{', '.join(f'[{first}, {last}]' for first, last in article.lines)}]")
        if article.diagrams:
            labels = "、".join(label for diagram in article.diagrams for label in diagram.labels)
            rows += [f"    # {labels}", "    edges: []"]
    return "\n".join([*rows, "merge: []", "split: {}", ""])


def corrected(
    cleaned: Cleaned, items: Sequence[Item], articles: Sequence[Article], corrections: Corrections
) -> tuple[Article, ...]:
    """Return the articles as a person has corrected them.

    Ids of other files are passed over, so that one file of corrections can serve a folder.

    Raises
    ------
    SpecError
        An article, line or label that is not there; with the line of the file of corrections.
    """
    return _Corrector(cleaned, items, articles, corrections).run()


class _Corrector:
    def __init__(
        self, cleaned: Cleaned, items: Sequence[Item], articles: Sequence[Article], corrections: Corrections
    ) -> None:
        self.cleaned, self.items, self.document = cleaned, items, corrections.document
        self.book = corrections.book
        self.stem = Path(cleaned.source.file).stem
        self.found = {article.id: article for article in articles}

    def run(self) -> tuple[Article, ...]:
        """Apply splits, merges, and then what is said of single articles."""
        for id, line in self.book.split.items():
            if self._ours(id):
                self._split(id, line)
        for k, ids in enumerate(self.book.merge):
            if any(self._ours(id) for id in ids):
                self._merge(ids, k)
        for id, said in self.book.articles.items():
            if self._ours(id):
                self._known(id, ("articles", id))
                self.found[id] = self._article(self.found[id], said)
        return tuple(self.found.values())

    def _ours(self, id: str) -> bool:
        return id.rpartition("-")[0] == self.stem

    def _known(self, id: str, at: tuple[str | int, ...]) -> Article:
        if id not in self.found:
            options = listing(self.found, 20)
            where = self.document.where(at)
            raise SpecError("text_no_article", where=where, id=id, options=options, hint=hint(id, self.found))
        return self.found[id]

    def _split(self, id: str, line: int) -> None:
        article = self._known(id, ("split", id))
        before, after = _ranges_at(article.lines, line)
        if not before or not after:
            raise SpecError("text_no_line", where=self.document.where(("split", id)), line=line, id=id)
        rest = list(self.found.items())
        place = [key for key, _ in rest].index(id)
        first = self._from_lines(article, before, ("split", id))
        second = self._from_lines(article, after, ("split", id))
        second = replace(second, id=f"{id}b", title=None, authors=(), affiliations=article.affiliations)
        self.found = dict([*rest[:place], (id, first), (f"{id}b", second), *rest[place + 1 :]])

    def _merge(self, ids: Sequence[str], k: int) -> None:
        parts = [self._known(id, ("merge", k)) for id in ids]
        lines = tuple(line for part in parts for line in part.lines)
        whole = self._from_lines(parts[0], lines, ("merge", k))
        authors = tuple(dict.fromkeys(author for part in parts for author in part.authors))
        places = tuple(dict.fromkeys(place for part in parts for place in part.affiliations))
        diagrams = tuple(diagram for part in parts for diagram in part.diagrams)
        self.found[ids[0]] = replace(whole, authors=authors, affiliations=places, diagrams=diagrams)
        for id in ids[1:]:
            self.found.pop(id, None)

    def _article(self, article: Article, said: ArticleCorrection) -> Article:
        named, at = said.model_fields_set, ("articles", article.id)
        if "lines" in named and said.lines != article.lines:
            article = self._from_lines(article, said.lines, (*at, "lines"))
        title = self._sure(said.title) if "title" in named else article.title
        flags = article.flags if title is None else tuple(f for f in article.flags if f.kind != "untitled")
        return replace(
            article,
            title=title,
            authors=self._all(said.authors) if "authors" in named else article.authors,
            affiliations=self._all(said.affiliations) if "affiliations" in named else article.affiliations,
            date=self._sure(said.date) if "date" in named else article.date,
            outlet=self._sure(said.outlet) if "outlet" in named else article.outlet,
            blocks=self._kinds(article, said.kinds),
            flags=flags,
            diagrams=self._edges(article, said.edges),
        )

    def _sure(self, value: str | None) -> Inferred | None:
        return None if value is None else Inferred(value, 1.0, say("text.inferred.hand"))

    def _all(self, values: Sequence[str]) -> tuple[Inferred, ...]:
        return tuple(Inferred(value, 1.0, say("text.inferred.hand")) for value in values)

    def _kinds(self, article: Article, kinds: dict[int, BlockKind]) -> tuple[Block, ...]:
        blocks = list(article.blocks)
        for line, kind in kinds.items():
            held = [i for i, block in enumerate(blocks) if self._holds(block, line)]
            if not held:
                where = self.document.where(("articles", article.id, "kinds", line))
                raise SpecError("text_no_line", where=where, line=line, id=article.id)
            block = blocks[held[0]]
            run_in = block.run_in if kind == "paragraph" else 0
            blocks[held[0]] = replace(block, kind=kind, level=max(block.level, 1) * (kind == "heading"), run_in=run_in)
        return tuple(blocks)

    def _holds(self, block: Block, line: int) -> bool:
        starts = self.cleaned.source.starts
        ends = block.origin[[0, -1]]
        lines = np.searchsorted(starts, ends[ends >= 0], side="right")
        return len(lines) > 0 and int(lines[0]) <= line <= int(lines[-1])

    def _edges(self, article: Article, edges: Sequence[Sequence[str]]) -> tuple[Diagram, ...]:
        if not edges:
            return article.diagrams
        at = ("articles", article.id, "edges")
        labels = [label for diagram in article.diagrams for label in diagram.labels]
        for k, edge in enumerate(edges):
            where = self.document.where((*at, k))
            if len(edge) not in (2, 3):
                raise SpecError("text_bad_edge", where=where)
            for label in edge[:2]:
                if label not in labels:
                    near = hint(label, labels)
                    raise SpecError("text_no_label", where=where, label=label, options=listing(labels, 20), hint=near)
        made = tuple(Edge(*edge) for edge in edges)
        return tuple(
            replace(diagram, edges=tuple(edge for edge in made if edge.source in diagram.labels))
            for diagram in article.diagrams
        )

    def _from_lines(self, article: Article, lines: Sequence[Range], at: tuple[str | int, ...]) -> Article:
        """Return an article whose text is read from these lines, in this order."""
        parts: list[Part] = []
        for first, last in lines:
            if not 1 <= first <= last <= len(self.cleaned.source.starts):
                where: Where = self.document.where(at)
                raise SpecError(
                    "text_bad_lines", where=where, first=first, last=last, lines=len(self.cleaned.source.starts)
                )
            for item in self._between(first, last):
                if parts and parts[-1].prose and item.kind == "prose" and not parts[-1][-1].ended:
                    parts[-1].append(item)
                else:
                    parts.append(Part([item]))
        parts = [part for part in parts if part[0].kind in ("prose", "short", "byline")]
        blocks = body_blocks(self.cleaned, parts)
        kept = tuple(flag for flag in article.flags if flag.kind in ("untitled", "diagram"))
        flags: tuple[Flag, ...] = (*kept, *damage(blocks, parts))
        return replace(article, blocks=tuple(blocks), lines=tuple(lines), flags=flags)

    def _between(self, first: int, last: int) -> list[Item]:
        """Return what the items hold of these lines."""
        starts, size = self.cleaned.source.starts, len(self.cleaned.source.text)
        low = int(starts[first - 1])
        high = int(starts[last]) if last < len(starts) else size
        start, end = np.searchsorted(self.cleaned.origin, [low, high]).tolist()
        found = []
        for item in self.items:
            a, b = max(item.start, start), min(item.end, end)
            if a < b:
                words = item.text[a - item.start : b - item.start]
                ended = item.ended if b == item.end else False
                found.append(
                    item._replace(
                        text=words, start=a, ended=ended, first=max(item.first, first), last=min(item.last, last)
                    )
                )
        return found


def _ranges_at(lines: Sequence[Range], line: int) -> tuple[list[Range], list[Range]]:
    """Return the ranges before and from a line, in reading order."""
    before: list[Range] = []
    for k, (first, last) in enumerate(lines):
        if first <= line <= last:
            after = [(line, last), *lines[k + 1 :]]
            return (before + ([(first, line - 1)] if first < line else [])), after
        before.append((first, last))
    return list(lines), []


def _quoted(words: str) -> str:
    return '"' + words.replace("\\", "\\\\").replace('"', '\\"') + '"'
