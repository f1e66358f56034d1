"""What a stochastic frontier gives back, and the test of whether there is inefficiency at all."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import chdtrc

from nqpf.frames import as_backend
from nqpf.productivity.stochastic_frontier.estimate import Status
from nqpf.results import Method, Note, Result

Mixture = Literal["kodde_palm", "frontier"]


@dataclass(frozen=True, slots=True)
class NoInefficiencyTest:
    """Likelihood-ratio test of least squares against the frontier.

    Attributes
    ----------
    statistic
        2 (ln L − ln L of least squares), not below zero.
    restrictions
        Parameters that the frontier has more than least squares, γ among them.
    p_value
        Under a mixture of χ² laws, as γ = 0 lies at the edge of what is possible.
    """

    statistic: float
    restrictions: int
    p_value: float


def no_inefficiency_test(value: float, ols: float, restrictions: int, mixture: Mixture) -> NoInefficiencyTest:
    """Return the test of no inefficiency.

    Parameters
    ----------
    value, ols
        Log-likelihoods with and without inefficiency.
    restrictions
        q, parameters that go with inefficiency.
    mixture
        ``kodde_palm``: ½ χ²(q−1) + ½ χ²(q), one inequality beside q − 1 equalities (Kodde and Palm 1986,
        doi:10.2307/1912331). ``frontier``: for q > 1, ¼ χ²(q−2) + ½ χ²(q−1) + ¼ χ²(q), as R's frontier has it.

    Examples
    --------
    >>> round(no_inefficiency_test(1.353, 0.0, 1, "kodde_palm").p_value, 3)
    0.05
    """
    q = restrictions
    statistic = max(0.0, 2 * (value - ols))
    both = mixture == "frontier" and q > 1
    weights = {q - 2: 0.25, q - 1: 0.5, q: 0.25} if both else {q - 1: 0.5, q: 0.5}
    p = sum(w * (float(chdtrc(df, statistic)) if df else float(statistic == 0)) for df, w in weights.items())
    return NoInefficiencyTest(statistic, q, p)


@dataclass(frozen=True, slots=True, eq=False)
class SfaResult(Result):
    """An estimated stochastic frontier.

    Attributes
    ----------
    frame
        The rows of the table given, in its order: their keys, te_bc (E[exp(−u)|ε], Battese and Coelli), te_jlms
        (exp(−E[u|ε])), te_mode (exp(−u) at the mode of u given ε), lower and upper (ends of the interval of exp(−u)
        given ε), inefficiency (E[u|ε]), residual (ε: logs of the left-hand side less the frontier).
    coefficients
        part (``frontier``, ``unit``, ``variance``, ``inefficiency``), term, estimate, std_error, z, p_value (two-sided,
        normal). Variance: sigma_sq = σ_u² + σ_v² and gamma = σ_u² / σ_sq; inefficiency: mu or the terms of the effects,
        and eta. Standard errors from the exact Hessian; null where they say nothing.
    covariance
        ``float64[P, P]`` of the estimates in the order of `coefficients`.
    log_likelihood, ols_log_likelihood
        Of the frontier, and of least squares (no inefficiency).
    test
        Likelihood-ratio test of no inefficiency.
    sigma_sq, gamma, sigma_u, sigma_v
        Parameters of the two laws; for the exponential law σ_u is both mean and spread of u, for the others the spread
        of the normal law that is truncated.
    skewness
        Of the residuals of least squares; inefficiency makes it negative in production and positive in cost.
    skewness_z
        The same in units of its standard error without inefficiency (Coelli 1995).
    status
        ``converged``; ``no_inefficiency``: the maximum is least squares, all efficiencies are 1 by estimate;
        ``mu_bound``: the maximum under the bound of μ lies on it, or μ runs off to −∞; ``gamma_zero``, ``gamma_one``:
        the likelihood has no maximum with both inefficiency by chance and noise, and rises to one end of γ;
        ``not_converged``: nothing to rely on, and efficiencies are null.
    gradient
        Largest derivative of the log-likelihood at the end, in the units of the search (orthonormal columns, logs of
        variances); 0 is a maximum.
    steps
        Newton steps of the best climb.
    tries, reached
        Climbs, each from another start, and how many ended at the best maximum.
    method, notes
        How it came about, and remarks.
    """

    frame: pl.DataFrame
    coefficients: pl.DataFrame
    covariance: NDArray[np.float64]
    log_likelihood: float
    ols_log_likelihood: float
    test: NoInefficiencyTest
    sigma_sq: float
    gamma: float
    skewness: float
    skewness_z: float
    status: Status
    gradient: float
    steps: int
    tries: int
    reached: int
    method: Method
    notes: tuple[Note, ...] = ()
    backend: nw.Implementation | None = field(default=None, repr=False)

    @property
    def sigma_u(self) -> float:
        """σ_u."""
        return float(np.sqrt(self.gamma * self.sigma_sq))

    @property
    def sigma_v(self) -> float:
        """σ_v."""
        return float(np.sqrt((1 - self.gamma) * self.sigma_sq))

    @property
    def lambda_(self) -> float:
        """σ_u / σ_v, infinite where γ = 1."""
        return float(np.sqrt(self.gamma / (1 - self.gamma))) if self.gamma < 1 else float("inf")

    def to_frame(self) -> Any:
        """Return the efficiencies as the kind of dataframe that was given."""
        return as_backend(self.frame, self.backend)
