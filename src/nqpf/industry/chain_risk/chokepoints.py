"""Choke points (卡脖子): how critical, how concentrated abroad, how far from own capability, how hard to replace.

A product holds an industry by the throat when all four come together; so their product is formed only where all four
have data, and they always stand beside it. Criticality is hypothetical extraction (Dietzenbacher and van der Linden
1997), concentration is that of the sources of imports (European Commission, SWD(2021) 352), capability is revealed
advantage (Balassa 1965) or what the user knows better.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import choose
from nqpf.errors import listing
from nqpf.frames import as_backend, backend_of
from nqpf.industry.chain_risk.components import (
    COMPONENTS,
    Evidence,
    concentration_of_imports,
    concentrations,
    criticality,
    evidence_of,
    gap,
    import_shares,
    refuse_beyond_one,
    scaled,
)
from nqpf.industry.input_output.extraction import Mode
from nqpf.industry.input_output.suppliers import home_of, sources
from nqpf.industry.input_output.table import IOTable
from nqpf.messages import say
from nqpf.results import Method, Note, Result

Floats = NDArray[np.float64]

FEW = 5
"""Fewer assessed sectors than this are a small sample."""


@dataclass(frozen=True, slots=True, eq=False)
class Chokepoints(Result):
    """Sectors by the components of a choke point.

    Attributes
    ----------
    frame
        A row for each sector: what was measured (``loss``, the criticality before scaling; ``import_share``; ``hhi`` of
        origins; ``capability``; ``redundancy``), the four components ``criticality``, ``import_concentration``,
        ``capability_gap``, ``non_substitutability`` (0 to 1, null where not assessed), ``status`` (``assessed`` or
        ``not_assessed``), ``missing`` (components without data), ``score``, the product of all four where they are all
        there, and ``rank`` by it.
    sensitivity
        A row for each assessed sector: ``rank``; ``rank_without_`` each component (product of the other three);
        ``rank_mean`` by the arithmetic mean, in which a strong component makes up for a weak one; ``rank_smallest`` by
        the weakest component; ``rank_best`` and ``rank_worst`` of all these. The geometric mean ranks as the product
        does, being its fourth root; it stands there as ``geometric``.
    method, notes
        How the numbers came about, and remarks.
    """

    frame: pl.DataFrame
    sensitivity: pl.DataFrame
    method: Method
    notes: tuple[Note, ...] = ()
    backend: nw.Implementation | None = None

    def to_frame(self) -> Any:
        """Return the components by sector, in the kind of dataframe the evidence came in."""
        return as_backend(self.frame, self.backend)


def chokepoints(
    table: IOTable,
    evidence: Any = None,
    *,
    region: str | None = None,
    sector: str = "sector",
    capability: str | None = None,
    non_substitutability: str | None = None,
    import_share: str | None = None,
    hhi: str | None = None,
    redundancy: bool = False,
    mode: Mode = "total",
    measure: Literal["per_unit", "share"] = "per_unit",
    scale: Literal["max", "minmax", "rank"] = "max",
) -> Chokepoints:
    """Rank sectors as choke points, with every component shown and nothing put in the place of what is not known.

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
    capability
        Column of revealed comparative advantage, or of the share of what is wanted that home can make; the gap is
        1 − min(1, capability).
    non_substitutability
        Column from 0 (easily replaced) to 1 (nothing in its place).
    import_share, hhi
        Columns that go before the table's own import share and concentration of origins: for instance from trade by
        product, which does not hide the narrow product in the wide sector (`import_concentration`).
    redundancy
        Take 1 − redundancy for non-substitutability where no column is named: the share of all use, home supply
        included, that hangs on the largest foreign origin. It shares its data with the import component.
    mode
        ``total``, ``backward`` or ``forward`` extraction: see `nqpf.industry.extraction`. ``forward`` asks who hangs
        on the sector's deliveries.
    measure
        Criticality is the loss outside the sector ``per_unit`` of its output, or its ``share`` in the output of the
        others, where large sectors lead.
    scale
        Criticality from 0 to 1: over the largest (``max``), between the least and the largest (``minmax``, by which
        the least is 0 and so is its score), or its ``rank`` over the number of sectors.

    Returns
    -------
    Chokepoints
        Components, score and rank by sector, and how the rank changes with the rule.

    Raises
    ------
    SpecError
        An option is none of its words, or no such region.
    DataError
        A column is absent, a sector is unknown or comes twice; several regions and none named.
    MethodError
        A column is named without `evidence`; a capability is negative; a share is not between 0 and 1.

    Notes
    -----
    Theory items F03 and G10. The scores order the sectors of one table under one set of rules; they have no unit and
    cannot be compared between tables. What the table cannot tell (patents, licences, standards, single firms) is left
    to the columns of `evidence`.

    References
    ----------
    Dietzenbacher and van der Linden (1997), doi:10.1111/0022-4146.00053. Balassa (1965),
    doi:10.1111/j.1467-9957.1965.tb00050.x. European Commission (2021), SWD(2021) 352,
    https://eur-lex.europa.eu/legal-content/EN/TXT/?uri=SWD%3A2021%3A352%3AFIN

    Examples
    --------
    >>> table = IOTable(("chips", "cars"), np.array([[10.0, 40.0], [5.0, 20.0]]), np.array([[50.0], [175.0]]),
    ...                 np.array([100.0, 200.0]), ("", ""), ("final",), np.array([[10.0, 40.0], [0.0, 10.0]]),
    ...                 ("chips", "cars"), ("A", "B"))
    >>> known = {"sector": ["chips", "cars"], "rca": [0.4, 1.2]}
    >>> chokepoints(table, known, capability="rca").frame.select("sector", "status", "missing").rows()
    [('chips', 'not_assessed', 'non_substitutability'), ('cars', 'not_assessed', 'non_substitutability')]
    >>> found = chokepoints(table, known, capability="rca", redundancy=True).frame
    >>> found.select("sector", pl.col("import_concentration").round(3), "capability_gap", "rank").rows()
    [('chips', 0.5, 0.6, 1), ('cars', 0.286, 0.0, 2)]
    """
    choose("measure", measure, ("per_unit", "share"))
    choose("scale", scale, ("max", "minmax", "rank"))
    home = home_of(table, region)
    named = {
        "capability": capability,
        "non_substitutability": non_substitutability,
        "import_share": import_share,
        "hhi": hhi,
    }
    known = evidence_of(home, evidence, sector, named)
    measured = _measured(home, known, mode, measure)
    parts = _components(home, known, measured, redundancy, scale)
    matrix = np.column_stack([parts[name] for name in COMPONENTS])
    frame = _frame(home, measured, parts, matrix)
    options = {"region": region, **named, "redundancy": redundancy, "mode": mode, "measure": measure, "scale": scale}
    notes = _notes(home, matrix, known, redundancy)
    return Chokepoints(
        frame, sensitivity(home, matrix), Method("industry.chokepoints", options), notes, backend_of(evidence)
    )


def _measured(home: IOTable, known: Evidence, mode: Mode, measure: str) -> dict[str, Floats]:
    """Return what is measured, before it is scaled."""
    found = sources(home)
    own_hhi, left = concentrations(home, found)
    nothing = np.full(home.output.size, np.nan)
    share, hhi, capability = (known.get(name) for name in ("import_share", "hhi", "capability"))
    return {
        "loss": criticality(home, mode, measure),
        "import_share": import_shares(home, found) if share is None else share,
        "hhi": own_hhi if hhi is None else hhi,
        "capability": nothing if capability is None else capability,
        "redundancy": left,
    }


def _components(
    home: IOTable, known: Evidence, measured: dict[str, Floats], redundancy: bool, scale: str
) -> dict[str, Floats]:
    """Return the four components, 0 to 1, NaN where not assessed."""
    share, hhi = (refuse_beyond_one(measured[name], home.sectors, name) for name in ("import_share", "hhi"))
    given = known.get("non_substitutability")
    if given is None:
        given = 1 - measured["redundancy"] if redundancy else np.full(home.output.size, np.nan)
    return {
        "criticality": scaled(measured["loss"], scale),
        "import_concentration": concentration_of_imports(share, hhi),
        "capability_gap": gap(measured["capability"], home.sectors),
        "non_substitutability": refuse_beyond_one(given, home.sectors, "non_substitutability"),
    }


def _frame(home: IOTable, measured: dict[str, Floats], parts: dict[str, Floats], matrix: Floats) -> pl.DataFrame:
    absent = np.isnan(matrix)
    missing = [", ".join(c for c, gone in zip(COMPONENTS, row, strict=True) if gone) for row in absent]
    score = matrix.prod(axis=1)
    cells = {
        "sector": home.sectors,
        **measured,
        **parts,
        "status": np.where(absent.any(axis=1), "not_assessed", "assessed"),
        "missing": [names or None for names in missing],
        "score": score,
        "rank": _ranks(score),
    }
    return (
        pl.DataFrame(cells).with_columns(pl.col(pl.Float64).fill_nan(None)).with_columns(pl.col("rank").cast(pl.Int64))
    )


def sensitivity(home: IOTable, matrix: Floats) -> pl.DataFrame:
    """Return the ranks of the assessed sectors under other rules than the product of all four components.

    Parameters
    ----------
    home
        Table of n sectors.
    matrix
        ``float64[n, 4]`` components, NaN where not assessed.
    """
    there = ~np.isnan(matrix).any(axis=1)
    m = matrix[there]
    ranks = {"rank": _ranks(m.prod(axis=1))}
    for k, name in enumerate(COMPONENTS):
        ranks[f"rank_without_{name}"] = _ranks(np.delete(m, k, axis=1).prod(axis=1))
    ranks["rank_mean"], ranks["rank_smallest"] = _ranks(m.mean(axis=1)), _ranks(m.min(axis=1))
    frame = pl.DataFrame({name: values for name, values in ranks.items()}).cast(pl.Int64)
    lead = pl.DataFrame(
        {
            "sector": [home.sectors[i] for i in np.flatnonzero(there)],
            "geometric": m.prod(axis=1) ** (1 / len(COMPONENTS)),
        },
        schema={"sector": pl.String, "geometric": pl.Float64},
    )
    ends = frame.select(pl.min_horizontal(pl.all()).alias("rank_best"), pl.max_horizontal(pl.all()).alias("rank_worst"))
    return pl.concat([lead, frame, ends], how="horizontal").sort("rank", maintain_order=True)


def _ranks(values: Floats) -> Floats:
    """Return ranks from the largest on, ties at the best place; NaN stays."""
    column = pl.Series(values, nan_to_null=True).rank("min", descending=True)
    return column.cast(pl.Float64).fill_null(np.nan).to_numpy()


def _notes(home: IOTable, matrix: Floats, known: Evidence, redundancy: bool) -> tuple[Note, ...]:
    absent = np.isnan(matrix)
    notes = [Note("chokepoints_reading", "info")]
    for k, name in enumerate(COMPONENTS):
        if absent[:, k].any():
            gone = [home.sectors[i] for i in np.flatnonzero(absent[:, k])]
            values = {"what": say(f"chokepoints.component.{name}"), "count": len(gone), "names": listing(gone)}
            notes.append(Note("component_not_assessed", "warning", values))
    if redundancy and known.get("non_substitutability") is None:
        notes.append(Note("redundancy_for_substitution", "warning"))
    assessed = int((~absent.any(axis=1)).sum())
    if assessed < FEW:
        notes.append(Note("few_assessed", "warning", {"count": assessed, "of": len(matrix)}))
    return tuple(notes)
