"""The regions room: inequality, dynamics, space and coupling.

Names are loaded when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOME = {
    "atkinson": "inequality.atkinson",
    "balance": "systems.balance",
    "beta": "convergence.beta",
    "by_scheme": "inequality.by_scheme",
    "circle": "systems.circle",
    "clubs": "convergence.clubs",
    "common_prosperity": "systems.common_prosperity",
    "conditional_density": "distribution.conditional_density",
    "coupling": "systems.coupling",
    "dagum": "inequality.dagum",
    "did": "panels.did",
    "dispersion": "inequality.dispersion",
    "ellipse": "space.ellipse",
    "factor_share": "systems.factor_share",
    "fixed_effects": "panels.fixed_effects",
    "gap_life": "systems.gap_life",
    "geary": "space.geary",
    "getis_ord": "space.getis_ord",
    "getis_ord_local": "space.getis_ord",
    "gini": "inequality.gini",
    "gravity": "space.gravity",
    "grey_relation": "systems.grey",
    "joint_gain": "systems.joint_gain",
    "kernel_density": "distribution.kernel_density",
    "lag_profile": "systems.lag_profile",
    "lead_lag": "systems.lead_lag",
    "lisa": "space.lisa",
    "logt": "convergence.logt",
    "markov": "distribution.markov",
    "mediation": "panels.mediation",
    "modes": "space.modes",
    "moran": "space.moran",
    "moran_bivariate": "space.moran",
    "network": "space.network",
    "peers": "paths.peers",
    "polarisation": "inequality.polarisation",
    "qap": "space.qap",
    "sigma": "convergence.sigma",
    "social_gain": "systems.social_gain",
    "spatial_markov": "distribution.spatial_markov",
    "spatial_panel": "spatial_regression.regression",
    "stochastic_convergence": "convergence.stochastic",
    "sufficiency": "paths.sufficiency",
    "synthetic_did": "panels.synthetic_did",
    "theil": "inequality.theil",
    "three_line": "threeline",
    "threshold": "panels.threshold",
    "typology": "paths.typology",
    "Weights": "space.weights",
    "weights": "space.build",
}
"""The module of each public function."""

__all__ = list(_HOME)


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"nqpf.regions.{_HOME[name]}"), name)
    raise AttributeError(f"module 'nqpf.regions' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
