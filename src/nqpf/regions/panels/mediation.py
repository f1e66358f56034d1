"""Mediation under fixed effects: how much of an effect runs through other columns, units drawn anew for intervals.

Total effect c, effects a on the mediators, direct effect c' and effects b of the mediators from three regressions with
the same rows, controls and effects; Σ a b = c − c'. Baron and Kenny (1986), doi:10.1037/0022-3514.51.6.1173; Sobel
(1982), doi:10.2307/270723; bootstrap: MacKinnon, Lockwood and Williams (2004), doi:10.1207/s15327906mbr3901_4.
That such steps tell causes is disputed: 江艇 (2022), 中国工业经济 (5), 100–120.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, get_args

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import special

from nqpf.columns import choose
from nqpf.errors import MethodError, SpecError, Where
from nqpf.frames import as_backend, backend_of
from nqpf.numerics.resample import Products, slopes, turns
from nqpf.numerics.within import demeaned
from nqpf.regions.panels.fixed_effects import fixed_effects
from nqpf.regions.panels.regression import FEW_CLUSTERS, PanelRegression, check_level, check_number
from nqpf.regions.panels.sample import Effects, Missing, Sample
from nqpf.results import Method, Note, Result, Severity

Floats = NDArray[np.float64]
FEW_DRAWS = 300
LOST = 0.05
"""Share of draws without an estimate above which a note is due."""


@dataclass(frozen=True, slots=True, eq=False)
class Mediation(Result):
    """Effects of a treatment, direct and by way of mediators.

    Attributes
    ----------
    effects
        ``effect`` (``total``, ``direct``, ``indirect``), ``mediator`` (null: all of them together), ``estimate``; of
        the bootstrap ``se``, ``p``, ``low``, ``high`` (percentiles), ``low_bc``, ``high_bc`` (bias-corrected);
        ``share`` of the total effect, null where that is not told from zero or has another sign.
    sobel
        ``mediator``, ``a``, ``se_a``, ``b``, ``se_b``, ``indirect``, ``se``, ``z``, ``p``.
    models
        Regressions by name: ``total``, each mediator, ``direct``; they stand in a three-line table.
    method, notes
        How they came about, and remarks.
    """

    effects: pl.DataFrame
    sobel: pl.DataFrame
    models: Mapping[str, PanelRegression]
    method: Method
    notes: tuple[Note, ...] = ()
    backend: nw.Implementation | None = field(default=None, repr=False)

    def to_frame(self) -> Any:
        """Return `effects` as the kind of dataframe that was given."""
        return as_backend(self.effects, self.backend)


def mediation(
    data: Any,
    y: str,
    treatment: str,
    mediators: Sequence[str] | str,
    controls: Sequence[str] = (),
    *,
    unit: str,
    time: str,
    effects: Effects = "two_way",
    missing: Missing = "raise",
    draws: int = 999,
    seed: int = 0,
    level: float = 0.95,
) -> Mediation:
    """Split the effect of `treatment` on `y` into what runs through `mediators` and what does not.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, a row for each unit and year.
    y, treatment, mediators, controls
        Columns. Every regression has the controls and the same rows.
    unit, time
        Columns of units and years.
    effects
        ``two_way`` units and years, ``unit``, ``time``, or ``none``.
    missing
        Rows with an empty cell: ``raise`` an error, or ``drop`` them with a note.
    draws, seed
        Of the bootstrap: units are drawn with replacement, with all their years.
    level
        Of the intervals.

    Raises
    ------
    DataError
        A column is absent or holds what is no number, a cell is empty, two rows have the same unit and year.
    SpecError
        An option is not what it may be, no mediator, or a column stands twice.
    MethodError
        The treatment or a mediator does not vary beside the effects and the other columns.

    References
    ----------
    Baron and Kenny (1986), doi:10.1037/0022-3514.51.6.1173. Sobel (1982), doi:10.2307/270723.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> n, t = np.divmod(np.arange(500), 10)
    >>> d, e, u = rng.normal(size=(3, 500))
    >>> m = 0.8 * d + 0.3 * e
    >>> table = {"unit": n, "year": 2010 + t, "d": d, "m": m, "y": 0.5 * m + 0.2 * d + 0.3 * u + n}
    >>> found = mediation(table, "y", "d", "m", unit="unit", time="year", draws=99)
    >>> found.effects.select("effect", pl.col("estimate").round(2)).rows()
    [('total', 0.6), ('direct', 0.21), ('indirect', 0.39)]
    """
    choose("effects", effects, get_args(Effects))
    choose("missing", missing, get_args(Missing))
    check_level(level)
    check_number("draws", draws, draws >= 1, "one_or_more")
    through, controls = ([c] if isinstance(c, str) else list(c) for c in (mediators, controls))
    if not through:
        raise SpecError("panels_no_regressor", where=Where(key="mediators"))
    sample = Sample.of(data, [y, treatment, *through, *controls], unit=unit, time=time, missing=missing)
    models = _models(sample, y, treatment, through, controls, unit, time, effects, level)
    estimate = _effects(models, treatment, through)
    drawn = _drawn(sample, len(through), len(controls), effects, draws, seed)
    kept = ~np.isnan(drawn).any(axis=1)
    if kept.sum() < 2:
        raise MethodError("panels_no_draw", draws=draws)
    total_p = _value(models["total"], treatment, "p")
    frame, hidden = _table(estimate, drawn[kept], through, level, total_p is None or total_p > 1 - level)
    options = {"effects": effects, "missing": missing, "draws": draws, "seed": seed, "level": level}
    notes = (*sample.notes, *_notes(sample, draws, int((~kept).sum()), hidden))
    sobel = _sobel(models, treatment, through)
    return Mediation(frame, sobel, models, Method("regions.mediation", options), notes, backend_of(data))


def _models(
    sample: Sample,
    y: str,
    treatment: str,
    through: Sequence[str],
    controls: Sequence[str],
    unit: str,
    time: str,
    effects: Effects,
    level: float,
) -> dict[str, PanelRegression]:
    """Return the regressions, errors by unit."""

    def regress(left: str, right: Sequence[str]) -> PanelRegression:
        found = fixed_effects(sample.frame, left, right, unit=unit, time=time, effects=effects, level=level)
        for name in (treatment, *through):
            row = found.coefficients.filter(pl.col("name") == name)
            if row.height and row["estimate"][0] is None:
                raise MethodError("panels_collinear", where=Where(indicator=name), left=left)
        return found

    total = regress(y, [treatment, *controls])
    steps = {name: regress(name, [treatment, *controls]) for name in through}
    return {"total": total, **steps, "direct": regress(y, [treatment, *through, *controls])}


def _value(model: PanelRegression, name: str, column: str) -> Any:
    return model.coefficients.filter(pl.col("name") == name)[column][0]


def _effects(models: Mapping[str, PanelRegression], treatment: str, through: Sequence[str]) -> Floats:
    """Return total, direct, indirect altogether and by mediator."""
    parts = [_value(models[m], treatment, "estimate") * _value(models["direct"], m, "estimate") for m in through]
    total, direct = (_value(models[key], treatment, "estimate") for key in ("total", "direct"))
    return np.array([total, direct, sum(parts), *parts])


def _drawn(sample: Sample, through: int, controls: int, effects: Effects, draws: int, seed: int) -> Floats:
    """Return the same of each draw: ``float64[draws, 3 + through]``, NaN where it has no estimate."""
    values, rows = sample.values, len(sample.values)
    if effects == "none":
        nuisance = np.ones((rows, 1))
    elif effects == "unit":
        nuisance = np.zeros((rows, 0))
    else:
        nuisance = np.eye(len(sample.years))[sample.time]
    if effects in ("unit", "two_way"):
        values, nuisance = (demeaned(v, [sample.unit])[0] for v in (values, nuisance))
    weights = turns(len(sample.units), draws, np.random.default_rng(seed))
    products = Products.of(values, nuisance, sample.unit).drawn(weights)
    m = list(range(2, 2 + through))
    rest = list(range(2 + through, 2 + through + controls))
    total = slopes(products, 0, [1, *rest])[:, 0]
    a = np.column_stack([slopes(products, k, [1, *rest])[:, 0] for k in m])
    both = slopes(products, 0, [1, *m, *rest])
    parts = a * both[:, 1 : 1 + through]
    return np.column_stack([total, both[:, 0], parts.sum(axis=1), parts])


def _table(
    estimate: Floats, drawn: Floats, through: Sequence[str], level: float, unsure: bool
) -> tuple[pl.DataFrame, bool]:
    """Return effects with intervals, and whether shares of the total are held back."""
    ends = np.array([(1 - level) / 2, (1 + level) / 2])
    low, high = np.quantile(drawn, ends, axis=0)
    share_below = (drawn < estimate).mean(axis=0) + (drawn == estimate).mean(axis=0) / 2
    edge = 1 / (2 * len(drawn))
    bias = special.ndtri(np.clip(share_below, edge, 1 - edge))
    corrected = special.ndtr(2 * bias[:, None] + special.ndtri(ends))
    low_bc, high_bc = np.array([np.quantile(d, c) for d, c in zip(drawn.T, corrected, strict=True)]).T
    tail = np.minimum((drawn <= 0).sum(axis=0), (drawn >= 0).sum(axis=0))
    p = np.minimum(2 * (tail + 1) / (len(drawn) + 1), 1.0)
    hidden = unsure or estimate[0] * estimate[2] < 0
    shares = np.full(estimate.size, np.nan) if hidden else estimate / estimate[0]
    count = len(through)
    whole = pl.DataFrame(
        {
            "effect": ["total", "direct", "indirect", *["indirect"] * count],
            "mediator": pl.Series([None, None, None, *through], dtype=pl.String),
            "estimate": estimate,
            "se": drawn.std(axis=0, ddof=1),
            "p": p,
            "low": low,
            "high": high,
            "low_bc": low_bc,
            "high_bc": high_bc,
            "share": pl.Series(shares).fill_nan(None),
        }
    )
    return (whole if count > 1 else whole.head(3)), hidden


def _sobel(models: Mapping[str, PanelRegression], treatment: str, through: Sequence[str]) -> pl.DataFrame:
    """Return Sobel's test of each mediator, standard errors by unit."""
    rows = []
    for m in through:
        a, se_a = (_value(models[m], treatment, column) for column in ("estimate", "se"))
        b, se_b = (_value(models["direct"], m, column) for column in ("estimate", "se"))
        se = float(np.hypot(a * se_b, b * se_a))
        z = a * b / se if se > 0 else None
        p = None if z is None else float(2 * special.ndtr(-abs(z)))
        rows.append((m, a, se_a, b, se_b, a * b, se, z, p))
    names = ("a", "se_a", "b", "se_b", "indirect", "se", "z", "p")
    return pl.DataFrame(rows, schema={"mediator": pl.String} | dict.fromkeys(names, pl.Float64), orient="row")


def _notes(sample: Sample, draws: int, lost: int, hidden: bool) -> list[Note]:
    notes = [Note("panels_mediation_caution", "warning")]
    if hidden:
        notes.append(Note("panels_no_share", "info"))
    if len(sample.units) < FEW_CLUSTERS:
        notes.append(Note("panels_few_units", "warning", {"units": len(sample.units), "least": FEW_CLUSTERS}))
    if draws < FEW_DRAWS:
        notes.append(Note("panels_few_draws", "warning", {"draws": draws, "least": FEW_DRAWS}))
    if lost:
        severity: Severity = "warning" if lost > LOST * draws else "info"
        notes.append(Note("panels_lost_draws", severity, {"count": lost, "draws": draws}))
    return notes
