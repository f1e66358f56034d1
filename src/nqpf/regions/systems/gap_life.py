"""How long a gap between two sides lasts, and which side closes it.

The gap follows gₜ = μ + τₜ + ρ gₜ₋₁ + ε; half of it is gone after ln ½ / ln ρ years. Both sides move with the gap of
the year before, Δs = αₛ g + …, Δd = α_d g + …, and ρ − 1 = αₛ − α_d (an error correction with the gap itself as what
is corrected: Engle and Granger 1987, doi:10.2307/1913236). Fixed effects pull ρ down (Nickell 1981,
doi:10.2307/1911408), so that gaps seem to close sooner than they do; that is solved for (Bun and Carree 2005,
doi:10.1198/073500104000000532). Intervals: units drawn with all their years.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import choose
from nqpf.errors import MethodError, SpecError, Where
from nqpf.frames import as_backend, backend_of
from nqpf.messages import say
from nqpf.numerics.resample import turns
from nqpf.regions.panels.mediation import FEW_DRAWS
from nqpf.regions.panels.regression import FEW_CLUSTERS, check_level, check_number
from nqpf.regions.systems.gap_speeds import follows_exactly, half_life, solved
from nqpf.regions.systems.lagged import Lagged, by_unit
from nqpf.regions.systems.lead_lag import SHORT, LeadLag, lead_lag
from nqpf.regions.systems.sides import Scale, keyed_table, on_scale
from nqpf.results import Method, Note, Result

Floats = NDArray[np.float64]
Effects = Literal["two_way", "unit"]
Correction = Literal["analytic", "none"]
SIDES = ("mean", "first", "last", "change", "supply_ahead", "years")


@dataclass(frozen=True, slots=True, eq=False)
class GapLife(Result):
    """How long a gap lasts.

    Attributes
    ----------
    frame
        One row: ``rho_plain`` (least squares), ``rho`` (without the bias of fixed effects; the same where no correction
        is asked for), ``low``, ``high``; ``half_life`` in years with ``half_life_low``, ``half_life_high``, null where
        it has no end or, for ρ not above 0, no length; ``status``: ``shown`` (the interval of ρ lies below 1),
        ``not_shown`` (it reaches 1), ``infinite`` (ρ itself does), ``at_once`` (ρ not above 0, its interval below 1);
        ``rows``, ``units``, ``draws`` that have an estimate.
    speeds
        A row for each side: ``side`` (``supply``, ``demand``), ``column``, ``plain``, ``speed`` (its change in a year
        for one unit of gap), ``low``, ``high``, ``closing`` (by how much that closes the gap: −speed of supply, speed
        of demand), ``share`` of both together (null where the gap does not close), ``answer``: ``closes``, ``widens``,
        ``not_shown``.
    gaps
        Unit, year, ``gap`` on the scale asked for.
    sides
        A row for each unit: ``mean`` gap, ``first``, ``last``, ``change``, ``supply_ahead`` (share of its years),
        ``years``.
    tests
        Which side's changes come before the other's, both ways (`lead_lag`).
    method, notes
        How they came about, and remarks.
    backend
        Library of the table that was given.
    """

    frame: pl.DataFrame
    speeds: pl.DataFrame
    gaps: pl.DataFrame
    sides: pl.DataFrame
    tests: LeadLag
    method: Method
    notes: tuple[Note, ...] = ()
    backend: nw.Implementation | None = None

    def to_frame(self) -> Any:
        """Return `frame` as the kind of dataframe that was given."""
        return as_backend(self.frame, self.backend)


def gap_life(
    data: Any,
    supply: str,
    demand: str,
    *,
    unit: str,
    time: str,
    scale: Scale = "given",
    effects: Effects = "two_way",
    correction: Correction = "analytic",
    lags: int = 1,
    level: float = 0.95,
    draws: int = 499,
    seed: int = 0,
) -> GapLife:
    """Estimate the half-life of the gap between two sides, and who closes it.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, a row for each unit and year; years may be missing.
    supply, demand
        Columns of the two sides: scores of supply and demand, or of relations and forces of production.
    unit, time
        Columns of units and years.
    scale
        ``given`` both are comparable as they are; ``zscore``, ``range``: over all rows, each side by itself.
    effects
        ``two_way``: gaps are measured from the unit's own mean gap and from what all units share in a year; ``unit``:
        from the unit's own mean only.
    correction
        ``analytic``: the bias of fixed effects is solved for; ``none``.
    lags
        Years back in the tests of which side leads.
    level
        Of intervals.
    draws, seed
        Draws of units with all their years, and their seed.

    Raises
    ------
    DataError
        A column is absent, holds what is no number, or two rows have the same unit and year.
    SpecError
        No such option, or both sides are one column.
    MethodError
        Too few rows or units, a side that is the same everywhere (`scale`), or a gap that does not vary.

    References
    ----------
    Engle and Granger (1987), doi:10.2307/1913236. Nickell (1981), doi:10.2307/1911408. Bun and Carree (2005),
    doi:10.1198/073500104000000532.

    Examples
    --------
    >>> rng = np.random.default_rng(5)
    >>> supply, demand = rng.normal(size=(2, 16, 40))
    >>> for year in range(1, 16):
    ...     gap = supply[year - 1] - demand[year - 1]
    ...     supply[year] += supply[year - 1]
    ...     demand[year] += demand[year - 1] + 0.3 * gap
    >>> t, n = np.indices((16, 40))
    >>> table = {"unit": n.ravel(), "year": 2000 + t.ravel(), "s": supply.ravel(), "d": demand.ravel()}
    >>> found = gap_life(table, "s", "d", unit="unit", time="year", draws=199)
    >>> found.frame.select(pl.col("half_life").round(), "status").row(0), found.speeds["answer"].to_list()
    ((2.0, 'shown'), ['not_shown', 'closes'])
    """
    choose("scale", scale, get_args(Scale))
    choose("effects", effects, get_args(Effects))
    choose("correction", correction, get_args(Correction))
    check_level(level)
    check_number("draws", draws, isinstance(draws, int) and draws >= 2, "two_or_more")
    if supply == demand:
        raise SpecError("bad_value", where=Where(key="demand"), value=demand, expected=say("systems.different_columns"))
    units, years, cubes = by_unit(data, [supply, demand], unit, time)
    s, d = on_scale(cubes, (supply, demand), scale)
    named = f"{supply} − {demand}"
    if years.size < 3:
        raise MethodError("lead_lag_short", where=Where(), rows=0, parameters=len(units) + 1, edge=named)
    gap = s - d
    rows = Lagged.of([s[1:] - s[:-1], d[1:] - d[:-1]], [gap[:-1]], named, 3)
    weights = turns(len(units), draws, np.random.default_rng(seed))[:, rows.there.any(axis=0)]
    moments = rows.moments(years=effects == "two_way")
    sums, good = moments.sums(np.vstack([np.ones(rows.units), weights]))
    if not good[0] or follows_exactly(sums):
        raise MethodError("gap_life_flat", where=Where(indicator=named))
    if good[1:].sum() < 2:
        raise MethodError("panels_no_draw", draws=draws)
    plain = sums.plain()[:, 0]
    speeds = solved(sums) if correction == "analytic" else plain
    frame = _life(plain, speeds, level)
    frame = frame.with_columns(rows=pl.lit(len(rows.values)), units=pl.lit(rows.units), draws=pl.lit(len(speeds) - 1))
    tests = lead_lag(data, [supply, demand], unit=unit, time=time, lags=lags, correction=correction, level=level)
    options = {
        "supply": supply, "demand": demand, "scale": scale, "effects": effects, "correction": correction, "lags": lags,
        "level": level, "draws": draws, "seed": seed,
    }  # fmt: skip
    table, sides = _gaps(units, years, gap, unit, time)
    return GapLife(
        frame, _speeds(plain, speeds, (supply, demand), level), table, sides, tests,
        Method("regions.gap_life", options), _notes(frame, years.size, draws, tests), backend_of(data),
    )  # fmt: skip


def _life(plain: Floats, speeds: Floats, level: float) -> pl.DataFrame:
    rho = 1 + (speeds[:, 0] - speeds[:, 1])
    low, high = np.quantile(rho[1:], [(1 - level) / 2, (1 + level) / 2])
    if rho[0] >= 1:
        status = "infinite"
    elif high >= 1:
        status = "not_shown"
    else:
        status = "shown" if rho[0] > 0 else "at_once"
    return pl.DataFrame(
        [
            {
                "rho_plain": float(1 + (plain[0, 0] - plain[0, 1])), "rho": float(rho[0]), "low": float(low),
                "high": float(high), "half_life": half_life(float(rho[0])), "half_life_low": half_life(float(low)),
                "half_life_high": half_life(float(high)), "status": status,
            }
        ],
        schema_overrides=dict.fromkeys(("half_life", "half_life_low", "half_life_high"), pl.Float64),
    )  # fmt: skip


def _speeds(plain: Floats, speeds: Floats, columns: tuple[str, str], level: float) -> pl.DataFrame:
    low, high = np.quantile(speeds[1:], [(1 - level) / 2, (1 + level) / 2], axis=0)
    turned = np.array([-1.0, 1.0])
    closing = turned * speeds[0]
    whole = closing.sum()
    ends = np.sort(np.stack([turned * low, turned * high]), axis=0)
    answers = np.where(ends[0] > 0, "closes", np.where(ends[1] < 0, "widens", "not_shown"))
    return pl.DataFrame(
        {
            "side": ["supply", "demand"],
            "column": columns,
            "plain": plain[0],
            "speed": speeds[0],
            "low": low,
            "high": high,
            "closing": closing,
            "share": pl.Series(closing / whole if whole > 0 else [None, None], dtype=pl.Float64),
            "answer": answers.tolist(),
        }
    )


def _gaps(
    units: tuple[str, ...], years: NDArray[np.intp], gap: Floats, unit: str, time: str
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return gaps by unit and year, and what there is to say of each unit."""
    n, t = np.nonzero(~np.isnan(gap.T))
    keys = {"unit": (unit, [units[k] for k in n]), "time": (time, years[t])}
    table = keyed_table(keys, {"gap": gap[t, n]}, also=SIDES)
    there = pl.col("gap")
    sides = table.group_by(unit, maintain_order=True).agg(
        mean=there.mean(), first=there.first(), last=there.last(), change=there.last() - there.first(),
        supply_ahead=(there > 0).mean(), years=pl.len(),
    )  # fmt: skip
    return table, sides


def _notes(frame: pl.DataFrame, years: int, draws: int, tests: LeadLag) -> tuple[Note, ...]:
    row = frame.row(0, named=True)
    notes = [Note("gap_life_own_mean", "info"), Note("gap_life_precedence", "info")]
    endless = {"infinite": "gap_life_infinite", "not_shown": "gap_life_not_shown"}
    if row["status"] in endless:
        notes.append(Note(endless[row["status"]], "warning", {"rho": row["rho"], "high": row["high"]}))
    if years < SHORT:
        notes.append(Note("gap_life_short", "warning", {"years": years}))
    if row["units"] < FEW_CLUSTERS:
        notes.append(Note("panels_few_units", "warning", {"units": row["units"], "least": FEW_CLUSTERS}))
    if row["draws"] < draws:
        notes.append(Note("panels_lost_draws", "info", {"count": draws - row["draws"], "draws": draws}))
    if draws < FEW_DRAWS:
        notes.append(Note("panels_few_draws", "warning", {"draws": draws, "least": FEW_DRAWS}))
    known = {note.code for note in notes}
    return (*notes, *(note for note in tests.notes if note.code not in known))
