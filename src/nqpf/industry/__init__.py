"""The industry room: where each region can go, what holds the chain, and a plan that does not herd.

Names are loaded when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOME: dict[str, str] = {}
"""The module of each public function."""

__all__ = list(_HOME)


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"nqpf.industry.{_HOME[name]}"), name)
    raise AttributeError(f"module 'nqpf.industry' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
