"""The one way in which kernels are compiled: kept for the next start, free of the interpreter, exact arithmetic."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """Return the function, compiled when first called; it lets other threads run, and x/0 is ∞ or NaN as in NumPy."""
    return cast(F, njit(cache=True, nogil=True, error_model="numpy")(function))
