"""How indices of productivity change are put together from distances: every index and component as a sum of terms.

A term such as ``c011`` is the logarithm of an efficiency (for a Luenberger indicator minus the directional distance):
returns to scale (c constant, v as asked), frontier (0 of the year from which, 1 of the year to which, g of both years
or of all), year of the inputs, year of the outputs. So ``c011`` sees what a unit was in the second year before the
frontier of the first. Ratios are differences here; the same sums serve indices (after exp) and indicators (as they
are).

Färe, Grosskopf, Norris and Zhang (1994), American Economic Review 84, 66–83; Ray and Desli (1997), American Economic
Review 87, 1033–1039; Grifell-Tatjé and Lovell (1999), Top 7, 81–101; Färe, Grifell-Tatjé, Grosskopf and Lovell (1997),
Scandinavian Journal of Economics 99, 119–127; Pastor and Lovell (2005), doi:10.1016/j.econlet.2005.02.013; Pastor,
Asmild and Lovell (2011), doi:10.1016/j.seps.2010.09.001.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Decomposition = Literal["ec_tc", "fgnz", "ray_desli", "ray_desli_base", "generalized", "bias", "bias_vrs"]


@dataclass(frozen=True, slots=True)
class Term:
    """One distance of a pair of years.

    Attributes
    ----------
    rts
        ``c`` constant returns, ``v`` the returns that are asked for.
    frontier
        ``0`` of the first year, ``1`` of the second, ``g`` that of both together or of all years.
    inputs, outputs
        0 or 1: the year whose inputs and outputs are seen.
    """

    rts: str
    frontier: str
    inputs: int
    outputs: int


Sum = Mapping[Term, float]


@dataclass(frozen=True, slots=True)
class Form:
    """A decomposition.

    Attributes
    ----------
    components
        Every component as a sum of terms.
    parts
        Components whose sum is the index; the others are parts of parts.
    """

    components: Mapping[str, Sum]
    parts: tuple[str, ...]

    @property
    def terms(self) -> tuple[Term, ...]:
        """Return every term that is needed, once."""
        return tuple(dict.fromkeys(term for one in self.components.values() for term in one))


def _sum(text: str, weight: float = 1.0) -> Sum:
    """Return ``"c111 - c000"`` as a sum of terms, all times `weight`."""
    found: dict[Term, float] = {}
    for sign, rts, frontier, inputs, outputs in re.findall(r"([+-]?) ?([cv])([01g])([01])([01])", text):
        term = Term(rts, frontier, int(inputs), int(outputs))
        found[term] = found.get(term, 0.0) + (-weight if sign == "-" else weight)
    return found


PURE = _sum("v111 - v000")
EC = _sum("c111 - c000")
SCALE = _sum("c111 - v111 - c000 + v000")
BASE_SCALE = _sum("c011 - v011 - c000 + v000")


def _bias(r: str) -> dict[str, Sum]:
    """Return technical change between two frontiers and its parts: output bias, input bias, magnitude."""
    return {
        "tc": _sum(f"{r}011 - {r}111 + {r}000 - {r}100", 0.5),
        "obtech": _sum(f"{r}011 - {r}111 + {r}110 - {r}010", 0.5),
        "ibtech": _sum(f"{r}100 - {r}000 + {r}010 - {r}110", 0.5),
        "matech": _sum(f"{r}000 - {r}100"),
    }


def _shift(r: str) -> Sum:
    """Return technical change as the approach of a frontier of one year to the common one (best practice change)."""
    return _sum(f"{r}g11 - {r}111 - {r}g00 + {r}000")


def _tc(r: str) -> Sum:
    return _bias(r)["tc"]


FGNZ = {"ec": EC, "pech": PURE, "sech": SCALE}

TWO_FRONTIERS: Mapping[str, Form] = {
    "ec_tc": Form({"ec": PURE, "tc": _tc("v")}, ("ec", "tc")),
    "fgnz": Form({**FGNZ, "tc": _tc("c")}, ("ec", "tc")),
    "ray_desli": Form(
        {
            "pech": PURE,
            "tc": _tc("v"),
            "sech": _sum("c011 - v011 - c000 + v000 + c111 - v111 - c100 + v100", 0.5),
        },
        ("pech", "tc", "sech"),
    ),
    "ray_desli_base": Form({"pech": PURE, "tc": _sum("v011 - v111"), "sech": BASE_SCALE}, ("pech", "tc", "sech")),
    "generalized": Form(
        {"pech": PURE, "tc": _sum("v011 - v111"), "sech": _sum("c010 - v010 - c000 + v000")}, ("pech", "tc", "sech")
    ),
    "bias": Form({**FGNZ, **_bias("c")}, ("ec", "tc")),
    "bias_vrs": Form({**FGNZ, **_bias("v")}, ("ec", "tc")),
}
"""Decompositions of indices between the frontiers of two years."""

COMMON_FRONTIER: Mapping[str, Form] = {
    "ec_tc": Form({"ec": PURE, "tc": _shift("v")}, ("ec", "tc")),
    "fgnz": Form({**FGNZ, "tc": _shift("c")}, ("ec", "tc")),
    "ray_desli": Form(
        {"pech": PURE, "tc": _shift("v"), "sech": _sum("cg11 - vg11 - cg00 + vg00")}, ("pech", "tc", "sech")
    ),
    "ray_desli_base": Form({"pech": PURE, "tc": _shift("v"), "sech": BASE_SCALE}, ("pech", "tc", "sech")),
}
"""Decompositions of indices before one frontier common to both years."""

COMMON = ("global", "biennial")
"""References whose frontier is common to both years of a pair."""

CONSTANT = ("ec_tc", "bias")
"""Decompositions that need no second technology beside constant returns."""


def form_of(decomposition: str, common: bool, rts: str) -> Form | None:
    """Return a decomposition, or None where there is none before a common frontier."""
    form = (COMMON_FRONTIER if common else TWO_FRONTIERS).get(decomposition)
    if form is not None and decomposition == "bias" and rts == "crs":
        return Form({"ec": EC, **_bias("c")}, form.parts)
    return form
