"""What the engine asks of a method of aggregation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nqpf.index.options.aggregate import Aggregate

Floats = NDArray[np.float64]
Ends = tuple[float, float]


def same_ends(how: Aggregate, ends: Ends | None) -> Ends | None:
    """Return the ends of a mean's scores: those of what it is made of."""
    return ends


def never(how: Aggregate) -> bool:
    """Return False: what most methods answer."""
    return False


@dataclass(frozen=True, slots=True)
class Aggregator:
    """A method of aggregation. Scores are ``float64[R, K]``, NaN where missing; weights ``float64[R or 1, K]``.

    Attributes
    ----------
    score
        ``(s, w, how, sample) → float64[R]``, higher better. Weights are shared out over what is present: they sum to 1
        in each row and are 0 where `s` is missing.
    sample
        ``(s, w, how, ends) →`` what a row is measured against (ideal, frontier, profiles of the others), frozen for
        later years; None where a row's score depends on the row alone.
    multipliers
        ``(s0, s1, w, how, sample) → ω`` with Σ ω (s1 − s0) = score(s1) − score(s0) exactly; None: inputs are replaced
        one at a time.
    ends
        ``(how, ends of the inputs) →`` lowest and highest score, None where there is none.
    positive
        ``how →`` whether it takes positive scores only.
    bounded
        ``how →`` whether its inputs need to have ends.
    undefined
        Error where a score is not defined although there is something to score.
    """

    score: Callable[[Floats, Floats, Aggregate, Any], Floats]
    sample: Callable[[Floats, Floats, Aggregate, Ends | None], Any] | None = None
    multipliers: Callable[[Floats, Floats, Floats, Aggregate, Any], Floats] | None = None
    ends: Callable[[Aggregate, Ends | None], Ends | None] = same_ends
    positive: Callable[[Aggregate], bool] = never
    bounded: Callable[[Aggregate], bool] = never
    undefined: str = "score_undefined"
