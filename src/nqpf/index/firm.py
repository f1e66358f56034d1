"""The firm-level index of new quality productive forces: living and embodied labour, hard and soft technology.

Eleven ratios of listed firms (Song, Zhang & Pan 2024, 当代经济管理 46(6); the list was seen, formulas and weights are
from memory), entropy weights by default. The weights remembered from the article are unverified and never the default.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import choose
from nqpf.errors import MethodError, Where, listing
from nqpf.index.build import build
from nqpf.index.compare import framework_of
from nqpf.index.firm_table import SYSTEM, Firms, read_firms
from nqpf.index.framework import Framework
from nqpf.index.recipe import Recipe
from nqpf.index.result import Index
from nqpf.messages import Text, say
from nqpf.results import Method, Note, Result
from nqpf.theory.systems import system

Floats = NDArray[np.float64]
Weights = Literal["entropy", "equal", "recalled"]

MOSTLY_ZERO = 0.5
"""A ratio that is zero for more than this share of firm-years is remarked on: entropy overweights it."""
CONCENTRATED = 0.5
"""An effective number of indicators below this share of them is a warning."""


@dataclass(frozen=True, slots=True, eq=False)
class FirmIndex(Result):
    """The index of a table of firms.

    Attributes
    ----------
    firms
        The table.
    index
        The index over it; firm-years that the table lacks have no score.
    notes
        What must be known of table and weights.
    method
        How it came about.
    """

    firms: Firms
    index: Index
    notes: tuple[Note, ...]
    method: Method

    def to_frame(self) -> pl.DataFrame:
        """Return unit, period, node, level, score, rank and present share of the firm-years that the table has."""
        panel = self.firms.panel
        rows = pl.DataFrame(
            {
                "unit": np.tile(panel.units, len(panel.periods)),
                "period": np.repeat(panel.periods, len(panel.units)),
                "there": self.firms.there.reshape(-1),
            }
        ).filter("there")
        return self.index.to_frame().join(rows.drop("there"), on=["unit", "period"], how="semi", maintain_order="left")

    @property
    def effective(self) -> float:
        """Effective number of indicators, 1 / Σ w², of the mean weights over the years."""
        return effective_number(self.index.whole[:, : len(self.index.framework.indicators)].mean(axis=0))


def effective_number(weights: Floats) -> float:
    """Return the effective number of indicators, 1 / Σ w²: how many equal weights would be as concentrated.

    Parameters
    ----------
    weights
        ``float64[K]``, not negative; they are divided by their sum.

    References
    ----------
    Laakso & Taagepera (1979). “Effective” number of parties. doi:10.1177/001041407901200101

    Examples
    --------
    >>> effective_number(np.array([0.25, 0.25, 0.25, 0.25]))
    4.0
    """
    w = np.asarray(weights, dtype=float)
    return float(1.0 / ((w / w.sum()) ** 2).sum())


def firm_framework(*, weighted: bool = False) -> Framework:
    """Return the framework of the firm-level index: two dimensions, eleven ratios by their vendor's names.

    Parameters
    ----------
    weighted
        Carry the weights remembered from the article; they are unverified.

    Examples
    --------
    >>> [node.id for node in firm_framework().dimensions]
    ['labour_power', 'tools']
    """
    one = system(SYSTEM)
    return framework_of(one, {i.id: f'"{i.series}"' for i in one.indicators}, weighted=weighted)


def firm_index(
    firms: Any, *, weights: Weights = "entropy", recipe: Recipe | None = None, availability: float | None = None
) -> FirmIndex:
    """Build the firm-level index on a vendor table.

    Parameters
    ----------
    firms
        What `read_firms` returned, or what it reads.
    weights
        ``entropy`` over all firm-years, ``equal`` among siblings, or ``recalled``: those remembered from the article,
        which are unverified.
    recipe
        Any other recipe, instead of `weights`; its availability must be given here.
    availability
        Least share of weight that must be present for a score. Default None: a missing cell of a firm-year that the
        table has stops the run. Firm-years without a row are absent and never scored.

    Raises
    ------
    MethodError
        A missing cell (``firm_missing``), with firm, ratio and year; whatever `build` cannot do.
    DataError, SpecError
        As `read_firms` and `build`.

    Examples
    --------
    >>> from nqpf.index.firm_table import firm_columns
    >>> rng = np.random.default_rng(0)
    >>> ratios = {name: rng.random(40) for name in firm_columns()}
    >>> codes = [f"{i:06}" for i in range(20)] * 2
    >>> done = firm_index({"Symbol": codes, "EndDate": [2021] * 20 + [2022] * 20, **ratios}, weights="recalled")
    >>> round(done.effective, 1)
    4.3
    """
    choose("weights", weights, ("entropy", "equal", "recalled"))
    table = firms if isinstance(firms, Firms) else read_firms(firms)
    if availability is None:
        _refuse_holes(table)
    asked = recipe or _recipe(weights)
    # With α = 1 a row is scored only if it is whole: absent firm-years stay without a score, nothing is re-weighted.
    used = asked.model_copy(update={"availability": 1.0 if availability is None else availability})
    index = build(table.panel, firm_framework(weighted=recipe is None and weights == "recalled"), used)
    remembered = recipe is None and weights == "recalled"
    notes = tuple(_notes(table, index, remembered))
    stated = {"weights": "recipe" if recipe else weights, "availability": availability, "recipe": used.hash}
    kept = tuple(n for n in index.notes if n.code not in ("scored_with_holes", "unscored"))
    return FirmIndex(table, index, (*table.notes, *notes, *kept), Method("firm", stated))


def _recipe(weights: Weights) -> Recipe:
    words: dict[Weights, dict[str, Any]] = {
        "entropy": {"method": "entropy"},
        "equal": {"method": "equal"},
        "recalled": {"method": "given", "rescale": True},
    }
    return Recipe.model_validate({"normalise": {"method": "minmax"}, "weight": words[weights]})


def _refuse_holes(table: Firms) -> None:
    """Name the first missing cell of a firm-year that the table has."""
    holes = np.isnan(table.panel.values) & table.there[:, :, None]
    if holes.any():
        t, n, k = (int(i) for i in np.argwhere(holes)[0])
        panel = table.panel
        cells = {"count": int(holes.sum()), "total": int(table.there.sum()) * holes.shape[2]}
        place = Where(unit=panel.units[n], indicator=panel.series[k].id, period=panel.periods[t])
        raise MethodError("firm_missing", where=place, **cells)


def _notes(table: Firms, index: Index, remembered: bool) -> Iterator[Note]:
    """Yield what must be known of the weights and of the table."""
    if remembered:
        yield Note("firm_recalled_weights", values={"system": SYSTEM})
    indicators = index.framework.indicators
    leaf = index.whole[:, : len(indicators)].mean(axis=0)
    effective, order = effective_number(leaf), np.argsort(-leaf, kind="stable")[:4]
    heaviest = listing([say("firm.weight", indicator=indicators[k].title, weight=float(leaf[k])) for k in order])
    severity: Literal["info", "warning"] = "warning" if effective < CONCENTRATED * len(leaf) else "info"
    values = {"effective": effective, "count": len(leaf), "heaviest": heaviest, "share": float(leaf[order].sum())}
    yield Note("firm_concentration", severity, values)
    yield from _about_ratios(table)
    there = table.there
    if not there.all():
        whole = int(there.all(axis=0).sum())
        yield Note(
            "firm_unbalanced",
            "info",
            {"firms": there.shape[1], "whole": whole, "rows": int(there.sum()), "cells": there.size},
        )


def _about_ratios(table: Firms) -> Iterator[Note]:
    values = table.panel.values[table.there]
    titles = [s.title for s in table.panel.series]
    present = (~np.isnan(values)).sum(axis=0)
    for code, found in (("firm_negative", (values < 0).sum(axis=0)), ("firm_mostly_zero", (values == 0).sum(axis=0))):
        least = 0.0 if code == "firm_negative" else MOSTLY_ZERO
        odd = [k for k in range(len(titles)) if found[k] > least * present[k]]
        if odd:
            shares: list[Text] = [say("firm.share", indicator=titles[k], share=found[k] / present[k]) for k in odd]
            yield Note(code, values={"ratios": listing(shares, 11)})
