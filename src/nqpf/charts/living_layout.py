"""Where the boxes and arrows of the living logic diagram stand: ``living_layout.yaml`` as frozen objects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal

from ruamel.yaml import YAML

from nqpf.charts.shapes import Point

Look = Literal["card", "row", "gauge"]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels, y downwards."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> Point:
        """The centre."""
        return self.x + self.width / 2, self.y + self.height / 2

    @property
    def right(self) -> float:
        """The right side."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The lower side."""
        return self.y + self.height

    def holds(self, point: Point) -> bool:
        """Return whether `point` lies inside or on the rim."""
        return self.x <= point[0] <= self.right and self.y <= point[1] <= self.bottom


@dataclass(frozen=True, slots=True)
class Place:
    """Place of words: `at` is the top of the first line, or the bottom of the last where `above`."""

    at: Point
    width: float
    anchor: Literal["start", "middle", "end"] = "start"
    above: bool = False


@dataclass(frozen=True, slots=True)
class Route:
    """The way of an arrow from `source` to `target`: along `path`, or along the ring where that is empty."""

    source: str
    target: str
    path: tuple[Point, ...]
    label: Place | None
    effect: Place | None


@dataclass(frozen=True, slots=True)
class Layout:
    """The whole drawing.

    Attributes
    ----------
    size
        Width and height in pixels.
    field
        Ground of the core and its traits.
    shown
        Room for the name of the unit and the year.
    boxes
        Rectangle of each node, by id.
    looks
        Look of each kind of nodes; ``card`` where none is given.
    small
        Kinds of nodes in small type.
    captions
        Place of the heading of each kind that has one.
    ring_center, ring_radius, ring_label
        The circle of education, science and talent.
    routes
        The arrows.
    legend
        Room for what marks of boxes (``levels``) and arrows (``arrows``) mean.
    """

    size: Point
    field: Box
    shown: Box
    boxes: Mapping[str, Box]
    looks: Mapping[str, Look]
    small: frozenset[str]
    captions: Mapping[str, Place]
    ring_center: Point
    ring_radius: float
    ring_label: Place
    routes: tuple[Route, ...]
    legend: Mapping[str, Box]

    def look(self, kind: str) -> Look:
        """Return how nodes of a kind are drawn."""
        return self.looks.get(kind, "card")


@cache
def layout() -> Layout:
    """Return the layout of the living logic diagram; read once.

    Examples
    --------
    >>> layout().boxes["cause_tech"].width
    212
    """
    text = resources.files("nqpf.charts").joinpath("living_layout.yaml").read_text(encoding="utf-8")
    raw: dict[str, Any] = YAML(typ="safe", pure=True).load(text)
    ring, looks = raw["ring"], raw["looks"]
    return Layout(
        size=tuple(raw["size"]),
        field=Box(*raw["field"]),
        shown=Box(*raw["shown"]),
        boxes={id: Box(*numbers) for id, numbers in raw["boxes"].items()},
        looks={kind: look for look in ("row", "gauge") for kind in looks[look]},
        small=frozenset(looks["small"]),
        captions={kind: _place(place) for kind, place in raw["captions"].items()},
        ring_center=tuple(ring["center"]),
        ring_radius=ring["radius"],
        ring_label=_place(ring["label"]),
        routes=tuple(_route(route) for route in raw["routes"]),
        legend={part: Box(*numbers) for part, numbers in raw["legend"].items()},
    )


def _place(raw: Mapping[str, Any]) -> Place:
    return Place(**{**raw, "at": tuple(raw["at"])})


def _route(raw: Mapping[str, Any]) -> Route:
    source, target = raw["edge"]
    path = tuple((x, y) for x, y in raw.get("path", ()))
    label, effect = (_place(raw[part]) if part in raw else None for part in ("label", "effect"))
    return Route(source, target, path, label, effect)
