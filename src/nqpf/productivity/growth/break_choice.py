"""How many breaks a series has and when: options, partitions with their tests and criteria, the number chosen.

Bai and Perron (2003, doi:10.1002/jae.659); BIC as Yao (1988, doi:10.1016/0167-7152(88)90118-6), LWZ as Liu, Wu and
Zidek (1997, Statistica Sinica 7, 497–525); the distribution of dates as Bai (1997, doi:10.1162/003465397557132).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, pi, sqrt
from typing import Literal

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr

from nqpf.columns import choose
from nqpf.errors import SpecError, Where
from nqpf.productivity.growth.break_tests import Null, Test, global_tests, next_test, sup_f
from nqpf.productivity.growth.segments import Floats, Integers, best_partitions

Select = Literal["sequential", "udmax", "bic", "lwz"]
Variance = Literal["iid", "hac"]
SELECT: tuple[Select, ...] = ("sequential", "udmax", "bic", "lwz")


@dataclass(frozen=True, slots=True)
class BreakOptions:
    """Options of `breaks`; see there."""

    max_breaks: int = 5
    trim: float = 0.15
    select: Select = "sequential"
    variance: Variance = "iid"
    size: float = 0.05
    level: float = 0.95
    draws: int = 1999
    seed: int = 0

    def check(self) -> None:
        """Raise a SpecError if an option will not do."""
        choose("select", self.select, SELECT)
        choose("variance", self.variance, ("iid", "hac"))
        bounds = {"trim": (0.0, 0.5), "size": (0.0, 1.0), "level": (0.0, 1.0)}
        for name, (low, high) in bounds.items():
            if not low < getattr(self, name) < high:
                raise SpecError("growth_between", where=Where(key=name), value=getattr(self, name), low=low, high=high)
        for name, least in {"max_breaks": 1, "draws": 99, "seed": 0}.items():
            if getattr(self, name) < least:
                raise SpecError("growth_least", where=Where(key=name), value=getattr(self, name), least=least)


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Breaks of one series: partitions for 0 to M breaks, their tests and criteria, and the number chosen."""

    least: int
    ssr: Floats
    dates: tuple[Integers, ...]
    tests: tuple[Test, ...]
    bic: Floats
    lwz: Floats
    chosen: int


def find_breaks(y: Floats, how: BreakOptions, null: Null) -> Found:
    """Return the breaks of one series that is not constant.

    Parameters
    ----------
    y
        ``float64[T]`` series.
    how
        Options.
    null
        Distributions without a break, kept from series to series.
    """
    least = max(2, int(how.trim * y.size + 1e-9))
    most = min(how.max_breaks, y.size // least - 1)
    parts = best_partitions(y[None, :], least, most)
    f = sup_f(y[None, :], parts.ssr, parts.dates, how.variance)[0]
    tests = global_tests(f, null.sup(y.size, least, most), how.size)
    dates = tuple(at[0] for at in parts.dates)
    first = tests[0]
    following: list[Test | None] = [Test("next", 1, first.statistic, first.critical, first.p_value)]
    following += [next_test(y, at, least, null, how.size) for at in dates[:-1]]
    bic, lwz = criteria(parts.ssr[0], y.size)
    ud = next(test for test in tests if test.name == "UDmax")
    chosen = _choose(how, following, ud, bic, lwz)
    return Found(least, parts.ssr[0], dates, (*tests, *(t for t in following if t)), bic, lwz, chosen)


def criteria(ssr: Floats, n: int) -> tuple[Floats, Floats]:
    """Return BIC and LWZ for 0 to M breaks in the mean; −∞ where the segments fit without an error.

    BIC = ln(SSR/T) + 2m ln T / T; LWZ = ln(SSR/(T − 2m − 1)) + 2m·0.299 (ln T)^2.1 / T, constants left out.
    """
    m = np.arange(ssr.size)
    with np.errstate(divide="ignore"):
        bic = np.log(ssr / n) + 2 * m * np.log(n) / n
        lwz = np.log(ssr / np.maximum(n - 2 * m - 1, 1)) + 2 * m * 0.299 * np.log(n) ** 2.1 / n
    return bic, lwz


def _choose(how: BreakOptions, following: Sequence[Test | None], ud: Test, bic: Floats, lwz: Floats) -> int:
    """Return the number of breaks."""
    if how.select in ("bic", "lwz"):
        return int(np.argmin(bic if how.select == "bic" else lwz))
    found = [test is not None and test.p_value <= how.size for test in following]
    if how.select == "sequential":
        return found.index(False) if False in found else len(found)
    if ud.p_value > how.size:
        return 0
    return max([1, *(m for m, one in enumerate(found, 1) if one)])


def date_quantile(level: float) -> float:
    """Return c such that the argmax of W(s) − |s|/2 lies within ±c with probability `level` (Yao 1987, Bai 1997).

    Examples
    --------
    >>> round(date_quantile(0.95)), round(date_quantile(0.9), 1)
    (11, 7.7)
    """

    def beyond(x: float) -> float:
        root = sqrt(x)
        inside = 1 + sqrt(x / (2 * pi)) * exp(-x / 8) - (x + 5) / 2 * ndtr(-root / 2) + 1.5 * exp(x) * ndtr(-1.5 * root)
        return float(inside) - (1 + level) / 2

    return float(brentq(beyond, 1e-9, 300.0))
