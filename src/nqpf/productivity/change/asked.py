"""What is asked of `malmquist`, checked: index, frontiers, decomposition, and what the data must be like for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from nqpf.columns import choose
from nqpf.errors import SpecError, Where, listing
from nqpf.productivity.change.distances import Evaluate
from nqpf.productivity.change.scores import directional_scores, radial_scores, slacks_based_scores
from nqpf.productivity.change.terms import COMMON, CONSTANT, Decomposition, Form, form_of
from nqpf.productivity.frontier.admit import Needs, Sign
from nqpf.productivity.frontier.directions import OBSERVED, SHARES, check_direction
from nqpf.productivity.frontier.measure import Orientation
from nqpf.productivity.frontier.quantities import Observed
from nqpf.productivity.frontier.technology import Rts, Technology

Index = Literal["malmquist", "ml", "gml", "luenberger"]
Frontiers = Literal["contemporaneous", "sequential", "window", "global", "biennial"]
Measure = Literal["radial", "sbm", "nonradial"]

WAYS = {"output": "outputs", "input": "inputs", "both": "observed"}
"""Direction of a directional distance where only an orientation is given."""

MEASURES = {"malmquist": ("radial", "sbm"), "ml": ("radial",), "luenberger": ("radial", "nonradial")}
"""Measures that go with an index."""

IDS = {"malmquist": "malmquist", "ml": "malmquist_luenberger", "luenberger": "luenberger"}
"""Entries of the registry."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked.

    Attributes
    ----------
    index
        ``malmquist``, ``ml`` or ``luenberger``.
    measure, orientation, direction, weights
        How distance is measured; direction and weights of the last two.
    reference
        Technology whose years span the frontiers.
    technologies
        Constant returns, and the returns asked for.
    form
        Components and their terms.
    options
        The choice as options of the method: those that have a meaning for it.
    """

    index: str
    measure: str
    orientation: Orientation
    direction: Any
    weights: Mapping[str, float] | None
    reference: Technology
    technologies: tuple[Technology, Technology]
    form: Form
    options: Mapping[str, Any]

    @property
    def ratio(self) -> bool:
        """Return whether it is an index, 1 where nothing changes, rather than an indicator, 0 there."""
        return self.index != "luenberger"

    @property
    def id(self) -> str:
        """Return the entry of the registry."""
        return f"change.{IDS[self.index]}"

    def evaluate(self, observed: Observed) -> Evaluate:
        """Return what scores points before a frontier."""
        if self.index != "malmquist":
            return directional_scores(self.measure, self.direction, self.weights, not self.ratio, observed)
        return (slacks_based_scores if self.measure == "sbm" else radial_scores)(self.orientation)

    @property
    def scaled(self) -> bool:
        """Return whether a technology is used in which observations can be scaled."""
        return any(self.technologies["cv".index(term.rts)].rts != "vrs" for term in self.form.terms)

    @property
    def needs(self) -> Needs:
        """Return what is asked of the data."""
        way = self.direction if self.index != "malmquist" else WAYS[self.orientation]
        return _needs(self.measure, way, self.scaled)

    @property
    def words(self) -> str:
        """Return the choice in words of the function's options."""
        way = self.orientation if self.index == "malmquist" else self.direction
        return _words(self.index, self.measure, self.technologies[1].rts, way)


def others() -> Iterator[tuple[str, Needs]]:
    """Yield further choices, with what they ask of the data."""
    for rts in ("crs", "vrs"):
        for orientation in ("output", "input"):
            needs = _needs("radial", WAYS[orientation], rts != "vrs")
            yield _words("malmquist", "radial", rts, orientation), needs
    yield _words("luenberger", "radial", "vrs", "mean"), Needs()


def _needs(measure: str, way: Any, scaled: bool) -> Needs:
    if measure == "sbm":
        return Needs("positive", "positive", "positive")
    held: Sign = "nonnegative" if scaled else "any"
    if not isinstance(way, str) or way not in OBSERVED:
        return Needs(held, held, held)
    x, y, b = ("nonnegative" if factor else held for factor in OBSERVED[way])
    return Needs(x, y, b, "xy" if scaled else "x" if way == "inputs" else "y")


def _words(index: str, measure: str, rts: str, way: Any) -> str:
    key = "orientation" if index == "malmquist" else "direction"
    how = f', measure="{measure}"' if measure != "radial" else ""
    return f'index="{index}"{how}, rts="{rts}", {key}=' + (f'"{way}"' if isinstance(way, str) else "{…}")


def asked(
    names: tuple[tuple[str, ...], ...],
    *,
    index: str,
    measure: str,
    reference: str | None,
    rts: Rts | None,
    orientation: Orientation,
    decomposition: str,
    disposability: Any,
    direction: Any,
    weights: Mapping[str, float] | None,
    width: int,
) -> Asked:
    """Return what is asked, or raise a SpecError that names what does not go together.

    Parameters
    ----------
    names
        Columns of inputs, outputs and bad outputs.
    index, measure, reference, rts, orientation, decomposition, disposability, direction, weights, width
        As for `malmquist`.
    """
    words = {"index": Index, "measure": Measure, "orientation": Orientation, "decomposition": Decomposition}
    given = {"index": index, "measure": measure, "orientation": orientation, "decomposition": decomposition}
    for key, options in words.items():
        choose(key, given[key], get_args(options))
    spanned = reference or ("global" if index == "gml" else "contemporaneous")
    choose("reference", spanned, get_args(Frontiers))
    if index == "gml" and spanned != "global":
        raise _apart("reference", spanned, "index", index)
    kind = "ml" if index == "gml" else index
    way = WAYS[orientation] if direction is None else direction
    _check_distance(names, kind, measure, orientation, direction, weights)
    returns = rts or ("crs" if decomposition in CONSTANT else "vrs")
    if returns == "crs" and decomposition not in CONSTANT:
        raise _apart("rts", returns, "decomposition", decomposition)
    form = form_of(decomposition, spanned in COMMON, returns)
    if form is None:
        raise _apart("decomposition", decomposition, "reference", spanned)
    word: Any = "own" if spanned == "contemporaneous" else spanned
    return Asked(
        index=kind,
        measure=measure,
        orientation=orientation,
        direction=way,
        weights=weights,
        reference=Technology(returns, disposability, word, width),
        technologies=(Technology("crs", disposability), Technology(returns, disposability)),
        form=form,
        options={
            "index": kind,
            "measure": measure,
            "reference": spanned,
            **({"width": width} if spanned == "window" else {}),
            "rts": returns,
            **({"orientation": orientation} if kind == "malmquist" else {"direction": way}),
            **({"weights": dict(weights)} if weights is not None else {}),
            "decomposition": decomposition,
            **({"disposability": disposability} if names[2] else {}),
        },
    )


def _check_distance(
    names: tuple[tuple[str, ...], ...],
    index: str,
    measure: str,
    orientation: str,
    direction: Any,
    weights: Mapping[str, float] | None,
) -> None:
    """Refuse measures, orientations, directions and weights that the index does not have."""
    if measure not in MEASURES[index]:
        raise _apart("measure", measure, "index", index)
    if weights is not None and measure != "nonradial":
        raise _unused("weights", f'measure="{measure}"', 'measure="nonradial"')
    if index == "malmquist":
        if direction is not None:
            raise _unused("direction", index, listing(["ml", "gml", "luenberger"]))
        if names[2] and measure == "radial":
            raise SpecError("change_bad_outputs", where=Where(key="bad"))
        if orientation == "both" and measure == "radial":
            raise _apart("orientation", orientation, "measure", measure)
        return
    way = WAYS[orientation] if direction is None else direction
    check_direction(way, names)
    if way in ("range", "translation") or (index == "ml" and not (isinstance(way, str) and way in SHARES)):
        raise _apart("direction", str(way), "index", index)


def _unused(option: str, method: str, methods: Any) -> SpecError:
    return SpecError("option_unused", where=Where(key=option), option=option, method=method, methods=methods)


def _apart(key: str, value: str, other: str, word: str) -> SpecError:
    return SpecError("change_not_together", where=Where(key=key), key=key, value=value, other=other, word=word)
