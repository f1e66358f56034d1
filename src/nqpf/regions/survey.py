"""The regions of a study compared every way its data allow: what the chapter is written from.

Each part is what a method gives, or the error that says why it cannot be had from these data: nothing is left out
without a word.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import polars as pl

from nqpf.regions.convergence.beta import BetaResult, beta
from nqpf.regions.convergence.clubs import ClubsResult, clubs
from nqpf.regions.convergence.sigma import SigmaResult, sigma
from nqpf.regions.distribution.kernel_density import KernelDensity, kernel_density
from nqpf.regions.distribution.markov import MarkovChain, markov
from nqpf.regions.distribution.spatial_markov import SpatialMarkovChain, spatial_markov
from nqpf.regions.inequality.dagum import DagumResult, dagum
from nqpf.regions.inequality.gini import gini
from nqpf.regions.inequality.theil import TheilResult, theil
from nqpf.regions.space.ellipse import Ellipse, ellipse
from nqpf.regions.space.gravity import Gravity, gravity
from nqpf.regions.space.lisa import lisa
from nqpf.regions.space.moran import moran
from nqpf.regions.space.network import Network, network
from nqpf.regions.space.weights import Weights
from nqpf.regions.spatial_regression.regression import spatial_panel
from nqpf.regions.spatial_regression.result import SpatialModel
from nqpf.regions.spec import RegionsSpec
from nqpf.regions.systems.coupling import Coupling, coupling
from nqpf.regions.systems.lead_lag import LeadLag, lead_lag
from nqpf.results import Part, TableResult

T = TypeVar("T")
CLUB_YEARS = 10
"""Years that club convergence is not tried below."""


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """What is compared.

    Attributes
    ----------
    values
        Columns unit, period, ``value`` (the index), one for each node in systems and circles, and of the regression
        ``outcome`` and its drivers; complete in ``value``.
    groups
        Group of each unit; empty where there are none.
    systems
        Columns whose coupling is measured.
    coordinates
        Columns unit, lon, lat of units that are no provinces; None for provinces (their capitals) or where unknown.
    provinces
        Whether units are provinces of China.
    weights
        Who neighbours whom; None where nothing spatial is asked for.
    """

    values: pl.DataFrame
    groups: Mapping[str, str]
    systems: Sequence[str]
    coordinates: pl.DataFrame | None
    provinces: bool
    weights: Weights | None

    @property
    def located(self) -> bool:
        """Whether it is known where units lie."""
        return self.provinces or self.coordinates is not None


@dataclass(frozen=True, slots=True, eq=False)
class Regions:
    """N regions in T years.

    Attributes
    ----------
    spec, material
        What was asked for, of what.
    first, last
        Years.
    gini
        Gini coefficients by year with intervals, where there are no groups.
    dagum, theil
        Inequality by year within and between groups; absent without groups.
    density
        Kernel densities by year.
    chain, spatial_chain
        Markov chains, the second by class of the neighbours.
    sigma, absolute, conditional
        Spread by year; absolute β convergence in the cross-section; β with effects of units and years in the panel.
    clubs
        Convergence clubs.
    moran, lisa
        Spatial association by year, and of each unit in the last year.
    ellipse
        Centre and ellipse by year.
    gravity, network
        Links of the last year.
    coupling
        Coupling coordination of the systems.
    circles
        Lead–lag tests of the circles' edges; absent where none are asked for.
    regression
        Spatial regression; absent where none is asked for.
    """

    spec: RegionsSpec
    material: Material
    first: int
    last: int
    gini: Part[TableResult]
    dagum: Part[DagumResult]
    theil: Part[TheilResult]
    density: Part[KernelDensity]
    chain: Part[MarkovChain]
    spatial_chain: Part[SpatialMarkovChain]
    sigma: Part[SigmaResult]
    absolute: Part[BetaResult]
    conditional: Part[BetaResult]
    clubs: Part[ClubsResult]
    moran: Part[TableResult]
    lisa: Part[TableResult]
    ellipse: Part[Ellipse]
    gravity: Part[Gravity]
    network: Part[Network]
    coupling: Part[Coupling]
    circles: Part[LeadLag]
    regression: Part[SpatialModel]


def compare_regions(spec: RegionsSpec, material: Material, seed: int) -> Regions:
    """Return what a study asks about its regions.

    Parameters
    ----------
    spec, material
        What is asked, of what.
    seed
        Of permutations and draws.
    """
    table = material.values.select("unit", "period", "value").sort("period", "unit")
    years = table["period"].unique().sort().to_list()
    last = table.filter(pl.col("period") == years[-1])
    keys: dict[str, Any] = {"unit": "unit", "time": "period"}
    several = len(years) > 1
    weights = material.weights
    interval: dict[str, Any] = {"interval": "jackknife", "seed": seed}
    grouped = table.with_columns(group=pl.col("unit").replace_strict(material.groups, default=None))
    has_groups = bool(material.groups) and not grouped["group"].has_nulls()
    placed, where = _placed(material, table)
    links = _links(material, placed.filter(pl.col("period") == years[-1]), where)
    return Regions(
        spec=spec,
        material=material,
        first=years[0],
        last=years[-1],
        gini=Part.asked(not has_groups, lambda: gini(table, "value", by="period", unit="unit", **interval)),
        dagum=Part.asked(
            has_groups, lambda: dagum(grouped, "value", group="group", by="period", unit="unit", **interval)
        ),
        theil=Part.asked(has_groups, lambda: theil(grouped, "value", groups="group", by="period", unit="unit")),
        density=Part.of(lambda: kernel_density(table, "value", by="period", lower=_floor(table))),
        chain=Part.asked(several, lambda: markov(table, "value", **keys, classes=spec.classes, horizon=spec.horizon)),
        spatial_chain=Part.asked(
            several and weights is not None,
            lambda: spatial_markov(
                table, "value", **keys, weights=_there(weights), classes=spec.classes, horizon=spec.horizon,
                test="permutation", draws=spec.draws, seed=seed,
            ),
        ),
        sigma=Part.asked(several, lambda: sigma(table, "value", **keys)),
        absolute=Part.asked(several, lambda: beta(table, "value", **keys)),
        conditional=Part.asked(
            len(years) > 2,
            lambda: beta(table, "value", **keys, form="panel", effects="two_way", errors="cluster"),
        ),
        clubs=Part.asked(len(years) >= CLUB_YEARS, lambda: clubs(table, "value", **keys, merge="ps")),
        moran=Part.asked(
            weights is not None,
            lambda: moran(
                table, "value", unit="unit", by="period", weights=_there(weights), permutations=spec.permutations,
                seed=seed,
            ),
        ),
        lisa=Part.asked(
            weights is not None,
            lambda: lisa(
                last, "value", unit="unit", weights=_there(weights), permutations=spec.permutations, seed=seed
            ),
        ),
        ellipse=Part.asked(
            material.located, lambda: ellipse(placed, "value", unit="unit", by="period", coordinates=where)
        ),
        gravity=links,
        network=Part.asked(links.result is not None, lambda: network(_there(links.result).frame)),
        coupling=Part.asked(len(material.systems) > 1, lambda: _coupling(material)),
        circles=Part.asked(
            bool(spec.circles) and several, lambda: lead_lag(material.values, **keys, circles=spec.circles)
        ),
        regression=Part.asked(spec.regression is not None, lambda: _regression(spec, material)),
    )  # fmt: skip


def _there(value: T | None) -> T:
    """Return a value that is known to be there."""
    assert value is not None
    return value


def _floor(table: pl.DataFrame) -> float | None:
    """Return 0 as the lower end of the scale where no score lies below it."""
    return 0.0 if float(table["value"].min()) >= 0 else None  # type: ignore[arg-type]


def _placed(material: Material, table: pl.DataFrame) -> tuple[pl.DataFrame, tuple[str, str] | None]:
    """Return the table with coordinates where they are written, and the names of their columns."""
    if material.coordinates is None:
        return table, None
    return table.join(material.coordinates, on="unit", how="left", maintain_order="left"), ("lon", "lat")


def _links(material: Material, last: pl.DataFrame, where: tuple[str, str] | None) -> Part[Gravity]:
    return Part.asked(material.located, lambda: gravity(last, "value", unit="unit", coordinates=where))


def _coupling(material: Material) -> Coupling:
    """Return the coupling of the years of units that have every system; what is left out the chapter tells."""
    complete = material.values.drop_nulls(material.systems)
    return coupling(complete, list(material.systems), unit="unit", time="period")


def _regression(spec: RegionsSpec, material: Material) -> SpatialModel:
    asked = _there(spec.regression)
    return spatial_panel(
        material.values,
        "outcome" if asked.outcome else "value",
        list(asked.drivers),
        weights=_there(material.weights),
        unit="unit",
        time="period",
        model=asked.model,
        effects=asked.effects,
        correction=asked.correction,
    )
