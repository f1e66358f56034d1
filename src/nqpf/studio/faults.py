"""Refusals of the studio itself, each with the HTTP status that says it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from nqpf.errors import NqpfError


class StudioError(NqpfError):
    """The studio cannot do what the page asks."""

    status: ClassVar[int] = 422


class Absent(StudioError):
    """There is no such session, file, job or page."""

    status = 404


class Conflict(StudioError):
    """The page's document is older than the one that is kept."""

    status = 409


class Forbidden(StudioError):
    """The request does not come from the studio's own page."""

    status = 403


class TooLarge(StudioError):
    """More is sent than is taken."""

    status = 413


class Overdue(StudioError):
    """An answer takes too long."""

    status = 504


class Refused(Exception):
    """A refusal of the worker, as it goes to the page.

    Parameters
    ----------
    error
        ``{code, what, todo, where, place}``, as `nqpf.studio.wire.fault`.
    status
        HTTP status.
    """

    def __init__(self, error: Mapping[str, Any], status: int = 422) -> None:
        super().__init__(error["code"])
        self.error = dict(error)
        self.status = status
