"""Metafrontiers: each unit beside the frontier of its own group and beside that of all, and the gap between the two.

Battese, Rao and O'Donnell (2004), doi:10.1023/B:PROD.0000012454.06094.29; O'Donnell, Rao and Battese (2008),
doi:10.1007/s00181-007-0119-4. The frontier of all is either spanned by all observations, mixtures across groups
included, or the union of the groups' technologies, without such mixtures (Kerstens, O'Donnell and Van de Woestyne
2019, European Journal of Operational Research 275(2), 780–792, on what the first assumes).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import polars as pl

from nqpf.columns import choose
from nqpf.errors import DataError, SpecError, Where
from nqpf.frames import backend_of, require, to_polars
from nqpf.numerics.programs import OPTIMAL
from nqpf.productivity.frontier.directions import Direction
from nqpf.productivity.frontier.frontiers import Frontier, frontiers
from nqpf.productivity.frontier.measure import Orientation
from nqpf.productivity.frontier.quantities import Bools, Observed
from nqpf.productivity.frontier.remarks import least_units, remarks
from nqpf.productivity.frontier.scoring import Choice, Whole, column, status_column
from nqpf.productivity.frontier.technology import Disposability, Floats, Reference, Rts, Technology
from nqpf.results import Method, Note, TableResult


def metafrontier(
    data: Any,
    inputs: Sequence[str],
    outputs: Sequence[str],
    bad: Sequence[str] = (),
    *,
    group: str,
    pool: Literal["convex", "union"] = "convex",
    unit: str | None = None,
    time: str | None = None,
    rts: Rts = "vrs",
    orientation: Orientation | None = None,
    measure: str = "radial",
    reference: Reference = "own",
    width: int = 3,
    disposability: Disposability = "weak",
    direction: Direction | Mapping[str, float] | None = None,
    missing: Literal["error", "skip"] = "error",
    workers: int | None = None,
) -> TableResult:
    """Measure observations against the frontier of their group and against that of all groups.

    Parameters
    ----------
    data, inputs, outputs, bad, unit, time, rts, orientation, measure, reference, width, disposability, direction, \
missing, workers
        As for `dea`.
    group
        Column of groups that do not share one technology.
    pool
        Frontier of all: ``convex``: spanned by all observations; ``union``: the best of the groups' frontiers.

    Returns
    -------
    TableResult
        The keys, the group, ``score_group`` and ``score_meta``, ``efficiency_group`` and ``efficiency_meta`` (shares),
        ``gap_ratio`` = efficiency_meta / efficiency_group (technology gap ratio, at most 1), ``gap`` = score_meta −
        score_group for measures that are no share (directional: what the group's technology costs), ``status_group``
        and ``status_meta``.

    Raises
    ------
    DataError, SpecError, MethodError
        As for `dea`; a row without a group, one group only.

    References
    ----------
    O'Donnell, Rao and Battese (2008), doi:10.1007/s00181-007-0119-4.

    Examples
    --------
    >>> shops = {"shop": ["A", "B", "C", "D"], "kind": ["old", "old", "new", "new"],
    ...          "staff": [4.0, 8.0, 2.0, 8.0], "sales": [2.0, 2.0, 2.0, 4.0]}
    >>> found = metafrontier(shops, ["staff"], ["sales"], group="kind", unit="shop", rts="crs").frame
    >>> found.select("efficiency_group", "efficiency_meta", "gap_ratio").rows()
    [(1.0, 0.5, 0.5), (0.5, 0.25, 0.5), (1.0, 1.0, 1.0), (0.5, 0.5, 1.0)]
    """
    choose("pool", pool, ("convex", "union"))
    observed = Observed.of(data, inputs, outputs, bad, unit, time, missing)
    groups = _groups(data, observed, group)
    technology = Technology(rts, disposability, reference, width)
    choice = Choice.of(
        observed, technology, time, measure=measure, orientation=orientation, direction=direction, weights=None
    )  # fmt: skip
    names = groups.unique(maintain_order=True).to_list()
    members = [(groups == name).to_numpy() for name in names]
    apart = [frontier for of in members for frontier in frontiers(observed, technology, of, of)]
    within = Whole.of(observed, choice.score(observed, technology, apart, workers))
    if pool == "convex":
        across = Whole.of(observed, choice.score(observed, technology, frontiers(observed, technology), workers))
    else:
        across = _union(observed, technology, choice, members, workers)
    ratio = np.where(within.efficiency > 0, across.efficiency, np.nan) / within.efficiency
    frame = observed.keys.with_columns(
        groups.alias(group),
        score_group=column(within.score),
        score_meta=column(across.score),
        efficiency_group=column(within.efficiency),
        efficiency_meta=column(across.efficiency),
        gap_ratio=column(ratio),
        gap=column(across.score - within.score),
        status_group=status_column(within.status),
        status_meta=status_column(across.status),
    )
    options = {
        "inputs": list(inputs), "outputs": list(outputs), "bad": list(bad), "group": group, "pool": pool, "rts": rts,
        "orientation": choice.orientation, "measure": measure, "reference": reference,
        **({"width": width} if reference == "window" else {}), **({"disposability": disposability} if bad else {}),
        **({"direction": choice.direction} if choice.model.directed else {}), "missing": missing,
    }  # fmt: skip
    notes = (*_small(observed, names, members, apart), *remarks(
        observed, technology, [], across.status, across.efficiency, False
    ))  # fmt: skip
    return TableResult(frame, Method("frontier.metafrontier", options), notes, backend_of(data))


def _groups(data: Any, observed: Observed, group: str) -> pl.Series:
    """Return the group of each row as text."""
    frame = to_polars(data)
    require(frame, group)
    groups = frame[group].cast(pl.String)
    if groups.has_nulls():
        raise DataError("no_group", where=observed.where(int(groups.is_null().arg_true()[0]), group))
    if groups.n_unique() < 2:
        raise SpecError("one_group", where=Where(key="group"), column=group, value=groups[0])
    return groups


def _union(
    observed: Observed, technology: Technology, choice: Choice, members: Sequence[Bools], workers: int | None
) -> Whole:
    """Return the scores against the group's frontier that is farthest from each observation."""
    best: Whole | None = None
    for of in members:
        one = Whole.of(observed, choice.score(observed, technology, frontiers(observed, technology, of), workers))
        if best is None:
            best = one
            continue
        better = (one.status == OPTIMAL) & ((best.status != OPTIMAL) | (_nearness(one) < _nearness(best)))
        for name in Whole.__slots__:
            getattr(best, name)[better] = getattr(one, name)[better]
    assert best is not None
    return best


def _nearness(whole: Whole) -> Floats:
    """Return efficiency, or −β where the measure is no share."""
    return np.where(np.isnan(whole.efficiency), -whole.score, whole.efficiency)


def _small(observed: Observed, names: Sequence[str], members: Sequence[Bools], apart: Sequence[Frontier]) -> list[Note]:
    """Return a note on groups with fewer observations than their frontier needs."""
    i, o, b = (len(part) for part in observed.names)
    needed = least_units(i, o + b)
    notes = []
    for name, of in zip(names, members, strict=True):
        sizes = [len(frontier.reference) for frontier in apart if of[frontier.reference[0]]]
        if sizes and min(sizes) < needed:
            values = {"group": name, "count": min(sizes), "least": needed}
            notes.append(Note("metafrontier_small_group", "warning", values))
    return notes
