"""Layout of the living logic diagram: a place for every node, nothing on anything else, arrows that meet boxes."""

import itertools

import pytest

from nqpf.charts.living_layout import Box, Route, layout
from nqpf.theory.diagram import diagram

PLAN, WHOLE = layout(), diagram()


def apart(a: Box, b: Box) -> bool:
    return (
        a.x + a.width <= b.x or b.x + b.width <= a.x or a.y + a.height <= b.y or b.y + b.height <= a.y
    )  # fmt: skip


def on_rim(box: Box, point: tuple[float, float]) -> bool:
    x, y = point
    inside = Box(box.x + 0.01, box.y + 0.01, box.width - 0.02, box.height - 0.02)
    return box.holds((x, y)) and not inside.holds((x, y))


def test_every_node_has_a_place_and_every_place_a_node() -> None:
    assert set(PLAN.boxes) == {node.id for node in WHOLE.nodes}


def test_boxes_do_not_overlap() -> None:
    for (one, a), (other, b) in itertools.combinations(PLAN.boxes.items(), 2):
        assert apart(a, b), f"{one} lies on {other}"


def test_everything_lies_inside_the_picture() -> None:
    width, height = PLAN.size
    for box in (*PLAN.boxes.values(), *PLAN.legend.values(), PLAN.field, PLAN.shown):
        assert min(box.x, box.y) >= 0
        assert box.x + box.width <= width
        assert box.y + box.height <= height


def test_legend_and_name_lie_free() -> None:
    rooms = (*PLAN.legend.values(), PLAN.shown)
    assert all(apart(room, box) for room in rooms for box in PLAN.boxes.values())
    assert all(apart(one, other) for one, other in itertools.combinations(rooms, 2))


def test_the_field_holds_the_core_and_its_traits_alone() -> None:
    inside = {id for id, box in PLAN.boxes.items() if not apart(PLAN.field, box)}
    assert inside == {node.id for kind in ("core", "trait") for node in WHOLE.of_kind(kind)}


def test_every_arrow_has_one_way() -> None:
    ways = [(route.source, route.target) for route in PLAN.routes]
    assert sorted(ways) == sorted((edge.source, edge.target) for edge in WHOLE.edges)


@pytest.mark.parametrize("route", [r for r in PLAN.routes if r.path], ids=lambda r: f"{r.source}>{r.target}")
def test_arrows_begin_and_end_at_their_boxes(route: Route) -> None:
    for id, end in ((route.source, route.path[0]), (route.target, route.path[-1])):
        rims = [PLAN.boxes[id], PLAN.field] if id == "nqpf" else [PLAN.boxes[id]]
        assert any(on_rim(box, end) for box in rims)


@pytest.mark.parametrize("route", [r for r in PLAN.routes if r.path], ids=lambda r: f"{r.source}>{r.target}")
def test_arrows_run_straight_and_through_no_box(route: Route) -> None:
    for (x, y), (u, v) in itertools.pairwise(route.path):
        assert x == u or y == v
        lane = Box(min(x, u), min(y, v), abs(x - u), abs(y - v))
        crossed = [
            id for id, box in PLAN.boxes.items() if id not in (route.source, route.target) and not apart(lane, box)
        ]
        assert crossed == []


def test_every_heading_has_a_place() -> None:
    assert set(PLAN.captions) == {caption.kind for caption in WHOLE.captions}


def test_arrows_with_the_same_words_carry_them_once_at_least() -> None:
    worded = {(route.source, route.target) for route in PLAN.routes if route.label or not route.path}
    said = {edge.label.zh for edge in WHOLE.edges if (edge.source, edge.target) in worded}
    assert said == {edge.label.zh for edge in WHOLE.edges}


def test_no_two_arrows_share_a_way() -> None:
    lanes = [
        (n, Box(min(x, u), min(y, v), abs(x - u), abs(y - v)))
        for n, route in enumerate(PLAN.routes)
        for (x, y), (u, v) in itertools.pairwise(route.path)
    ]
    for (one, a), (other, b) in itertools.combinations(lanes, 2):
        along = min(a.right, b.right) - max(a.x, b.x) + min(a.bottom, b.bottom) - max(a.y, b.y)
        assert one == other or apart(a, b) or along == 0


def test_estimates_stand_on_no_box() -> None:
    for route in PLAN.routes:
        if route.effect:
            assert not any(box.holds(route.effect.at) for box in PLAN.boxes.values()), route
