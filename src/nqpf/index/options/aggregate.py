"""Options of aggregation."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, ClassVar, Literal

from pydantic import Field, FiniteFloat, model_validator
from pydantic_core import PydanticCustomError

from nqpf.index.options.base import Chosen

ACROSS_LEAVES = ("wroclaw", "topsis", "vikor", "grey", "rsr", "promethee", "fuzzy", "bod")
"""Methods that the literature applies to all indicators at once."""
SAMPLED = ("copeland", "mpi", "ampi", "mean_min", "wroclaw", "topsis", "vikor", "grey", "rsr", "promethee", "bod")
"""Methods that measure a row against others."""
NEEDED = {
    "u_shape": ("q",),
    "v_shape": ("p",),
    "level": ("q", "p"),
    "linear": ("q", "p"),
    "gaussian": ("s",),
}
"""Thresholds of the preference functions of PROMETHEE."""

Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class Aggregate(Chosen):
    """How scores become one.

    Attributes
    ----------
    method
        Means: ``arithmetic``, ``geometric``, ``harmonic``, ``power``, ``owa``, ``median``. Means with a penalty for
        imbalance: ``mpi``, ``ampi``, ``mean_min``. Comparisons: ``copeland``, ``promethee``, ``rsr``. Distances:
        ``wroclaw``, ``topsis``, ``vikor``, ``grey``. Grades: ``fuzzy``. Weights best for each: ``bod``.
    across
        ``children``: level by level. ``leaves``: straight from the indicators below. Default: ``leaves`` for
        wroclaw, topsis, vikor, grey, rsr, promethee, fuzzy and bod, as the literature has them,
        ``children`` otherwise.
    scope
        What a row is measured against: all rows (``pooled``) or those of its year (``yearly``).
    ideal
        The best (and worst) profile: the ends of the scale (``absolute``) or the scores ``observed``.
    weighting
        TOPSIS' weights: on the ``scores`` before the distance (Hwang and Yoon) or on the squared ``distances``.
    exponent
        Of the power mean; 1 is the arithmetic, 0 the geometric, −1 the harmonic mean.
    order
        Weights of ordered weighted averaging, the best score's first; they sum to 1.
    orness
        0 the worst score alone … 0.5 the mean … 1 the best score alone: order weights by the quantifier
        r^(1/orness − 1).
    quantifier
        Order weights from words: ``half`` (at least half), ``most``, ``many`` (as many as possible).
    unmatched
        Copeland, an input that one of two rows lacks: left out of the comparison (``shared``), or counted for the later
        row (``later``), as COINr 1.1.14 does, which keeps units in the order of their codes.
    standardise
        MPI and mean-min: scores to mean 100 and standard deviation 10 over the ``sample``, or ``none``.
    penalty
        MPI and AMPI: imbalance lowers (``pos``, more is better) or raises (``neg``) the score.
    ddof
        MPI, AMPI and mean-min: 0, variances by n; 1, by n − 1.
    centre
        AMPI: what scores 100, the ``mean`` of the sample or the ``middle`` of its ends.
    alpha, beta
        Mean-min: how much of the gap between mean and worst is taken off, and how smoothly.
    v
        VIKOR: weight of the group's regret against the largest single one.
    rho
        Grey relational analysis: distinguishing coefficient.
    ranks
        RSR: ``integer`` or ``fractional`` ranks.
    preference, q, p, s
        PROMETHEE: preference function, thresholds of indifference and of strict preference, and the inflection of the
        gaussian, all in units of the scores.
    cuts, grade_values, operator
        Fuzzy evaluation: the scores typical of each grade, rising (default: five, evenly between the ends), what each
        grade is worth (default: `cuts`), and how memberships are put together.
    shares
        Benefit of the doubt: least and largest part of a unit's score that one input may make up.
    """

    ONLY: ClassVar = {
        "scope": SAMPLED,
        "ideal": ("wroclaw", "topsis", "vikor", "grey"),
        "weighting": ("topsis",),
        "exponent": ("power",),
        "order": ("owa",),
        "orness": ("owa",),
        "quantifier": ("owa",),
        "unmatched": ("copeland",),
        "standardise": ("mpi", "mean_min"),
        "penalty": ("mpi", "ampi"),
        "ddof": ("mpi", "ampi", "mean_min"),
        "centre": ("ampi",),
        "alpha": ("mean_min",),
        "beta": ("mean_min",),
        "v": ("vikor",),
        "rho": ("grey",),
        "ranks": ("rsr",),
        "preference": ("promethee",),
        "q": ("promethee",),
        "p": ("promethee",),
        "s": ("promethee",),
        "cuts": ("fuzzy",),
        "grade_values": ("fuzzy",),
        "operator": ("fuzzy",),
        "shares": ("bod",),
    }

    method: Literal[
        "arithmetic",
        "geometric",
        "harmonic",
        "power",
        "owa",
        "median",
        "copeland",
        "mpi",
        "ampi",
        "mean_min",
        "wroclaw",
        "topsis",
        "vikor",
        "grey",
        "rsr",
        "promethee",
        "fuzzy",
        "bod",
    ] = "arithmetic"
    across: Literal["children", "leaves"] | None = None
    scope: Literal["pooled", "yearly"] = "pooled"
    ideal: Literal["absolute", "observed"] = "absolute"
    weighting: Literal["scores", "distances"] = "scores"
    exponent: FiniteFloat | None = None
    order: tuple[Share, ...] | None = None
    orness: Share | None = None
    quantifier: Literal["half", "most", "many"] | None = None
    unmatched: Literal["shared", "later"] = "shared"
    standardise: Literal["sample", "none"] = "sample"
    penalty: Literal["pos", "neg"] = "pos"
    ddof: Literal[0, 1] = 0
    centre: Literal["mean", "middle"] = "mean"
    alpha: Share = 0.5
    beta: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 1.0
    v: Share = 0.5
    rho: Annotated[float, Field(gt=0, le=1)] = 0.5
    ranks: Literal["integer", "fractional"] = "integer"
    preference: Literal["usual", "u_shape", "v_shape", "level", "linear", "gaussian"] = "usual"
    q: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    p: Positive | None = None
    s: Positive | None = None
    cuts: tuple[FiniteFloat, ...] | None = None
    grade_values: tuple[FiniteFloat, ...] | None = None
    operator: Literal["min_max", "product_max", "min_sum", "product_sum"] = "product_sum"
    shares: tuple[Share, Share] | None = None

    @model_validator(mode="after")
    def _needed(self) -> Aggregate:
        if self.method == "power" and self.exponent is None:
            raise PydanticCustomError("exponent_needed", "method power needs exponent")
        given = [o for o in ("order", "orness", "quantifier") if getattr(self, o) is not None]
        if self.method == "owa" and len(given) != 1:
            raise PydanticCustomError("owa_needs_one", "method owa needs one of order, orness, quantifier")
        if self.order is not None and abs(sum(self.order) - 1) > 1e-6:
            raise PydanticCustomError("order_sum", "order: weights that sum to 1")
        return self

    @model_validator(mode="after")
    def _thresholds(self) -> Aggregate:
        needed = NEEDED.get(self.preference, ())
        if {o for o in ("q", "p", "s") if getattr(self, o) is not None} != set(needed):
            words = {"preference": self.preference, "needed": ", ".join(needed) or "-"}
            raise PydanticCustomError("promethee_thresholds", "{preference} goes with thresholds: {needed}", words)
        if self.q is not None and self.p is not None and self.q >= self.p:
            raise PydanticCustomError("promethee_order", "q < p")
        return self

    @model_validator(mode="after")
    def _grades(self) -> Aggregate:
        if self.cuts is not None and (len(self.cuts) < 2 or any(a >= b for a, b in pairwise(self.cuts))):
            raise PydanticCustomError("cuts_order", "cuts: two scores or more, rising")
        if self.grade_values is not None and len(self.grade_values) != (5 if self.cuts is None else len(self.cuts)):
            raise PydanticCustomError("grade_values_count", "grade_values: one for each of cuts")
        if self.shares is not None and self.shares[0] > self.shares[1]:
            raise PydanticCustomError("shares_order", "shares: [least, largest]")
        return self

    @property
    def inputs(self) -> Literal["children", "leaves"]:
        """`across`, with its default."""
        return self.across or ("leaves" if self.method in ACROSS_LEAVES else "children")
