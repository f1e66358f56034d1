"""What the chapters on the system as a whole used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from nqpf.results import Method, Part, Result
from nqpf.synthesis.survey import System


def system_methods(system: System) -> dict[str, Mapping[str, Any]]:
    """Return the methods that gave a result, with their options, by id."""
    return {method.id: method.options for method in _methods(system)}


def _methods(system: System) -> Iterator[Method]:
    for _, part in system_parts(system):
        if isinstance(part.result, Result):
            yield part.result.method


def system_parts(system: System) -> Iterator[tuple[str, Part[Any]]]:
    """Yield everything that was tried, by its name."""
    for owner in (system, system.distribution):
        for field in () if owner is None else fields(owner):
            value = getattr(owner, field.name)
            if isinstance(value, Part):
                yield field.name, value
            elif isinstance(value, Mapping):
                yield from ((f"{field.name}.{id}", one) for id, one in value.items() if isinstance(one, Part))
