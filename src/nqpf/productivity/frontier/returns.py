"""Scale efficiency and returns to scale of each observation, by three rules that should agree, and its best scale.

Scale efficiency is the score under constant over that under variable returns. Where it is below 1, the score under not
increasing returns tells the side (Färe, Grosskopf and Lovell 1985, The Measurement of Efficiency of Production, ch. 2).
The price of the scale, which is an interval where the frontier has a corner, tells the same locally (Banker and Thrall
1992, doi:10.1016/0377-2217(92)90178-C), and the sum of the intensities under constant returns how far the most
productive scale size lies (Banker 1984, doi:10.1016/0377-2217(84)90006-7).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import choose
from nqpf.frames import backend_of
from nqpf.numerics.programs import OPTIMAL, Programs
from nqpf.numerics.solve import solve
from nqpf.productivity.frontier.admit import admit
from nqpf.productivity.frontier.directional import Distance, distance, farrell, radial_direction, share_of
from nqpf.productivity.frontier.envelope import Envelope
from nqpf.productivity.frontier.extreme_prices import least
from nqpf.productivity.frontier.frontiers import Frontier, frontiers
from nqpf.productivity.frontier.measure import MISSING, NO_REFERENCE
from nqpf.productivity.frontier.measures import MEASURES
from nqpf.productivity.frontier.quantities import Observed
from nqpf.productivity.frontier.remarks import remarks
from nqpf.productivity.frontier.scoring import column, other_models, status_column
from nqpf.productivity.frontier.technology import Disposability, Floats, Reference, Technology
from nqpf.results import Method, TableResult

SAME = 1e-8
"""Scores nearer than this are one."""

COLUMNS = (
    "crs", "vrs", "nirs", "scale", "price_low", "price_high", "elasticity_low", "elasticity_high", "best_low",
    "best_high",
)  # fmt: skip


def scale_efficiency(
    data: Any,
    inputs: Sequence[str],
    outputs: Sequence[str],
    bad: Sequence[str] = (),
    *,
    unit: str | None = None,
    time: str | None = None,
    orientation: Literal["input", "output"] = "input",
    reference: Reference = "own",
    width: int = 3,
    disposability: Disposability = "weak",
    missing: Literal["error", "skip"] = "error",
    workers: int | None = None,
) -> TableResult:
    """Return scale efficiency and returns to scale of observations.

    Parameters
    ----------
    data, inputs, outputs, bad, unit, time, reference, width, disposability, missing, workers
        As for `dea`.
    orientation
        ``input`` or ``output``: the direction in which an observation below the frontier is projected; its returns are
        those of the projection.

    Returns
    -------
    TableResult
        The keys and

        - ``crs``, ``vrs``, ``nirs``: scores under constant, variable, not increasing returns;
        - ``scale``: scale efficiency, at most 1;
        - ``returns``: ``increasing``, ``constant`` or ``decreasing``, by comparing these scores;
        - ``price_low``, ``price_high``: the interval of the price of the scale, infinite where it has no end, and
          ``returns_local`` what it says: increasing where it lies below 0, decreasing where it lies above;
        - ``elasticity_low``, ``elasticity_high``: scale elasticity of the projection to the left and right of it;
        - ``best_low``, ``best_high``: by how much the projection under constant returns would have to be multiplied to
          have the most productive scale size;
        - ``status`` of the least certain of these programs.

    Raises
    ------
    DataError, SpecError, MethodError
        As for `dea`.

    References
    ----------
    Banker and Thrall (1992), doi:10.1016/0377-2217(92)90178-C.
    Banker (1984), doi:10.1016/0377-2217(84)90006-7.

    Examples
    --------
    >>> shops = {"shop": ["A", "B", "C"], "staff": [2.0, 4.0, 8.0], "sales": [1.0, 4.0, 6.0]}
    >>> found = scale_efficiency(shops, ["staff"], ["sales"], unit="shop").frame
    >>> found.select("scale", "returns").rows()
    [(0.5, 'increasing'), (1.0, 'constant'), (0.75, 'decreasing')]
    """
    choose("orientation", orientation, ("input", "output"))
    observed = Observed.of(data, inputs, outputs, bad, unit, time, missing)
    technology = Technology("crs", disposability, reference, width)
    needs = MEASURES["radial"].needs(technology, orientation, "")
    words = f'measure="radial", rts="crs", orientation="{orientation}"'
    admit(observed, needs, words, other_models(technology, observed))
    across = frontiers(observed, technology)
    found = {name: np.full(len(observed.complete), np.nan) for name in COLUMNS}
    status = np.where(observed.complete, NO_REFERENCE, MISSING).astype(np.int8)
    for frontier in across:
        part, codes = _scales(observed, technology, frontier, orientation, workers)
        status[frontier.at] = codes
        for name, values in part.items():
            found[name][frontier.at] = values
    frame = observed.keys.with_columns(
        **{name: column(values) for name, values in found.items()},
        returns=_words(returns_by_scores(found["crs"], found["vrs"], found["nirs"])),
        returns_local=_words(returns_by_price(found["price_low"], found["price_high"])),
        status=status_column(status),
    )
    options = {
        "inputs": list(inputs),
        "outputs": list(outputs),
        "bad": list(bad),
        "orientation": orientation,
        "reference": reference,
        **({"width": width} if reference == "window" else {}),
        **({"disposability": disposability} if bad else {}),
        "missing": missing,
    }
    notes = remarks(observed, technology, across, status, share_of_score(found["vrs"], orientation), False)
    return TableResult(frame, Method("frontier.scale", options), notes, backend_of(data))


def share_of_score(score: Floats, orientation: str) -> Floats:
    """Return θ, or 1 / φ."""
    return score if orientation == "input" else 1.0 / score


def returns_by_scores(crs: Floats, vrs: Floats, nirs: Floats) -> Floats:
    """Return 1 where returns increase, 0 where they are constant, −1 where they decrease, NaN where a score is."""
    same = np.abs(crs - vrs) <= SAME * np.abs(vrs)
    decreasing = np.abs(nirs - vrs) <= SAME * np.abs(vrs)
    known = np.isfinite(crs + vrs + nirs)
    return np.where(known, np.where(same, 0.0, np.where(decreasing, -1.0, 1.0)), np.nan)


def returns_by_price(low: Floats, high: Floats) -> Floats:
    """Return 1 where the scale has a price below 0 throughout, −1 where above, else 0, NaN where it has none."""
    return np.where(np.isnan(low) | np.isnan(high), np.nan, (high < -SAME) * 1.0 - (low > SAME))


def price_of_scale(found: Distance, direction: Floats, workers: int | None = None) -> tuple[Floats, Floats]:
    """Return the least and greatest price of the scale among the optimal prices, ``float64[U]`` each.

    Parameters
    ----------
    found
        Distances under returns that are not constant; the row of Σλ is the last.
    direction
        As for `distance`.

    Notes
    -----
    `extreme_prices.py` says how it is found.
    """
    envelope = found.envelope
    ok = np.flatnonzero(found.status == OPTIMAL)
    k = direction.shape[1]
    moved = envelope.at(envelope.rhs[:, :k] + found.beta[:, None] * direction)[ok]
    normal = np.broadcast_to(envelope.steps(direction), envelope.rhs.shape)[ok]
    disposal = envelope.beside(np.zeros((1, envelope.rhs.shape[1], 0)))
    last = np.eye(envelope.rhs.shape[1])[-1:]
    ends = []
    for sign in (1.0, -1.0):
        part = least(
            envelope.columns,
            disposal if len(disposal) == 1 else disposal[ok],
            normal,
            moved,
            sign * last,
            barred=None if envelope.barred is None else envelope.barred[ok],
            workers=workers,
        )
        end = np.full(len(found.beta), np.nan)
        end[ok] = sign * part.value
        ends.append(end)
    return ends[0], ends[1]


def _scales(
    observed: Observed, technology: Technology, frontier: Frontier, orientation: str, workers: int | None
) -> tuple[dict[str, Floats], NDArray[np.int8]]:
    """Return the columns for the observations compared with one frontier, and their status."""
    reference, at = observed.quantities[frontier.reference], observed.quantities[frontier.at]
    direction = radial_direction(at, orientation)

    def under(rts: Literal["crs", "vrs", "drs"]) -> Distance:
        one = Technology(rts, technology.disposability)
        return distance(one, reference, at, direction, frontier.own, workers=workers)

    crs, vrs, nirs = under("crs"), under("vrs"), under("drs")
    low, high = price_of_scale(vrs, direction, workers)
    score = farrell(vrs.beta, orientation)
    most, fewest = sums_of_intensities(crs, direction, workers)
    share = "contraction" if orientation == "input" else "expansion"
    left, right = elasticity(score, high, orientation), elasticity(score, low, orientation)
    return {
        "crs": farrell(crs.beta, orientation),
        "vrs": score,
        "nirs": farrell(nirs.beta, orientation),
        "scale": share_of(crs.beta, share) / share_of(vrs.beta, share),
        "price_low": low,
        "price_high": high,
        "elasticity_low": left,
        "elasticity_high": right,
        "best_low": 1.0 / most,
        "best_high": 1.0 / fewest,
    }, np.maximum(np.maximum(crs.status, vrs.status), nirs.status)


def elasticity(score: Floats, price: Floats, orientation: str) -> Floats:
    """Return the scale elasticity of a projection at a price of the scale: its inputs' cost over its outputs' value."""
    if orientation == "input":
        with np.errstate(divide="ignore"):
            return np.where(np.isposinf(price), 0.0, score / np.maximum(score + price, 0.0))
    return np.maximum(1.0 - price / score, 0.0)


def sums_of_intensities(found: Distance, direction: Floats, workers: int | None = None) -> tuple[Floats, Floats]:
    """Return the greatest and the least Σλ among the intensities that make up each projection, ``float64[U]`` each."""
    envelope: Envelope = found.envelope
    k = direction.shape[1]
    ok = np.flatnonzero(found.status == OPTIMAL)
    moved = envelope.rhs[:, :k] + found.beta[:, None] * direction
    m = envelope.rhs.shape[1]
    columns = np.vstack([envelope.columns, np.ones((1, envelope.columns.shape[1]))])
    own = envelope.beside(np.zeros((1, m, 1)))
    own = np.concatenate([own, np.zeros((len(own), 1, own.shape[2]))], axis=1)
    own[:, m, 0] = -1.0
    rhs = np.hstack([envelope.at(moved)[ok], np.zeros((ok.size, 1))])
    ends = []
    for sign in (1.0, -1.0):
        cost = np.zeros((1, own.shape[2]))
        cost[0, 0] = sign
        extra = own if len(own) == 1 else own[ok]
        barred = None if envelope.barred is None else envelope.barred[ok]
        solved = solve(Programs(columns, extra, rhs, cost, np.full(ok.size, -1), barred), workers=workers)
        end = np.full(len(found.beta), np.nan)
        end[ok] = sign * solved.value
        ends.append(end)
    return ends[0], ends[1]


def _words(side: Floats) -> pl.Series:
    words = np.array(["decreasing", "constant", "increasing"])
    place = np.where(np.isnan(side), 0, side + 1).astype(np.intp)
    return pl.Series([word if known else None for word, known in zip(words[place], ~np.isnan(side), strict=True)])
