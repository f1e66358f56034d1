"""Synthetic difference-in-differences: controls and earlier years weighted so that they look like the treated before.

Arkhangelsky, Athey, Hirshberg, Imbens and Wager (2021), doi:10.1257/aer.20190159. Units that adopt in different years
are taken cohort by cohort beside those that never do, and averaged by treated cells, as Clarke, Pailañir, Athey and
Imbens (2023) do, https://arxiv.org/abs/2301.11859.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import choose
from nqpf.errors import MethodError, Where, listing
from nqpf.frames import as_backend, backend_of
from nqpf.messages import Text
from nqpf.numerics.synthetic import Block, Ridges, block
from nqpf.regions.panels.adoption import Adoption
from nqpf.regions.panels.regression import check_level, check_number
from nqpf.regions.panels.sample import balanced
from nqpf.regions.panels.synthetic_tables import att_table, cohort_table, path_table, weight_table
from nqpf.results import Method, Note, Result

Floats = NDArray[np.float64]
Inference = Literal["placebo", "jackknife", "bootstrap", "none"]
FEW_TREATED = 5


@dataclass(frozen=True, slots=True, eq=False)
class SyntheticDid(Result):
    """Effect of a policy against synthetic controls; stands in a three-line table.

    Attributes
    ----------
    coefficients
        One row ``att``: ``name``, ``zh``, ``en``, ``estimate`` (mean effect on the treated), ``se``, ``statistic`` (z),
        ``p``, ``low``, ``high`` (by the normal law); all but the estimate null with ``inference="none"``.
    cohorts
        ``cohort`` (year of adoption), ``estimate``, ``units``, ``years`` (treated), ``share`` (in the average).
    unit_weights
        ``cohort``, unit, ``weight`` of each control.
    year_weights
        ``cohort``, year, ``weight`` of each year before.
    paths
        ``cohort``, year, ``treated`` (mean), ``synthetic`` (controls by weights, moved to the level of the treated in
        the weighted years before), ``gap``.
    summary, method, notes
        Statistics for a three-line table, how they came about, remarks.
    """

    coefficients: pl.DataFrame
    cohorts: pl.DataFrame
    unit_weights: pl.DataFrame
    year_weights: pl.DataFrame
    paths: pl.DataFrame
    summary: Mapping[str, float | int | str | Text | None]
    method: Method
    notes: tuple[Note, ...] = ()
    backend: nw.Implementation | None = field(default=None, repr=False)

    def to_frame(self) -> Any:
        """Return `coefficients` as the kind of dataframe that was given."""
        return as_backend(self.coefficients, self.backend)


@dataclass(frozen=True, slots=True, eq=False)
class _Panel:
    """A balanced panel ``float64[N, T]`` with the first year of each unit, −1 for controls, and ridges by cohort."""

    y: Floats
    first: NDArray[np.intp]
    ridges: Mapping[int, Ridges]

    @property
    def controls(self) -> Floats:
        """Return the units that never adopt."""
        return self.y[self.first < 0]

    def blocks(self) -> dict[int, Block]:
        """Return the block of each cohort that has a unit."""
        there = [c for c in self.ridges if (self.first == c).any()]
        return {c: block(self.controls, self.y[self.first == c], c, self.ridges[c]) for c in there}

    def count(self) -> dict[int, int]:
        """Return how many units each cohort has."""
        return {c: int((self.first == c).sum()) for c in self.ridges}

    def shares(self) -> dict[int, float]:
        """Return the share of treated cells of each cohort."""
        cells = {c: count * (self.y.shape[1] - c) for c, count in self.count().items()}
        return {c: cell / sum(cells.values()) for c, cell in cells.items() if cell}

    def effect(self) -> float:
        """Return the mean effect on the treated."""
        shares = self.shares()
        return sum(shares[c] * found.effect for c, found in self.blocks().items())


def synthetic_did(
    data: Any,
    y: str,
    treated: str,
    *,
    unit: str,
    time: str,
    inference: Inference = "placebo",
    draws: int = 200,
    seed: int = 0,
    level: float = 0.95,
) -> SyntheticDid:
    """Estimate the mean effect of a policy on those that adopt it.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, a row for each unit and year; every unit in every year, nothing missing.
    y
        Column of the outcome.
    treated
        Column that is 1 from the year of adoption on, else 0. Some units must never adopt.
    unit, time
        Columns of units and years.
    inference
        Standard error: ``placebo`` (controls drawn to stand for the treated: needs more controls than treated),
        ``jackknife`` (a unit left out at a time, weights as they are: needs two treated units in each cohort),
        ``bootstrap`` (units drawn with replacement: needs several treated units), or ``none``.
    draws, seed
        Of placebo and bootstrap.
    level
        Of the interval.

    Raises
    ------
    DataError
        A column is absent or holds what is no number, the panel is not balanced, the policy is not 0 or 1 or ends.
    SpecError
        An option is not what it may be.
    MethodError
        No control, fewer than two years before adoption, nothing changes before, or too few units for the inference.

    References
    ----------
    Arkhangelsky et al. (2021), doi:10.1257/aer.20190159.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> n, t = np.divmod(np.arange(300), 10)
    >>> d = ((n < 5) & (t >= 6)).astype(int)
    >>> table = {"unit": n, "year": 2010 + t, "d": d, "y": n + 0.5 * t + 2 * d + 0.02 * rng.normal(size=300)}
    >>> synthetic_did(table, "y", "d", unit="unit", time="year", draws=50).coefficients["estimate"].round(1)[0]
    2.0
    """
    choose("inference", inference, get_args(Inference))
    check_level(level)
    check_number("draws", draws, draws >= 2, "two_or_more")
    sample = balanced(data, [y, treated], unit, time)
    adoption = Adoption.of(sample, treated)
    shape = (len(sample.units), len(sample.years))
    cube = sample.values[:, 0].reshape(shape)
    panel, kept = _panel(cube, adoption, sample.units, sample.years)
    blocks, shares = panel.blocks(), panel.shares()
    estimate = sum(shares[c] * found.effect for c, found in blocks.items())
    rng = np.random.default_rng(seed)
    se, lost = _spread(panel, blocks, inference, draws, rng)
    control_names = [name for name, f, k in zip(sample.units, adoption.first, kept, strict=True) if k and f < 0]
    notes = _notes(panel, adoption, sample.units, inference, lost)
    options = {"inference": inference, "draws": draws, "seed": seed, "level": level}
    return SyntheticDid(
        coefficients=att_table(estimate, se, level),
        cohorts=cohort_table(blocks, sample.years, panel.count(), shares),
        unit_weights=weight_table(blocks, sample.years, unit, control_names, "units"),
        year_weights=weight_table(blocks, sample.years, time, list(sample.years), "years"),
        paths=path_table(blocks, sample.years, time),
        summary={
            "n": panel.y.size,
            "units": len(panel.y),
            "periods": shape[1],
            "treated_units": int((panel.first >= 0).sum()),
        },
        method=Method("regions.synthetic_did", options),
        notes=tuple(notes),
        backend=backend_of(data),
    )  # fmt: skip


def _panel(
    cube: Floats, adoption: Adoption, units: tuple[str, ...], years: tuple[int, ...]
) -> tuple[_Panel, NDArray[np.bool_]]:
    """Return the panel of units known before they adopt, and which these are."""
    kept = ~adoption.always
    y, first = cube[kept], adoption.first[kept]
    if not (first < 0).any():
        raise MethodError("panels_no_control")
    ridges = {}
    for c in adoption.cohorts():
        if c < 2:
            name = units[int(np.flatnonzero(kept & (adoption.first == c))[0])]
            raise MethodError("panels_short_before", where=Where(unit=name, period=years[c]), years=c)
        ridges[c] = Ridges.of(y[first < 0], c, int((first == c).sum()))
        if not ridges[c].units > 0:
            raise MethodError("panels_flat_before", where=Where(period=years[c]))
    return _Panel(y, first, ridges), kept


def _spread(
    panel: _Panel, blocks: Mapping[int, Block], inference: Inference, draws: int, rng: np.random.Generator
) -> tuple[float | None, int]:
    """Return the standard error, and how many draws had to be drawn again."""
    if inference == "none":
        return None, 0
    count = panel.count()
    treated, controls = sum(count.values()), len(panel.controls)
    if inference == "placebo":
        if controls <= treated:
            raise MethodError("panels_placebo", controls=controls, treated=treated)
        return float(np.std([_placebo(panel, count, rng) for _ in range(draws)])), 0
    if inference == "jackknife":
        if min(count.values()) < 2 or any((b.units > 0).sum() < 2 for b in blocks.values()):
            raise MethodError("panels_jackknife")
        left = np.array([_without(panel, blocks, i) for i in range(len(panel.y))])
        n = len(left)
        return float(np.sqrt((n - 1) / n * ((left - left.mean()) ** 2).sum())), 0
    if treated < 2:
        raise MethodError("panels_bootstrap", treated=treated)
    effects: list[float] = []
    lost = 0
    while len(effects) < draws:
        picked = np.sort(rng.integers(len(panel.y), size=len(panel.y)))
        first = panel.first[picked]
        if (first < 0).all() or (first >= 0).all():
            lost += 1
            continue
        effects.append(_Panel(panel.y[picked], first, panel.ridges).effect())
    return float(np.std(effects)), lost


def _placebo(panel: _Panel, count: Mapping[int, int], rng: np.random.Generator) -> float:
    """Return the effect found for controls that are said to adopt in the years in which the treated do."""
    controls = panel.controls
    first = np.full(len(controls), -1)
    picked = rng.permutation(len(controls))[: sum(count.values())]
    first[picked] = np.repeat(list(count), list(count.values()))
    return _Panel(controls, first, panel.ridges).effect()


def _without(panel: _Panel, blocks: Mapping[int, Block], i: int) -> float:
    """Return the effect without unit `i`, weights as they are but summing to one."""
    kept = np.arange(len(panel.y)) != i
    part = _Panel(panel.y[kept], panel.first[kept], panel.ridges)
    shares, total = part.shares(), 0.0
    inside = kept[panel.first < 0]
    for c, found in blocks.items():
        units = found.units[inside]
        again = block(part.controls, part.y[part.first == c], c, panel.ridges[c], units / units.sum(), found.years)
        total += shares[c] * again.effect
    return total


def _notes(panel: _Panel, adoption: Adoption, units: tuple[str, ...], inference: Inference, lost: int) -> list[Note]:
    notes = [Note("panels_did_design", "info")]
    if adoption.always.any():
        names = listing(units[n] for n in np.flatnonzero(adoption.always))
        notes.append(Note("panels_always", "warning", {"count": int(adoption.always.sum()), "units": names}))
    treated = int((panel.first >= 0).sum())
    if inference in ("bootstrap", "jackknife") and treated < FEW_TREATED:
        notes.append(Note("panels_few_treated", "warning", {"count": treated, "least": FEW_TREATED}))
    if lost:
        notes.append(Note("panels_drawn_again", "info", {"count": lost}))
    return notes
