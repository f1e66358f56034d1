"""The chain of a study: what its input–output table says of linkages, dependence and choke points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from nqpf.industry.chain_risk.chokepoints import Chokepoints, chokepoints
from nqpf.industry.chain_risk.meters import Meters, meters
from nqpf.industry.input_output.balance import Balance
from nqpf.industry.input_output.carbon import Embodied
from nqpf.industry.input_output.digital import Integration
from nqpf.industry.input_output.extraction import Extraction
from nqpf.industry.input_output.import_content import ImportContent
from nqpf.industry.input_output.linkages import Linkages
from nqpf.industry.input_output.table import IOTable
from nqpf.industry.input_output.upstreamness import Upstreamness
from nqpf.results import Part

OF_POINTS = ("capability", "non_substitutability", "import_share", "hhi")
OF_METERS = ("rca", "own", "reference", "hhi")
"""Columns of the table of evidence that choke points and meters use."""


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """An input–output table, read every way it allows.

    Attributes
    ----------
    table
        Of the region that the study looks at.
    balance, linkages, upstreamness, imports, extraction, digital, embodied, chokepoints, meters
        What methods gave, or why they gave nothing.
    """

    table: IOTable
    balance: Part[Balance]
    linkages: Part[Linkages]
    upstreamness: Part[Upstreamness]
    imports: Part[ImportContent]
    extraction: Part[Extraction]
    digital: Part[Integration]
    embodied: Part[Embodied]
    chokepoints: Part[Chokepoints]
    meters: Part[Meters]


def read_chain(
    table: IOTable, digital: tuple[str, ...], evidence: pl.DataFrame | None, emissions: pl.DataFrame | None
) -> Chain:
    """Return a table read every way it allows.

    Parameters
    ----------
    table
        Of one region.
    digital
        Sectors that make digital goods and services.
    evidence, emissions
        Tables of sectors.
    """
    known = set() if evidence is None else set(evidence.columns)
    of_points: dict[str, Any] = {
        name: name for name in ("capability", "non_substitutability", "import_share", "hhi") if name in known
    }
    of_meters: dict[str, Any] = {name: name for name in ("rca", "own", "reference", "hhi") if name in known}
    return Chain(
        table=table,
        balance=Part.of(table.balance),
        linkages=Part.of(table.linkages),
        upstreamness=Part.of(table.upstreamness),
        imports=Part.asked(bool(len(table.import_sectors)), table.import_content),
        extraction=Part.of(table.extraction),
        digital=Part.asked(bool(digital), lambda: table.digital_integration(digital)),
        embodied=Part.asked(emissions is not None, lambda: table.embodied(emissions, "emissions")),
        chokepoints=Part.of(lambda: chokepoints(table, evidence if of_points else None, **of_points)),
        meters=Part.of(lambda: meters(table, evidence if of_meters else None, **of_meters)),
    )
