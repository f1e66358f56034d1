"""Clubs put together again where they converge jointly, and diverging units taken into the clubs.

``ps``: Phillips and Sul (2009), doi:10.1002/jae.1080; ``vlt``: von Lyncker and Thoennessen (2017), Empirical Economics
52(2), 525–553, doi:10.1007/s00181-016-1096-2.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from nqpf.regions.convergence.club_search import Club, Search
from nqpf.regions.convergence.transition import spread_joined

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]
Merge = Literal["ps", "vlt", "vlt_restart"]


def merged(x: Floats, clubs: list[Club], search: Search, how: Merge) -> list[Club]:
    """Return neighbouring clubs of ``x[T, N]`` merged; each says which of the given ones it is made of.

    ``ps`` adds the next club while the group converges. ``vlt`` asks besides that the group's t be above that of the
    next club with the one after it. ``vlt_restart`` begins at the first club again after each merging, so that a club
    that was passed over is tried with what came after it.
    """
    begun = [replace(club, joined=(i,)) for i, club in enumerate(clubs)]
    return _restarting(x, begun, search) if how == "vlt_restart" else _once(x, begun, search, how)


def _once(x: Floats, clubs: list[Club], search: Search, how: Merge) -> list[Club]:
    found = clubs[:1]
    for k in range(1, len(clubs)):
        both = _union(x, found[-1], clubs[k], search)
        after = _union(x, clubs[k], clubs[k + 1], search) if how == "vlt" and k + 1 < len(clubs) else None
        if both.fit.t[0] > max(search.critical, after.fit.t[0] if after else search.critical):
            found[-1] = both
        else:
            found.append(clubs[k])
    return found


def _restarting(x: Floats, clubs: list[Club], search: Search) -> list[Club]:
    while len(clubs) > 1:
        pairs = [_union(x, one, two, search) for one, two in pairwise(clubs)]
        t = np.array([pair.fit.t[0] for pair in pairs])
        able = np.flatnonzero((t > search.critical) & (t > np.append(t[1:], search.critical)))
        if not able.size:
            break
        clubs = [*clubs[: able[0]], pairs[able[0]], *clubs[able[0] + 2 :]]
    return clubs


def _union(x: Floats, one: Club, two: Club, search: Search) -> Club:
    rows = np.concatenate([one.rows, two.rows])
    fit = search.group(x, rows)
    return Club(rows, rows.size, fit, max(one.threshold, two.threshold), one.joined + two.joined)


def taken_in(x: Floats, clubs: list[Club], left: Integers, search: Search, least: float) -> tuple[list[Club], Integers]:
    """Return clubs with the diverging units `left` that go with one of them, best first, and those that do not.

    A unit joins the club beside which its log t is largest, if that is above `least`; then all is tried again.
    """
    clubs = list(clubs)
    while clubs and left.size:
        t = np.array([search.test.fit(spread_joined(x[:, c.rows], x[:, left])).t for c in clubs])
        k, j = np.unravel_index(np.argmax(np.where(np.isnan(t), -np.inf, t)), t.shape)
        if not t[k, j] > least:
            break
        rows = np.append(clubs[k].rows, left[j])
        clubs[k] = replace(clubs[k], rows=rows, fit=search.group(x, rows))
        left = np.delete(left, j)
    return clubs, left
