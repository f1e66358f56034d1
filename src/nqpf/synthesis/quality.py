"""High-quality development beside the index: how far the two are coupled, and which comes first.

High-quality development is the mean of the five parts of the new development concept (innovation, coordination, green,
openness, sharing), of which only indicators that move no score of the index count: two indices that share figures are
coupled by them alone. Coupling: `nqpf.regions.coupling`; lead and lag: `nqpf.regions.lead_lag`; what of it runs through
productivity: `nqpf.regions.mediation`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf import theory
from nqpf.errors import MethodError
from nqpf.index.framework import Indicator
from nqpf.regions.panels.mediation import Mediation, mediation
from nqpf.regions.systems.coupling import Coupling, coupling
from nqpf.regions.systems.lead_lag import LeadLag, lead_lag
from nqpf.results import Method, Note, Part, TableResult
from nqpf.synthesis.scores import Scores

Floats = NDArray[np.float64]
KEYS: dict[str, Any] = {"unit": "unit", "time": "period"}
SET = "concepts"
"""The set of roles that stands for high-quality development."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality(TableResult):
    """The index and high-quality development.

    Attributes
    ----------
    frame
        unit, period, index, quality (0 to 1, null where a part is missing), then a column for each part measured.
    coupling
        Coupling coordination of both, of the rows that have both.
    lead_lag
        Which of both comes first.
    through_productivity
        How much of the index's effect on quality runs through total factor productivity, where it is given.
    counted
        By part its indicators beside the index.
    missing
        Parts without such an indicator.
    """

    coupling: Coupling
    lead_lag: Part[LeadLag]
    through_productivity: Part[Mediation]
    counted: Mapping[str, tuple[str, ...]]
    missing: tuple[str, ...]


def quality(
    scores: Scores,
    filled: Mapping[str, tuple[Indicator, ...]],
    productivity: Floats | None = None,
    *,
    lags: int = 1,
    draws: int = 499,
    seed: int = 0,
) -> Quality:
    """Couple the index with high-quality development.

    Parameters
    ----------
    scores
        Indicators on one scale.
    filled
        By role of the set ``concepts`` its indicators.
    productivity
        ``float64[T, N]`` level of total factor productivity; without it nothing is said of mediation.
    lags
        Years back of the lead–lag regression.
    draws, seed
        Of the bootstrap of mediation.

    Raises
    ------
    MethodError
        No part has an indicator beside the index, or no unit has all parts.
    """
    place = {one.id: k for k, one in enumerate(scores.indicators)}
    roles = [role.id for role in theory.role_set(SET).roles]
    own = {role: [place[i.id] for i in filled.get(role, ()) if scores.weights[place[i.id]] == 0] for role in roles}
    there = {role: which for role, which in own.items() if which}
    if not there:
        raise MethodError("quality_none")
    parts = {role: scores.mean(which) for role, which in there.items()}
    whole = np.mean(list(parts.values()), axis=0)
    frame = scores.table({"index": scores.whole, "quality": whole, **parts})
    both = frame.drop_nulls(["index", "quality"])
    if both.is_empty():
        raise MethodError("quality_no_row")
    missing = tuple(role for role in roles if role not in there)
    notes = [Note("quality_missing", values={"count": len(missing), "total": len(roles)})] if missing else []
    pair = ["index", "quality"]
    coupled = coupling(both, pair, **KEYS)
    return Quality(
        frame,
        Method("synthesis.quality", {"lags": lags, "draws": draws, "seed": seed}),
        (*notes, *coupled.notes),
        coupling=coupled,
        lead_lag=Part.of(lambda: lead_lag(frame, pair, lags=lags, **KEYS)),
        through_productivity=Part.asked(
            productivity is not None,
            lambda: mediation(
                _with(scores, frame, productivity), "quality", "index", "productivity", draws=draws, seed=seed, **KEYS
            ),
        ),
        counted={role: tuple(scores.indicators[k].id for k in which) for role, which in there.items()},
        missing=missing,
    )


def _with(scores: Scores, frame: pl.DataFrame, productivity: Floats | None) -> pl.DataFrame:
    """Return the rows that have the index, quality and productivity."""
    assert productivity is not None
    level = scores.table({"productivity": productivity})
    return frame.join(level, on=["unit", "period"]).drop_nulls(["index", "quality", "productivity"])
