"""Production functions of firms: output from inputs, and productivity as what inputs do not explain.

Least squares, fixed effects, Olley and Pakes (1996), Levinsohn and Petrin (2003), Wooldridge (2009) and Ackerberg,
Caves and Frazer (2015). A second stage that sets moments to zero is searched from many points; what does not get there
is shown and never taken.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from nqpf.columns import choose
from nqpf.errors import MethodError, SpecError, Where, listing
from nqpf.frames import backend_of
from nqpf.parallel import Progress
from nqpf.productivity.firms.control_function import first_stage
from nqpf.productivity.firms.estimate import SEARCHED, estimate, inputs_of, starting_points
from nqpf.productivity.firms.fit import How
from nqpf.productivity.firms.linear import collinear, within
from nqpf.productivity.firms.production_notes import remarks
from nqpf.productivity.firms.production_result import ProductionFunction
from nqpf.productivity.firms.production_tables import draw_table, elasticity_tables, row_table, search_tables
from nqpf.productivity.firms.resampling import resample
from nqpf.productivity.firms.sample import Roles, Sample, read_sample, refuse_still
from nqpf.productivity.firms.wooldridge import paired_rows
from nqpf.results import Method

Floats = NDArray[np.float64]

STARTS = 60
"""Starting points where moments are set to zero; most of them may lead elsewhere."""
STARTS_LEAST_SQUARES = 5

OnFirms = Literal["ols", "fixed_effects", "olley_pakes", "levinsohn_petrin", "ackerberg_caves_frazer", "wooldridge"]
WORDS = {
    "method": ("ols", "fixed_effects", "olley_pakes", "levinsohn_petrin", "ackerberg_caves_frazer", "wooldridge"),
    "output_kind": ("value_added", "gross_output"),
    "control_effects": ("removed", "kept"),
    "process": ("fitted", "output"),
    "system": ("system", "robinson", "random_walk", "tied"),
    "exit_rule": ("survival", "last_year"),
    "errors": ("clustered", "classical"),
}


def production_function(
    data: Any,
    output: str,
    free: Sequence[str],
    state: Sequence[str],
    proxy: str | Sequence[str] | None = None,
    *,
    unit: str,
    time: str,
    method: OnFirms = "ackerberg_caves_frazer",
    output_kind: Literal["value_added", "gross_output"] = "value_added",
    logs: bool = True,
    degree: int = 3,
    series_degree: int = 2,
    controls: Sequence[str] = (),
    control_effects: Literal["removed", "kept"] = "removed",
    process: Literal["fitted", "output"] = "fitted",
    system: Literal["system", "robinson", "random_walk", "tied"] = "system",
    exit: str | bool | None = None,
    exit_rule: Literal["survival", "last_year"] = "survival",
    errors: Literal["clustered", "classical"] = "clustered",
    starts: int | Sequence[Sequence[float]] | None = None,
    draws: int = 0,
    level: float = 0.95,
    seed: int = 0,
    unusable: Literal["refuse", "leave_out"] = "refuse",
    workers: int | None = None,
    progress: Progress | None = None,
) -> ProductionFunction:
    """Estimate a Cobb–Douglas production function from a panel of firms, and every firm's productivity.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows: a row for each unit and year.
    output
        Value added, or gross output.
    free, state
        Inputs chosen within the year, such as labour, and inputs fixed before it, such as capital.
    proxy
        What shows productivity: investment for Olley–Pakes, materials or energy for the others. Not needed for ``ols``
        and ``fixed_effects``.
    unit, time
        Columns of the firm and the year.
    method
        ``ols``, ``fixed_effects`` (within firms), ``olley_pakes``, ``levinsohn_petrin``, ``wooldridge`` or
        ``ackerberg_caves_frazer``.
    output_kind
        ``gross_output``: the proxy is an input as well. With Olley–Pakes, whose proxy is investment, give materials
        among the free inputs.
    logs
        Output, inputs and proxy are logarithms already. Otherwise logarithms are taken; zeros and negatives are errors,
        but for the investment of Olley–Pakes: a year without investment does not show productivity, is not used and
        counted in a note. Controls enter as they are.
    degree
        Of the polynomial by which productivity follows from that of the year before.
    series_degree
        Of the polynomial in states and proxy (with Ackerberg–Caves–Frazer in free inputs too) that stands for
        productivity.
    controls
        Further columns that move output, such as dummies of industries.
    control_effects
        ``removed`` from productivity, or ``kept`` in it, as in prodest.
    process
        Olley–Pakes and Levinsohn–Petrin: what is foreseen from last year's productivity: productivity as ``fitted`` by
        the first stage (prodest, levpet), or ``output`` less inputs (Olley–Pakes, opreg).
    system
        Wooldridge: ``system`` of two equations; ``robinson``: the one from the year before alone; ``random_walk``: two
        equations with one polynomial (prodest's WRDG); ``tied``: two equations in which a state has one coefficient
        (prodest's WRDG_GMM). What the last two give depends on units of measurement, as it does there.
    exit
        Selection correction (Olley–Pakes, and Levinsohn–Petrin of value added): a column that is 1 in the last year of
        a firm that leaves, or True: the firm's last year in the table, if it is not that of the panel.
    exit_rule
        ``survival``: probability that a firm of the year before is still there; ``last_year``: probability that this is
        its last year, as in prodest.
    errors
        Standard errors of methods that have a formula: ``clustered`` by firm, or ``classical``.
    starts
        How many points the second stage is searched from, or the points themselves, elasticities in the order of the
        inputs that it tells. Default: 60 where moments are set to zero, 5 where a sum of squares is minimised.
    draws
        Bootstrap of whole firms: how many draws. 0: no standard errors where there is no formula.
    level
        Of the intervals.
    seed
        Of starts and draws.
    unusable
        Rows with missing cells, or numbers without a logarithm: ``refuse``, or ``leave_out`` and say so.
    workers, progress
        As in `nqpf.parallel.spread`.

    Returns
    -------
    ProductionFunction
        Elasticities, returns to scale, productivity of every row, and how the search went.

    Raises
    ------
    DataError
        A column is absent, two rows have one key, or a cell cannot be used.
    SpecError
        No such word; a column with two roles; an option that does not go with the method.
    MethodError
        Too few rows; no row with a year before; collinear inputs; no start with a criterion of zero.

    References
    ----------
    Olley and Pakes (1996), Econometrica 64(6), doi:10.2307/2171831.
    Levinsohn and Petrin (2003), Review of Economic Studies 70(2), doi:10.1111/1467-937X.00246.
    Wooldridge (2009), Economics Letters 104(3), doi:10.1016/j.econlet.2009.04.026.
    Ackerberg, Caves and Frazer (2015), Econometrica 83(6), doi:10.3982/ECTA13408.

    Examples
    --------
    >>> rows = {"firm": [1, 1, 2, 2, 3, 3], "year": [1, 2] * 3, "l": [0, 1, 0, 2, 1, 1], "k": [1, 1, 2, 3, 0, 1]}
    >>> rows["y"] = [0.6 * l + 0.4 * k + 2 for l, k in zip(rows["l"], rows["k"])]
    >>> found = production_function(rows, "y", ["l"], ["k"], unit="firm", time="year", method="ols")
    >>> found.elasticities["estimate"].round(6).to_list(), found.returns["estimate"].round(6).to_list()
    ([0.6, 0.4], [1.0])
    >>> found.frame["tfp"].round(6).unique().to_list()
    [2.0]
    """
    words: dict[str, object] = {
        "method": method,
        "output_kind": output_kind,
        "control_effects": control_effects,
        "process": process,
        "system": system,
        "exit_rule": exit_rule,
        "errors": errors,
    }
    counts = {"degree": degree, "series_degree": series_degree, "draws": draws, "level": level, "seed": seed}
    _refuse_words(words, counts)
    roles = Roles.of(output, free, state, proxy, controls)
    _refuse_options(roles, method, output_kind, exit)
    how = How(
        method=method,
        output_kind=output_kind,
        degree=degree,
        series_degree=series_degree,
        control_effects=control_effects,
        process=process,
        system=system,
        selection=exit_rule if exit else None,
        errors=errors,
    )
    invests = method == "olley_pakes"
    sample, left_out = read_sample(
        data, roles, unit, time, logs=logs, invests=invests, exit=exit or None, unusable=unusable
    )
    names = (*roles.free, *roles.state, *(roles.proxy if how.gross else ()))
    refuse_still(
        sample, roles, draws > 0 or (errors == "clustered" and method in ("ols", "fixed_effects", "wooldridge"))
    )
    _refuse_weak(sample, how, names, roles.controls)
    first, *others = np.random.SeedSequence(seed).spawn(1 + draws)
    points = _points(sample, how, names, starts, first)
    fit = estimate(sample, how, np.ones(len(sample)), points)
    drawn = resample(sample, how, fit, others, workers, progress) if draws else None
    each, scale = elasticity_tables(names, roles, fit, drawn, level)
    searched, ends = search_tables(names, fit.descents)
    chosen = ends.filter("chosen")["criterion"]
    shown = {"logs": logs, "starts": len(points), "exit": exit, "unusable": unusable}
    return ProductionFunction(
        frame=row_table(sample, how, roles, names, fit, (unit, time)),
        elasticities=each,
        returns=scale,
        criterion=float(chosen[0]) if chosen.len() else None,
        starts=searched,
        ends=ends,
        draws=draw_table(each["input"].to_list(), drawn),
        roles=roles,
        keys=(unit, time),
        logs=logs,
        method=Method(f"firms.{method}", words | counts | shown),
        notes=remarks(sample, how, each, ends, drawn, left_out),
        backend=backend_of(data),
    )


def _refuse_words(words: Mapping[str, object], counts: Mapping[str, float]) -> None:
    """Raise a SpecError where an option is no word it may be, or a number out of range."""
    for name, value in words.items():
        choose(name, value, WORDS[name])
    for name, least in (("degree", 1), ("series_degree", 1), ("draws", 0), ("seed", 0)):
        if counts[name] < least:
            raise SpecError("pf_too_small", where=Where(key=name), value=counts[name], least=least)
    if not 0 < counts["level"] < 1:
        raise SpecError("pf_level", where=Where(key="level"), value=counts["level"])


def _refuse_options(roles: Roles, method: str, output_kind: str, exit: str | bool | None) -> None:
    """Raise a SpecError where roles are empty that the method needs, or options do not go with it."""
    lagged = method not in ("ols", "fixed_effects")
    if not (roles.state or roles.free) or (lagged and not roles.state):
        raise SpecError("pf_needs", method=method, role="state")
    if lagged and not roles.proxy:
        raise SpecError("pf_needs", method=method, role="proxy")
    if method == "olley_pakes" and len(roles.proxy) > 1:
        raise SpecError("pf_one_investment", proxies=listing(roles.proxy))
    if exit and not (method == "olley_pakes" or (method == "levinsohn_petrin" and output_kind == "value_added")):
        raise SpecError("pf_exit_of_method", method=method, output_kind=output_kind)
    if output_kind == "gross_output" and not roles.proxy:
        raise SpecError("pf_needs", method=output_kind, role="proxy")


def _refuse_weak(sample: Sample, how: How, names: Sequence[str], controls: Sequence[str]) -> None:
    """Raise a MethodError where rows are too few, or inputs so alike that their elasticities cannot be told apart."""
    everything = np.ones(len(sample))
    inputs = inputs_of(sample, how)
    rows, parameters = len(sample), inputs.shape[1] + sample.controls.shape[1] + 1
    others = np.empty((len(sample), 0))
    if how.lagged:
        rows = paired_rows(sample, how).size
        if not rows:
            raise MethodError("pf_no_pairs")
        terms = first_stage(sample, how, everything).terms
        parameters += terms.shape[1]
        if not how.inside:
            others = terms
    if rows <= parameters:
        raise MethodError("pf_few_rows", rows=rows, parameters=parameters)
    x = np.column_stack([inputs, sample.controls])
    x = within(x, sample.unit) if how.method == "fixed_effects" else x
    if (found := collinear(x, np.empty((len(x), 0)))) is not None:
        raise MethodError("pf_collinear", where=Where(indicator=[*names, *controls][found]))
    if others.shape[1] and (found := collinear(sample.free, others)) is not None:
        raise MethodError("pf_collinear", where=Where(indicator=names[found]))


def _points(
    sample: Sample,
    how: How,
    names: Sequence[str],
    starts: int | Sequence[Sequence[float]] | None,
    seed: np.random.SeedSequence,
) -> Floats:
    """Return ``float64[S, K]`` starting points, none where nothing is searched."""
    if how.method not in SEARCHED:
        return np.empty((0, len(names)))
    k = len(names) - (0 if how.inside else sample.free.shape[1])
    if starts is None or isinstance(starts, int):
        usual = STARTS if how.inside or how.gross else STARTS_LEAST_SQUARES
        count = usual if starts is None else starts
        if count < 1:
            raise SpecError("pf_too_small", where=Where(key="starts"), value=count, least=1)
        return starting_points(sample, how, count, seed)
    if not starts or any(len(point) != k for point in starts):
        raise SpecError("pf_starts", where=Where(key="starts"), count=k, inputs=listing(names[len(names) - k :]))
    return np.array(starts, dtype=np.float64)
