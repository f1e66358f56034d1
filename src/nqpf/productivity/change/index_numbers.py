"""Index numbers of total factor productivity, with O'Donnell's components: output change over input change.

Productivity is aggregate output over aggregate input; indices differ in how they aggregate (`aggregates.py`,
`hicks_moorsteen.py`, `fare_primont.py`). What a change is made of stands in `odonnell.py`. O'Donnell (2010),
doi:10.1111/j.1467-8489.2010.00512.x; more than 1 is progress.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import narwhals as nw
import numpy as np
import polars as pl

from nqpf.errors import MethodError, SpecError, Where
from nqpf.frames import as_backend, backend_of
from nqpf.productivity.change.aggregates import Aggregates, at_market_prices, tornqvist, transitive
from nqpf.productivity.change.compared import Compared, Comparison
from nqpf.productivity.change.fare_primont import fare_primont
from nqpf.productivity.change.hicks_moorsteen import bjurek, hicks_moorsteen, mixed
from nqpf.productivity.change.index_asked import Asked, Frontiers, Index, asked
from nqpf.productivity.change.index_notes import index_notes
from nqpf.productivity.change.index_tables import Measured, chain_tables, change_table, level_table, price_table
from nqpf.productivity.change.market_prices import PriceColumns, market_prices
from nqpf.productivity.change.odonnell import WAYS, Setting, taken_apart
from nqpf.productivity.frontier.admit import Needs, admit
from nqpf.productivity.frontier.frontiers import Frontier, frontiers
from nqpf.productivity.frontier.measure import Orientation
from nqpf.productivity.frontier.quantities import Bools, Observed
from nqpf.productivity.frontier.technology import Floats, Integers, Rts
from nqpf.results import Method, Note, Result

RESERVED = ("from", "to", "against", "at", "tied", "status", "base", "over", "pairs", "used")
"""Columns of the tables that units and years must not be called by."""
OF_PRICES = ("at", "tied")
"""Columns of the table of prices that quantities must not be called by."""


@dataclass(frozen=True, slots=True)
class IndexNumbers(Result):
    """Productivity change between observations, and what it is made of.

    Attributes
    ----------
    changes
        A row for each unit and year: unit, from, to, (with a base unit) against, numbers, status. Each number is that
        of now over that of the one compared with, at the same prices. status: ``defined``; ``no_pair``: one of both is
        not observed; else why a number is not there (``infeasible``, ``unbounded``, ``doubtful``, ``undefined``). At
        shadow prices also tied: they are not unique, and the numbers one choice among several.
    levels
        The same of every observation itself: unit, time, from (year of the one it shares prices with, empty where it
        has its own), numbers, (tied,) status. Between observations they compare only if the index is transitive.
    prices
        What quantities are aggregated at: unit, time, at (``mean``, the same for all; ``before``, ``now``; ``shadow``,
        the observation's own), the quantities, and of shadow prices tied.
    cumulative, means
        Of ``comparison="previous"`` changes chained over the years and geometric means, as of `malmquist`; else None.
    method, notes
        How they came about, and remarks.
    backend
        Library of the table that was given.
    """

    changes: pl.DataFrame
    levels: pl.DataFrame
    prices: pl.DataFrame
    cumulative: pl.DataFrame | None
    means: pl.DataFrame | None
    method: Method
    notes: tuple[Note, ...] = ()
    backend: nw.Implementation | None = None

    def to_frame(self) -> Any:
        """Return `changes` as the kind of dataframe that was given."""
        return as_backend(self.changes, self.backend)


def index_numbers(
    data: Any,
    inputs: Sequence[str],
    outputs: Sequence[str],
    *,
    unit: str,
    time: str,
    index: Index = "fisher",
    input_prices: PriceColumns | None = None,
    output_prices: PriceColumns | None = None,
    rts: Rts = "vrs",
    orientation: Orientation = "output",
    reference: Frontiers = "contemporaneous",
    comparison: Comparison | None = None,
    base_unit: Any = None,
    base_year: int | None = None,
    components: bool = True,
    scaled: bool = False,
    shadow: bool = False,
    missing: Literal["error", "skip"] = "error",
    workers: int | None = None,
) -> IndexNumbers:
    """Measure total factor productivity as aggregate output over aggregate input, and what its change is made of.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows; a row for each unit and year, in any order; not every unit in every year.
    inputs, outputs
        Columns of quantities.
    unit, time
        Columns of units and years.
    index
        At market prices: ``laspeyres`` (of the one before), ``paasche`` (of now), ``fisher`` (geometric mean of both),
        ``lowe`` (mean of all rows), ``tornqvist`` (shares in value), ``eks`` and ``ccd`` (Fisher and Törnqvist made
        transitive by comparing everybody with everybody). At shadow prices, without prices in the data:
        ``hicks_moorsteen``, the geometric mean of ``malmquist_hs`` (frontier before) and ``malmquist_it`` (frontier of
        now), and ``fare_primont`` (of the mean observation, frontier of all years). ``bjurek``: Hicks–Moorsteen with
        the distances themselves.
    input_prices, output_prices
        Column of prices by quantity, or columns in the order of the quantities. For shadow-price indices optional:
        then profitability is taken apart too.
    rts
        ``crs``, ``vrs``, ``drs``, ``irs``.
    orientation
        Side that efficiency is seen from: ``output``, ``input``, or ``both`` with geometric means besides.
    reference
        Who spans the frontier of a year: ``contemporaneous`` that year; ``sequential`` all years up to it, so that
        there is no technical regress; ``global`` all years, so that there is no technical change.
    comparison
        With what: ``previous`` the unit itself in the year before that anybody is observed in; ``base`` in the base
        year; ``unit`` with `base_unit` in the same year. Default: ``base`` for the transitive indices (``lowe``,
        ``fare_primont``, ``eks``, ``ccd``), else ``previous``.
    base_unit, base_year
        Of ``base``: default the unit itself, the first year. Of ``unit``: the unit.
    components
        Whether productivity is taken apart; indices at market prices then need no programs if not.
    scaled
        Of ``fisher``, ``laspeyres``, ``paasche`` and ``lowe``: whether quantities are divided by their means while
        prices stay as they are, as R's productivity does by default. This weighs quantities by what they are not worth,
        and the index then hangs on what else is in the table; to reproduce it only.
    shadow
        Whether `prices` also has the shadow prices of every observation at its own frontier.
    missing
        ``error``: an empty cell stops; ``skip``: the row is left out, of the frontiers too.
    workers
        As for `nqpf.parallel.spread`.

    Returns
    -------
    IndexNumbers
        Numbers: with prices ``revenue``, ``cost``, ``profitability`` = ``terms_of_trade`` · ``tfp``, ``output_price``,
        ``input_price``; ``output``, ``input``, ``tfp`` = ``output`` / ``input``; then ``tfp`` = ``mp`` · ``tfpe``
        (largest productivity of the technology, efficiency), ``tfpe`` = ``ote`` · ``ose`` · ``rme`` = ``ote`` ·
        ``ome`` · ``rose`` = ``ote`` · ``osme``, and at market prices ``re`` = ``ote`` · ``ome``; of inputs ``ite``,
        ``ise``, ``ime``, ``rise``, ``isme``, ``ce``; of ``both`` also ``ote_ite`` and so on. ``tornqvist``, ``eks``,
        ``ccd`` and ``bjurek`` have no prices to find a largest productivity at: ``tfp`` = ``ote`` · ``ose`` ·
        ``o_rest`` (of inputs ``i_rest``).

    Raises
    ------
    DataError
        A column is absent or holds what is no number, a cell is missing, a key is missing or twice there.
    SpecError
        No such option, options that do not go together, prices absent, a base that is not there.
    MethodError
        A price that is not above zero, a quantity that the index does not admit, nothing to compare.

    References
    ----------
    O'Donnell (2010), doi:10.1111/j.1467-8489.2010.00512.x; (2012), doi:10.1093/ajae/aas023.
    Diewert (1992), doi:10.1007/BF00158354.
    Caves, Christensen and Diewert (1982), doi:10.2307/1913388 and doi:10.2307/2232257.

    Examples
    --------
    >>> farms = {"farm": ["a", "a"], "year": [1, 2], "land": [2.0, 2.0], "corn": [3.0, 6.0], "rye": [1.0, 2.0],
    ...          "rent": [1.0, 3.0], "p_corn": [2.0, 1.0], "p_rye": [1.0, 4.0]}
    >>> found = index_numbers(farms, ["land"], ["corn", "rye"], unit="farm", time="year", input_prices=["rent"],
    ...                       output_prices={"corn": "p_corn", "rye": "p_rye"})
    >>> found.changes.select(pl.col("tfp", "mp", "tfpe").round(9)).rows()
    [(2.0, 2.0, 1.0)]
    """
    observed = Observed.of(data, inputs, outputs, (), unit, time, missing)
    given = market_prices(data, observed, input_prices, output_prices, missing)
    plan = asked(
        index=index, rts=rts, orientation=orientation, reference=reference, comparison=comparison,
        base_unit=base_unit, base_year=base_year, components=components, scaled=scaled, shadow=shadow,
        priced=given is not None,
    )  # fmt: skip
    prices = None
    if given is not None:
        prices, observed = given[0], replace(observed, complete=observed.complete & given[1])
    _check(observed, plan)
    compared = Compared.of(observed, plan.comparison, base_unit, base_year)
    across = frontiers(observed, plan.technology) if plan.programs else []
    aggregates = _aggregates(plan, observed, compared, prices, across, workers)
    numbers, status = _values(observed, compared, aggregates, prices), aggregates.status
    if components:
        setting = Setting(observed.quantities, plan.technology, across, WAYS[orientation], workers)
        parts, codes = taken_apart(setting, compared, aggregates, plan.priced)
        numbers, status = numbers | parts, np.where(status, status, codes).astype(np.int8)
    measured = Measured.of(numbers, np.broadcast_to(status, compared.now.shape), aggregates.tied)
    _check_names(observed, measured)
    own = _own_shadow_prices(plan, observed, compared, across, workers) if shadow else None
    chained = plan.comparison == "previous"
    cumulative, means = chain_tables(observed, compared, measured) if chained else (None, None)
    return IndexNumbers(
        changes=change_table(observed, compared, measured, base_unit is not None),
        levels=level_table(observed, compared, measured),
        prices=price_table(observed, compared, aggregates.vectors, own),
        cumulative=cumulative,
        means=means,
        method=Method(plan.id, {**plan.options, "missing": missing}),
        notes=index_notes(plan, observed, compared, aggregates, measured, across),
        backend=backend_of(data),
    )


def _check(observed: Observed, plan: Asked) -> None:
    """Refuse quantities that the index does not admit, and one year where years are compared."""
    if plan.comparison == "previous" and len(observed.periods) < 2:
        raise MethodError("change_one_year", where=Where(period=observed.periods[0]))
    fisher = ('index="fisher"', Needs("nonnegative", "nonnegative", some="xy"))
    admit(observed, plan.needs, f'index="{plan.index}"', [fisher])


def _check_names(observed: Observed, measured: Measured) -> None:
    """Refuse units, years and quantities that are called like a column of the tables."""
    for column in (c for c in observed.keys.columns if c in RESERVED or c in measured.values):
        raise SpecError("change_reserved", column=column)
    for column in (c for part in observed.names for c in part if c in OF_PRICES):
        raise SpecError("index_reserved", column=column)


def _aggregates(
    plan: Asked,
    observed: Observed,
    compared: Compared,
    prices: Floats | None,
    across: list[Frontier],
    workers: int | None,
) -> Aggregates:
    """Return aggregate quantities of all comparisons."""
    q, technology, index = observed.quantities, plan.technology, plan.index
    if index == "fare_primont":
        return fare_primont(compared, q, technology, workers)
    if index == "bjurek":
        return bjurek(compared, q, technology, across, workers)
    if prices is None or not plan.priced:
        return hicks_moorsteen(compared, q, technology, across, index, workers)
    if plan.scaled:
        prices = prices / q.all[observed.complete].mean(axis=0)
    if index == "tornqvist":
        return tornqvist(compared, q, prices)
    if index in ("eks", "ccd"):
        return transitive(compared, q, prices, index)
    return at_market_prices(compared, q, prices, index)


def _values(observed: Observed, compared: Compared, aggregates: Aggregates, prices: Floats | None) -> dict[str, Floats]:
    """Return aggregates, and with prices what they are worth, ``float64[C, 2]`` (before, now)."""
    # an aggregate of nothing, at shadow prices, has no ratio: its status is undefined
    outputs, inputs = (np.where(part > 0, part, np.nan) for part in (aggregates.outputs, aggregates.inputs))
    quantities = {"output": outputs, "input": inputs, "tfp": outputs / inputs}
    if prices is None:
        return quantities
    q, rows = observed.quantities, np.stack([compared.before, compared.now], axis=1)
    i = q.x.shape[1]
    cost, revenue = ((part * p).sum(axis=1)[rows] for part, p in ((q.x, prices[:, :i]), (q.y, prices[:, i:])))
    worth = {"revenue": revenue, "cost": cost, "profitability": revenue / cost}
    each = {"output_price": revenue / outputs, "input_price": cost / inputs}
    return worth | each | {"terms_of_trade": each["output_price"] / each["input_price"]} | quantities


def _own_shadow_prices(
    plan: Asked, observed: Observed, compared: Compared, across: list[Frontier], workers: int | None
) -> tuple[Integers, Floats, Bools]:
    """Return complete rows, their shadow prices ``float64[rows, I + O]`` at their own frontiers, and which are tied."""
    rows = np.sort(compared.now)
    x, y = (
        mixed(observed.quantities, plan.technology, across, (rows, rows, rows), way, workers)
        for way in ("input", "output")
    )
    return rows, np.hstack([x.prices, y.prices]), x.tied | y.tied
