"""Options that are numbers or names, checked before anything is reckoned, in the words of the errors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from numbers import Integral, Real
from typing import Any

import numpy as np

from nqpf.errors import SpecError, Where


def check_least(key: str, value: object, least: float) -> None:
    """Raise a SpecError if an option is no number of at least this, or not whole where the least is a whole number."""
    if not (is_number(value, whole=isinstance(least, int)) and least <= float(value) < np.inf):  # type: ignore[arg-type]
        raise SpecError("below_least", where=Where(key=key), value=_shown(value), least=least)


def check_above(key: str, value: object) -> None:
    """Raise a SpecError if an option is no finite number above 0."""
    if not (is_number(value) and 0 < float(value) < np.inf):  # type: ignore[arg-type]
        raise SpecError("not_above", where=Where(key=key), value=_shown(value))


def check_level(key: str, value: object) -> None:
    """Raise a SpecError if an option is no number between 0 and 1, both left out."""
    if not (is_number(value) and 0 < float(value) < 1):  # type: ignore[arg-type]
        raise SpecError("no_level", where=Where(key=key), value=_shown(value))


def check_share(key: str, value: object) -> None:
    """Raise a SpecError if an option is no number from 0 to 1."""
    if not (is_number(value) and 0 <= float(value) <= 1):  # type: ignore[arg-type]
        raise SpecError("no_share", where=Where(key=key), value=_shown(value))


def names_of(key: str, given: object) -> list[str]:
    """Return one name, or several, as a list of texts; a SpecError if it is neither."""
    if isinstance(given, str):
        return [given]
    if isinstance(given, Mapping) or not isinstance(given, Iterable):
        raise SpecError("not_names", where=Where(key=key), value=_shown(given))
    return [str(name) for name in given]


def pairs_of(key: str, given: object) -> dict[str, Any]:
    """Return what is given by name as a mapping; a SpecError if it is none."""
    if not isinstance(given, Mapping):
        raise SpecError("not_pairs", where=Where(key=key), value=_shown(given))
    return {str(name): value for name, value in given.items()}


def is_number(value: object, *, whole: bool = False) -> bool:
    """Return whether something is a number, no truth value, and a whole one where that is asked for."""
    return isinstance(value, Integral if whole else Real) and not isinstance(value, bool)


def _shown(value: object) -> str:
    return value if isinstance(value, str) and value else repr(value)
