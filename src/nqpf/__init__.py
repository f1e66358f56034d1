"""新质 (nqpf): measure, diagnose and plan new quality productive forces from real statistics.

``nqpf.run("study.yaml")`` runs a study; ``nqpf.read(path)`` reads a table and
``nqpf.tidy(paths)`` makes one clean panel of many; the method rooms are ``nqpf.index`` and
``nqpf.productivity``, and the theory behind them ``nqpf.theory``. Names are loaded when they are
first used, so that importing is quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nqpf import data, index, productivity, theory
    from nqpf.data import Panel, read, tidy
    from nqpf.index import Framework
    from nqpf.study import Assessment, Study, run

__version__ = "0.1.0"

_HOME = {
    "Assessment": "nqpf.study",
    "Framework": "nqpf.index",
    "Panel": "nqpf.data",
    "Study": "nqpf.study",
    "read": "nqpf.data",
    "run": "nqpf.study",
    "tidy": "nqpf.data",
}
_ROOMS = ("data", "index", "productivity", "theory")

__all__ = [
    "Assessment",
    "Framework",
    "Panel",
    "Study",
    "__version__",
    "data",
    "index",
    "productivity",
    "read",
    "run",
    "theory",
    "tidy",
]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    if name in _ROOMS:
        return import_module(f"nqpf.{name}")
    raise AttributeError(f"module 'nqpf' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
