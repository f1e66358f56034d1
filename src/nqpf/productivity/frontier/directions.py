"""Directions and weights by word: towards what an observation moves, and what a unit of each slack counts.

Directions: Chambers, Chung and Färe (1998), doi:10.1023/A:1022637501082; Chung, Färe and Grosskopf (1997),
doi:10.1006/jema.1997.0146; the range directional model for data of any sign: Silva Portela, Thanassoulis and Simpson
(2004), doi:10.1057/palgrave.jors.2601768; bad outputs turned round and shifted until they are good ones: Seiford and
Zhu (2002), doi:10.1016/S0377-2217(01)00293-4.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from numbers import Real
from typing import Any, Literal, get_args

import numpy as np

from nqpf.columns import choose
from nqpf.errors import SpecError, Where, hint, listing
from nqpf.productivity.frontier.measure import Share
from nqpf.productivity.frontier.quantities import Quantities
from nqpf.productivity.frontier.technology import Floats

Direction = Literal["observed", "outputs", "good", "inputs", "mean", "unit", "range", "translation"]
Weighting = Literal["one", "mean", "range", "deviation"]

SHARES: Mapping[str, Share] = {
    "inputs": "contraction",
    "range": "contraction",
    "outputs": "expansion",
    "good": "expansion",
    "translation": "expansion",
}
"""How β reads as a share, by word of direction; not at all for the others."""

OBSERVED: Mapping[str, tuple[int, int, int]] = {
    "observed": (-1, 1, -1),
    "outputs": (0, 1, -1),
    "good": (0, 1, 0),
    "inputs": (-1, 0, 0),
}
"""What inputs, good and bad outputs are multiplied by, for directions that are the observation's own quantities."""


BEYOND = 1.0
"""What a bad output is counted down from in ``translation``: the largest there is and this much more."""


def check_direction(direction: Any, names: tuple[tuple[str, ...], ...], rts: str = "vrs") -> None:
    """Raise a SpecError if `direction` is no word of one and no numbers by column, or cannot go with the rest."""
    if isinstance(direction, Mapping):
        numbers_by_column("direction", direction, names)
        return
    choose("direction", direction, get_args(Direction))
    if direction == "translation" and not names[2]:
        raise SpecError("translation_no_bad", where=Where(key="bad"))
    if direction == "translation" and rts != "vrs":
        raise SpecError("translation_only_vrs", where=Where(key="rts"), value=rts)


def direction_of(
    direction: Any, at: Quantities, reference: Quantities, every: Quantities, names: tuple[tuple[str, ...], ...]
) -> Floats:
    """Return the change of the quantities for β = 1, ``float64[U or 1, I + O + B]``.

    Parameters
    ----------
    direction
        A word of `Direction`, or numbers by column (columns left out do not move).
    at, reference, every
        Observations that move, those that span the frontier, and all there are (for ``mean`` and ``translation``).
    names
        Columns of inputs, good and bad outputs.
    """
    if isinstance(direction, Mapping):
        return numbers_by_column("direction", direction, names)[None]
    if direction in OBSERVED:
        i, o, b = OBSERVED[direction]
        return np.hstack([i * at.x, o * at.y, b * at.b])
    if direction == "translation":
        return np.hstack([0 * at.x, at.y, at.b - (every.b.max(axis=0) + BEYOND)])
    signs: Floats = np.repeat([-1.0, 1.0, -1.0], [len(part) for part in names])[None]
    if direction == "unit":
        return signs
    if direction == "mean":
        mean: Floats = signs * every.all.mean(axis=0)
        return mean
    ideal: Floats = np.where(signs < 0, reference.all.min(axis=0), reference.all.max(axis=0))
    return ideal - at.all


def weights_of(weights: Any, reference: Quantities, names: tuple[tuple[str, ...], ...]) -> Floats | None:
    """Return weights ``float64[I + O + B]`` of slacks; None where none were asked for.

    A word weighs each slack by 1, or by one over the mean size, the range or the standard deviation of its column among
    the reference; a column without range or size has no slack to weigh and gets 0.
    """
    if weights is None:
        return None
    if isinstance(weights, Mapping):
        return numbers_by_column("weights", weights, names)
    q = reference.all
    if weights == "one":
        return np.ones(q.shape[1])
    if weights == "mean":
        size = np.abs(q).mean(axis=0)
    else:
        size = np.ptp(q, axis=0) if weights == "range" else q.std(axis=0, ddof=min(1, len(q) - 1))
    weight: Floats = np.divide(1.0, size, out=np.zeros_like(size), where=size > 0)
    return weight


def numbers_by_column(key: str, given: Mapping[str, float], names: tuple[tuple[str, ...], ...]) -> Floats:
    """Return numbers given by column in the order of the columns, 0 for those left out.

    Raises
    ------
    SpecError
        A column that is none of the model's, a number that is none, nothing but zeros, or a weight below 0.
    """
    columns = [c for part in names for c in part]
    places(columns, given, key)
    numbers = [given.get(c, 0.0) for c in columns]
    values = np.array([float(v) if isinstance(v, Real) else np.nan for v in numbers])
    if not np.isfinite(values).all() or not values.any():
        raise SpecError("frontier_by_column", where=Where(key=key), columns=listing(columns, 20))
    if key == "weights" and values.min() < 0:
        raise SpecError("frontier_weight_negative", where=Where(key=key), column=columns[int(values.argmin())])
    return values


def places(columns: Sequence[str], of: Iterable[str], key: str) -> tuple[int, ...]:
    """Return the positions of some of the columns, or raise a SpecError that names one there is not."""
    columns = list(columns)
    for stray in (c for c in of if c not in columns):
        near, there = hint(str(stray), columns), listing(columns, 20)
        raise SpecError("frontier_stray_column", where=Where(key=key), column=stray, options=there, hint=near)
    return tuple(columns.index(c) for c in of)
