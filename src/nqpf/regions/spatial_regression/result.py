"""What a spatial regression gives back: coefficients, fit, impacts, tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.frames import as_backend
from nqpf.messages import Text, say
from nqpf.regions.spatial_regression.design import Design
from nqpf.regions.spatial_regression.estimate import Fit
from nqpf.regions.spatial_regression.impacts import Impacts, Inference, Parameters, impacts
from nqpf.regions.spatial_regression.specification import places, spatial_tests
from nqpf.regions.spatial_regression.within import OUTCOME
from nqpf.results import Method, Note, Result, TableResult

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class SpatialModel(Result):
    """An estimated spatial regression.

    Attributes
    ----------
    coefficients
        ``name`` (column, ``W·column``, ``intercept``, ``rho`` or ``lambda``), ``kind`` (``intercept``, ``own``,
        ``neighbours``, ``spatial``), ``zh``, ``en``, ``estimate``, ``se``, ``statistic``, ``p``, ``lower``, ``upper``.
        Statistics are z by the information matrix; for ``ols`` and ``slx`` they are t.
    covariance
        ``float64[P, P]`` of the estimates in the order of `coefficients`.
    fitted
        The rows of the table given, in its order: their keys, ``fitted``, ``residual`` (of the last disturbance: for
        errors with neighbours' errors, what is left after them).
    effects
        ``kind`` (``intercept``, ``unit``, ``time``), ``name``, ``estimate``: the effects swept out, each kind summing
        to zero; no rows without effects.
    sigma2, sigma2_se
        Variance of the disturbance and its standard error.
    log_likelihood
        With its constants. Under the corrections of Lee and Yu with both kinds of effects it is that of the maximum
        before the correction.
    aic, bic
        With the coefficients, ρ or λ, and σ² counted; effects swept out are not.
    r2, r2_within, r2_corr
        1 − residual / total sum of squares with the effects counted as explained; the same once they are swept out;
        squared correlation of the swept outcome with (I − ρW)⁻¹Xβ, which leaves effects and residuals aside.
    df
        Rows less everything estimated.
    method, notes
        How they came about, and remarks.
    """

    coefficients: pl.DataFrame
    covariance: Floats
    fitted: pl.DataFrame
    effects: pl.DataFrame
    sigma2: float
    sigma2_se: float
    log_likelihood: float
    aic: float
    bic: float
    r2: float
    r2_within: float
    r2_corr: float
    df: int
    method: Method
    design: Design = field(repr=False)
    fit: Fit = field(repr=False)
    notes: tuple[Note, ...] = ()
    backend: nw.Implementation | None = field(default=None, repr=False)

    @property
    def rho(self) -> float | None:
        """Spatial parameter of the outcome, None if the model has none."""
        return self.fit.rho if self.fit.asked.model in OUTCOME else None

    @property
    def lambda_(self) -> float | None:
        """Spatial parameter of the errors, None if the model has none."""
        return self.fit.rho if self.fit.is_error else None

    @property
    def summary(self) -> Mapping[str, float | int | str | Text | None]:
        """What stands below the coefficients in a three-line table."""
        t, n = self.design.y.shape
        effects = self.fit.asked.effects
        return {
            "n": t * n,
            "units": n,
            "periods": t if self.design.years is not None else None,
            "unit_effects": say(f"spatial.answer.{'yes' if effects in ('unit', 'two_way') else 'no'}"),
            "time_effects": say(f"spatial.answer.{'yes' if effects in ('time', 'two_way') else 'no'}"),
            "sigma2": self.sigma2,
            "r2_within": self.r2_within,
            "r2_corr": self.r2_corr,
            "log_likelihood": self.log_likelihood,
            "aic": self.aic,
            "bic": self.bic,
        }

    def to_frame(self) -> Any:
        """Return the coefficients as the kind of dataframe that was given."""
        return as_backend(self.coefficients, self.backend)

    def impacts(
        self, *, method: Inference = "delta", draws: int = 1000, seed: int = 0, level: float | None = None
    ) -> Impacts:
        """Return direct, indirect and total impacts of each regressor.

        Parameters
        ----------
        method
            ``delta``: standard errors by analytic derivatives; ``simulation``: by draws from the normal law of the
            estimates (LeSage and Pace 2009), intervals by quantiles. The impacts are those at the estimates in both.
        draws, seed
            Of the simulation.
        level
            Of the intervals; None: that of the model.

        Raises
        ------
        SpecError
            An option is not what it may be.
        """
        chosen = self.method.options["level"] if level is None else level
        return impacts(
            self._parameters(), self.design.determinant, self.design.names,
            method=method, draws=draws, seed=seed, level=chosen, backend=self.backend,
        )  # fmt: skip

    def tests(self) -> TableResult:
        """Return the tests that speak to the choice of the model.

        Returns
        -------
        TableResult
            ``test``, ``zh``, ``en`` (what it asks), ``statistic`` (χ²), ``df``, ``p``. Lagrange multipliers
            (``lm_lag``, ``lm_error``, robust forms, both at once) are of the regression without spatial parameter and
            with the same effects; ``lr_spatial`` tests ρ or λ; ``wald_theta`` and ``lr_sdm_sar`` θ = 0;
            ``wald_common_factor`` and ``lr_sdm_sem`` θ + ρβ = 0, where every regressor has its lag;
            ``lr_unit_effects``, ``lr_time_effects`` the effects together; ``hausman`` fixed against random effects of
            units in the regression without spatial parameter.
        """
        return spatial_tests(self.design, self.fit, self.backend)

    def _parameters(self) -> Parameters:
        """Return what impacts depend on; regressors without a lag have θ = 0, errors' neighbours have no part in it."""
        names, fit = self.design.names, self.fit
        k, p = len(names), fit.beta.size
        own, neighbours = places(fit)
        lagged = [k + names.index(c) for c in fit.asked.durbin]
        pick = np.zeros((2 * k + 1, p + 1))
        pick[np.arange(k), own] = 1
        pick[lagged, neighbours] = 1
        pick[-1, -1] = float(not fit.is_error)
        both = pick[:-1, :-1] @ fit.beta
        rho = 0.0 if fit.is_error else fit.rho
        return Parameters(rho, both[:k], both[k:], pick @ fit.covariance @ pick.T)
