"""What a study says of the system as a whole, as it is written in its file."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from nqpf.index.framework import NodeSpec
from nqpf.yamlfile import Strict


class CirclesSpec(Strict):
    """How circles and balances are tested.

    Attributes
    ----------
    lags
        Years back in the tests of edges.
    draws
        Draws of units, of intervals.
    """

    lags: int = Field(1, ge=1)
    draws: int = Field(499, ge=99)


class DistributionSpec(Strict):
    """Efficiency and distribution together. Quantities are formulas over the raw series.

    Attributes
    ----------
    income, population
        Income per head of each unit, at constant prices where there are such, and its people.
    inequality
        Inequality within each unit, e.g. urban over rural income: the lower the better.
    efficiency
        Efficiency of each unit; default: its total factor productivity where the study measures it, else `income`.
    labour, output
        What labour receives and what is produced, in the same money: how the share of labour moves.
    """

    income: str
    population: str
    inequality: str | None = None
    efficiency: str | None = None
    labour: str | None = None
    output: str | None = None

    @property
    def formulas(self) -> dict[str, str]:
        """Formulas by key."""
        return {key: value for key, value in self.model_dump().items() if value is not None}


class PathsSpec(Strict):
    """Types of units, and which combinations suffice for a high outcome.

    Attributes
    ----------
    conditions
        Nodes of the index or indicators beside it; default: the dimensions of the index.
    outcome
        A node or an indicator, or ``productivity``; default: productivity where the study measures it. Without an
        outcome there are types only.
    clusters
        Number of types; default: as many as the data say.
    consistency
        Least consistency of a combination that suffices.
    draws
        Draws of tests and of stability.
    """

    conditions: tuple[str, ...] = ()
    outcome: str | None = None
    clusters: int | None = Field(None, ge=2)
    consistency: float = Field(0.8, ge=0.5, le=1)
    draws: int = Field(200, ge=50)


class PeersSpec(Strict):
    """Who is like whom by endowment.

    Attributes
    ----------
    endowment
        What a unit has and cannot soon change, as formulas over the raw series by a name of their own.
    count
        Peers of each unit.
    """

    endowment: Mapping[str, str] = Field(min_length=1)
    count: int = Field(5, ge=1)


class SystemSpec(Strict):
    """The system put together. Everything is optional: ``system: {}`` reads what the indicators' own marks allow.

    Attributes
    ----------
    beside
        Indicators that serve these readings and are no part of the index, written like its own.
    roles
        Indicators of a role by their ids, e.g. ``{finance: [tech_loans]}``; default: those whose theory items and tags
        fit it.
    circles
        Virtuous circles and balances.
    distribution
        Efficiency and distribution.
    paths
        Typology and sufficient combinations.
    peers
        Peers by endowment.
    """

    beside: tuple[NodeSpec, ...] = ()
    roles: Mapping[str, tuple[str, ...]] = {}
    circles: CirclesSpec = CirclesSpec()
    distribution: DistributionSpec | None = None
    paths: PathsSpec = PathsSpec()
    peers: PeersSpec | None = None

    @property
    def formulas(self) -> dict[tuple[str, ...], str]:
        """All formulas but those of `beside` by the place where they are written."""
        shared = self.distribution.formulas if self.distribution else {}
        found: dict[tuple[str, ...], str] = {("distribution", key): text for key, text in shared.items()}
        endowment = self.peers.endowment if self.peers else {}
        return found | {("peers", "endowment", name): text for name, text in endowment.items()}
