"""Articles from bodies, titles and bylines, with a confidence and a reason for everything that was inferred."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from nqpf.messages import Text, say
from nqpf.text.article import Article, Block, Diagram, Flag, Inferred
from nqpf.text.segmenting.blocks import block_of, body_blocks
from nqpf.text.segmenting.diagrams import diagram_blocks
from nqpf.text.segmenting.drafts import Draft, Part
from nqpf.text.segmenting.flags import damage, mended, repairs
from nqpf.text.segmenting.heads import Title
from nqpf.text.segmenting.items import Item
from nqpf.text.segmenting.matching import Match
from nqpf.text.segmenting.people import affiliation_of, date_of, outlet_of
from nqpf.text.source import Cleaned

_SURE = {"contents": 0.98, "style": 0.9, "byline": 0.92, "place": 0.8}


@dataclass(slots=True, eq=False)
class Plan:
    """A body with all that was found for it.

    Attributes
    ----------
    body
        The body.
    match
        Its title, if any.
    authors
        Its authors and how sure they are.
    unused
        Titles of its head that went to no article.
    spliced
        Passages that belong to another article: paragraph, character, words of the other article's title or text.
    foreign
        Remarks on an author that belong to another article.
    """

    body: Draft
    match: Match | None
    authors: tuple[list[str], float]
    unused: tuple[Title, ...] = ()
    spliced: tuple[tuple[int, int, str], ...] = ()
    foreign: tuple[Item, ...] = ()

    @property
    def first_line(self) -> int:
        """The first line of the file that it is read from."""
        lines = [item.first for part in self.body.parts for item in part]
        return min(lines or [item.first for item in self.body.strays], default=0)


def assemble(
    cleaned: Cleaned,
    items: Sequence[Item],
    plan: Plan,
    id: str,
    contents: Mapping[str, str],
    repeated: Sequence[tuple[int, str]] = (),
) -> Article:
    """Return an article.

    Parameters
    ----------
    cleaned
        The clean text.
    items
        Its items.
    plan
        What was found.
    id
        Its id.
    contents
        Titles of a table of contents by their characters without blanks.
    repeated
        Words that stood twice at a join of columns: raw offset and words.
    """
    body = plan.body
    parts = [*_unused_heading(plan), *body.parts]
    blocks = body_blocks(cleaned, parts)
    flags = [*repairs(blocks, parts), *damage(blocks, parts), *mended(blocks, repeated)]
    flags += _other_flags(plan, parts, blocks)
    notes = [block_of("note", cleaned, item) for item in [*_unused_notes(plan), *body.strays, *plan.foreign]]
    flags += [
        Flag("damaged", len(blocks) + k, 0, say("text.flag.stray", words=note.text[:20]))
        for k, note in enumerate(notes)
    ]
    remarks = [*(body.head.remarks if body.head else []), *body.remarks]
    credits = [item.text for item in remarks if item.kind == "credit"]
    where = _said().remark
    return Article(
        id=id,
        file=cleaned.source.file,
        title=_title(plan.match, contents),
        authors=tuple(
            Inferred(name, round(_author_confidence(plan), 2), _author_reason(plan)) for name in plan.authors[0]
        ),
        affiliations=tuple(
            Inferred(affiliation_of(item.text), 0.95, where)
            for item in remarks
            if item.kind == "affiliation" and item not in plan.foreign
        ),
        date=_first_inferred([date_of(text) for text in credits], where),
        outlet=_first_inferred([outlet_of(text) for text in credits], where),
        blocks=(*blocks, *notes),
        lines=_lines(parts),
        flags=tuple(sorted(flags, key=lambda flag: (flag.block, flag.at))),
        diagrams=tuple(_diagram(cleaned, items, first, end) for first, end in body.diagrams),
    )


@dataclass(frozen=True, slots=True)
class _Said:
    """Texts without values, made once."""

    remark: Text
    contents: Text
    signed: Text
    title: Text
    number: Text
    untitled: Text
    diagram: Text


@cache
def _said() -> _Said:
    return _Said(
        remark=say("text.inferred.remark"),
        contents=say("text.title.contents"),
        signed=say("text.author.signed"),
        title=say("text.author.title"),
        number=say("text.author.remark"),
        untitled=say("text.flag.untitled"),
        diagram=say("text.flag.diagram"),
    )


def _title(match: Match | None, contents: Mapping[str, str]) -> Inferred | None:
    if match is None:
        return None
    value = contents.get("".join(match.title.text.split()), match.title.text)
    if match.title.evidence == "contents":
        return Inferred(value, _SURE["contents"], _said().contents)
    margin = match.score - match.second
    if match.beside:
        sure = min(_SURE[match.title.evidence], 0.5 + max(margin, 0.0))
        return Inferred(value, round(sure, 2), say("text.title.above", score=match.score))
    sure = min(0.95, 0.4 + 0.3 * match.score + 0.4 * max(margin, 0.0))
    return Inferred(value, round(sure, 2), say("text.title.content", score=match.score, second=match.second))


def _author_confidence(plan: Plan) -> float:
    return min(0.95, 0.5 + 0.4 * plan.authors[1])


def _author_reason(plan: Plan) -> Text:
    if plan.body.signed:
        return _said().signed
    with_title = plan.match is not None and any(plan.match.title.bylines)
    return _said().title if with_title else _said().number


def _first_inferred(values: Sequence[str | None], reason: Text) -> Inferred | None:
    known = [value for value in values if value]
    return Inferred(known[0], 0.9, reason) if known else None


def _unused_heading(plan: Plan) -> list[Part]:
    """Return the line right above a body that looked like a title and went to no article: its first heading."""
    if plan.unused and plan.body.head is not None and plan.body.head.titles[-1:] == plan.unused[-1:]:
        title = plan.unused[-1]
        if title.evidence == "place" and not title.bylines:
            return [Part([item]) for item in title.items]
    return []


def _unused_notes(plan: Plan) -> list[Item]:
    taken = {id(item) for part in _unused_heading(plan) for item in part}
    return [item for title in plan.unused for item in title.items if id(item) not in taken]


def _other_flags(plan: Plan, parts: Sequence[Part], blocks: Sequence[Block]) -> list[Flag]:
    """Return the flags for a missing title, spliced passages and diagrams."""
    ahead = len(parts) - len(plan.body.parts)
    found = [
        Flag("splice", p + ahead, at, say("text.flag.splice", words=blocks[p + ahead].text[at : at + 10], other=other))
        for p, at, other in plan.spliced
    ]
    if plan.match is None:
        found.append(Flag("untitled", 0, 0, _said().untitled))
    found += [Flag("diagram", len(blocks), 0, _said().diagram) for _ in plan.body.diagrams]
    return found


def _diagram(cleaned: Cleaned, items: Sequence[Item], first: int, end: int) -> Diagram:
    blocks = diagram_blocks(cleaned, list(items[first:end]))
    credit = items[end] if end < len(items) and items[end].kind == "credit" else None
    outlet = outlet_of(credit.text) if credit else None
    return Diagram(
        caption=blocks[0].text if blocks and blocks[0].kind == "caption" else None,
        blocks=tuple(blocks),
        edges=(),
        outlet=Inferred(outlet, 0.9, _said().remark) if outlet else None,
        lines=(items[first].first, items[end - 1].last),
    )


def _lines(parts: Sequence[Part]) -> tuple[tuple[int, int], ...]:
    """Return the ranges of lines in reading order; lines that nothing parts are one range."""
    found: list[tuple[int, int]] = []
    before = -2
    for part in parts:
        for item in part:
            if found and item.place == before + 1:
                found[-1] = (found[-1][0], item.last)
            else:
                found.append((item.first, item.last))
            before = item.place
    return tuple(found)
