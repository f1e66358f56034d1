"""What is asked of `index_numbers`, checked: which index, which components, compared with what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from nqpf.columns import choose
from nqpf.errors import SpecError, Where, listing
from nqpf.productivity.change.compared import Comparison, check_base
from nqpf.productivity.frontier.admit import Needs
from nqpf.productivity.frontier.measure import Orientation
from nqpf.productivity.frontier.technology import Reference, Rts, Technology

Index = Literal[
    "fisher", "tornqvist", "laspeyres", "paasche", "lowe", "eks", "ccd",
    "hicks_moorsteen", "malmquist_hs", "malmquist_it", "bjurek", "fare_primont",
]  # fmt: skip
Frontiers = Literal["contemporaneous", "sequential", "global"]

ENTRIES: Mapping[str, tuple[str, ...]] = {
    "price_index": ("fisher", "laspeyres", "paasche", "lowe"),
    "superlative": ("tornqvist", "eks", "ccd"),
    "hicks_moorsteen": ("hicks_moorsteen", "malmquist_hs", "malmquist_it", "bjurek"),
    "fare_primont": ("fare_primont",),
}
"""Indices by entry of the registry."""
PRICED = (*ENTRIES["price_index"], *ENTRIES["superlative"])
"""Indices that need market prices."""
TRANSITIVE = ("lowe", "eks", "ccd", "fare_primont")
"""Indices by which a detour over a third observation changes nothing."""
LOGARITHMS = ("tornqvist", "ccd")
"""Indices that take logarithms of quantities."""
SPANNED: Mapping[str, Reference] = {"contemporaneous": "own", "sequential": "sequential", "global": "global"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked.

    Attributes
    ----------
    index, orientation, comparison, base_unit, base_year, components, scaled, shadow
        As for `index_numbers`.
    technology
        Returns to scale and whose observations span the frontiers.
    options
        The choice as options of the method: those that have a meaning for it.
    """

    index: str
    orientation: str
    comparison: str
    base_unit: Any
    base_year: int | None
    components: bool
    scaled: bool
    shadow: bool
    technology: Technology
    options: Mapping[str, Any]

    @property
    def id(self) -> str:
        """Return the entry of the registry."""
        return next(f"change.{entry}" for entry, of in ENTRIES.items() if self.index in of)

    @property
    def priced(self) -> bool:
        """Return whether the index needs market prices."""
        return self.index in PRICED

    @property
    def programs(self) -> bool:
        """Return whether anything is measured against a frontier."""
        return self.components or self.shadow or not self.priced

    @property
    def needs(self) -> Needs:
        """Return what is asked of the quantities."""
        sign: Any = "positive" if self.index in LOGARITHMS else "nonnegative"
        return Needs(sign, sign, some="xy")


def asked(
    *,
    index: Index,
    rts: Rts,
    orientation: Orientation,
    reference: Frontiers,
    comparison: Comparison | None,
    base_unit: Any,
    base_year: int | None,
    components: bool,
    scaled: bool,
    shadow: bool,
    priced: bool,
) -> Asked:
    """Return what is asked, or raise a SpecError that names what does not go together; `priced`: prices are given."""
    choose("index", index, get_args(Index))
    choose("orientation", orientation, get_args(Orientation))
    choose("reference", reference, tuple(SPANNED))
    with_what = comparison or ("base" if index in TRANSITIVE else "previous")
    choose("comparison", with_what, get_args(Comparison))
    check_base(with_what, base_unit, base_year)
    if index in PRICED and not priced:
        others = [name for name in get_args(Index) if name not in PRICED]
        raise SpecError("index_prices_needed", where=Where(key="output_prices"), index=index, others=listing(others))
    if scaled and index not in ENTRIES["price_index"]:
        with_it = listing(ENTRIES["price_index"])
        raise SpecError("option_unused", where=Where(key="scaled"), option="scaled", method=index, methods=with_it)
    technology = Technology(rts, reference=SPANNED[reference])
    plan = Asked(
        index, orientation, with_what, base_unit, base_year, components, scaled, shadow, technology, options={}
    )
    options = {
        "index": index,
        **({"rts": rts, "reference": reference} if plan.programs else {}),
        **({"orientation": orientation} if components else {}),
        "comparison": with_what,
        **({"base_unit": base_unit} if base_unit is not None else {}),
        **({"base_year": base_year} if base_year is not None else {}),
        "components": components,
        **({"scaled": scaled} if index in ENTRIES["price_index"] else {}),
        "shadow": shadow,
    }
    return replace(plan, options=options)
