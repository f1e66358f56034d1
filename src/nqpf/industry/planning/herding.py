"""How far regions of a plan run after the same industries."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nqpf.industry.planning.case import Case

Bools = NDArray[np.bool_]


def herding(case: Case, chosen: Bools) -> dict[str, float]:
    """Return measures of herding of a choice ``bool[C]``.

    Returns
    -------
    dict
        ``max_regions``: regions that take up the industry which most take up; ``hhi``: sum of squared shares of the
        industries in all targets; ``similarity``: mean over pairs of regions with targets of the targets that both
        have, divided by the geometric mean of their numbers (NaN with fewer than two such regions).
    """
    q = case.q
    number = np.bincount(q.r[chosen], minlength=len(q.units)).astype(float)
    taken = np.bincount(q.j[chosen], minlength=len(q.industries)).astype(float)
    total = taken.sum()
    some = int((number > 0).sum())
    along = np.bincount(q.j[chosen], 1.0 / np.sqrt(number[q.r[chosen]]), taken.size)
    similarity = (float(along @ along) - some) / (some * (some - 1)) if some > 1 else np.nan
    hhi = float((taken / total) @ (taken / total)) if total else np.nan
    return {"max_regions": float(taken.max(initial=0.0)), "hhi": hhi, "similarity": similarity}
