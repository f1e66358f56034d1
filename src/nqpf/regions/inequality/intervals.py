"""Intervals for Gini coefficients and their parts, by leaving rows out and by drawing them again.

The jackknife needs no second look at pairs: what a row adds to a sum of absolute differences is known beforehand
(Yitzhaki 1991, Journal of Business & Economic Statistics 9(2), 235–239). The bootstrap (Efron 1979,
doi:10.1214/aos/1176344552) keeps the order of values and draws how often each row counts, rescaled as for strata of any
size (Rao and Wu 1988, doi:10.1080/01621459.1988.10478591).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from nqpf.columns import choose
from nqpf.errors import SpecError, Where
from nqpf.messages import say
from nqpf.regions.inequality.differences import Parts, Sample, left_out, parts, ratio

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]

CELLS = 2_000_000
"""Numbers that are worked on at once."""

Kind = Literal["jackknife", "bootstrap"]
Resample = Literal["groups", "rows"]
Ends = Literal["normal", "percentile"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What interval is asked for.

    Attributes
    ----------
    kind
        ``jackknife``, ``bootstrap`` or None for none.
    resample
        ``groups``: rows of each group by themselves; ``rows``: all rows alike.
    draws, level, seed
        Draws of the bootstrap, level of the interval, seed.
    ends
        Of the bootstrap: ``normal`` (corrected for bias, Student's t) or ``percentile``.
    """

    kind: Kind | None
    resample: Resample = "rows"
    draws: int = 999
    level: float = 0.95
    seed: int = 0
    ends: Ends = "normal"

    def check(self) -> None:
        """Raise a SpecError where something is asked for that there is not."""
        if self.kind is not None:
            choose("interval", self.kind, ("jackknife", "bootstrap"))
        choose("resample", self.resample, ("groups", "rows"))
        choose("ends", self.ends, ("normal", "percentile"))
        if not 0 < self.level < 1:
            raise SpecError(
                "bad_value", where=Where(key="level"), value=self.level, expected=say("inequality.between_0_and_1")
            )
        if isinstance(self.seed, bool) or not isinstance(self.seed, int) or self.seed < 0:
            raise SpecError("bad_value", where=Where(key="seed"), value=self.seed, expected=say("inequality.seed"))
        if isinstance(self.draws, bool) or not isinstance(self.draws, int) or self.draws < 100:
            raise SpecError(
                "bad_value", where=Where(key="draws"), value=self.draws, expected=say("inequality.draws", least=100)
            )

    def options(self) -> dict[str, Any]:
        """Return what was used, by name."""
        if self.kind is None:
            return {"interval": None}
        more = {"draws": self.draws, "seed": self.seed, "ends": self.ends} if self.kind == "bootstrap" else {}
        return {"interval": self.kind, "resample": self.resample, "level": self.level, **more}


@dataclass(frozen=True, slots=True, eq=False)
class Interval:
    """Standard errors and ends of intervals, each ``float64[M]``; NaN where rows are too few."""

    error: Floats
    low: Floats
    high: Floats


def measures(found: Parts) -> Floats:
    """Return gini, within, between, transvariation and the shares of the latter three along a last axis."""
    shares = [ratio(x, found.gini) for x in (found.within, found.between, found.transvariation)]
    return np.stack([found.gini, found.within, found.between, found.transvariation, *shares], axis=-1)


def intervals(sample: Sample, estimate: Floats, asked: Asked, streams: Integers | None = None) -> Interval:
    """Return intervals for the `measures` of a sample, then for the Gini coefficient of each group.

    Parameters
    ----------
    sample
        Rows in k groups.
    estimate
        ``float64[7 + k]`` what was found with all rows.
    asked
        Which interval; its kind is not None.
    streams
        ``int[k]`` place of each group among the streams of random numbers: by name, so that the order in which groups
        come does not matter. Default: as they come.
    """
    if asked.kind == "jackknife":
        return _jackknife(sample, estimate, asked)
    return _bootstrap(sample, estimate, asked, np.arange(sample.start.size) if streams is None else streams)


def _jackknife(sample: Sample, estimate: Floats, asked: Asked) -> Interval:
    found, of_group = left_out(sample, asked.resample == "groups")
    start, size = _strata(sample, asked)
    whole = _squares(measures(found), start, size)[size > 1].sum(axis=0)  # a stratum of one cannot vary
    own = _squares(of_group[:, None], sample.start, sample.count)[:, 0]
    error = np.where(_enough(sample, asked), np.sqrt(np.append(whole, own)), np.nan)
    reach = _reach(sample, asked) * error
    return Interval(error, estimate - reach, estimate + reach)


def _squares(x: Floats, start: Integers, size: Integers) -> Floats:
    """Return (n − 1)/n Σ (x − mean)² of each stratum, ``float64[strata, M]``."""
    mean = np.add.reduceat(x, start, axis=0) / size[:, None]
    off = (x - np.repeat(mean, size, axis=0)) ** 2
    return np.asarray(np.add.reduceat(off, start, axis=0) * ((size - 1) / size)[:, None])


def _bootstrap(sample: Sample, estimate: Floats, asked: Asked, streams: Integers) -> Interval:
    found = [
        np.concatenate([measures(drawn), drawn.groups], axis=-1)
        for times in _times(sample, asked, streams)
        for drawn in [parts(sample, sample.w * times)]
    ]
    values = np.concatenate(found)
    there = ~np.isnan(values).all(axis=0) & _enough(sample, asked)
    kept = values[:, there]
    error, low, high = (np.full(values.shape[1], np.nan) for _ in range(3))
    error[there] = np.nanstd(kept, axis=0, ddof=1)
    if asked.ends == "percentile":
        tail = (1 - asked.level) / 2
        low[there], high[there] = np.nanquantile(kept, [tail, 1 - tail], axis=0)
    else:
        # A Gini coefficient is too small in few rows; what draws fall short of it tells by how much.
        centre, reach = 2 * estimate[there] - np.nanmean(kept, axis=0), (_reach(sample, asked) * error)[there]
        low[there], high[there] = centre - reach, centre + reach
    return Interval(error, low, high)


def _times(sample: Sample, asked: Asked, streams: Integers) -> Iterator[Floats]:
    """Yield ``float64[B, n]`` by how much the weight of each row is multiplied, some draws at a time.

    Of m rows m − 1 are drawn and count m/(m − 1) each, so that variances are not too small by (m − 1)/m.
    """
    size = _strata(sample, asked)[1]
    order = np.argsort(streams[sample.group], kind="stable")  # of rows by what their groups are called
    sizes = size[np.argsort(streams)] if asked.resample == "groups" else size
    generators = [np.random.default_rng(seed) for seed in np.random.SeedSequence(asked.seed).spawn(size.size)]
    at_once = max(1, CELLS // sample.y.size)
    for begin in range(0, asked.draws, at_once):
        b = min(at_once, asked.draws - begin)
        times = np.empty((b, sample.y.size))
        times[:, order] = np.hstack([_drawn(rng, b, m) for rng, m in zip(generators, sizes.tolist(), strict=True)])
        yield times


def _drawn(rng: np.random.Generator, b: int, m: int) -> Floats:
    """Return how much each of m rows counts in b draws."""
    if m == 1:
        return np.ones((b, 1))
    rows = rng.integers(m, size=(b, m - 1)) + np.arange(b)[:, None] * m
    times = np.bincount(rows.ravel(), minlength=b * m).reshape(b, m).astype(np.float64)
    return times * (m / (m - 1))


def _strata(sample: Sample, asked: Asked) -> tuple[Integers, Integers]:
    """Return the first row and the size of each set of rows that are exchanged for each other."""
    if asked.resample == "groups":
        return sample.start, sample.count
    return sample.start[:1], np.array([sample.y.size])


def _enough(sample: Sample, asked: Asked) -> NDArray[np.bool_]:
    """Return for which of 7 + k measures there are rows enough to tell how they vary: three, two of them free."""
    return np.append(np.full(7, _freedom(sample, asked)[0] > 1), sample.count > 2)


def _freedom(sample: Sample, asked: Asked) -> Floats:
    """Return ``float64[7 + k]`` degrees of freedom: rows less strata."""
    size = _strata(sample, asked)[1]
    return np.append(np.full(7, size.sum() - size.size), sample.count - 1).astype(np.float64)


def _reach(sample: Sample, asked: Asked) -> Floats:
    """Return ``float64[7 + k]`` by how many standard errors an interval reaches out: Student's t."""
    return np.asarray(stdtrit(np.maximum(_freedom(sample, asked), 1.0), 0.5 + asked.level / 2))
