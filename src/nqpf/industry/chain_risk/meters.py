"""Three meters of the industrial system (完整性、先进性、安全性): completeness, distance to the frontier, supply risk.

Each meter is read off data that are named with it, and is not assessed where they are absent; they are never put into
one number (theory item G09). Self-sufficiency and the import content of final demand are those of input–output analysis
(Miller and Blair 2009; Hummels, Ishii and Yi 2001), distance to the frontier is the shortfall behind a reference.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import choose
from nqpf.errors import MethodError, SpecError, Where
from nqpf.frames import as_backend, backend_of
from nqpf.industry.chain_risk.components import concentrations, evidence_of, import_shares, refuse_beyond_one
from nqpf.industry.input_output.shares import herfindahl
from nqpf.industry.input_output.suppliers import Sources, home_of, sources
from nqpf.industry.input_output.table import IOTable
from nqpf.industry.options import check_least
from nqpf.messages import say
from nqpf.results import Method, Note, Result

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Meters(Result):
    """Three meters, side by side.

    Attributes
    ----------
    frame
        A row for each reading: ``meter`` (completeness, frontier, supply), ``basis`` (completeness: output, rca,
        self_sufficiency; frontier: reference; supply: import_content, concentrated_imports), ``value`` from 0 to 1
        (null where not assessed), ``sectors`` it is read from, ``of`` how many in the table, and ``status``
        (``assessed``, ``in_part`` where some sectors lack data, ``not_assessed``). High is good for completeness, bad
        for the others.
    sectors
        What the readings are made of, a row for each sector: ``output``, ``rca``, ``self_sufficiency``, ``distance`` to
        the frontier; ``import_content`` and ``risk`` per unit of the sector's final demand.
    method, notes
        How the numbers came about, and remarks.
    """

    frame: pl.DataFrame
    sectors: pl.DataFrame
    method: Method
    notes: tuple[Note, ...] = ()
    backend: nw.Implementation | None = None

    def to_frame(self) -> Any:
        """Return the readings, in the kind of dataframe the evidence came in."""
        return as_backend(self.frame, self.backend)


def meters(
    table: IOTable,
    evidence: Any = None,
    *,
    region: str | None = None,
    sector: str = "sector",
    rca: str | None = None,
    own: str | None = None,
    reference: str | None = None,
    better: Literal["higher", "lower"] = "higher",
    hhi: str | None = None,
    least_output: float = 0.0,
    least_rca: float = 1.0,
    least_sufficiency: float = 0.8,
    weights: Literal["output", "equal"] = "output",
) -> Meters:
    """Read completeness, distance to the frontier and supply risk of an industrial system.

    Parameters
    ----------
    table
        A table of one region with imports apart, by sector and origin; or of several regions, with `region`.
    evidence
        Table of what else is known, a row a sector (any dataframe that narwhals knows); sectors may be absent.
    region
        The home region, in a table of several.
    sector
        Column of `evidence` that names the sector.
    rca
        Column of revealed comparative advantage.
    own, reference
        Columns of the same quantity at home and at the frontier: labour productivity, unit value, energy intensity.
    better
        Which direction of that quantity is good. Distance is 1 − min(1, own/reference) for ``higher``, and
        1 − min(1, reference/own) for ``lower``.
    hhi
        Column of the concentration of import origins, which goes before the table's own.
    least_output
        A sector counts as present when its share in all output is above this.
    least_rca, least_sufficiency
        A sector counts where its advantage, or the domestic share in the intermediate use of its product, reaches this.
    weights
        Distance to the frontier is averaged by ``output`` or with ``equal`` weights, over the sectors that have it.

    Returns
    -------
    Meters
        Readings, and what they are made of.

    Raises
    ------
    SpecError
        An option is none of its words, a threshold is out of range, only one of `own` and `reference` is named, or no
        such region.
    DataError
        A column is absent, a sector is unknown or comes twice; several regions and none named.
    MethodError
        A column is named without `evidence`; a quantity that must be positive is not; hhi is not between 0 and 1.

    Notes
    -----
    Completeness depends on how finely sectors are cut: a table of 35 sectors is complete almost everywhere. Supply risk
    is Σ_s h_s (A^m L)_sj y_j over Σ_j y_j: what is imported for a unit of final demand y, each product s weighted by
    the concentration h_s of its origins; without the weights it is the import content. Final demand includes exports,
    and only imported inputs count.

    References
    ----------
    Miller and Blair (2009), Input–Output Analysis, doi:10.1017/CBO9780511626982. Hummels, Ishii and Yi (2001), The
    nature and growth of vertical specialization in world trade, doi:10.1016/S0022-1996(00)00093-3.

    Examples
    --------
    >>> table = IOTable(("chips", "cars"), np.array([[10.0, 40.0], [0.0, 20.0]]), np.array([[50.0], [180.0]]),
    ...                 np.array([100.0, 200.0]), ("", ""), ("final",), np.array([[10.0, 40.0], [0.0, 10.0]]),
    ...                 ("chips", "cars"), ("A", "B"))
    >>> meters(table).frame.select("meter", "basis", "value", "status").rows()[:3]
    [('completeness', 'output', 1.0, 'assessed'), ('completeness', 'rca', None, 'not_assessed'), \
('completeness', 'self_sufficiency', 0.0, 'assessed')]
    """
    choose("better", better, ("higher", "lower"))
    choose("weights", weights, ("output", "equal"))
    for key, limit, top in (("least_output", least_output, 1.0), ("least_sufficiency", least_sufficiency, 1.0),
                            ("least_rca", least_rca, np.inf)):  # fmt: skip
        check_least(key, limit, 0.0)
        if limit > top:
            raise SpecError("threshold_out_of_range", where=Where(key=key), value=limit)
    if (own is None) != (reference is None):
        raise SpecError("own_and_reference", where=Where(key="own" if own is None else "reference"))
    home = home_of(table, region)
    named = {"rca": rca, "own": own, "reference": reference, "hhi": hhi}
    known = evidence_of(home, evidence, sector, named)
    nothing = np.full(home.output.size, np.nan)
    columns = {what: known.columns.get(what, nothing) for what in named}
    found = sources(home)
    content, risk = _imports(home, found, columns["hhi"] if hhi is not None else concentrations(home, found)[0])
    parts = {
        "output": home.output,
        "rca": columns["rca"],
        "self_sufficiency": 1 - import_shares(home, found),
        "distance": _distance(home, columns["own"], columns["reference"], better),
        "import_content": content,
        "risk": risk,
    }
    limits = {"least_output": least_output, "least_rca": least_rca, "least_sufficiency": least_sufficiency}
    frame = _readings(home, parts, limits, weights)
    options = {**named, "region": region, "better": better, **limits, "weights": weights}
    sectors = pl.DataFrame({"sector": home.sectors, **parts}).with_columns(pl.col(pl.Float64).fill_nan(None))
    return Meters(frame, sectors, Method("industry.meters", options), _notes(frame), backend_of(evidence))


def _distance(home: IOTable, own: Floats, reference: Floats, better: str) -> Floats:
    """Return the shortfall behind the reference, 0 at or beyond it, NaN where either is not known."""
    for key, values in (("own", own), ("reference", reference)):
        if (values <= 0).any():
            row = int((values <= 0).argmax())
            place = Where(industry=home.sectors[row], key=key)
            raise MethodError("not_positive", where=place, value=float(values[row]))
    ratio = own / reference if better == "higher" else reference / own
    return np.asarray(1 - np.minimum(1.0, ratio))


def _imports(home: IOTable, found: Sources | None, hhi: Floats) -> tuple[Floats, Floats]:
    """Return imports in a unit of every sector's final demand, plain and weighted by concentration; NaN if unknown."""
    nothing = np.full(home.output.size, np.nan)
    if found is None:
        return nothing, nothing
    h = refuse_beyond_one(hhi, home.sectors, "hhi")
    x, bought = home.output, found.foreign.sum(axis=1)
    a = np.divide(bought, x, out=np.zeros_like(bought), where=home.active)
    content = np.where(home.active, (a @ home.inverse).sum(axis=0), np.nan)
    # A product without concentration spoils the reading only if it is imported.
    totals = found.foreign.sum(axis=2)
    every = herfindahl(totals) if found.origins else np.full(len(totals), np.nan)
    every[[found.products.index(name) for name in home.sectors]] = h
    imported = totals.sum(axis=1) > 0
    if np.isnan(every[imported]).any():
        return content, nothing
    return content, np.where(home.active, np.where(imported, every, 0.0) @ a @ home.inverse, np.nan)


def _readings(home: IOTable, parts: dict[str, Floats], limits: dict[str, float], weights: str) -> pl.DataFrame:
    x, active = home.output, home.active
    n = int(active.sum())
    final = np.where(active, x - home.flows.sum(axis=1), 0.0)

    def counted(values: Floats, limit: float) -> tuple[float, int]:
        there = ~np.isnan(values) & active
        return (float((values[there] >= limit).mean()) if there.any() else np.nan), int(there.sum())

    def averaged(values: Floats, by: Floats) -> tuple[float, int]:
        there = ~np.isnan(values) & active
        whole = float(by[there].sum())
        return (float(values[there] @ by[there]) / whole if whole > 0 else np.nan), int(there.sum())

    present = float((x > limits["least_output"] * x.sum()).mean())
    by = x if weights == "output" else np.ones_like(x)
    rows = [
        ("completeness", "output", present, x.size, x.size),
        ("completeness", "rca", *counted(parts["rca"], limits["least_rca"]), n),
        ("completeness", "self_sufficiency", *counted(parts["self_sufficiency"], limits["least_sufficiency"]), n),
        ("frontier", "reference", *averaged(parts["distance"], by), n),
        ("supply", "import_content", *averaged(parts["import_content"], final), n),
        ("supply", "concentrated_imports", *averaged(parts["risk"], final), n),
    ]
    frame = pl.DataFrame(rows, schema=["meter", "basis", "value", "sectors", "of"], orient="row")
    status = (
        pl.when(pl.col("value").is_null()).then(pl.lit("not_assessed"))
        .when(pl.col("sectors") < pl.col("of")).then(pl.lit("in_part"))
        .otherwise(pl.lit("assessed"))
    )  # fmt: skip
    return frame.with_columns(pl.col("value").cast(pl.Float64).fill_nan(None)).with_columns(status.alias("status"))


def _notes(frame: pl.DataFrame) -> tuple[Note, ...]:
    notes = [Note("meters_reading", "info")]
    for meter, basis, status, sectors, of in frame.select("meter", "basis", "status", "sectors", "of").rows():
        name = say(
            "chokepoints.meter", meter=say(f"chokepoints.meter.{meter}"), basis=say(f"chokepoints.basis.{basis}")
        )
        if status == "not_assessed":
            notes.append(Note("meter_not_assessed", "warning", {"name": name}))
        elif status == "in_part":
            notes.append(Note("meter_in_part", "warning", {"name": name, "sectors": sectors, "of": of}))
    return tuple(notes)
