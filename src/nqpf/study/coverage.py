"""Which indicators of a published system a study's data can give, and why a system cannot be run on them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from nqpf.errors import SpecError, Where, listing
from nqpf.index.framework import Indicator
from nqpf.messages import Text, say
from nqpf.study.prepare import series_there
from nqpf.study.spec import Study
from nqpf.theory.systems import System, SystemIndicator, system
from nqpf.yamlfile import load

By = Literal["mapping", "catalogue", "series"]


@dataclass(frozen=True, slots=True)
class Match:
    """An indicator of a system and what of the data it is computed from; `formula` is None where nothing is."""

    indicator: SystemIndicator
    formula: str | None = None
    by: By | None = None
    where: Where | None = None
    mixed: tuple[bool, bool] = (False, False)


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of a system can be computed from a study's data.

    Attributes
    ----------
    system
        The system.
    matches
        Its indicators, each with its formula or none.
    refused
        Why it is not run, else None.
    """

    system: System
    matches: tuple[Match, ...]
    refused: Text | None

    @property
    def found(self) -> tuple[Match, ...]:
        """The indicators that can be computed."""
        return tuple(m for m in self.matches if m.formula is not None)

    @property
    def share(self) -> float:
        """Share of its indicators that can be computed."""
        return len(self.found) / len(self.matches) if self.matches else 0.0


def check_mapping(study: Study) -> None:
    """Refuse formulas for systems or indicators that there are not."""
    for id, formulas in study.spec.systems.items():
        for name in (None, *formulas):
            try:
                one = system(id)
                if name is not None:
                    one.indicator(name)
            except SpecError as error:
                raise error.at(study.where("systems", id, *([name] if name else []))) from None


def cover(study: Study, wanted: Sequence[System], least: float, every_dimension: bool) -> tuple[Coverage, ...]:
    """Return how much of each system can be computed from the study's data, and which are refused.

    Parameters
    ----------
    study
        The study.
    wanted
        Systems.
    least
        Least share of a system's indicators.
    every_dimension
        Whether at least one indicator of each dimension is asked for.
    """
    there, catalogued = set(series_there(study)), dict(_catalogued(study))
    found = []
    for one in wanted:
        matches = tuple(_match(study, one, i, there, catalogued) for i in one.indicators)
        found.append(Coverage(one, matches, _refused(one, matches, least, every_dimension)))
    return tuple(found)


def _match(
    study: Study, one: System, indicator: SystemIndicator, there: set[str], catalogued: Mapping[str, Indicator]
) -> Match:
    written = study.spec.systems.get(one.id, {}).get(indicator.id)
    if written is not None:
        return Match(indicator, written, "mapping", study.where("systems", one.id, indicator.id))
    if indicator.catalogue in catalogued:
        own = catalogued[str(indicator.catalogue)]
        return Match(indicator, own.formula, "catalogue", own.where, (own.mixed_vintages, own.mixed_scopes))
    if indicator.series in there:
        return Match(indicator, f'"{indicator.series}"', "series", study.where("data"))
    return Match(indicator)


def _catalogued(study: Study) -> Iterator[tuple[str, Indicator]]:
    """Yield the indicators of the study that are entries of the catalogue as they stand there.

    One that goes by another title or direction stands in for the entry; it is not the same thing.
    """
    if study.framework_file is not None:
        tree = load(study.framework_file).content["tree"]
    else:
        tree = study.document.content["framework"]["tree"]
    own = {i.id: i for i in study.framework.indicators}
    for leaf in _leaves(tree):
        if leaf.get("catalogue") and not {"title", "direction"} & leaf.keys():
            yield leaf["catalogue"], own[leaf["id"]]


def _leaves(tree: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for node in tree:
        if node.get("children"):
            yield from _leaves(node["children"])
        else:
            yield node


def _refused(one: System, matches: Sequence[Match], least: float, every_dimension: bool) -> Text | None:
    """Return why a system is not run, or None."""
    if not matches:
        return say("compare.no_table")
    if one.recipe is None:
        return say("compare.no_recipe")
    found = [m for m in matches if m.formula is not None]
    absent = listing([m.indicator.title for m in matches if m.formula is None], 30)
    if not found or len(found) < least * len(matches) - 1e-9:
        return say("compare.too_little", found=len(found), total=len(matches), least=least, absent=absent)
    here = {m.indicator.dimension for m in found}
    asked = {i.dimension for i in one.indicators} - {None}
    empty = [d.title for d in one.dimensions if d.id in asked - here]
    if empty and every_dimension:
        return say("compare.empty_dimension", dimensions=listing(empty), absent=absent)
    return None
