"""Malmquist, Malmquist–Luenberger and Luenberger: productivity change between years from distances to frontiers.

Caves, Christensen and Diewert (1982), doi:10.2307/1913388; Färe, Grosskopf, Norris and Zhang (1994), American Economic
Review 84, 66–83; Chung, Färe and Grosskopf (1997), doi:10.1006/jema.1997.0146; Chambers (2002),
doi:10.1007/s001990100231. What is multiplied with what stands in `terms.py`; more than 1 (Luenberger: more than 0) is
progress, whatever the orientation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import narwhals as nw
import polars as pl

from nqpf.columns import choose
from nqpf.errors import MethodError, SpecError, Where, listing
from nqpf.frames import as_backend, backend_of
from nqpf.productivity.change.asked import Asked, Frontiers, Index, Measure, asked, others
from nqpf.productivity.change.distances import distances
from nqpf.productivity.change.pairs import Pairs
from nqpf.productivity.change.remarks import remarks
from nqpf.productivity.change.tables import changes, cumulative_table, distance_table, mean_table, pair_table
from nqpf.productivity.change.terms import Decomposition
from nqpf.productivity.frontier.admit import admit
from nqpf.productivity.frontier.directions import Direction
from nqpf.productivity.frontier.measure import Orientation
from nqpf.productivity.frontier.quantities import Observed
from nqpf.productivity.frontier.technology import Disposability, Rts
from nqpf.results import Method, Note, Result

RESERVED = (
    *("from", "to", "index", "status", "failed", "base", "over", "pairs", "used", "rts"),
    *("frontier_from", "frontier_to", "inputs_of", "outputs_of", "score", "gap"),
)
"""Columns of the tables that units and years must not be called by."""


@dataclass(frozen=True, slots=True)
class Change(Result):
    """Productivity change between neighbouring years.

    Attributes
    ----------
    frame
        A row for each unit and each two neighbouring years: unit, from, to, index, its components, status, failed.
        More than 1 is progress, for a Luenberger indicator more than 0. status: ``defined``; ``no_pair`` (the unit is
        not observed in both years); else why a distance is not there (``infeasible``, ``unbounded``, ``doubtful``,
        ``undefined``, ``no_reference``), and failed names the distances: ``vrs 2013(2014, 2014)`` is inputs and
        outputs of 2014 seen before the frontier of 2013.
    distances
        Every distance: unit, rts, frontier_from and frontier_to (years that span the frontier), inputs_of and
        outputs_of (years of the quantities), score (θ, φ or β), status, gap (certificate of the program).
    cumulative
        Index and components chained from the first year of each unit; where a link is absent the chain begins again:
        base is the year it began, status ``first``, ``chained`` or ``again``.
    means
        Geometric means (of an indicator: arithmetic) over units (``years``), over years (``unit``) and over both
        (``all``) of what is there with all its components: used of pairs.
    method, notes
        How they came about, and remarks.
    backend
        Library of the table that was given.
    """

    frame: pl.DataFrame
    distances: pl.DataFrame
    cumulative: pl.DataFrame
    means: pl.DataFrame
    method: Method
    notes: tuple[Note, ...] = ()
    backend: nw.Implementation | None = None

    def to_frame(self) -> Any:
        """Return `frame` as the kind of dataframe that was given."""
        return as_backend(self.frame, self.backend)


def malmquist(
    data: Any,
    inputs: Sequence[str],
    outputs: Sequence[str],
    bad: Sequence[str] = (),
    *,
    unit: str,
    time: str,
    index: Index = "malmquist",
    measure: Measure = "radial",
    reference: Frontiers | None = None,
    rts: Rts | None = None,
    orientation: Orientation = "output",
    decomposition: Decomposition = "ec_tc",
    disposability: Disposability = "weak",
    direction: Direction | Mapping[str, float] | None = None,
    weights: Mapping[str, float] | None = None,
    width: int = 3,
    infeasible: Literal["status", "error"] = "status",
    missing: Literal["error", "skip"] = "error",
    workers: int | None = None,
) -> Change:
    """Return how the productivity of units changes from year to year, and by what.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows; a row for each unit and year, in any order; not every unit in every year.
    inputs, outputs, bad
        Columns of inputs, good outputs and bad outputs (emissions).
    unit, time
        Columns of units and years. Neighbouring years are neighbouring years that anybody is observed in.
    index
        ``malmquist``: Farrell's scores, no bad outputs; ``ml``: Malmquist–Luenberger, directional with bad outputs;
        ``gml``: the same with a global reference; ``luenberger``: an indicator, differences of directional distances.
    measure
        ``radial``: all quantities move together. ``sbm`` (of ``malmquist``, also with bad outputs): slacks-based, with
        super-efficiencies beyond a frontier. ``nonradial`` (of ``luenberger``): Σ w·β of quantities that move one by
        one, never away from the frontier, so best with a common one.
    reference
        Who spans the frontier of a year: ``contemporaneous`` that year, ``sequential`` all years up to it, ``window``
        the `width` years that end with it (geometric mean of what both years' frontiers say); or one frontier for
        both years: ``global`` of all years, ``biennial`` of the two. Default: ``contemporaneous``; ``global`` for
        ``gml``.
    rts
        ``crs``, ``vrs``, ``drs``, ``irs``. For ``ec_tc`` the technology of the index; for the other decompositions,
        whose index is measured under constant returns, the one that scale is told apart by. Default: ``crs`` for
        ``ec_tc`` and ``bias``, else ``vrs``.
    orientation
        ``output`` or ``input``, for ``sbm`` and ``luenberger`` also ``both``. Where there is a direction it stands for
        ``outputs``, ``inputs``, ``observed``.
    decomposition
        ``ec_tc``: efficiency change × technical change. ``fgnz``: pech × sech × tc, the efficiency change in pure and
        scale efficiency, tc under constant returns. ``ray_desli``: pech × tc × sech with tc under `rts`.
        ``ray_desli_base``: the same before the frontier of the first year only. ``generalized``: the generalized
        index of Grifell-Tatjé and Lovell. ``bias``: tc as obtech × ibtech × matech (output bias, input bias,
        magnitude) under constant returns, ``bias_vrs`` under `rts`. Before a common frontier: the first four.
    disposability
        Of bad outputs, as for `dea`: ``weak``, ``strong``, …
    direction
        Of ``ml`` and ``gml``: ``outputs`` (0, y, −b), ``good`` (0, y, 0) or ``inputs`` (−x, 0, 0); of ``luenberger``
        also ``observed`` (−x, y, −b), ``mean`` (−x̄, ȳ, −b̄ of all rows), ``unit`` (−1, 1, −1), or signed numbers by
        column. Default: by `orientation`, each unit in proportion to itself.
    weights
        Of ``nonradial``: numbers by column, taken as they are. Default: inputs, good and bad outputs that move weigh
        the same.
    width
        Years of a ``window``.
    infeasible
        ``status``: a program without a solution leaves index and components empty and says so; ``error``: it stops.
    missing
        ``error``: a missing cell stops; ``skip``: the row is left out, of the frontier too.
    workers
        As for `nqpf.parallel.spread`.

    Returns
    -------
    Change
        Components beside index: ec and tc; pech, sech; obtech, ibtech, matech.

    Raises
    ------
    DataError
        A column is absent or holds what is no number, a cell is missing, a key is missing or twice there.
    SpecError
        No such option, or options that do not go together.
    MethodError
        One year only, no unit in two neighbouring years, a zero or negative number that the model does not admit.

    References
    ----------
    Färe, Grosskopf, Norris and Zhang (1994), American Economic Review 84, 66–83.
    Pastor and Lovell (2005), doi:10.1016/j.econlet.2005.02.013.
    Oh (2010), doi:10.1007/s11123-010-0178-y.

    Examples
    --------
    >>> firms = {"firm": ["a", "b", "a", "b"], "year": [1, 1, 2, 2], "x": [1, 2, 1, 2], "y": [2, 3, 4, 3]}
    >>> found = malmquist(firms, ["x"], ["y"], unit="firm", time="year")
    >>> found.frame.select("firm", pl.col("index", "ec", "tc").round(3)).rows()
    [('a', 2.0, 1.0, 2.0), ('b', 1.0, 0.5, 2.0)]
    """
    choose("infeasible", infeasible, ("status", "error"))
    plan = asked(
        (tuple(inputs), tuple(outputs), tuple(bad)),
        index=index,
        measure=measure,
        reference=reference,
        rts=rts,
        orientation=orientation,
        decomposition=decomposition,
        disposability=disposability,
        direction=direction,
        weights=weights,
        width=width,
    )
    observed = Observed.of(data, inputs, outputs, bad, unit, time, missing)
    pairs = _usable(observed, plan)
    evaluate = plan.evaluate(observed)
    found = distances(observed, pairs, plan.form.terms, plan.technologies, plan.reference, evaluate, workers)
    change = changes(plan.form, pairs, found, plan.ratio)
    frame = pair_table(observed, pairs, found, change, plan.technologies)
    if infeasible == "error":
        _refuse_failed(frame, unit)
    chained = cumulative_table(observed, pairs, change)
    return Change(
        frame=frame,
        distances=distance_table(observed, found, plan.technologies),
        cumulative=chained,
        means=mean_table(observed, pairs, change),
        method=Method(plan.id, {**plan.options, "infeasible": infeasible, "missing": missing}),
        notes=remarks(observed, pairs, found, change, chained),
        backend=backend_of(data),
    )


def _usable(observed: Observed, plan: Asked) -> Pairs:
    """Return the pairs of years, after checking that there is something to measure."""
    for column in (c for c in observed.keys.columns if c in RESERVED or c in plan.form.components):
        raise SpecError("change_reserved", column=column)
    if len(observed.periods) < 2:
        raise MethodError("change_one_year", where=Where(period=observed.periods[0]))
    admit(observed, plan.needs, plan.words, others())
    pairs = Pairs.of(observed)
    if not pairs.both.any():
        raise MethodError("change_no_pairs", years=listing(observed.periods))
    return pairs


def _refuse_failed(frame: pl.DataFrame, unit: str) -> None:
    """Raise a MethodError at the first pair of which a distance is not there."""
    wrong = frame.filter(pl.col("failed").is_not_null())
    if wrong.height:
        row = wrong.row(0, named=True)
        place = Where(unit=str(row[unit]), period=row["to"])
        raise MethodError("change_failed", where=place, failed=row["failed"], status=row["status"], count=wrong.height)
