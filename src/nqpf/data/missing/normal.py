"""EM: the series of a unit and year are jointly normal about effects of the units; each hole is what the others say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nqpf.data.missing.draws import Predicted
from nqpf.data.missing.layer import Bools, Layer, between, neighbours
from nqpf.data.missing.options import Options
from nqpf.data.missing.scales import in_logs, seen
from nqpf.data.panel import Panel
from nqpf.errors import DataError, listing
from nqpf.numerics.impute import effects_design, normal_draw, normal_em
from nqpf.results import Note

Floats = NDArray[np.float64]

FEWEST = {"none": 1, "unit": 1, "unit_year": 1, "unit_trend": 3}
"""Known values that a unit's series needs for its effects; without effects, a whole series."""


@dataclass(frozen=True, slots=True, eq=False)
class _Table:
    """What the model sees: rows ``float64[T·N, J]`` about a standard deviation of one, and the way back."""

    series: NDArray[np.intp]
    rows: Floats
    start: Floats
    design: Floats
    spread: Floats
    logs: Bools


def em(panel: Panel, wanted: Bools, options: Options) -> tuple[Predicted, list[Note]]:
    """Predict the wanted holes from all series of the panel.

    Parameters
    ----------
    panel
        The panel, with what the other rules have filled.
    wanted
        ``bool[T, N, K]``: the holes to fill.
    options
        ``scale``, ``effects`` and ``ridge``.

    Raises
    ------
    DataError
        A series to fill has too few values for its effects, or does not vary; there are too many series for the rows.
    """
    table, notes = _table(panel, wanted, options)
    fit = normal_em(table.rows, table.design, table.start, ridge=options.ridge)
    if not fit.converged:
        notes.append(Note("em_not_converged", values={"iterations": fit.iterations}))
    asked = wanted.reshape(-1, wanted.shape[2])[:, table.series]
    row, j = np.nonzero(asked)
    cells = row * wanted.shape[2] + table.series[j]
    holes = np.isnan(table.rows)
    inside = asked[holes]

    def draw(rng: np.random.Generator) -> Floats:
        return _back(table, j, normal_draw(fit, table.rows, table.design, rng, ridge=options.ridge)[inside])

    r2 = 1 - 1 / (np.diag(fit.cov) * np.diag(np.linalg.inv(fit.cov)))  # of each series on all the others
    details = tuple(f"{'ln, ' if table.logs[one] else ''}{options.effects}; R² = {r2[one]:.3f}" for one in j)
    return Predicted(cells, _back(table, j, fit.completed[asked]), details, draw), notes


def _table(panel: Panel, wanted: Bools, options: Options) -> tuple[_Table, list[Note]]:
    """Return the series that can stand in the model; those to fill must, others are left out with a note."""
    years = np.array(panel.periods, float)
    design = effects_design(options.effects, years, len(panel.units))
    asked = wanted.any(axis=(0, 1))
    _refuse_too_many(design, int(asked.sum()))
    logs = np.array([in_logs(panel, k, options.scale) for k in range(len(panel.series))])
    values = np.stack([seen(panel, k, bool(log)) for k, log in enumerate(logs)], axis=2)
    short = _short(values, options)
    start = np.stack([_start(panel, k, values[:, :, k]) for k in range(len(logs))], axis=2)
    flat = start.reshape(-1, len(logs))
    basis = np.linalg.qr(design)[0]
    spread = (flat - basis @ (basis.T @ flat)).std(axis=0)
    still = ~(spread > 1e-9 * np.abs(flat).max(axis=0))
    for faulty, code in ((short, "em_too_few_values"), (still, "em_constant")):
        if (faulty & asked).any():
            names = [panel.indicators[k] for k in np.flatnonzero(faulty & asked)]
            raise DataError(code, series=listing(names), effects=options.effects, fewest=FEWEST[options.effects])
    used = np.flatnonzero(~short & ~still)
    _refuse_too_many(design, used.size)
    out = [panel.indicators[k] for k in np.flatnonzero(short | still)]
    notes = [Note("em_left_out", "info", {"count": len(out), "series": listing(out)})] if out else []
    x = values.reshape(-1, len(logs))
    made = _Table(used, x[:, used] / spread[used], flat[:, used] / spread[used], design, spread[used], logs[used])
    return made, notes


def _refuse_too_many(design: Floats, series: int) -> None:
    rows, effects = design.shape
    if rows - effects <= series + 1:
        raise DataError("em_too_many_series", series=series, rows=rows, effects=effects)


def _short(values: Floats, options: Options) -> Bools:
    """Return the series with holes that have too few values for their effects, ``bool[K]``."""
    known = ~np.isnan(values)
    fewest = FEWEST[options.effects]
    count = known.sum(axis=(0, 1)) if options.effects == "none" else known.sum(axis=0).min(axis=0)
    short = count < fewest
    if options.effects == "unit_year":
        short |= known.sum(axis=1).min(axis=0) < fewest
    return np.asarray(short & ~known.all(axis=(0, 1)))


def _start(panel: Panel, k: int, x: Floats) -> Floats:
    """Return a first guess: straight lines in time, the nearest value at the edges, the mean of all for the rest."""
    before, after = neighbours(x)
    layer = Layer(panel, k, x, np.array(panel.periods, float), before, after, np.isnan(x))
    guess = np.where(np.isnan(x), between(layer, x), x)
    for side in (layer.known(before), layer.known(after)):
        guess = np.where(np.isnan(guess), side, guess)
    return np.where(np.isnan(guess), np.nanmean(x) if (~np.isnan(x)).any() else 0.0, guess)


def _back(table: _Table, j: NDArray[np.intp], z: Floats) -> Floats:
    """Return values of series `j` on their own scale."""
    y = z * table.spread[j]
    return np.where(table.logs[j], np.exp(np.where(table.logs[j], y, 0.0)), y)
