"""Which title belongs to which body, and which byline: solved as an assignment; "no title" is an answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from nqpf.numerics.pairs import Worth, enough, worth
from nqpf.text.segmenting.drafts import Draft
from nqpf.text.segmenting.heads import Head, Title
from nqpf.text.segmenting.likeness import Likeness, joined
from nqpf.text.segmenting.people import authors_of, several

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

_BESIDE = {"contents": 0.6, "style": 0.15, "byline": 0.15, "place": 0.12}
"""What it adds that a title stands right above a body, by what shows that it is a title."""
_WORTH = Worth(cover=0.25, shared=0.15, best=0.1, all=0.5)
_SIGNED = 0.15
"""How well names must fit a body."""
_LEAST, _FAINT = 0.2, 0.12
"""How well a title must fit; less is enough where it fits no other body half as well."""
_FAR = 12


@dataclass(frozen=True, slots=True)
class Match:
    """A title of a body: which, how well it fits, how well the next best body, whether it stands right above."""

    title: Title
    score: float
    second: float
    beside: bool


def match_titles(bodies: Sequence[Draft], heads: Sequence[Head]) -> list[Match | None]:
    """Return the title of each body.

    A title that stands right above its body, each body having one such, needs no reading. Elsewhere titles are
    compared with the texts near them.

    Parameters
    ----------
    bodies, heads
        What the page holds, in reading order.
    """
    found: list[Match | None] = [None] * len(bodies)
    titles = [(title, k) for k, head in enumerate(heads) for title in head.titles]
    if not titles or not bodies:
        return found
    beside = _beside(bodies, heads, titles)
    plain = all(body.head is not None and len(body.head.titles) == 1 for body in bodies) and len(titles) == len(bodies)
    if plain:
        for i, body in enumerate(bodies):
            assert body.head is not None
            found[i] = Match(body.head.titles[0], 1.0, 0.0, True)
        return found
    scores = _scores(bodies, titles, beside)
    fits = enough(scores, _LEAST, _FAINT)
    rows, columns = linear_sum_assignment(np.where(fits, scores, 0.0), maximize=True)
    for t, b in zip(rows.tolist(), columns.tolist(), strict=True):
        if fits[t, b]:
            others = scores[t].tolist()
            others[b] = second = 0.0
            second = max(second, *others)
            found[b] = Match(titles[t][0], float(scores[t, b]), second, bool(beside[t, b] > 0))
    return found


def _beside(bodies: Sequence[Draft], heads: Sequence[Head], titles: Sequence[tuple[Title, int]]) -> Floats:
    """Return what it adds to each pair that the title is the last one right above the body."""
    found = np.zeros((len(titles), len(bodies)))
    last = {id(heads[k]): (t, title) for t, (title, k) in enumerate(titles)}
    for b, body in enumerate(bodies):
        if id(body.head) in last:
            t, title = last[id(body.head)]
            found[t, b] = _BESIDE[title.evidence]
    return found


def _scores(bodies: Sequence[Draft], titles: Sequence[tuple[Title, int]], beside: Floats) -> Floats:
    """Return how well each title fits each body, between 0 and about 1.5; −1 for those too far apart."""
    texts = [part.text for body in bodies for part in body.parts]
    sizes = np.array([len(body.parts) for body in bodies])
    ends = np.cumsum(sizes)
    starts = ends - sizes
    near = _near(bodies, titles)
    span = None
    if len(bodies) > _FAR:
        span = np.where(near, starts, len(texts)).min(axis=1), np.where(near, ends, 0).max(axis=1)
    like = Likeness.of([title.text for title, _ in titles], joined(texts), span)
    lead = [next((k for k, part in enumerate(body.parts) if part[0].kind == "prose"), 0) for body in bodies]
    spread = like.pervading(starts, ends, near)
    scores = worth(like.cover, like.shared, spread, starts, ends, starts + lead, near, _WORTH)
    return np.asarray(np.where(scores > -1.0, scores + beside, scores))


def _near(bodies: Sequence[Draft], titles: Sequence[tuple[Title, int]]) -> Mask:
    """Return which titles and bodies stand near enough to each other to belong together."""
    if len(bodies) <= _FAR:
        return np.ones((len(titles), len(bodies)), dtype=np.bool_)
    lines = np.array([body.parts[0][0].first if body.parts else 0 for body in bodies])
    place = np.argsort(np.argsort(lines, kind="stable"), kind="stable")
    at = np.array([np.searchsorted(np.sort(lines), title.items[0].first) for title, _ in titles])
    return np.abs(at[:, None] - place[None, :]) <= _FAR


def match_bylines(
    bodies: Sequence[Draft], heads: Sequence[Head], matches: Sequence[Match | None]
) -> list[tuple[list[str], float]]:
    """Return the authors of each body and how sure they are.

    Bylines go with the title they stand with; those of several persons rather with a body whose remark speaks of
    several authors (``作者分别为…``) than with one that speaks of one.
    """
    groups = list(_groups(heads))
    found: list[tuple[list[str], float]] = [([], 0.0) for _ in bodies]
    if groups and bodies:
        scores = _byline_scores(groups, bodies, matches)
        rows, columns = linear_sum_assignment(scores, maximize=True)
        for g, b in zip(rows.tolist(), columns.tolist(), strict=True):
            if scores[g, b] > _SIGNED:
                found[b] = (groups[g][0], float(scores[g, b]))
    for b, body in enumerate(bodies):
        signed = [name for line in body.signed for name in authors_of(line.text)]
        if signed and not found[b][0]:
            found[b] = (signed, 0.8)
    return found


def _groups(heads: Sequence[Head]) -> Iterator[tuple[list[str], Title | Head]]:
    """Yield the names that stand together, and the title they stand with, else the head."""
    for head in heads:
        for title in head.titles:
            names = [name for line in title.bylines for name in authors_of(line.text)]
            if names:
                yield names, title
        loose = [name for line in head.bylines for name in authors_of(line.text)]
        if loose:
            yield loose, head


def _byline_scores(
    groups: Sequence[tuple[list[str], Title | Head]], bodies: Sequence[Draft], matches: Sequence[Match | None]
) -> Floats:
    """Return how well each group of names fits each body."""
    own = {id(match.title): b for b, match in enumerate(matches) if match} | {
        id(body.head): b for b, body in enumerate(bodies) if body.head is not None
    }
    said = [[remark.text for remark in body.remarks if remark.kind == "affiliation"] for body in bodies]
    scores = np.zeros((len(groups), len(bodies)))
    if any(said):
        told = np.array([bool(remarks) for remarks in said])
        plural = np.array([any(map(several, remarks)) for remarks in said])
        many = np.array([len(names) > 1 for names, _ in groups])[:, None]
        scores[:, told] = np.where(plural, np.where(many, 0.8, -0.3), np.where(many, -0.5, 0.1))[:, told]
    for g, (_, beside) in enumerate(groups):
        if id(beside) in own:
            scores[g, own[id(beside)]] += 1.0 if isinstance(beside, Title) else 0.3
    return scores
