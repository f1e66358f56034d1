"""What every method gives back: numbers, notes and a statement of how they came about.

A result of any room is a frozen dataclass derived from `Result`. A `Finding` is a sentence waiting for
its language: a code, the numbers in it, and the condition that made it true.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar

import narwhals as nw
import polars as pl

from nqpf.errors import DataError, MethodError, NqpfError
from nqpf.frames import as_backend
from nqpf.messages import Text, say

Severity = Literal["info", "warning"]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Note:
    """A remark on a result, as data.

    Attributes
    ----------
    code
        Message id under ``note.``.
    severity
        ``info`` or ``warning``.
    values
        Placeholder values of the message.
    """

    code: str
    severity: Severity = "warning"
    values: Mapping[str, Any] = field(default_factory=dict)

    def text(self) -> Text:
        """Return the remark in both languages."""
        return say(f"note.{self.code}", **self.values)

    def __str__(self) -> str:
        return str(self.text())


@dataclass(frozen=True, slots=True)
class Method:
    """How a result came about: registry id and the options that were used."""

    id: str
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """A sentence with its numbers and the condition that made it true.

    Attributes
    ----------
    code
        Message id under ``finding.``.
    numbers
        Placeholder values; at least one is a number.
    condition
        The test that was passed, in words a reader of ``assessment.json`` can check.
    place
        Anchor in the report where the numbers stand.
    theory
        Ids of the theory items the sentence speaks to.
    """

    code: str
    numbers: Mapping[str, Any]
    condition: str
    place: str
    theory: tuple[str, ...] = ()

    def text(self) -> Text:
        """Return the sentence in both languages."""
        return say(f"finding.{self.code}", **self.numbers)


class Result(ABC):
    """Base of every result: ``to_frame()``, ``notes``, ``method``."""

    notes: tuple[Note, ...]
    method: Method

    @abstractmethod
    def to_frame(self) -> Any:
        """Return the numbers as a tidy table: polars, or the kind of dataframe that was given."""


@dataclass(frozen=True, slots=True)
class TableResult(Result):
    """Result of a function on a table.

    Attributes
    ----------
    frame
        The numbers; the function that returns it says which columns.
    method, notes
        How they came about, and remarks.
    backend
        Library of the table that was given.
    """

    frame: pl.DataFrame
    method: Method
    notes: tuple[Note, ...] = ()
    backend: nw.Implementation | None = None

    def to_frame(self) -> Any:
        """Return the numbers as the kind of dataframe that was given."""
        return as_backend(self.frame, self.backend)


@dataclass(frozen=True, slots=True, eq=False)
class Part(Generic[T]):
    """What a method gave, or why it gave nothing.

    Attributes
    ----------
    result
        What it gave; None if it refused or was not asked.
    refused
        Why it refused.
    """

    result: T | None = None
    refused: NqpfError | None = None

    @classmethod
    def of(cls, method: Callable[[], T]) -> Part[T]:
        """Return what a method gives; data it does not admit are the reason of its absence, not an end of the study."""
        try:
            return cls(method())
        except (MethodError, DataError) as error:
            return cls(None, error)

    @classmethod
    def asked(cls, asked: bool, method: Callable[[], T]) -> Part[T]:
        """Return what a method gives, where it is asked for."""
        return cls.of(method) if asked else cls()
