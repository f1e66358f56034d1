"""Options of weighting."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field, FiniteFloat, model_validator
from pydantic_core import PydanticCustomError

from nqpf.index.options.base import Scoped
from nqpf.yamlfile import Strict

DATA_DRIVEN = (
    "entropy",
    "critic",
    "cv",
    "sd",
    "gini",
    "independence",
    "merec",
    "pca",
    "scatter",
    "correlation",
)
"""Methods that take weights from the scores."""
LEVEL_BOUND = ("entropy", "critic", "cv", "sd", "gini", "merec", "scatter")
"""Those among them whose weights depend on the range of the scores."""
CORRELATING = ("critic", "independence", "pca", "scatter", "correlation")
"""Those among them that an indicator without variation has no answer in."""

LARGEST_RATIO = 1.8
"""Largest ratio of importance in Guo's table for the order relation."""

SHARED = ("linear", "minimum_information")
"""Combinations in which weightings may have shares."""


def _ratio(value: object) -> object:
    """Return a ratio that may be written as a fraction: ``1/3``."""
    if not isinstance(value, str):
        return value
    try:
        return float(Fraction(unicodedata.normalize("NFKC", value).replace(" ", "")))
    except (ValueError, ZeroDivisionError):
        raise PydanticCustomError("ratio", "a number or a fraction such as 1/3") from None


Ratio = Annotated[FiniteFloat, BeforeValidator(_ratio)]
Judgements = tuple[tuple[Ratio, ...], ...] | Mapping[str, Mapping[str, Ratio]]
"""One expert's comparisons: all rows of the matrix, or by name ``{a: {b: 3, c: 1/2}, b: {c: 1/4}}``, each pair once."""


class Order(Strict):
    """An order relation among the children of a node.

    Attributes
    ----------
    order
        Ids of the children, the most important first.
    ratios
        Importance of each over the next, a number fewer than `order`; 1 (equal) to 1.8 (extremely more important).
    """

    order: Annotated[tuple[str, ...], Field(min_length=1)]
    ratios: tuple[Ratio, ...]

    @model_validator(mode="after")
    def _as_in_the_table(self) -> Order:
        if len(self.ratios) != len(self.order) - 1:
            raise PydanticCustomError("order_ratios", "a ratio for each pair of neighbours")
        if not all(1 <= r <= LARGEST_RATIO for r in self.ratios):
            raise PydanticCustomError("order_ratio", "from 1 to 1.8")
        return self


class Weight(Scoped):
    """Where weights come from.

    Attributes
    ----------
    method
        Stated: ``equal``, ``given`` (in `values` or in the framework), ``ahp``, ``g1`` (order relation). From the
        scores: ``entropy``, ``critic``, ``cv``, ``sd``, ``gini``, ``independence``, ``merec``, ``pca``, ``scatter``
        (纵横向拉开档次法), ``correlation``. From other weights: ``combined``.
    within
        ``siblings``: weights among the children of each node. ``all``: weights among all indicators at once; a
        dimension weighs what its indicators weigh together. Default: ``all`` for what comes from the scores,
        ``siblings`` otherwise.
    basis
        What they are measured on: ``unit`` (scores brought to 0–1 first, so that weights do not depend on the range
        of the scores) or ``scores`` as they are. Independence, principal components and correlations are the same on
        either and are taken of the scores.
    rescale
        Let given weights be any positive numbers and divide them by their sum.
    values
        Given weights by node id, each within its siblings; default: those of the framework.
    window
        Years of the rolling window of ``scope: rolling``, the year itself the last; the first years have fewer.
    variant
        Entropy weights from 1 − e (``shannon``), or ``blended`` with weights from 1/e, the more the nearer e is to 1.
    shift
        Constant added to every score before ``entropy`` or ``merec``; entropy needs none.
    correlation
        Correlation in ``critic``: ``pearson``, or ``spearman`` of ranks.
    conflict
        Conflict in ``critic``: Σ(1 − r) (``signed``) or Σ(1 − |r|) (``absolute``).
    on_constant
        An indicator that does not vary: ``stop``, or weight ``zero``.
    share
        Principal components kept: the least number that explains this share of variance. Default: all whose
        eigenvalue is above 1.
    rotation
        Rotation of the components kept: ``varimax`` (with Kaiser's normalisation) or ``none``.
    loadings
        An indicator counts by its squared loading on the component where that is ``heaviest``, or on ``all``.
    standardise
        Scores in ``scatter``: to mean 0 and standard deviation 1 over all rows (``pooled``) or each year
        (``yearly``), or left as they are (``none``).
    negative
        Negative coefficients in ``scatter``: ``stop``, ``clip`` to zero, or the ``optimum`` among weights ≥ 0.
    goal
        Correlations with the aggregate in ``correlation``: in ``balance``, or their ``sum`` as large as can be.
    targets
        What the correlations shall be proportional to, by node id; 1 where nothing is written.
    judgements
        Comparisons for ``ahp`` by node, of one expert or a list of several: how many times as important each child is
        as each other.
    priority
        Weights from judgements: principal ``eigenvector``, or ``geometric`` mean of the rows.
    experts
        What of several experts is averaged, geometrically: their ``judgements`` or their ``priorities``.
    consistency
        A consistency ratio above 0.1: ``stop``, or go on with a ``note``.
    orders
        Order relations for ``g1`` by node, of one expert or a list of several.
    of
        Weightings that ``combined`` combines.
    combination
        ``game``: least deviation from all of them; ``multiplicative``: their product; ``minimum_information``: their
        geometric mean; ``linear``: their mean.
    shares
        Share of each of `of` in ``linear`` and ``minimum_information``, summing to 1; default: equal.
    on_negative
        A weighting that ``game`` gives a negative coefficient: ``stop``, or take its ``absolute`` value.
    """

    ONLY: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "judgements": ("ahp",),
        "priority": ("ahp",),
        "experts": ("ahp",),
        "consistency": ("ahp",),
        "orders": ("g1",),
        "of": ("combined",),
        "combination": ("combined",),
        "shares": ("combined",),
        "on_negative": ("combined",),
        "rescale": ("given",),
        "values": ("given",),
        "scope": DATA_DRIVEN,
        "window": DATA_DRIVEN,
        "basis": LEVEL_BOUND,
        "variant": ("entropy",),
        "shift": ("entropy", "merec"),
        "correlation": ("critic",),
        "conflict": ("critic",),
        "on_constant": CORRELATING,
        "share": ("pca",),
        "rotation": ("pca",),
        "loadings": ("pca",),
        "standardise": ("scatter",),
        "negative": ("scatter",),
        "goal": ("correlation",),
        "targets": ("correlation",),
    }

    method: Literal[
        "equal",
        "given",
        "entropy",
        "critic",
        "cv",
        "sd",
        "gini",
        "independence",
        "merec",
        "pca",
        "scatter",
        "correlation",
        "ahp",
        "g1",
        "combined",
    ] = "equal"
    within: Literal["all", "siblings"] | None = None
    basis: Literal["unit", "scores"] = "unit"
    rescale: bool = False
    values: Mapping[str, FiniteFloat] = {}
    scope: Literal["pooled", "yearly", "base", "rolling"] = "pooled"  # type: ignore[assignment]
    window: Annotated[int, Field(ge=1)] | None = None
    variant: Literal["shannon", "blended"] = "shannon"
    shift: Annotated[FiniteFloat, Field(ge=0)] = 0.0
    correlation: Literal["pearson", "spearman"] = "pearson"
    conflict: Literal["signed", "absolute"] = "signed"
    on_constant: Literal["stop", "zero"] = "stop"
    share: Annotated[float, Field(gt=0, le=1)] | None = None
    rotation: Literal["varimax", "none"] = "varimax"
    loadings: Literal["heaviest", "all"] = "heaviest"
    standardise: Literal["pooled", "yearly", "none"] = "pooled"
    negative: Literal["stop", "clip", "optimum"] = "stop"
    goal: Literal["balance", "sum"] = "balance"
    targets: Mapping[str, Annotated[FiniteFloat, Field(gt=0)]] = {}
    judgements: Mapping[str, Judgements | tuple[Judgements, ...]] = {}
    priority: Literal["eigenvector", "geometric"] = "eigenvector"
    experts: Literal["judgements", "priorities"] = "judgements"
    consistency: Literal["stop", "note"] = "stop"
    orders: Mapping[str, Order | tuple[Order, ...]] = {}
    of: tuple[Weight, ...] = ()
    combination: Literal["game", "multiplicative", "minimum_information", "linear"] = "game"
    shares: tuple[Annotated[FiniteFloat, Field(ge=0)], ...] = ()
    on_negative: Literal["stop", "absolute"] = "stop"

    @model_validator(mode="after")
    def _combination(self) -> Weight:
        if self.method == "combined" and len(self.of) < 2:
            raise PydanticCustomError("combined_of", "of: two weightings or more")
        if self.shares:
            if self.combination not in SHARED:
                words = {"option": "shares", "method": self.combination, "methods": ", ".join(SHARED)}
                raise PydanticCustomError("option_unused", "{option} does not go with {method}", words)
            if len(self.shares) != len(self.of) or abs(sum(self.shares) - 1) > 1e-6:
                raise PydanticCustomError("combined_shares", "shares: one for each of `of`, summing to 1")
        if self.on_negative != "stop" and self.combination != "game":
            words = {"option": "on_negative", "method": self.combination, "methods": "game"}
            raise PydanticCustomError("option_unused", "{option} does not go with {method}", words)
        return self

    @model_validator(mode="after")
    def _rolling_window(self) -> Weight:
        if (self.scope == "rolling") != (self.window is not None):
            raise PydanticCustomError("rolling_window", "scope: rolling goes with window: years")
        return self

    @property
    def group(self) -> Literal["all", "siblings"]:
        """`within`, with its default."""
        return self.within or ("all" if self.method in DATA_DRIVEN else "siblings")

    @property
    def yearly(self) -> bool:
        """Whether every year has weights of its own."""
        if self.method == "combined":
            return any(one.yearly for one in self.of)
        return self.method in DATA_DRIVEN and self.scope in ("yearly", "rolling")
