"""Convergence clubs of a table: which units converge with which, and how much the choice of standard error matters.

Phillips and Sul (2007), doi:10.1111/j.1468-0262.2007.00811.x, and (2009), Economic transition and growth, Journal of
Applied Econometrics 24(7), 1153–1185, doi:10.1002/jae.1080.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import choose
from nqpf.errors import MethodError, SpecError, Where
from nqpf.frames import as_backend, backend_of
from nqpf.regions.convergence.club_merge import Merge, merged, taken_in
from nqpf.regions.convergence.club_search import Club, Core, Increase, Search
from nqpf.regions.convergence.log_t import LogT
from nqpf.regions.convergence.logt import kind_of, paths_of, power, prepared
from nqpf.regions.convergence.long_run import Hac
from nqpf.regions.convergence.observed import Observed
from nqpf.results import Method, Note, Result

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]
Divergent = Literal["keep", "join"]

SMALL_CLUB = 5
"""Units below which a club is called a small one."""


@dataclass(frozen=True, slots=True)
class ClubsResult(Result):
    """Convergence clubs.

    Attributes
    ----------
    frame
        A row a unit: unit, club (1, 2, …; null where it diverges), first_club (before clubs were merged), last (the
        value it was ordered by).
    clubs
        A row a club: club, n, core (units of its core group; null where merged), threshold (the c* used), beta, se, t,
        p (one-sided), kind (``level``: b ≥ 2; ``growth``: 0 ≤ b < 2; ``weak``: b < 0, not rejected; ``rejected``: t
        not above `critical`), speed (b/2, the decay rate of Phillips and Sul), from (clubs it was merged from).
    first
        The same of the clubs before merging.
    choices
        A row a standard error: hac, clubs, sizes, divergent, rejected (clubs whose t is not above `critical`), chosen.
        The one that was not chosen is left out, with a note, where it is undefined.
    compared
        A row a unit: its club under each standard error of `choices`, all other options the same.
    paths
        A row a unit and year: value and relative, the transition path h_it against all units.
    """

    frame: pl.DataFrame
    clubs: pl.DataFrame
    first: pl.DataFrame
    choices: pl.DataFrame
    compared: pl.DataFrame
    paths: pl.DataFrame
    method: Method
    notes: tuple[Note, ...]
    backend: nw.Implementation | None = None

    def to_frame(self) -> Any:
        """Return the clubs of the units as the kind of dataframe that was given."""
        return as_backend(self.frame, self.backend)


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """Clubs before and after merging, and the places of what diverges."""

    first: list[Club]
    clubs: list[Club]
    left: Integers

    def labels(self, size: int, *, first: bool = False) -> list[int | None]:
        """Return the club of each of `size` places."""
        found: list[int | None] = [None] * size
        for k, club in enumerate(self.first if first else self.clubs, 1):
            for row in club.rows:
                found[row] = k
        return found


def clubs(
    data: Any,
    value: str,
    *,
    unit: str,
    time: str,
    trim: float = 1 / 3,
    hac: Hac = "fqsb",
    critical: float = -1.65,
    threshold: float = 0.0,
    increase: Increase = "fixed",
    increment: float = 0.1,
    cap: float = 3.0,
    core: Core = "max",
    merge: Merge | None = None,
    divergent: Divergent = "keep",
    join_threshold: float = -1.65,
    log: bool = False,
    hp_filter: float | None = None,
    start: int | None = None,
    end: int | None = None,
) -> ClubsResult:
    """Find the clubs within which units converge.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, a row a unit and year, none missing.
    value
        Column of the quantity; positive. The authors take the trend of log income: ``log=True, hp_filter=400``.
    unit, time
        Columns of units and years; units with equal last values stand in the order of their names.
    trim
        Share of the years left out at the start of each regression.
    hac
        Standard error: ``fqsb`` of the authors' program, ``aqsb`` sandwich with Andrews' bandwidth of the scores. The
        clubs can differ much: ``.choices`` and ``.compared`` show both.
    critical
        t value above which a group converges, one-sided.
    threshold
        c*: a unit joins a core beside which its t is above it; the larger, the smaller the clubs.
    increase
        ``fixed``: c* stays, a club whose t is not above `critical` is marked as rejected; ``incremental``: it rises
        until the club converges, as Phillips and Sul advise.
    increment, cap
        Steps of c*, and the value behind which it stops at the core.
    core
        The core group is that of the largest t (``max``), as in the paper, or of the largest |t| (``absolute``), as the
        R package ConvergenceClubs takes it.
    merge
        ``ps`` merges neighbouring clubs while they converge jointly (Phillips and Sul 2009); ``vlt`` asks besides that
        the joint t be above that of the following pair (von Lyncker and Thoennessen 2017), going through the clubs once
        (as ConvergenceClubs does), ``vlt_restart`` until none is merged; None: not merged.
    divergent
        ``keep`` or ``join``: diverging units join the club beside which their t is largest, one after another, while it
        is above `join_threshold`.
    join_threshold
        e* of ``divergent="join"``.
    log
        Whether the logarithm is taken; clubs then depend on the unit of measurement.
    hp_filter
        Penalty of the Hodrick–Prescott filter that takes the cycle out; None: taken as it is.
    start, end
        First and last year; None: all.

    Returns
    -------
    ClubsResult
        The club of each unit; ``.clubs``, ``.first``, ``.choices``, ``.compared``, ``.paths``.

    Raises
    ------
    DataError
        A column is absent, a key twice, or a cell no number.
    SpecError
        No such option or year, `trim` not between 0 and 1, a penalty or an `increment` that is not positive.
    MethodError
        A missing cell, a value not above 0, units that are equal, or fewer than four years after trimming.

    References
    ----------
    Phillips and Sul (2009), doi:10.1002/jae.1080. von Lyncker and Thoennessen (2017), doi:10.1007/s00181-016-1096-2.

    Examples
    --------
    >>> high, low = ([level + gap / t for t in range(1, 16)] for level, gap in ((9, 2), (4, 1)))
    >>> v = [*high, *[9.0] * 15, *low, *[4.0] * 15]
    >>> table = {"u": [u for u in "abcd" for _ in range(15)], "y": list(range(2001, 2016)) * 4, "v": v}
    >>> clubs(table, "v", unit="u", time="y").frame["club"].to_list()
    [1, 1, 2, 2]
    """
    _check(hac, increase, core, divergent, merge)
    if not increment > 0:
        raise SpecError("clubs_increment", where=Where(key="increment"), value=increment)
    seen, notes = prepared(data, value, unit, time, start, end, log, hp_filter)
    order = np.argsort(-seen.values[-1], kind="stable")
    x, names = seen.values[:, order], tuple(seen.units[i] for i in order)
    test = LogT(len(seen.years), trim, hac)
    search = Search(test, names, critical, threshold, increase, increment, cap, core)
    joins = join_threshold if divergent == "join" else None
    found = _both(x, search, merge, joins)
    options = {
        "value": value, "trim": trim, "hac": hac, "critical": critical, "threshold": threshold, "increase": increase,
        "increment": increment, "cap": cap, "core": core, "merge": merge, "divergent": divergent,
        "join_threshold": join_threshold, "log": log, "hp_filter": hp_filter,
    }  # fmt: skip
    chosen = found[hac]
    return ClubsResult(
        _members(chosen, seen, order, names, unit),
        _table(chosen.clubs, critical),
        _table(chosen.first, critical),
        _choices(found, hac, critical),
        pl.DataFrame({unit: names} | {word: one.labels(len(names)) for word, one in found.items()}).sort(unit),
        paths_of(seen, unit, time),
        Method("regions.clubs", options),
        (*notes, *power(test), *_remarks(found, hac, critical)),
        backend_of(data),
    )


def _check(hac: Hac, increase: Increase, core: Core, divergent: Divergent, merge: Merge | None) -> None:
    choose("hac", hac, get_args(Hac))
    choose("increase", increase, get_args(Increase))
    choose("core", core, get_args(Core))
    choose("divergent", divergent, get_args(Divergent))
    if merge is not None:
        choose("merge", merge, get_args(Merge))


def _found(x: Floats, search: Search, merge: Merge | None, joins: float | None) -> _Found:
    first, left = search.clubs(x)
    last = merged(x, first, search, merge) if merge else [replace(c, joined=(i,)) for i, c in enumerate(first)]
    if joins is not None:
        last, left = taken_in(x, last, left, search, joins)
    return _Found(first, last, left)


def _both(x: Floats, search: Search, merge: Merge | None, joins: float | None) -> dict[str, _Found]:
    """Return the clubs under each standard error; the one that was not chosen may have none."""
    found = {}
    for word in get_args(Hac):
        try:
            found[word] = _found(x, replace(search, test=replace(search.test, hac=word)), merge, joins)
        except MethodError:
            if word == search.test.hac:
                raise
    return found


def _members(found: _Found, seen: Observed, order: Integers, names: tuple[str, ...], unit: str) -> pl.DataFrame:
    size = len(names)
    columns = {"club": found.labels(size), "first_club": found.labels(size, first=True)}
    return pl.DataFrame(
        {unit: names, **columns, "last": seen.values[-1][order]},
        schema_overrides={"club": pl.Int64, "first_club": pl.Int64},
    ).sort("club", "last", unit, descending=[False, True, False], nulls_last=True)


def _table(found: list[Club], critical: float) -> pl.DataFrame:
    rows = [
        {"club": k, "n": club.rows.size, "core": club.core if len(club.joined) < 2 else None}
        | {"threshold": club.threshold, "beta": club.fit.beta[0], "se": club.fit.se[0], "t": club.fit.t[0]}
        | {"p": club.fit.p[0], "kind": kind_of(club.fit, critical)[0], "speed": club.fit.beta[0] / 2}
        | {"from": [i + 1 for i in club.joined] or [k]}
        for k, club in enumerate(found, 1)
    ]
    numbers = dict.fromkeys(("threshold", "beta", "se", "t", "p"), pl.Float64())
    kinds = {"kind": pl.String(), "speed": pl.Float64(), "from": pl.List(pl.Int64)}
    return pl.DataFrame(rows, schema={"club": pl.Int64(), "n": pl.Int64(), "core": pl.Int64(), **numbers, **kinds})


def _choices(found: dict[str, _Found], hac: str, critical: float) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {"hac": word, "clubs": len(one.clubs), "sizes": [c.rows.size for c in one.clubs]}
            | {"divergent": one.left.size, "rejected": _rejected(one, critical), "chosen": word == hac}
            for word, one in found.items()
        ],
        schema_overrides={"sizes": pl.List(pl.Int64)},
    )


def _rejected(found: _Found, critical: float) -> int:
    return sum(club.fit.t[0] <= critical for club in found.clubs)


def _remarks(found: dict[str, _Found], hac: Hac, critical: float) -> list[Note]:
    notes = []
    size = sum(c.rows.size for c in found[hac].clubs) + found[hac].left.size
    other = "aqsb" if hac == "fqsb" else "fqsb"
    if other not in found:
        notes.append(Note("logt_other_undefined", values={"other": other}))
    elif moved := sum(a != b for a, b in zip(found[hac].labels(size), found[other].labels(size), strict=True)):
        counts = {"clubs": len(found[hac].clubs), "others": len(found[other].clubs)}
        notes.append(Note("clubs_hac", values={"hac": hac, "other": other, "moved": moved, "units": size, **counts}))
    if rejected := _rejected(found[hac], critical):
        notes.append(Note("clubs_rejected", values={"count": rejected, "critical": critical}))
    if small := sum(c.rows.size < SMALL_CLUB for c in found[hac].clubs):
        notes.append(Note("clubs_small", values={"count": small, "least": SMALL_CLUB}))
    return notes
