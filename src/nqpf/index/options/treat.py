"""Options of what is done to indicator values before they are scored: screening, filling holes, taming outliers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field, FiniteFloat, model_validator
from pydantic_core import PydanticCustomError

from nqpf.index.options.base import Chosen, Scoped

Share = Annotated[float, Field(ge=0, le=1)]
SERVED = ("winsorise", "log", "boxcox", "coinr")
"""Methods of treatment that do something."""


class Screen(Chosen):
    """Which units have too few data to be scored; without a threshold or a name, none.

    Attributes
    ----------
    threshold
        Least share of the indicators below the whole index that must be present, each counting one.
    nonzero
        Least share of the present values that must not be zero.
    nodes
        Least share of the indicators present below single nodes, by id.
    scope
        Shares over all years together (``pooled``), or in every single year (``yearly``): a unit that falls short in
        one year is left out of all.
    keep, drop
        Units kept or left out whatever their data, by code or name.
    """

    threshold: Share | None = None
    nonzero: Share | None = None
    nodes: Mapping[str, Share] = {}
    scope: Literal["pooled", "yearly"] = "pooled"
    keep: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _apart(self) -> Screen:
        if set(self.keep) & set(self.drop):
            raise PydanticCustomError("keep_and_drop", "a unit stands in keep or in drop, not in both")
        return self


class Impute(Chosen):
    """How holes are filled from the other units (filling along time belongs to the data, before any index).

    Attributes
    ----------
    method
        ``none``, ``mean`` or ``median`` of the indicator, ``group_mean`` or ``group_median`` of it within the unit's
        group, or a ``constant``.
    scope
        From the units of the same year (``yearly``) or of all years together (``pooled``).
    groups
        Units of each group, by code or name.
    fallback
        Where there is nothing to take the mean of (a group without a value, a unit without a group): ``stop``, the
        ``overall`` mean or median, or ``leave`` the hole.
    value
        The constant.
    each
        Other options for single indicators, by id; they keep the scope and groups of the whole.
    """

    ONLY: ClassVar[Mapping[str, tuple[str, ...]]] = {"value": ("constant",)}

    method: Literal["none", "mean", "median", "group_mean", "group_median", "constant"] = "none"
    scope: Literal["yearly", "pooled"] = "yearly"
    groups: Mapping[str, tuple[str, ...]] = {}
    fallback: Literal["stop", "overall", "leave"] = "stop"
    value: FiniteFloat | None = None
    each: Mapping[str, Impute] = {}

    @model_validator(mode="after")
    def _complete(self) -> Impute:
        if self.method == "constant" and self.value is None:
            raise PydanticCustomError("constant_without_value", "method: constant goes with value: a number")
        if any(own.model_fields_set & {"scope", "groups", "each"} for own in self.each.values()):
            raise PydanticCustomError("impute_each", "scope and groups are written once, for all indicators")
        return self

    def of(self, name: str) -> Impute:
        """Return the options of one indicator."""
        own = self.each.get(name)
        return own.model_copy(update={"scope": self.scope, "groups": self.groups}) if own else self

    @property
    def grouped(self) -> bool:
        """Whether any indicator is filled from its group."""
        return any(one.method.startswith("group_") for one in (self, *self.each.values()))


class Treat(Scoped):
    """How outliers are treated, on the values as they were measured.

    An indicator passes if its skewness is below `skew` in absolute value or its kurtosis below `kurt`.

    Attributes
    ----------
    method
        ``none``; ``winsorise``: extreme values are set to the next one, one value (with all its ties) at a time on the
        side of the skew, until the indicator passes or `winmax` points are set; ``log``; ``boxcox``; ``coinr``:
        winsorise, and transform what still fails.
    winmax
        Most points that are winsorised (ties may exceed it); null: no limit.
    skew, kurt
        Limits of skewness and of excess kurtosis.
    when
        Transform what is ``failing`` or ``always``.
    log
        ``shifted`` ln(x − min + 0.01 range), ``mirrored`` the same from the side of the skew, ``plus_one``
        ln(x − min + 1), ``plain`` ln x, ``gii`` ln((max − 1)(x − min)/range + 1).
    then
        What ``coinr`` does with what still fails: ``log`` or ``boxcox``.
    start
        That transformation starts from the ``raw`` or the ``winsorised`` values.
    exponent
        Box-Cox's λ; null: by maximum likelihood.
    shift
        What Box-Cox is taken of: ``none`` x itself, ``plus_one`` x − min + 1.
    only, leave
        Treat these indicators only; leave these as they are.
    each
        Other options for single indicators, by id; they keep the scope of the whole.
    scope, base
        Limits, offsets and exponents from all years (``pooled``), each year alone (``yearly``), or the years of `base`
        (``base``).
    """

    ONLY: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "winmax": ("winsorise", "coinr"),
        "when": ("log", "boxcox"),
        "log": ("log", "coinr"),
        "then": ("coinr",),
        "start": ("coinr",),
        "exponent": ("boxcox", "coinr"),
        "shift": ("boxcox", "coinr"),
        "only": SERVED,
        "leave": SERVED,
    }

    method: Literal["none", "winsorise", "log", "boxcox", "coinr"] = "none"
    winmax: Annotated[int, Field(ge=0)] | None = 5
    skew: Annotated[float, Field(gt=0)] = 2.0
    kurt: FiniteFloat = 3.5
    when: Literal["failing", "always"] = "failing"
    log: Literal["shifted", "mirrored", "plus_one", "plain", "gii"] = "shifted"
    then: Literal["log", "boxcox"] = "log"
    start: Literal["raw", "winsorised"] = "raw"
    exponent: FiniteFloat | None = None
    shift: Literal["none", "plus_one"] = "none"
    only: tuple[str, ...] = ()
    leave: tuple[str, ...] = ()
    each: Mapping[str, Treat] = {}

    @model_validator(mode="after")
    def _once(self) -> Treat:
        if any(own.model_fields_set & {"scope", "base", "only", "leave", "each"} for own in self.each.values()):
            raise PydanticCustomError("treat_each", "scope, base, only and leave are written once, for all indicators")
        return self

    def of(self, name: str) -> Treat:
        """Return the options of one indicator."""
        if name in self.each:
            return self.each[name]
        left = name in self.leave or (self.only and name not in self.only)
        return Treat() if left else self

    @property
    def served(self) -> bool:
        """Whether anything is treated at all."""
        return any(one.method != "none" for one in (self, *self.each.values()))
