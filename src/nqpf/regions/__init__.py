"""The regions room: inequality, dynamics, space and coupling.

Names are loaded when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOME = {
    "atkinson": "inequality.atkinson",
    "beta": "convergence.beta",
    "clubs": "convergence.clubs",
    "conditional_density": "distribution.conditional_density",
    "coupling": "systems.coupling",
    "dagum": "inequality.dagum",
    "did": "panels.did",
    "dispersion": "inequality.dispersion",
    "ellipse": "space.ellipse",
    "fixed_effects": "panels.fixed_effects",
    "geary": "space.geary",
    "getis_ord": "space.getis_ord",
    "getis_ord_local": "space.getis_ord",
    "gini": "inequality.gini",
    "gravity": "space.gravity",
    "grey_relation": "systems.grey",
    "kernel_density": "distribution.kernel_density",
    "lead_lag": "systems.lead_lag",
    "lisa": "space.lisa",
    "logt": "convergence.logt",
    "markov": "distribution.markov",
    "mediation": "panels.mediation",
    "moran": "space.moran",
    "moran_bivariate": "space.moran",
    "network": "space.network",
    "polarisation": "inequality.polarisation",
    "qap": "space.qap",
    "sigma": "convergence.sigma",
    "spatial_markov": "distribution.spatial_markov",
    "spatial_panel": "spatial_regression.regression",
    "stochastic_convergence": "convergence.stochastic",
    "synthetic_did": "panels.synthetic_did",
    "theil": "inequality.theil",
    "three_line": "threeline",
    "threshold": "panels.threshold",
    "weights": "space.build",
    "Weights": "space.weights",
}
"""The module of each public function."""

__all__ = list(_HOME)


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"nqpf.regions.{_HOME[name]}"), name)
    raise AttributeError(f"module 'nqpf.regions' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
