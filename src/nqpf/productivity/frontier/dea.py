"""Data envelopment analysis of a table: a technology, a measure of distance to its frontier, and what they say.

Charnes, Cooper and Rhodes (1978), doi:10.1016/0377-2217(78)90138-8; Banker, Charnes and Cooper (1984),
doi:10.1287/mnsc.30.9.1078; Cooper, Seiford and Tone (2007), doi:10.1007/978-0-387-45283-8.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import polars as pl

from nqpf.frames import backend_of
from nqpf.productivity.frontier.directions import Direction, Weighting, places
from nqpf.productivity.frontier.frontiers import frontiers
from nqpf.productivity.frontier.measure import Orientation
from nqpf.productivity.frontier.quantities import Observed
from nqpf.productivity.frontier.remarks import remarks
from nqpf.productivity.frontier.scoring import Choice, Whole, column, status_column
from nqpf.productivity.frontier.tables import multiplier_table, peer_table, quantity_table
from nqpf.productivity.frontier.technology import Disposability, Hull, Reference, Rts, Technology
from nqpf.results import Method, TableResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Dea(TableResult):
    """Scores of observations; ``frame`` has the keys, score, efficiency, status and gap.

    Attributes
    ----------
    score
        (column) as the literature defines it: θ (input), φ (output), β (directional), ρ (slacks-based), …
    efficiency
        (column) the same as a share, 1 on the frontier, higher better; null where the measure has none.
    status
        (column) ``optimal``; ``infeasible`` and ``unbounded``: the model has no number for this observation;
        ``doubtful``: no solver could prove one; ``no_reference``: no observations span a frontier;
        ``missing``: left out because a cell is empty. Without ``optimal`` there is no score.
    gap
        (column) certificate of the program: what is missing of feasibility and optimality, relative; 0 for the free
        disposal hull, which needs none.
    peers
        Keys, keys of the reference observation (``peer``, ``peer_`` + name of the time column) and its weight.
    targets
        Keys and the projection of each quantity on the frontier, after slacks where they were sought.
    slacks
        Keys and what each quantity is beyond the movement; None where they were not sought.
    multipliers
        Keys, the price of each quantity (``weight_`` + column) and of the scale (``scale``); None where there are none.
    """

    peers: pl.DataFrame = field(default_factory=pl.DataFrame)
    targets: pl.DataFrame = field(default_factory=pl.DataFrame)
    slacks: pl.DataFrame | None = None
    multipliers: pl.DataFrame | None = None


def dea(
    data: Any,
    inputs: Sequence[str],
    outputs: Sequence[str],
    bad: Sequence[str] = (),
    *,
    unit: str | None = None,
    time: str | None = None,
    rts: Rts = "vrs",
    orientation: Orientation | None = None,
    measure: str = "radial",
    reference: Reference = "own",
    width: int = 3,
    hull: Hull = "convex",
    disposability: Disposability = "weak",
    polluting: Sequence[str] | None = None,
    direction: Direction | Mapping[str, float] | None = None,
    weights: Weighting | Mapping[str, float] | None = None,
    super_efficiency: bool = False,
    slacks: bool = False,
    missing: Literal["error", "skip"] = "error",
    workers: int | None = None,
) -> Dea:
    """Measure the distance of observations from the frontier that observations span.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, one row for each unit (and year).
    inputs, outputs, bad
        Columns of inputs, good outputs and bad outputs (emissions).
    unit, time
        Columns of names and years. Without `unit` rows are named by their number; without `time` all rows are of one
        year. With `time` each year has its own frontier, unless `reference` says otherwise.
    rts
        Returns to scale: ``crs`` constant, ``vrs`` variable, ``drs`` not increasing, ``irs`` not decreasing.
    orientation
        ``input``, ``output`` or ``both``, as far as the measure has them; default: the measure's own (radial:
        ``input``).
    measure
        ``radial``, ``directional``, ``hyperbolic``, … : a name in `MEASURES`.
    reference
        Whose observations span the frontier of a year: ``own`` year, ``next``, ``previous``, ``sequential`` (all up
        to it), ``global`` (all), ``biennial`` (own and next), ``biennial_previous``, ``window`` (the `width` years that
        end with it).
    width
        Years of a window.
    hull
        ``convex``, or ``free``: the free disposal hull.
    disposability
        Of bad outputs: ``weak``: less of them costs good output (equalities), ``kuosmanen`` and ``abatement``: the
        same with abatement factors, ``strong``: they count like inputs, ``free``: they can be thrown away,
        ``by_production``: residuals of polluting inputs, with a technology of their own.
    polluting
        Inputs that leave residuals, under ``by_production``; default: all.
    direction
        Of directional measures: ``observed`` (−x, y, −b), ``outputs`` (0, y, −b), ``good`` (0, y, 0), ``inputs``
        (−x, 0, 0), ``mean`` (−x̄, ȳ, −b̄ of all rows), ``unit`` (−1, 1, −1), ``range`` (to the best of each quantity
        on the frontier, for data of any sign), ``translation`` (0, y, b − (max b + 1): bad outputs counted down from
        beyond the largest and then expanded like good ones, Seiford and Zhu's treatment with
        ``disposability="strong"``), or signed numbers by column. Default: ``observed``.
    weights
        Of slacks: ``one``, one over the ``mean``, ``range`` or standard ``deviation`` of the column, or numbers by
        column. Default: the measure's own (second stage: ``one``). R's Benchmarking takes ``mean`` where the mean of a
        column is above 10⁴ or below 10⁻⁴, else ``one``.
    super_efficiency
        Leave an observation out of its own reference; may be infeasible, which is a status.
    slacks
        Seek the slacks a radial or directional score leaves, in a second stage.
    missing
        ``error``, or ``skip``: rows with an empty cell have the status ``missing`` and span nothing.
    workers
        As for `nqpf.parallel.spread`.

    Returns
    -------
    Dea
        Rows in the order given.

    Raises
    ------
    DataError
        A column is absent, a cell is empty or holds no number, a key stands twice.
    SpecError
        An option that does not exist or does not go with the measure.
    MethodError
        A zero or negative number that the model does not admit; the message names models that do.

    References
    ----------
    Charnes, Cooper and Rhodes (1978), doi:10.1016/0377-2217(78)90138-8.
    Banker, Charnes and Cooper (1984), doi:10.1287/mnsc.30.9.1078.

    Examples
    --------
    >>> shops = {"shop": ["A", "B", "C"], "staff": [2.0, 4.0, 4.0], "sales": [1.0, 3.0, 2.0]}
    >>> found = dea(shops, ["staff"], ["sales"], unit="shop", rts="crs")
    >>> found.frame["score"].round(3).to_list()
    [0.667, 1.0, 0.667]
    >>> found.peers["peer"].to_list()
    ['B', 'B', 'B']
    """
    observed = Observed.of(data, inputs, outputs, bad, unit, time, missing)
    positions = None if polluting is None else places(inputs, polluting, "polluting")
    technology = Technology(rts, disposability, reference, width, hull, positions)
    choice = Choice.of(
        observed, technology, time, measure=measure, orientation=orientation, direction=direction, weights=weights,
        super_efficiency=super_efficiency, slacks=slacks,
    )  # fmt: skip
    across = frontiers(observed, technology)
    scored = choice.score(observed, technology, across, workers)
    whole = Whole.of(observed, scored)
    options = {
        "inputs": list(inputs),
        "outputs": list(outputs),
        "bad": list(bad),
        "rts": rts,
        "orientation": choice.orientation,
        "measure": measure,
        "reference": reference,
        "hull": hull,
        **({"width": width} if reference == "window" else {}),
        **({"disposability": disposability} if bad else {}),
        **({"polluting": list(polluting)} if polluting is not None else {}),
        **({"direction": choice.direction} if choice.model.directed else {}),
        **({"weights": weights} if weights is not None else {}),
        "super_efficiency": super_efficiency,
        "slacks": slacks,
        "missing": missing,
    }
    return Dea(
        frame=observed.keys.with_columns(
            score=column(whole.score),
            efficiency=column(whole.efficiency),
            status=status_column(whole.status),
            gap=column(whole.gap),
        ),
        method=Method(f"frontier.{measure}", options),
        notes=remarks(observed, technology, across, whole.status, whole.efficiency, super_efficiency),
        backend=backend_of(data),
        peers=peer_table(observed, scored),
        targets=quantity_table(observed, whole.targets, ""),
        slacks=None if np.isnan(whole.slacks).all() else quantity_table(observed, whole.slacks, ""),
        multipliers=multiplier_table(observed, scored),
    )
