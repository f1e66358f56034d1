"""What is held to be possible: returns to scale, disposability and whose observations span the frontier.

A technology says nothing about how distance to it is measured; that is a measure's business (`directional.py`,
`slacks_based.py`, …). Both together make a model: CCR, BCC, SBM, GML … are combinations, not classes of their own.
Banker, Charnes and Cooper (1984), doi:10.1287/mnsc.30.9.1078; Färe, Grosskopf and Lovell (1994),
doi:10.1017/CBO9780511551710.
"""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from nqpf.columns import choose
from nqpf.errors import SpecError, Where

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]

Rts = Literal["crs", "vrs", "drs", "irs"]
Disposability = Literal["weak", "kuosmanen", "abatement", "strong", "free", "by_production"]
Hull = Literal["convex", "free"]
Reference = Literal[
    "own", "next", "previous", "sequential", "global", "biennial", "biennial_previous", "window"
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Technology:
    """A production technology spanned by observations.

    Attributes
    ----------
    rts
        Returns to scale: ``crs`` constant, ``vrs`` variable, ``drs`` not increasing, ``irs`` not decreasing.
    disposability
        Of bad outputs, `disposability.py` has the formulas: ``weak`` (less of them costs good output; under variable
        returns the plain equality Bλ = b, Σλ = 1), ``kuosmanen`` and ``abatement`` (weak, with an abatement factor an
        observation or one for all), ``strong`` (treated as inputs), ``free`` (thrown away at no cost),
        ``by_production`` (residuals of polluting inputs, in a technology of their own).
    reference
        Whose observations span the frontier of a year: ``own`` of that year, ``next`` or ``previous`` of the year
        beside it, ``sequential`` all up to it, ``global`` all, ``biennial`` its own and the next,
        ``biennial_previous`` its own and the one before, ``window`` the `width` years that end with it.
    width
        Years of a window.
    hull
        ``convex``: mixtures of observations are possible; ``free``: only what an observation shows, or less
        (free disposal hull: Deprins, Simar and Tulkens 1984).
    polluting
        Positions of the inputs that leave residuals, under ``by_production``; None: all of them.
    """

    rts: Rts = "vrs"
    disposability: Disposability = "weak"
    reference: Reference = "own"
    width: int = 3
    hull: Hull = "convex"
    polluting: tuple[int, ...] | None = None

    def __post_init__(self) -> None:
        choose("rts", self.rts, get_args(Rts))
        choose("disposability", self.disposability, get_args(Disposability))
        choose("reference", self.reference, get_args(Reference))
        choose("hull", self.hull, get_args(Hull))
        if self.polluting is not None and self.disposability != "by_production":
            raise SpecError("polluting_only_by_production", where=Where(key="polluting"))
        if not isinstance(self.width, Integral) or self.width < 1:
            raise SpecError("window_width", where=Where(key="width"), value=self.width)

    def years(self, t: int, periods: int) -> range:
        """Return the positions of the years whose observations span the frontier of year `t`; may be empty."""
        first, last = {
            "own": (t, t),
            "next": (t + 1, t + 1),
            "previous": (t - 1, t - 1),
            "sequential": (0, t),
            "global": (0, periods - 1),
            "biennial": (t, t + 1),
            "biennial_previous": (t - 1, t),
            "window": (t - self.width + 1, t),
        }[self.reference]
        return range(first, last + 1) if first >= 0 and last < periods else range(0)
