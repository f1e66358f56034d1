"""Stochastic frontiers of a table: production or cost, cross-sections and panels, by maximum likelihood.

Models: Aigner, Lovell and Schmidt (1977) and its truncated and exponential kin, Battese and Coelli (1992, 1995) in the
parametrisation of FRONTIER 4.1, true fixed effects (Greene 2005). Likelihood in `composed`, estimation in `estimate`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtr

from nqpf.columns import choose
from nqpf.errors import MethodError, SpecError, Where, listing
from nqpf.frames import backend_of
from nqpf.messages import say
from nqpf.productivity.lists import refuse_text
from nqpf.productivity.stochastic_frontier.design import Form, Terms, Trend, effect_terms, frontier_terms
from nqpf.productivity.stochastic_frontier.efficiency import Efficiency, efficiency
from nqpf.productivity.stochastic_frontier.estimate import FAR, Fit, Problem, estimate
from nqpf.productivity.stochastic_frontier.remarks import remarks
from nqpf.productivity.stochastic_frontier.result import Mixture, SfaResult, no_inefficiency_test
from nqpf.productivity.stochastic_frontier.table import Table
from nqpf.results import Method

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]
Distribution = Literal["half_normal", "truncated", "exponential"]
Panel = Literal["pooled", "bc92", "bc95", "true_fixed"]
Kind = Literal["production", "cost"]

DISTRIBUTIONS: dict[Panel, tuple[Distribution, ...]] = {
    "pooled": ("half_normal", "truncated", "exponential"),
    "bc92": ("half_normal", "truncated"),
    "bc95": ("truncated",),
    "true_fixed": ("half_normal", "truncated", "exponential"),
}
"""Laws of u that go with each model; the first is the default."""


@dataclass(frozen=True, slots=True)
class Options:
    """How a frontier is to be estimated; see `sfa`."""

    form: Form
    centre: bool
    trend: Trend
    distribution: Distribution
    panel: Panel
    decay: bool
    effects: tuple[str, ...]
    effects_intercept: bool
    kind: Kind
    mu_bound: float | None
    mixture: Mixture
    level: float


def sfa(
    data: Any,
    output: str,
    inputs: Sequence[str],
    *,
    unit: str | None = None,
    time: str | None = None,
    form: Form = "cobb_douglas",
    centre: bool = False,
    trend: Trend = "none",
    distribution: Distribution | None = None,
    panel: Panel = "pooled",
    decay: bool = True,
    effects: Sequence[str] = (),
    effects_intercept: bool = True,
    kind: Kind = "production",
    mu_bound: float | None = 2.0,
    mixture: Mixture = "kodde_palm",
    level: float = 0.95,
) -> SfaResult:
    """Estimate a stochastic frontier and the efficiency of every row.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, a row for each unit, or each unit and year.
    output
        Column on the left: output, or cost where `kind` is ``cost``.
    inputs
        Columns on the right: inputs, or output and prices of inputs for a cost function (divide cost and prices by one
        of the prices for a function that is homogeneous in them).
    unit, time
        Columns of units and of years. ``bc92`` and ``true_fixed`` need both, a `trend` needs `time`. Rows may come in
        any order; years may be absent.
    form
        ``cobb_douglas``: logs; ``translog``: logs, half their squares and their products; ``given``: columns enter as
        they are, the left one being a logarithm already.
    centre
        Measure logs of inputs from their mean, so that first-order terms of a translog are elasticities there.
    trend
        Technical change: ``none``; ``linear`` in years since the first; ``quadratic`` with half the square of it;
        ``biased``: quadratic and times each input; ``years``: an effect for each year but the first.
    distribution
        Law of inefficiency u: ``half_normal`` |N(0, σ_u²)|, ``truncated`` N⁺(μ, σ_u²), ``exponential`` with mean σ_u.
        Default: ``half_normal``, under ``bc95`` ``truncated``.
    panel
        ``pooled``: each row has a u of its own. ``bc92``: a unit has one u, u_t = u exp(−η (t − T)) with T the last
        year of the table (Battese and Coelli 1992). ``bc95``: rows' own u ~ N⁺(z'δ, σ_u²) (1995). ``true_fixed``:
        rows' own u, and an intercept for each unit by dummies (Greene 2005).
    decay
        Under ``bc92``, whether u changes over time; if not, η = 0.
    effects
        Under ``bc95``, the columns z.
    effects_intercept
        Under ``bc95``, whether z has an intercept.
    kind
        ``production``: u lowers the left-hand side; ``cost``: raises it.
    mu_bound
        Most |μ|/σ_u of ``truncated`` laws without effects; 2 as in FRONTIER 4.1, since μ → −∞ is an exponential law and
        many samples tend there. None: up to 100.
    mixture
        Law of the test of no inefficiency: ``kodde_palm`` or that of R's ``frontier``; see `no_inefficiency_test`.
    level
        Probability of the interval of each efficiency.

    Returns
    -------
    SfaResult
        Efficiencies by row, coefficients, log-likelihoods, test of no inefficiency, and how the search went.

    Raises
    ------
    DataError
        A column is absent or holds what is no number; a row without unit or year; two rows of one unit and year.
    SpecError
        No such option; options that do not go together; `unit` or `time` missing where the model needs it.
    MethodError
        An empty cell; zero or negative where a logarithm is taken; terms that follow from each other; a unit seen once
        under ``true_fixed``; fewer rows than parameters; no residual left.

    Notes
    -----
    Residuals of least squares skewed the wrong way are told in a note: the likelihood then has a maximum without
    inefficiency (Waldman 1982, Journal of Econometrics 18, 275-279), and if no other is higher, `status` says so.

    References
    ----------
    Aigner, Lovell and Schmidt (1977), doi:10.1016/0304-4076(77)90052-5.
    Meeusen and van den Broeck (1977), doi:10.2307/2525757.
    Battese and Coelli (1992), doi:10.1007/BF00158774; (1995), doi:10.1007/BF01205442.
    Greene (2005), doi:10.1016/j.jeconom.2004.05.003.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(1)
    >>> x = rng.uniform(1, 9, 500)
    >>> y = 2 * x**0.6 * np.exp(rng.normal(0, 0.2, 500) - np.abs(rng.normal(0, 0.4, 500)))
    >>> found = sfa({"y": y, "x": x}, "y", ["x"])
    >>> found.status, round(found.gamma, 2), found.test.p_value < 0.001
    ('converged', 0.86, True)
    """
    refuse_text(inputs=inputs, effects=effects)
    distribution = distribution or ("truncated" if panel == "bc95" else "half_normal")
    how = Options(
        form=form,
        centre=centre,
        trend=trend,
        distribution=distribution,
        panel=panel,
        decay=decay,
        effects=tuple(effects),
        effects_intercept=effects_intercept,
        kind=kind,
        mu_bound=mu_bound,
        mixture=mixture,
        level=level,
    )
    _check(how, unit, time, inputs)
    table = Table.of(data, unit, time)
    y = (table.columns if form == "given" else table.logs)([output])[:, 0]
    if panel == "true_fixed":
        _refuse_single(table)
    frontier = frontier_terms(table, inputs, form, trend, centre, panel == "true_fixed")
    order, problem = _problem(table, y, frontier, how)
    fit = estimate(problem)
    names = _names(table, frontier, problem, how)
    test = no_inefficiency_test(fit.value, fit.ols, fit.estimates.size - len(frontier.names) - 1, mixture)
    skewness = float((fit.residuals**3).mean() / (fit.residuals**2).mean() ** 1.5)
    k = len(frontier.names)
    return SfaResult(
        frame=_rows(table, fit, order, level),
        coefficients=_coefficients(names, fit),
        covariance=fit.covariance,
        log_likelihood=fit.value,
        ols_log_likelihood=fit.ols,
        test=test,
        sigma_sq=float(fit.estimates[k]),
        gamma=float(fit.estimates[k + 1]),
        skewness=skewness,
        skewness_z=skewness * float(np.sqrt(y.size / 6)),
        status=fit.status,
        gradient=fit.gradient,
        steps=fit.steps,
        tries=fit.tries,
        reached=fit.reached,
        method=Method(f"sfa.{panel}", {"output": output, "inputs": tuple(inputs), **asdict(how)}),
        notes=remarks(table, fit, skewness, problem, panel == "true_fixed"),
        backend=backend_of(data),
    )


def _check(how: Options, unit: str | None, time: str | None, inputs: Sequence[str]) -> None:
    """Raise a SpecError for options that there are not, or that do not go together."""
    choose("form", how.form, get_args(Form))
    choose("trend", how.trend, get_args(Trend))
    choose("panel", how.panel, get_args(Panel))
    choose("distribution", how.distribution, DISTRIBUTIONS[how.panel])
    choose("kind", how.kind, get_args(Kind))
    choose("mixture", how.mixture, get_args(Mixture))
    panel = how.panel in ("bc92", "true_fixed")
    for key, given, wanted in (("unit", unit, panel), ("time", time, panel or how.trend != "none")):
        if wanted and given is None:
            raise SpecError("missing_key", where=Where(key=key), name=key)
    if how.effects and how.panel != "bc95":
        raise SpecError("option_unused", where=Where(key="effects"), option="effects", method=how.panel, methods="bc95")
    if how.panel == "bc95" and not (how.effects or how.effects_intercept):
        raise SpecError("missing_key", where=Where(key="effects"), name="effects")
    if not inputs:
        raise SpecError("missing_key", where=Where(key="inputs"), name="inputs")
    for key, columns in (("inputs", tuple(inputs)), ("effects", how.effects)):
        for column in (c for i, c in enumerate(columns) if c in columns[:i]):
            raise SpecError("sfa_twin_column", where=Where(key=key), column=column)
    if not 0 < how.level < 1:
        raise SpecError("bad_value", where=Where(key="level"), value=how.level, expected=say("sfa.between_0_and_1"))
    if how.mu_bound is not None and not 0 < how.mu_bound <= FAR:
        raise SpecError(
            "bad_value", where=Where(key="mu_bound"), value=how.mu_bound, expected=say("sfa.bound", most=FAR)
        )


def _refuse_single(table: Table) -> None:
    """Raise a MethodError that names the units with one row only, whose own intercept would be all there is of them."""
    single = np.flatnonzero(np.bincount(table.unit) == 1)
    if single.size:
        raise MethodError("sfa_single_row", units=listing([table.names[i] for i in single]), count=int(single.size))


def _problem(table: Table, y: Floats, frontier: Terms, how: Options) -> tuple[Integers, Problem]:
    """Return the order in which rows of a group stand together, and the problem in that order."""
    rows = np.arange(y.size)
    order, starts, lag, effects, bound = rows, rows, None, None, None
    if how.panel == "bc92":
        assert table.year is not None
        order = np.lexsort((table.year, table.unit))
        starts = np.flatnonzero(np.diff(table.unit[order], prepend=-1))
        lag = (table.year - table.year.max())[order].astype(float) if how.decay else None
    if how.panel == "bc95":
        effects = effect_terms(table, how.effects, how.effects_intercept)
    elif how.distribution == "truncated":
        effects, bound = Terms(("mu",), np.ones((starts.size, 1))), how.mu_bound or FAR
    sorted_terms = Terms(frontier.names, frontier.values[order])
    law: Literal["truncated", "exponential"] = "exponential" if how.distribution == "exponential" else "truncated"
    sign = 1 if how.kind == "production" else -1
    return order, Problem(y[order], sorted_terms, starts, effects, lag, sign, law, bound)


def _names(table: Table, frontier: Terms, problem: Problem, how: Options) -> list[tuple[str, str]]:
    """Return part and term of every coefficient."""
    own = len(table.names) if how.panel == "true_fixed" else 0
    found = [("unit" if i < own else "frontier", name) for i, name in enumerate(frontier.names)]
    found += [("variance", "sigma_sq"), ("variance", "gamma")]
    found += [("inefficiency", name) for name in (problem.effects.names if problem.effects else ())]
    return found + ([("inefficiency", "eta")] if problem.lag is not None else [])


def _coefficients(names: list[tuple[str, str]], fit: Fit) -> pl.DataFrame:
    spread = np.sqrt(np.diag(fit.covariance))
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(spread > 0, fit.estimates / spread, np.nan)
    found = {
        "part": [part for part, _ in names],
        "term": [term for _, term in names],
        "estimate": fit.estimates,
        "std_error": spread,
        "z": z,
        "p_value": 2 * ndtr(-np.abs(z)),
    }
    return pl.DataFrame(found).with_columns(pl.col(pl.Float64).fill_nan(None))


def _rows(table: Table, fit: Fit, order: Integers, level: float) -> pl.DataFrame:
    """Return the efficiencies in the order of the table."""
    surface = fit.surface
    if fit.status == "no_inefficiency":
        one, nil = np.ones(order.size), np.zeros(order.size)
        found, residual = Efficiency(one, one, one, nil, one, one), fit.residuals
    else:
        found = efficiency(surface, fit.theta, level, fit.scale)
        residual = (surface.y - surface.x @ surface.split(fit.theta)[0]) * fit.scale
    back, lost = np.argsort(order), fit.status == "not_converged"
    columns = {
        "te_bc": found.te_bc,
        "te_jlms": found.te_jlms,
        "te_mode": found.te_mode,
        "lower": found.lower,
        "upper": found.upper,
        "inefficiency": found.inefficiency,
        "residual": residual,
    }
    told = (pl.Series(name, values[back], strict=True) for name, values in columns.items())
    return table.keys.with_columns(pl.Series(s.name, [None] * s.len(), pl.Float64) if lost else s for s in told)
