"""Regression on named other series, with effects of the units: one series at a time."""

from __future__ import annotations

import numpy as np

from nqpf.data.missing.draws import Predicted
from nqpf.data.missing.layer import Bools
from nqpf.data.missing.options import Options
from nqpf.data.missing.scales import in_logs, seen
from nqpf.data.panel import Panel
from nqpf.errors import DataError, listing
from nqpf.messages import say
from nqpf.numerics.impute import effects_design, linear_draw, linear_fit


def regression(panel: Panel, k: int, wanted: Bools, options: Options) -> Predicted:
    """Predict the wanted holes of series `k` from the series named in `Options.using`.

    Parameters
    ----------
    panel
        The panel, with what the rules that go by the years have filled.
    k
        Position of the series.
    wanted
        ``bool[T, N]``: its holes to fill.
    options
        ``using``, ``scale`` and ``effects``.

    Returns
    -------
    Predicted
        A cell whose unit was never observed with effects of its own is left out.

    Raises
    ------
    DataError
        No predictor is named, or the series itself; a predictor has a hole where one is filled; there are too few
        values for the coefficients.
    """
    name, units = panel.indicators[k], wanted.shape[1]
    used = options.using.get(name, ())
    if not used or name in used:
        raise DataError("regression_without_predictors", series=name)
    logs = [in_logs(panel, j, options.scale) for j in (k, *map(panel.index, used))]
    y, *x = (seen(panel, j, log).reshape(-1) for j, log in zip((k, *map(panel.index, used)), logs, strict=True))
    predictors, asked = np.column_stack(x), wanted.reshape(-1)
    _refuse_holes(panel, used, np.isnan(predictors) & asked[:, None], name)
    middle, spread = np.nanmean(predictors, axis=0), np.nanstd(predictors, axis=0)
    predictors = (predictors - middle) / np.where(spread > 0, spread, 1.0)
    usable = ~np.isnan(predictors).any(axis=1)
    design = effects_design(options.effects, np.array(panel.periods, float), units)
    fit = linear_fit(np.where(usable, y, np.nan), np.where(usable[:, None], predictors, 0.0), design, asked)
    if fit is None:
        raise DataError("regression_too_few", series=name, count=int((usable & ~np.isnan(y)).sum()))
    found = ~np.isnan(fit.predicted)
    cells = (np.flatnonzero(asked) * len(panel.series) + k)[found]
    log = logs[0]
    detail = f"{'ln ' if log else ''}{name} ~ {' + '.join(used)}, {options.effects}; R² = {fit.r2:.3f}"

    def draw(rng: np.random.Generator) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        drawn = linear_draw(fit, rng)[found]
        return np.exp(drawn) if log else drawn

    middle_of = np.exp(fit.predicted) if log else fit.predicted
    return Predicted(cells, middle_of[found], (detail,) * len(cells), draw)


def _refuse_holes(panel: Panel, used: tuple[str, ...], holes: Bools, name: str) -> None:
    """Name the holes of the predictors, ``bool[T·N, p]``, where the series is to be filled."""
    cells = np.argwhere(holes).tolist()
    if cells:
        shown = []
        for row, j in cells:
            t, n = divmod(row, len(panel.units))
            label = panel.labels[panel.units[n]]
            shown.append(say("word.cell", indicator=used[j], unit=label, period=panel.periods[t]))
        raise DataError("regression_predictor_missing", series=name, count=len(cells), cells=listing(shown))
