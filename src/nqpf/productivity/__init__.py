"""The productivity room: total factor productivity, the core hallmark, measured every credible way.

Names are loaded when they are first used: the compiled solver is not needed to read growth accounts.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOME = {
    "accelerations": "growth",
    "allocation_series": "firms.allocation",
    "bootstrap": "inference.bootstrap",
    "breaks": "growth",
    "cross_efficiency": "frontier.cross",
    "dea": "frontier.dea",
    "decompose": "firms.decompose",
    "decoupling": "growth",
    "displacement": "growth",
    "growth_accounts": "growth",
    "index_numbers": "change.index_numbers",
    "klems": "growth",
    "labour_productivity": "growth",
    "malmquist": "change.malmquist",
    "marginal_product": "growth",
    "markups": "firms.markups",
    "metafrontier": "frontier.metafrontier",
    "misallocation": "firms.misallocation",
    "order_alpha": "inference.partial",
    "order_m": "inference.partial",
    "path_break": "growth",
    "payoffs": "growth",
    "price_efficiency": "frontier.prices",
    "production_function": "firms.production_function",
    "scale_efficiency": "frontier.returns",
    "scenarios": "scenario",
    "second_stage": "inference.second_stage",
    "sfa": "stochastic_frontier.stochastic",
    "shake_off": "growth",
    "skill_bias": "growth",
    "two_stage": "frontier.network",
    "window_dea": "frontier.windows",
}
"""The module of each public function."""

__all__ = list(_HOME)


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"nqpf.productivity.{_HOME[name]}"), name)
    raise AttributeError(f"module 'nqpf.productivity' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
