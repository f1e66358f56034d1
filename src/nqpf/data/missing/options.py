"""The words a user chooses from when values are missing, and what is chosen where nothing is said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from nqpf.numerics.impute import Effects

Rule = Literal[
    "stop",
    "keep",
    "linear",
    "loglinear",
    "natural_spline",
    "monotone_spline",
    "last",
    "next",
    "growth",
    "group_trend",
    "regression",
    "em",
]
Edges = Literal["stop", "keep", "nearest"]
Beyond = Literal["stop", "keep"]
Rate = Literal["compound", "mean"]
Scale = Literal["auto", "log", "level"]

MODELS: tuple[str, ...] = ("regression", "em")
"""Rules that predict from other series, and can be drawn from."""

GAP = 3
"""Longest run of missing years that a rule which goes by the years fills, where `max_gap` is not given."""


@dataclass(frozen=True, slots=True)
class Options:
    """Options of `fill`, which explains them."""

    edges: Edges = "stop"
    max_gap: int | None = None
    max_extrapolation: int | None = None
    beyond: Beyond = "stop"
    rate: Rate = "compound"
    rate_years: int = 5
    groups: Mapping[str, str] = field(default_factory=dict)
    using: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    scale: Scale = "auto"
    effects: Effects = "unit_trend"
    ridge: float = 0.01

    def gap(self, rule: str) -> float:
        """Return how many of the panel's years may be missing in a row for `rule` to fill them."""
        if self.max_gap is None:
            return float("inf") if rule in MODELS else GAP
        return self.max_gap

    def reach(self, rule: str) -> float:
        """Return how many years `rule` goes beyond the first and last reported ones."""
        if self.max_extrapolation is None:
            return float("inf") if rule in MODELS else 0
        return self.max_extrapolation

    def of(self, rule: str) -> dict[str, Any]:
        """Return the options that bear on a rule of the ledger, by name, as they were used."""
        if rule == "nearest":
            return {"edges": self.edges, "max_extrapolation": self.max_extrapolation}
        used: dict[str, Any] = {"max_gap": self.gap(rule), "max_extrapolation": self.reach(rule)}
        used = {name: int(value) for name, value in used.items() if value != float("inf")}
        used |= {"beyond": self.beyond} if used else {}
        if rule not in MODELS:
            used["edges"] = self.edges
        if rule == "growth":
            used |= {"rate": self.rate, "rate_years": self.rate_years}
        if rule in MODELS:
            used |= {"scale": self.scale, "effects": self.effects}
        if rule == "em":
            used["ridge"] = self.ridge
        if rule == "regression":
            used["using"] = "; ".join(f"{y} ~ {' + '.join(x)}" for y, x in self.using.items())
        if rule == "group_trend":
            used["groups"] = ", ".join(dict.fromkeys(self.groups.values()))
        return used
