"""Traditional industries: whether they decay beyond noise, are upgraded or left, and whether others take up their jobs.

The documents ask not to neglect or abandon them. A fall is judged by the median of slopes (Theil 1950, Sen 1968,
doi:10.1080/01621459.1968.10480934) and by how often it comes (`nqpf.numerics.trend`); upgrading within and moves
between industries are told apart as in Griliches and Regev (1995), doi:10.1016/0304-4076(94)01601-U.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import choose
from nqpf.errors import SpecError, Where, hint, listing
from nqpf.frames import backend_of
from nqpf.industry.labels import keys_apart
from nqpf.industry.options import check_least, check_level, check_share
from nqpf.industry.warning.entry_waves import discovery
from nqpf.industry.warning.falls import Branches, Fall, falls_of
from nqpf.industry.warning.lights import CautionResult, Light, Line, Signal, Tier, light_of, line, table_of
from nqpf.industry.warning.upgrading import MOVES, READ, jobs_of, parts_of
from nqpf.results import Method, Note

Floats = NDArray[np.float64]
Test = Literal["changes", "trend"]
Scale = Literal["log", "level"]
COLUMNS = (
    "measure", "years", "first", "last", "slope", "falls", "p_changes", "p_trend", "q", "status",
)  # fmt: skip
TIERS: dict[str, Tier] = {"tfp": "indicated", "investment": "measured", "employment": "measured", "output": "measured"}
"""Productivity of all factors is a residual of an account or a model; the others are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AbandonmentResult(CautionResult):
    """What becomes of traditional industries.

    Attributes
    ----------
    frame
        A row a region, traditional industry and quantity: measure, years (of the window), first and last year, slope
        (median, a year: of logarithms, or in the unit of the column), falls (years in which it fell), p_changes,
        p_trend (one-sided), q (of the chosen test over all rows), status (``tested``, ``too_short``, ``missing``).
    parts
        With `output` and `employment` a row a region: growth of output per worker from the first to the last year, as
        the sum of within_traditional, between_traditional, within_other, between_other (all in its unit), share_first
        and share_last (jobs in traditional industries over all), reading (``upgrading``: fewer jobs there, more output
        per worker within; ``leaving``: fewer of both; ``growing``: no fewer jobs); else None.
    jobs
        With `employment` a row a region: lost (in traditional industries, first to last year), gained (in the others),
        lost_share (of traditional jobs), absorbed (gained over lost; null where none are lost); else None. Who got
        the gained jobs the numbers do not tell.
    """

    parts: pl.DataFrame | None = None
    jobs: pl.DataFrame | None = None


def abandonment(
    data: Any,
    *,
    unit: str,
    industry: str,
    time: str,
    layer: str,
    traditional: str = "traditional",
    tfp: str | None = None,
    investment: str | None = None,
    employment: str | None = None,
    output: str | None = None,
    years: int = 10,
    shortest: int = 6,
    test: Test = "changes",
    scale: Scale = "log",
    alpha: float = 0.05,
    fall_line: Line = (-0.02, -0.05),
    unabsorbed_line: Line = (0.25, 0.5),
    material: float = 0.01,
) -> AbandonmentResult:
    """Tell for each region whether its traditional industries fall, how, and where their jobs go.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, a row a region, industry and year.
    unit, industry, time
        Columns of regions, industries and years (whole numbers).
    layer, traditional
        Column of layers, and its word for traditional industries.
    tfp, investment, employment, output
        Columns of quantities, each optional; missing cells leave a quantity not assessed.
    years
        Length of the window, which ends with the last year of the table.
    shortest
        Fewest years that are tested (convention): with `test` ``changes`` five falls in a row have p = .03.
    test
        ``changes``: the sign test of yearly changes, which a series that only wanders passes as often as it should;
        ``trend``: Mann and Kendall's, with more power, but for values that do not depend on those before.
    scale
        Slopes of logarithms (``log``; a share a year) or in the unit of the column (``level``; for the light over the
        mean size in the window).
    alpha
        False discovery rate above which nothing is lit.
    fall_line
        Slope a year (conventions).
    unabsorbed_line
        Share of the jobs lost in traditional industries that others do not take up (conventions: a quarter, half).
    material
        Share of traditional jobs below which a loss is not lit (convention).

    Returns
    -------
    AbandonmentResult
        A row a region, industry and quantity; ``.parts``, ``.jobs``, ``.lights``.

    Raises
    ------
    DataError
        A column is absent, a label missing, a key twice, or a cell no number.
    SpecError
        No such option, no quantity, a layer that the table does not have, thresholds in the wrong order.
    MethodError
        With ``log`` a number that is not positive; jobs or output negative; an industry in two layers.

    References
    ----------
    Sen (1968), doi:10.1080/01621459.1968.10480934. Mann (1945), doi:10.2307/1907187. Griliches and Regev (1995),
    doi:10.1016/0304-4076(94)01601-U.

    Examples
    --------
    >>> table = {"r": ["a"] * 6, "i": ["steel"] * 6, "y": range(2015, 2021), "l": ["old"] * 6,
    ...          "jobs": [100, 90, 81, 73, 66, 59]}
    >>> found = abandonment(table, unit="r", industry="i", time="y", layer="l", traditional="old", employment="jobs")
    >>> found.frame.select("falls", "p_changes").row(0), found.lights["light"][0]
    ((5, 0.03125), 'warn')
    """
    choose("test", test, get_args(Test))
    choose("scale", scale, get_args(Scale))
    check_share("material", material)
    lines = {"fall": line("fall_line", fall_line, rising=False),
             "unabsorbed": line("unabsorbed_line", unabsorbed_line)}  # fmt: skip
    check_level("alpha", alpha)
    check_least("shortest", shortest, 4)
    check_least("years", years, int(shortest))
    given = {"tfp": tfp, "investment": investment, "employment": employment, "output": output}
    if not any(given.values()):
        raise SpecError("abandonment_nothing")
    keys_apart((), unit=unit, industry=industry, time=time, layer=layer)
    keys_apart(COLUMNS, unit=unit, industry=industry)
    keys_apart((*READ, *MOVES), unit=unit)
    branches = Branches.of(data, unit, industry, time, layer, {k: c for k, c in given.items() if c})
    traditional = str(traditional)
    if traditional not in branches.layers:
        raise SpecError(
            "abandonment_layer", where=Where(key="traditional"), layer=traditional, column=layer,
            options=listing(sorted(set(branches.layers))), hint=hint(traditional, branches.layers),
        )  # fmt: skip
    old = np.array([name == traditional for name in branches.layers])
    found = falls_of(branches.window(years), old, shortest, scale)
    q = discovery(np.array([getattr(f, f"p_{test}") for f in found]))
    jobs = jobs_of(branches, old) if employment else None
    parts = parts_of(branches, old) if employment and output else None
    options = {
        "layer": layer, "traditional": traditional, **given, "years": years, "shortest": shortest, "test": test,
        "scale": scale, "alpha": alpha, "material": material, **{f"{name}_line": pair for name, pair in lines.items()},
    }  # fmt: skip
    signals = [
        *_fall_signals(found, q, lines["fall"], alpha),
        *_job_signals(jobs, branches, lines["unabsorbed"], material),
    ]
    return AbandonmentResult(
        frame=_frame(found, q, unit, industry),
        lights=table_of([*signals, *_absent(given)]),
        parts=parts,
        jobs=jobs,
        method=Method("industry.abandonment", options),
        notes=_notes(found, test, shortest, alpha),
        backend=backend_of(data),
    )


def _frame(found: list[Fall], q: Floats, unit: str, industry: str) -> pl.DataFrame:
    numbers = ("slope", "p_changes", "p_trend")
    frame = pl.DataFrame(
        {
            unit: [f.region for f in found],
            industry: [f.industry for f in found],
            "measure": [f.measure for f in found],
            "years": [f.years for f in found],
            "first": [f.first for f in found],
            "last": [f.last for f in found],
            "slope": [f.slope for f in found],
            "falls": [f.falls for f in found],
            "p_changes": [f.p_changes for f in found],
            "p_trend": [f.p_trend for f in found],
            "q": q,
            "status": [f.status for f in found],
        },
        schema_overrides={"falls": pl.Int64, **dict.fromkeys((*numbers, "q"), pl.Float64)},
    )
    return frame.with_columns(pl.col(*numbers, "q").fill_nan(None))


def _fall_signals(found: list[Fall], q: Floats, thresholds: Line, alpha: float) -> Iterator[Signal]:
    for f, q_value in zip(found, q, strict=True):
        light: Light | None = light_of(f.relative, thresholds, rising=False)
        if light and not q_value <= alpha:
            light = "none"
        reason = "short_window" if f.status == "too_short" else "no_number"
        yield Signal("abandonment", f.measure, f.relative, thresholds, light, TIERS[f.measure], reason,
                     region=f.region, industry=f.industry, year=f"{f.first}–{f.last}")  # fmt: skip


def _job_signals(jobs: pl.DataFrame | None, branches: Branches, thresholds: Line, material: float) -> Iterator[Signal]:
    if jobs is None:
        return
    span = f"{branches.years[0]}–{branches.years[-1]}"
    for region, lost, share, _, absorbed in jobs.iter_rows():
        if lost == 0:
            continue  # there is nothing to take up
        number = float("nan") if absorbed is None else max(1.0 - absorbed, 0.0)
        light = light_of(number, thresholds)
        if light and share < material:
            light = "none"
        yield Signal(
            "abandonment", "unabsorbed", number, thresholds, light, "measured", "no_number", region=region, year=span
        )


def _absent(given: dict[str, str | None]) -> Iterator[Signal]:
    for measure, column in given.items():
        if column is None and measure != "output":
            yield Signal("abandonment", measure, None, None, None, "not_assessed", "no_column")


def _notes(found: list[Fall], test: Test, shortest: int, alpha: float) -> tuple[Note, ...]:
    notes = [Note("abandonment_fall", "info")]
    if test == "trend":
        notes.append(Note("abandonment_trend"))
    tested = [f.years for f in found if f.status == "tested"]
    if test == "changes" and tested and 0.5 ** (max(tested) - 1) * len(tested) > alpha:
        values = {"tests": len(tested), "years": max(tested), "alpha": alpha}
        notes.append(Note("abandonment_power", values=values))
    for status, code in (("too_short", "abandonment_short"), ("missing", "abandonment_missing")):
        if count := sum(f.status == status for f in found):
            notes.append(Note(code, values={"count": count, "shortest": shortest}))
    return tuple(notes)
