"""What the options of all steps share: where bounds and weights come from, and options that do not go together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from nqpf.yamlfile import Strict

Scope = Literal["pooled", "yearly", "base"]
Ties = Literal["min", "average", "max"]
Window = tuple[int, int]


class Chosen(Strict):
    """Options of which some go with certain methods only.

    Attributes
    ----------
    ONLY
        The methods that each such option goes with; set for any other method, it is refused rather than ignored.
    """

    ONLY: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    @model_validator(mode="after")
    def _options_of_the_method(self) -> Chosen:
        method = getattr(self, "method", None)
        for option, methods in self.ONLY.items():
            if method not in methods and getattr(self, option) != type(self).model_fields[option].get_default():
                words = {"option": option, "method": method, "methods": ", ".join(methods)}
                raise PydanticCustomError("option_unused", "{option} does not go with method {method}", words)
        return self


class Scoped(Chosen):
    """Options of a step that takes numbers from the data.

    Attributes
    ----------
    scope
        From all years (``pooled``), each year alone (``yearly``), or the years of `base` (``base``).
    base
        First and last year of the base window.
    """

    scope: Scope = "pooled"
    base: Window | None = None

    @model_validator(mode="after")
    def _base_window(self) -> Scoped:
        if (self.scope == "base") != (self.base is not None) or (self.base and self.base[0] > self.base[1]):
            raise PydanticCustomError("base_window", "scope: base goes with base: [first, last]")
        return self
