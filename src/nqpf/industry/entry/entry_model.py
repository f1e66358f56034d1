"""The chance that a region gains an advantage in an industry, estimated between two years and foretold from the last.

What it gives are expected shares of successes over as many years as lie between the two, not promises.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtri

from nqpf.columns import choose
from nqpf.errors import SpecError, Where
from nqpf.frames import as_backend, backend_of
from nqpf.industry.entry.coefficients import remarks_on, rows_of, table_of
from nqpf.industry.entry.features import pairs
from nqpf.industry.entry.fit import DEFAULT, Calibrate, Fitted, Model, Recipe, Rows, fit
from nqpf.industry.entry.measures import How
from nqpf.industry.entry.redraw import spread_of_odds
from nqpf.industry.entry.window import Material, Pool, Window, material_of, window, year_of, years_of
from nqpf.industry.grid import Empty
from nqpf.industry.labels import keys_apart
from nqpf.industry.options import check_least, check_level, names_of
from nqpf.numerics.cooccurrence import Diagonal
from nqpf.results import Method, Note, Result, TableResult

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class EntryModel(Result):
    """A fitted model of entry.

    Attributes
    ----------
    coefficients
        Of a logit, a row for the constant and each feature: coefficient (log odds for one unit of the feature), se
        (regions as clusters), z, p_value, per_sd (log odds for one standard deviation), mean and sd among the pairs it
        is fitted on. Of trees mean and sd only.
    pairs, positives
        How many pairs it is fitted on, and how many of them were entered.
    material, past, pool, recipe, rows, fitted
        The table, the window, the pool, the options, and the model itself: what `predict` and `drift` use.
    method, notes
        How it came about, and remarks.
    """

    coefficients: pl.DataFrame
    pairs: int
    positives: int
    material: Material
    past: Window
    pool: Pool
    recipe: Recipe
    rows: Rows
    fitted: Fitted
    method: Method
    notes: tuple[Note, ...] = ()
    backend: nw.Implementation | None = None

    def to_frame(self) -> Any:
        """Return `coefficients` as the kind of dataframe that was given."""
        return as_backend(self.coefficients, self.backend)

    def predict(
        self, at: Any = None, *, draws: int = 199, level: float = 0.95, seed: int = 0, workers: int | None = None
    ) -> TableResult:
        """Return the chance of entry of each pair of the pool, over as many years as the model is fitted on.

        Parameters
        ----------
        at
            Year whose activity is known; by default the last of the table.
        draws
            How often regions are drawn anew and the model is fitted again for an interval; 0: none. A calibration is
            kept as it is.
        level
            Of the interval, normal on the log odds. It tells how well the model is known, not what chance will do.
        seed
            Of the draws.
        workers
            How many processes fit trees; a logit does all draws at once.

        Returns
        -------
        TableResult
            A row for each region and industry of the pool: rca, p, low, high.

        Raises
        ------
        SpecError
            No such year; a number out of its range.
        MethodError
            As `features`, of that year; or nothing is in the pool.
        """
        check_least("draws", draws, 0)
        if draws == 1:
            raise SpecError("bootstrap_draws", where=Where(key="draws"), draws=draws)
        check_level("level", level)
        now = window(self.material, self._at(at), None, self.recipe.names)
        places = now.pool(self.pool)
        x = now.columns(self.recipe.names, places, self.recipe.model == "boosting")
        odds = self.fitted.raw(x)
        low = high = np.full(odds.size, np.nan)
        lost = 0
        if draws:
            spread, lost = spread_of_odds(self.rows, x, self.recipe, self.fitted, draws, seed, workers)
            reach = ndtri((1 + level) / 2) * spread
            low, high = self.fitted.corrected(odds - reach), self.fitted.corrected(odds + reach)
        frame = pairs(now, places).with_columns(
            pl.Series("p", self.fitted.corrected(odds)), pl.Series("low", low, nan_to_null=True),
            pl.Series("high", high, nan_to_null=True),
        )  # fmt: skip
        span = {"at": now.label(now.start), "start": self.past.label(self.past.start),
                "end": self.past.label(self.past.end or 0)}  # fmt: skip
        notes = [*now.notes, Note("entry_chance", "info", {**span, "expected": float(frame["p"].sum())})]
        if lost:
            notes.append(Note("entry_draws_lost", "warning", {"lost": lost, "draws": draws}))
        options = {**self.method.options, "at": span["at"], "draws": draws, "level": level, "draws_seed": seed}
        return TableResult(frame, Method("industry.entry_model", options), tuple(notes), self.backend)

    def drift(self, at: Any = None) -> TableResult:
        """Return how far features have moved since the model was fitted, and coefficients since the window before it.

        Parameters
        ----------
        at
            Year that is foretold from; by default the last of the table.

        Returns
        -------
        TableResult
            A row for each feature: mean_start and mean_at in the pool of either year, shift (their difference in
            standard deviations of the start); coefficient, coefficient_before (fitted between the year before the start
            in the table and the start; null where there is none, and for trees) and z of their difference, both taken
            as independent.

        Raises
        ------
        SpecError
            No such year.
        MethodError
            As `entry_model`, of either window.
        """
        now = window(self.material, self._at(at), None, self.recipe.names)
        x = now.columns(self.recipe.names, now.pool(self.pool), self.recipe.model == "boosting")
        mean = np.nanmean(x, axis=0)
        own = self.coefficients.filter(pl.col("feature") != "constant")
        columns: dict[str, Any] = {
            "feature": self.recipe.names, "mean_start": own["mean"], "mean_at": mean,
            "shift": (mean - own["mean"].to_numpy()) / own["sd"].to_numpy(), "coefficient": own["coefficient"],
        }  # fmt: skip
        before, z = np.full((2, len(self.recipe.names)), np.nan)
        if self.recipe.model == "logit" and self.past.start:
            past = window(self.material, self.past.start - 1, self.past.start, self.recipe.names)
            rows = rows_of(past, self.recipe, self.pool)
            plain = replace(self.recipe, calibrate="none")
            earlier = table_of(fit(rows, plain), self.recipe.names)[1:]
            before = earlier["coefficient"].to_numpy()
            error = np.hypot(own["se"].to_numpy(), earlier["se"].to_numpy())
            z = (own["coefficient"].to_numpy() - before) / error
        frame = pl.DataFrame(columns).with_columns(
            pl.Series("coefficient_before", before, nan_to_null=True), pl.Series("z", z, nan_to_null=True)
        )
        options = {**self.method.options, "at": now.label(now.start)}
        return TableResult(frame, Method("industry.entry_model", options), now.notes, self.backend)

    def _at(self, at: Any) -> int:
        return len(self.material.grid.years) - 1 if at is None else year_of(self.material.grid, at)


def entry_model(
    data: Any,
    value: str,
    *,
    unit: str,
    industry: str,
    time: str,
    start: Any = None,
    end: Any = None,
    model: Model = "logit",
    features: Sequence[str] | None = None,
    extra: Any = None,
    pool: Pool = "all",
    threshold: float = 1.0,
    deep: float = 0.5,
    calibrate: Calibrate = "none",
    folds: int = 5,
    ridge: float = 0.0,
    diagonal: Diagonal = "zero",
    rank: int = 10,
    neighbours: int | None = None,
    seed: int = 0,
    empty: Empty = "raise",
) -> EntryModel:
    """Fit the chance that a region gains an advantage in an industry from what was known at the start.

    Parameters
    ----------
    data, value, unit, industry, time
        Table and columns, as of `features`.
    start, end
        Years between which entries are learned from; by default the first and the last.
    model
        ``logit``, or ``boosting`` (histogram gradient boosting of scikit-learn: ``pip install "nqpf[learn]"``).
    features
        What it is made of, as of `features`; by default density, ubiquity and diversity for a logit and all that needs
        no earlier year for trees.
    extra
        Further features, as of `features`.
    pool
        ``all``: pairs without an advantage at the start; ``deep``: those below `deep`.
    threshold, deep
        Advantage from which a region has an industry, and below which an entry is deep.
    calibrate
        ``none``; ``platt``, a logistic curve, or ``isotonic``, rising steps, of what came true on log odds of models
        that have not seen the region.
    folds
        Parts of the regions that a calibration takes in turn.
    ridge
        Penalty on squared coefficients per standard deviation, the constant left out; 0 for plain likelihood.
    diagonal, rank, neighbours
        As of `features`.
    seed
        Of the folds and of the trees.
    empty
        Regions and industries without activity: ``raise`` an error, or ``drop`` them.

    Returns
    -------
    EntryModel

    Raises
    ------
    DataError
        As `features`.
    SpecError
        No such year, feature or word; a number out of its range; the end not after the start.
    MethodError
        As `features`; all pairs were entered, or none; a feature is constant or says what others say; features tell
        entries apart without fail; fewer regions than folds; scikit-learn missing.

    References
    ----------
    Hidalgo et al. (2007), doi:10.1126/science.1144581. Liang and Zeger (1986), doi:10.1093/biomet/73.1.13. Zadrozny and
    Elkan (2002), doi:10.1145/775047.775151.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> jobs = rng.lognormal(size=(2, 12, 8))
    >>> t, n, j = (axis.ravel() for axis in np.indices(jobs.shape))
    >>> table = {"city": n, "sector": j, "year": 2010 + 10 * t, "jobs": jobs.ravel()}
    >>> found = entry_model(table, "jobs", unit="city", industry="sector", time="year", features=["density"])
    >>> found.coefficients["feature"].to_list(), found.pairs, found.positives
    (['constant', 'density'], 56, 16)
    >>> found.predict(draws=0).frame.columns
    ['city', 'sector', 'rca', 'p', 'low', 'high']
    """
    keys_apart(("rca", "p", "low", "high"), unit=unit, industry=industry)
    choose("model", model, ("logit", "boosting"))
    choose("pool", pool, ("all", "deep"))
    names = tuple(DEFAULT[model] if features is None else names_of("features", features))
    recipe = Recipe(model, names, calibrate, ridge, folds, seed)
    recipe.check()
    how = How(threshold, diagonal, rank, neighbours)
    material = material_of(data, value, unit, industry, time, extra, how, deep, empty)
    material.check(names, "features")
    past = window(material, *years_of(material.grid, start, end), names)
    rows = rows_of(past, recipe, pool)
    fitted = fit(rows, recipe)
    options = {
        "start": past.label(past.start), "end": past.label(past.end or 0), "model": model, "features": names,
        "pool": pool, "threshold": threshold, "deep": deep, "calibrate": calibrate, "folds": folds, "ridge": ridge,
        "diagonal": diagonal, "rank": rank, "neighbours": neighbours, "seed": seed, "empty": empty,
    }  # fmt: skip
    positives = int(rows.y.sum())
    notes = (*material.notes, *past.notes, *remarks_on(rows, past, pool))
    return EntryModel(
        table_of(fitted, names), rows.y.size, positives, material, past, pool, recipe, rows, fitted,
        Method("industry.entry_model", options), notes, backend_of(data),
    )  # fmt: skip
