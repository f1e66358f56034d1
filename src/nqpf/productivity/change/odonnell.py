"""What productivity is made of: the largest that is possible, and technical, scale and mix efficiency.

With aggregates Q = p·y and X = w·x, productivity is Q / X, and TFPE = (Q/X) / MP where MP is the largest of the
technology. With φ and θ Farrell's scores, R the most that p·y can be with x given, C the least that w·x can be with y
given,

    OTE = 1/φ,  OSE = OTE(crs)/OTE,  OME = (p·y/R)/OTE,  ROSE = TFPE/(OTE·OME),  OSME = OME·ROSE,
    ITE = θ,    ISE = ITE(crs)/ITE,  IME = (C/w·x)/ITE,  RISE = TFPE/(ITE·IME),  ISME = IME·RISE,

and RME = TFPE/(OTE·OSE), the same from both sides. O'Donnell (2010), doi:10.1111/j.1467-8489.2010.00512.x; (2012),
doi:10.1093/ajae/aas023. As MP is a ratio, no mixture of observations beats the best single one: no program is needed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from nqpf.numerics.programs import OPTIMAL
from nqpf.productivity.change.aggregates import Aggregates, geometric
from nqpf.productivity.change.compared import Compared
from nqpf.productivity.change.distances import UNDEFINED
from nqpf.productivity.frontier.directional import distance, radial_direction
from nqpf.productivity.frontier.envelope import Envelope
from nqpf.productivity.frontier.frontiers import Frontier
from nqpf.productivity.frontier.prices import best_quantities
from nqpf.productivity.frontier.quantities import Quantities
from nqpf.productivity.frontier.technology import Floats, Integers, Technology

Statuses = NDArray[np.int8]
WAYS: Mapping[str, tuple[str, ...]] = {"output": ("output",), "input": ("input",), "both": ("output", "input")}
"""Sides that an orientation looks from."""
BLOCK = 1 << 22
"""Ratios that are worked out at a time, for the sake of memory."""


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """What observations are measured against.

    Attributes
    ----------
    quantities
        Quantities of all R rows.
    technology
        Returns to scale.
    across
        Frontiers of the rows.
    ways
        ``output``, ``input`` or both.
    workers
        As for `nqpf.parallel.spread`.
    """

    quantities: Quantities
    technology: Technology
    across: list[Frontier]
    ways: Sequence[str]
    workers: int | None


def technical(setting: Setting) -> tuple[dict[str, Floats], Statuses]:
    """Return ote, ose, ite and ise ``float64[R]``, as far as asked for, and the status of each row."""
    rows = len(setting.quantities)
    found: dict[str, Floats] = {}
    status = np.zeros(rows, np.int8)
    for way in setting.ways:
        pure, constant = np.full(rows, np.nan), np.full(rows, np.nan)
        for frontier in setting.across:
            reference, at = setting.quantities[frontier.reference], setting.quantities[frontier.at]
            for rts, into in ((setting.technology.rts, pure), ("crs", constant)):
                if rts == "crs" and setting.technology.rts == "crs" and into is constant:
                    into[frontier.at] = pure[frontier.at]
                    continue
                technology = replace(setting.technology, rts=rts)
                direction = radial_direction(at, way)
                one = distance(technology, reference, at, direction, frontier.own, workers=setting.workers)
                into[frontier.at] = 1.0 - one.beta if way == "input" else 1.0 / (1.0 + one.beta)
                status[frontier.at] = np.where(status[frontier.at], status[frontier.at], one.status)
        found |= {f"{way[0]}te": pure, f"{way[0]}se": constant / pure}
    return found, status


def mix(setting: Setting, rows: Integers, prices: Floats) -> tuple[dict[str, Floats], Statuses]:
    """Return the largest productivity ``mp``, and how near rows come to R and C.

    Parameters
    ----------
    setting
        Against what.
    rows
        ``int[E]`` rows that are seen.
    prices
        ``float64[E, I + O]`` prices they are seen at.

    Returns
    -------
    dict of float64[E]
        ``mp``, and as far as asked for ``output`` (p·y/R) and ``input`` (C/w·x).
    int8[E]
        Status.
    """
    found = {name: np.full(rows.size, np.nan) for name in ("mp", *setting.ways)}
    status = np.zeros(rows.size, np.int8)
    q = setting.quantities
    i, o = q.x.shape[1], q.y.shape[1]
    sides = {"input": (slice(0, i), -1.0), "output": (slice(i, i + o), 1.0)}
    for frontier, here in _groups(setting.across, rows):
        reference, at = q[frontier.reference], q[rows[here]]
        found["mp"][here] = _largest(prices[here], reference)
        for way in setting.ways:
            part, sign = sides[way]
            value = (prices[here, part] * at.all[:, part]).sum(axis=1)
            sound = value > 0
            some = here[sound]
            worth = np.zeros((some.size, at.all.shape[1]))
            worth[:, part] = sign * prices[some, part] / value[sound, None]
            envelope = Envelope.of(setting.technology, reference, at[sound])
            best = best_quantities(envelope, part, worth, setting.workers)
            found[way][some] = -best.value if way == "input" else 1.0 / best.value
            status[here] = np.where(status[here] == OPTIMAL, np.where(sound, status[here], UNDEFINED), status[here])
            status[some] = np.where(status[some], status[some], best.status)
    status = np.where((status == OPTIMAL) & ~np.isfinite(found["mp"]), UNDEFINED, status).astype(np.int8)
    return found, status


def _groups(across: list[Frontier], rows: Integers) -> list[tuple[Frontier, Integers]]:
    """Return each frontier with the positions of the rows that are compared with it."""
    groups = [(frontier, np.flatnonzero(np.isin(rows, frontier.at))) for frontier in across]
    return [(frontier, here) for frontier, here in groups if here.size]


def _largest(prices: Floats, reference: Quantities) -> Floats:
    """Return the largest p·y/w·x of the reference ``float64[U]``, NaN where some input costs nothing."""
    i, largest = reference.x.shape[1], np.empty(len(prices))
    step = max(1, BLOCK // len(reference))
    for start, end in pairwise([*range(0, len(prices), step), len(prices)]):
        some = prices[start:end]
        outputs, inputs = some[:, i : i + reference.y.shape[1]] @ reference.y.T, some[:, :i] @ reference.x.T
        ratio = np.divide(outputs, inputs, out=np.full_like(outputs, np.nan), where=inputs > 0)
        largest[start:end] = ratio.max(axis=1)
    return largest


def taken_apart(
    setting: Setting, compared: Compared, aggregates: Aggregates, market: bool
) -> tuple[dict[str, Floats], Statuses]:
    """Return efficiencies of all comparisons by name, ``float64[C, 2]`` (before, now), and the status ``int8[C]``.

    Parameters
    ----------
    setting, compared, aggregates
        Against what; comparisons; their aggregate quantities.
    market
        Whether prices are those of markets, so that OTE·OME is revenue and ITE·IME cost efficiency.
    """
    rows = np.stack([compared.before, compared.now], axis=1)
    scores, wrong = technical(setting)
    parts = {name: values[rows] for name, values in scores.items()}
    status = np.where(wrong[rows[:, 1]], wrong[rows[:, 1]], wrong[rows[:, 0]]).astype(np.int8)
    tfp = aggregates.outputs / np.where(aggregates.inputs > 0, aggregates.inputs, np.nan)
    vectors = aggregates.vectors
    if vectors is None:
        return {**parts, **_rest(parts, tfp, setting.ways)}, status
    count = vectors.sets.shape[1]
    pairs = rows[:, :, None] * len(vectors.prices) + vectors.sets[:, None, :]
    once, place = np.unique(pairs, return_inverse=True)
    place = place.reshape(len(rows), 2, count)
    row, vector = np.divmod(once, len(vectors.prices))
    seen, codes = mix(setting, row, vectors.prices[vector])
    each = codes[place].reshape(len(rows), -1)
    worst = each[np.arange(len(rows)), (each > 0).argmax(axis=1)]
    status = np.where(status, status, worst).astype(np.int8)
    mean = {name: geometric(values[place]) for name, values in seen.items()}
    return _multiplied(parts, mean, tfp, setting.ways, market), status


def _rest(parts: dict[str, Floats], tfp: Floats, ways: Sequence[str]) -> dict[str, Floats]:
    """Return what technical and scale efficiency leave of productivity: the frontier and the mix."""
    return {f"{way[0]}_rest": tfp / (parts[f"{way[0]}te"] * parts[f"{way[0]}se"]) for way in ways}


def _multiplied(
    parts: dict[str, Floats], mean: dict[str, Floats], tfp: Floats, ways: Sequence[str], market: bool
) -> dict[str, Floats]:
    """Return mp, tfpe and what it is made of; of both sides also geometric means."""
    tfpe = tfp / np.where(mean["mp"] > 0, mean["mp"], np.nan)
    out = {"mp": mean["mp"], "tfpe": tfpe}
    for way in ways:
        k = way[0]
        technical, value = parts[f"{k}te"], mean[way]
        side = {
            f"{k}te": technical,
            f"{k}se": parts[f"{k}se"],
            f"{k}me": value / technical,
            f"r{k}se": tfpe / value,
            f"{k}sme": tfpe / technical,
        }
        out |= side | ({{"o": "re", "i": "ce"}[k]: value} if market else {})
    if len(ways) == 2:
        names = [("ote", "ite"), ("ose", "ise"), ("ome", "ime"), ("rose", "rise"), ("osme", "isme")]
        names += [("re", "ce")] if market else []
        out |= {f"{a}_{b}": np.sqrt(out[a] * out[b]) for a, b in names}
    k = ways[0][0]
    return out | {"rme": tfpe / (parts[f"{k}te"] * parts[f"{k}se"])}
