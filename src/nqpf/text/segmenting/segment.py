"""From a clean text to its articles: `segment`."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from pathlib import Path
from typing import Literal

from nqpf.columns import choose
from nqpf.messages import say
from nqpf.text.article import Article, Flag
from nqpf.text.cleaning.clean import clean
from nqpf.text.segmenting.assemble import Plan, assemble
from nqpf.text.segmenting.corrections import Corrections, corrected, read_corrections
from nqpf.text.segmenting.diagrams import diagram_spans
from nqpf.text.segmenting.drafts import Draft, Layout, read_layout, reading_order
from nqpf.text.segmenting.flags import splices
from nqpf.text.segmenting.heads import Head, title_keys
from nqpf.text.segmenting.items import Item, items_of
from nqpf.text.segmenting.matching import match_bylines, match_titles
from nqpf.text.segmenting.pages import pages, part_bodies
from nqpf.text.segmenting.repair import Link, links, strong
from nqpf.text.source import Cleaned, Source

Repair = Literal["apply", "propose"]

_TAIL = 12


def segment(
    text: Source | Cleaned, *, repair: Repair = "apply", corrections: str | Path | Corrections | None = None
) -> tuple[Article, ...]:
    r"""Part a text into its articles.

    Articles are told apart by remarks on their authors, by a table of contents, by bylines, by what the file says of
    its headings, and where titles stand in a list away from their articles by what they speak of. Titles, authors,
    affiliations, outlet and date carry a confidence and a reason. Headings that run in to their paragraph are counted
    (`Block.run_in`). Columns that stand in the wrong order are found by quotation marks and unfinished sentences.
    Nothing is rewritten; what looks wrong is flagged.

    Parameters
    ----------
    text
        A file as it was read, or its clean text.
    repair
        ``apply``: where the evidence is strong, lines are read in the repaired order and flagged (``reordered``);
        ``propose``: they stay in the order of the file, and the flag proposes the other.
    corrections
        A file of corrections by hand, which is applied last; see `corrections_template`.

    Returns
    -------
    tuple
        The articles in the order of the file.

    Raises
    ------
    SpecError
        The file of corrections is not as it must be; with its line.

    Examples
    --------
    >>> import numpy as np
    >>> page = "河湾的桥\n林小满\n河湾村修了一座新桥。桥很长。\n（作者系河湾村村民）"
    >>> starts = np.array([0, 5, 9, 24])
    >>> article, = segment(Source("page.txt", "txt", page, starts))
    >>> article.title.value, article.authors[0].value, article.affiliations[0].value
    ('河湾的桥', '林小满', '河湾村村民')
    """
    choose("repair", repair, ("apply", "propose"))
    cleaned = clean(text) if isinstance(text, Source) else text
    items = items_of(cleaned)
    contents = title_keys(cleaned.contents["title"].to_list())
    spans = diagram_spans(items)
    found = _links(cleaned, items, spans)
    chosen = [link for link in found if strong(link) and (repair == "apply" or not link.moves)]
    order = reading_order(items, chosen, contents)
    layout = read_layout(items, order, {link.tail: link for link in chosen}, spans, contents)
    part_bodies(layout)
    plans = sorted(_plans(layout), key=lambda plan: plan.first_line)
    stem = Path(cleaned.source.file).stem
    spelled = {"".join(title.split()): title for title in cleaned.contents["title"].to_list()}
    twice = cleaned.edits.filter(rule="overlap").sort("start")
    repeated = list(zip(twice["start"].to_list(), twice["before"].to_list(), strict=True))
    articles = tuple(
        assemble(cleaned, items, plan, f"{stem}-{number}", spelled, repeated) for number, plan in enumerate(plans, 1)
    )
    proposed = [link for link in found if link not in chosen and link.moves]
    articles = _proposed(articles, items, proposed)
    if corrections is None:
        return articles
    book = corrections if isinstance(corrections, Corrections) else read_corrections(corrections)
    return corrected(cleaned, items, articles, book)


def _links(cleaned: Cleaned, items: list[Item], spans: list[tuple[int, int]]) -> list[Link]:
    """Return the repairs, none of them inside a diagram."""
    inside = {i for first, end in spans for i in range(first, end)}
    found = links(cleaned.text, items, lambda i: i > 0 and items[i - 1].kind in ("short", "byline"))
    return [link for link in found if link.tail not in inside and link.head not in inside]


def _plans(layout: Layout) -> list[Plan]:
    """Return every body with its title and authors."""
    found: list[Plan] = []
    for bodies, heads in pages(layout):
        matches = match_titles(bodies, heads)
        authors = match_bylines(bodies, heads, matches)
        used = {id(match.title) for match in matches if match}
        plans = [Plan(body, match, names) for body, match, names in zip(bodies, matches, authors, strict=True)]
        _give_back(plans, heads, used)
        _splice(plans)
        found += plans
    if not layout.bodies and layout.heads:
        items = [item for head in layout.heads for title in head.titles for item in title.items]
        strays = [item for head in layout.heads for item in (*head.strays, *head.headings, *head.bylines)]
        found.append(Plan(Draft(strays=(*items, *strays)), None, ([], 0.0)))
    return found


def _give_back(plans: list[Plan], heads: list[Head], used: set[int]) -> None:
    """Give every line that looked like a title and is none to the article below it, else to the last one."""
    for head in heads:
        unused = tuple(title for title in head.titles if id(title) not in used)
        rest = head.strays + (() if any(plan.body.head is head for plan in plans) else head.headings)
        below = [plan for plan in plans if plan.body.head is head or plan.body.under is head] or plans[-1:]
        if below:
            below[0].unused += unused
            below[0].body.strays += rest


def _splice(plans: list[Plan]) -> None:
    """Mark passages that belong to another article, and remarks on its author printed with them."""
    for b, found in splices([plan.body for plan in plans]).items():
        for p, at, other in found:
            owner = plans[other]
            name = owner.match.title.text if owner.match else owner.body.text[:12]
            plans[b].spliced += ((p, at, name),)
            said = {item.text for item in owner.body.remarks}
            last = p == len(plans[b].body.parts) - 1
            plans[b].foreign += tuple(item for item in plans[b].body.remarks if last and item.text in said)


def _first(owned: tuple[int, int, int]) -> int:
    return owned[0]


def _proposed(articles: tuple[Article, ...], items: list[Item], proposed: list[Link]) -> tuple[Article, ...]:
    """Return the articles with a flag at each tail for which a repair is proposed and not applied."""
    found = list(articles)
    owner = sorted((first, last, k) for k, article in enumerate(found) for first, last in article.lines)
    for link in proposed:
        item = items[link.tail]
        place = bisect_right(owner, item.last, key=_first) - 1
        if place < 0 or owner[place][1] < item.last:
            continue
        article = found[owner[place][2]]
        ends = [i for i, block in enumerate(article.blocks) if block.text.endswith(item.text[-_TAIL:])]
        if ends:
            said = say("text.flag.proposed", evidence=link.evidence)
            flag = Flag("reordered", ends[0], len(article.blocks[ends[0]].text) - 1, said)
            found[owner[place][2]] = replace(article, flags=(*article.flags, flag))
    return tuple(found)
