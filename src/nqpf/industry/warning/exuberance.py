"""Exuberance: whether a series grows explosively for a while, and from when to when.

Recursive right-tailed unit-root tests of Phillips, Wu and Yu (2011), doi:10.1111/j.1468-2354.2010.00625.x, and
Phillips, Shi and Yu (2015), doi:10.1111/iere.12132, with bootstrap critical values that hold for the whole monitoring
period (Phillips and Shi 2020). What is found is explosive behaviour of the series; whether it is a bubble the series
alone cannot tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import polars as pl

from nqpf.columns import choose
from nqpf.errors import MethodError, SpecError, Where, listing
from nqpf.frames import backend_of
from nqpf.industry.labels import keys_apart
from nqpf.industry.options import check_least, check_level
from nqpf.industry.warning.exuberance_dates import episodes
from nqpf.industry.warning.exuberance_series import Series, series_of
from nqpf.industry.warning.exuberance_tables import (
    EPISODES,
    SEQUENCE,
    UNITS,
    Tested,
    episodes_of,
    sequence_of,
    signals_of,
    units_of,
)
from nqpf.industry.warning.lights import CautionResult, Line, line, table_of
from nqpf.industry.warning.recursions import Critical, Drift, Plan, panel_of, recursion_of
from nqpf.results import Method, Note

Statistic = Literal["gsadf", "sadf"]
Kind = Literal["amount", "ratio"]
Scale = Literal["log", "level"]
Counting = Literal["levels", "equations"]
Control = Literal["family", "pointwise"]

SMALL = 40
"""Periods below which a remark says that only strong and long exuberance is found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExuberanceResult(CautionResult):
    """Whether and when series were exuberant.

    Attributes
    ----------
    frame
        A row a unit: periods, window (levels), lag, adf, sadf, gsadf (right-tailed: large is explosive), critical (of
        the chosen one for the whole sample), p, q (over units, false discovery rate), episodes, status (``tested`` or
        ``too_short``).
    sequence
        A row a unit and period from the end of the first window on: value (as tested), badf, bsadf, critical,
        exuberant.
    episodes
        A row an episode: start, peak (largest statistic), end (first period below; null while it goes on), periods,
        direction (``rise``, ``fall``), statistic, ongoing.
    panel
        With ``panel=True`` a row a period: bsadf (mean over units), critical, exuberant; else None.
    panel_test
        With ``panel=True`` one row: units, periods, gsadf, critical, p; else None.
    """

    sequence: pl.DataFrame
    episodes: pl.DataFrame
    panel: pl.DataFrame | None = None
    panel_test: pl.DataFrame | None = None


def exuberance(
    data: Any,
    value: str,
    *,
    time: str,
    unit: str | None = None,
    method: Statistic = "gsadf",
    kind: Kind = "amount",
    scale: Scale = "log",
    lag: int | Literal["bic"] = 0,
    max_lag: int = 4,
    window: int | None = None,
    counting: Counting = "levels",
    critical: Critical = "phillips_shi",
    control: Control = "family",
    drift: Drift | None = None,
    monitoring: int | None = None,
    alpha: float = 0.05,
    min_length: int | None = None,
    shortest: int = 20,
    draws: int = 999,
    panel: bool = False,
    q_line: Line = (0.10, 0.05),
    seed: int = 0,
    workers: int | None = None,
) -> ExuberanceResult:
    """Test whether series grow explosively for a while, and date the episodes.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, a row a unit and period.
    value
        Column of the series: a price, a ratio of a price to what it should rest on, investment.
    time
        Column of periods: years as whole numbers, dates, or text that sorts in the order of time.
    unit
        Column of units, e.g. industries; None: one series.
    method
        ``gsadf`` over all windows (Phillips, Shi and Yu 2015: several episodes); ``sadf`` over those that begin with
        the series (Phillips, Wu and Yu 2011: one).
    kind
        What the series can carry: a ``ratio`` of a price or of investment to what it should rest on indicates a
        bubble; an ``amount`` only suggests one, as its foundations may grow as fast.
    scale
        ``log`` or ``level``. In levels any steady growth is explosive.
    lag
        Lagged changes, or ``bic``: chosen for each series over the whole sample. Many lags lead to false alarms.
    max_lag
        Most lags that ``bic`` may choose.
    window
        Shortest window; None: T (0.01 + 1.8/√T), rounded down.
    counting
        What `window` counts: ``levels`` of the series, as the paper and the R package psymonitor do, or ``equations``
        of the regression, as exuber does.
    critical
        Where critical values come from: ``phillips_shi`` residuals of the series drawn anew times normal numbers;
        ``harvey`` its changes in their places times normal numbers, for volatility that changes over time,
        cautious in short series (1 in 100 random walks of 60 periods at a level of 5);
        ``monte_carlo`` random walks with drift 1/T, as in Phillips, Shi and Yu (2015).
    control
        Episodes by one critical value that holds for the ``family`` of all periods watched, or by one for each period
        (``pointwise``, as in Phillips, Shi and Yu 2015), which more often alarms falsely.
    drift
        What drawn series have of the mean change of the series: ``none``, as in the papers (1/T with ``monte_carlo``),
        or ``kept``. Without it a series that only grows steadily is called explosive far too often (two in three where
        yearly growth of 6 % varies by 2 %); with it a test is cautious where there is no growth. None: ``kept`` for an
        ``amount``, ``none`` for a ``ratio``. A panel always keeps it.
    monitoring
        Periods that the family has; None: all from the end of the first window on.
    alpha
        Level of critical values.
    min_length
        Fewest periods of an episode; None: ln T, rounded.
    shortest
        Fewest periods that are tested (convention); shorter series are not assessed.
    draws
        Number of series drawn under the null.
    panel
        Whether all units are also tested together by the mean of their statistics (Pavlidis et al. 2016).
    q_line
        q values to watch and to warn of. A light is lit only where an episode of rise was dated, and warns only while
        it goes on (conventions).
    seed
        Of the draws.
    workers
        Threads; results do not depend on it.

    Returns
    -------
    ExuberanceResult
        A row a unit; ``.sequence``, ``.episodes``, ``.panel``, ``.lights``.

    Raises
    ------
    DataError
        A column is absent, a label missing, a cell no number, or a unit has two rows for a period.
    SpecError
        No such option, or a window, lag, level or number of draws that cannot be.
    MethodError
        A missing cell or period, a logarithm of what is not positive, a series that does not vary, or units of a panel
        with different periods.

    References
    ----------
    Phillips, Shi and Yu (2015), doi:10.1111/iere.12132. Phillips and Shi (2020), Handbook of Statistics 42, 61–80.
    Harvey, Leybourne, Sollis and Taylor (2016), Journal of Empirical Finance 38, 548–574. Pavlidis et al. (2016),
    doi:10.1007/s11146-015-9531-2.

    Examples
    --------
    >>> rng = np.random.default_rng(3)
    >>> calm = np.cumsum(rng.normal(size=60))
    >>> wild = np.where(np.arange(60) < 40, calm, calm[39] + 1.25 ** np.maximum(np.arange(60) - 39, 0))
    >>> table = {"year": range(1960, 2020), "price": wild + rng.normal(size=60) / 5}
    >>> found = exuberance(table, "price", time="year", scale="level", draws=199)
    >>> found.episodes.select("start", "ongoing", "direction").row(0)
    (2011, True, 'rise')
    """
    _check(method, kind, scale, counting, critical, control, alpha, draws)
    for key, number, least in (
        ("max_lag", max_lag, 0), ("lag", 0 if lag == "bic" else lag, 0), ("window", window, 1), ("seed", seed, 0),
        ("monitoring", monitoring, 1), ("min_length", min_length, 1), ("shortest", shortest, 1),
    ):  # fmt: skip
        if number is not None or key in ("lag", "max_lag", "shortest", "seed"):
            check_least(key, number, least)
    q_line = line("q_line", q_line, rising=False)
    keys_apart((*UNITS, *EPISODES), unit=unit)
    keys_apart(SEQUENCE, unit=unit, time=time, value=value)
    series = [_scaled(s, scale, value) for s in series_of(data, value, unit, time)]
    drift = ("kept" if kind == "amount" else "none") if drift is None else drift
    choose("drift", drift, get_args(Drift))
    plan = Plan(
        method, lag, max_lag, window, counting, critical, control, drift, monitoring, alpha, draws, seed, workers
    )
    tested = [_tested(s, plan, shortest, min_length) for s in series]
    key = unit or "unit"
    frame = units_of(tested, key)
    together, test = _panel(tested, plan, time, shortest) if panel else (None, None)
    options = {
        "value": value, "method": method, "kind": kind, "scale": scale, "lag": lag, "max_lag": max_lag,
        "window": window, "counting": counting, "critical": critical, "control": control, "drift": drift,
        "monitoring": monitoring,
        "alpha": alpha, "min_length": min_length, "shortest": shortest, "draws": draws, "panel": panel,
        "q_line": q_line, "seed": seed,
    }  # fmt: skip
    drop = [] if unit else [key]
    return ExuberanceResult(
        frame=frame.drop(drop),
        sequence=sequence_of(tested, key, time, value, method).drop(drop),
        episodes=episodes_of(tested, key, series[0].times.dtype).drop(drop),
        lights=table_of(signals_of(tested, frame["q"], q_line, "indicated" if kind == "ratio" else "suggested")),
        panel=together,
        panel_test=test,
        method=Method("industry.exuberance", options),
        notes=_remarks(tested, scale, kind, shortest, draws, alpha),
        backend=backend_of(data),
    )


def _check(
    method: str, kind: str, scale: str, counting: str, critical: str, control: str, alpha: float, draws: int
) -> None:
    words = {
        "method": (method, Statistic), "kind": (kind, Kind), "scale": (scale, Scale), "counting": (counting, Counting),
        "critical": (critical, Critical), "control": (control, Control),
    }  # fmt: skip
    for key, (word, options) in words.items():
        choose(key, word, get_args(options))
    check_level("alpha", alpha)
    check_least("draws", draws, 1)
    if 1 / (draws + 1) > alpha:
        raise SpecError(
            "caution_draws", where=Where(key="draws"), value=draws, alpha=alpha, least=int(np.ceil(1 / alpha)) - 1
        )


def _scaled(s: Series, scale: Scale, column: str) -> Series:
    unit = None if s.label is None else str(s.label)
    if np.ptp(s.values) == 0:
        raise MethodError("exuberance_constant", where=Where(unit=unit, indicator=column), value=float(s.values[0]))
    if scale == "level":
        return s
    if (s.values <= 0).any():
        at = int((s.values <= 0).argmax())
        place = Where(unit=unit, period=str(s.times[at]), indicator=column)
        raise MethodError("exuberance_log", where=place, value=float(s.values[at]))
    return Series(s.label, s.times, np.log(s.values), s.checked)


def _tested(s: Series, plan: Plan, shortest: int, least: int | None) -> Tested:
    if s.values.size < shortest:
        return Tested(s, None)
    r = recursion_of(s.values, plan, s.label)
    least = round(np.log(s.values.size)) if least is None else least
    found = episodes(r.statistic(plan.method), r.critical, s.values[r.first - 1 :], max(least, 1))
    return Tested(s, r, tuple(found))


def _panel(tested: Sequence[Tested], plan: Plan, time: str, shortest: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    first = tested[0].series
    for s in (t.series for t in tested[1:]):
        if s.times.to_list() != first.times.to_list():
            raise MethodError(
                "exuberance_panel", where=Where(unit=str(s.label)), first=str(first.label), unit=str(s.label)
            )
    if len(tested) < 2 or first.values.size < shortest:
        raise MethodError("exuberance_panel_small", units=len(tested), periods=first.values.size, shortest=shortest)
    together = panel_of([t.series.values for t in tested], plan)
    frame = pl.DataFrame(
        {
            time: first.times[together.first :],
            "bsadf": pl.Series("", together.backward, nan_to_null=True),
            "critical": together.critical,
            "exuberant": together.backward > together.critical,
        }
    )
    test = {
        "units": len(tested), "periods": first.values.size, "gsadf": float(np.nanmax(together.backward)),
        "critical": together.overall, "p": together.p,
    }  # fmt: skip
    return frame, pl.DataFrame([test])


def _remarks(
    tested: Sequence[Tested], scale: Scale, kind: Kind, shortest: int, draws: int, alpha: float
) -> tuple[Note, ...]:
    def named(chosen: Sequence[Tested]) -> dict[str, Any]:
        return {"count": len(chosen), "names": listing(t.series.label for t in chosen if t.series.label is not None)}

    notes = [Note("exuberance_no_bubble", "info")]
    if scale == "level" and kind == "amount":
        notes.append(Note("exuberance_levels"))
    done = [t for t in tested if t.recursion is not None]
    if short := [t for t in tested if t.recursion is None]:
        notes.append(Note("exuberance_too_short", values={**named(short), "shortest": shortest}))
    if small := [t for t in done if t.series.values.size < SMALL]:
        notes.append(Note("exuberance_small", values={**named(small), "small": SMALL}))
    if flat := [t for t in done if t.recursion is not None and t.recursion.flat]:
        notes.append(Note("exuberance_flat", values=named(flat)))
    if loose := [t for t in tested if not t.series.checked]:
        notes.append(Note("exuberance_spacing", "info", named(loose)))
    if len(done) / (draws + 1) > alpha:
        notes.append(Note("exuberance_few_draws", values={"tests": len(done), "draws": draws, "alpha": alpha}))
    return tuple(notes)
