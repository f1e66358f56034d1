"""The industry room: where each region can go, what holds the chain, and a plan that does not herd.

Names are loaded when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOME = {
    "abandonment": "warning.abandonment",
    "backtest": "entry.backtest",
    "cautions": "warning.gather",
    "chokepoints": "chain_risk.chokepoints",
    "coagglomeration": "structure.coagglomeration",
    "complexity": "relatedness.complexity",
    "concentration": "structure.concentration",
    "crowding": "warning.crowding",
    "cut": "input_output.cut",
    "cuts": "input_output.cut",
    "density": "relatedness.density",
    "digital_economy": "structure.digital_economy",
    "digital_integration": "input_output.digital",
    "diversity": "structure.diversity",
    "embodied": "input_output.carbon",
    "entry_model": "entry.entry_model",
    "extraction": "input_output.extraction",
    "exuberance": "warning.exuberance",
    "features": "entry.features",
    "greedy": "planning.greedy_plan",
    "headroom": "warning.headroom",
    "import_concentration": "chain_risk.trade",
    "IOTable": "input_output.table",
    "location_quotient": "structure.location_quotient",
    "meters": "chain_risk.meters",
    "mismatch": "warning.mismatch",
    "new_against_old": "structure.new_against_old",
    "opportunity": "relatedness.opportunity",
    "plan": "planning.plan",
    "plan_similarity": "warning.plan_similarity",
    "PlanSpec": "planning.spec",
    "portfolios": "structure.portfolios",
    "proximity": "relatedness.proximity",
    "rca": "relatedness.advantage",
    "shift_share": "structure.shift_share",
    "similarity": "structure.similarity",
    "space": "relatedness.space",
    "suppliers": "input_output.suppliers",
    "upgrading_ways": "structure.upgrading_ways",
}
"""The module of each public function."""

__all__ = list(_HOME)


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"nqpf.industry.{_HOME[name]}"), name)
    raise AttributeError(f"module 'nqpf.industry' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
