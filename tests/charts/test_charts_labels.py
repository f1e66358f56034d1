"""Labels: nothing covers anything, long names break, and a name that finds no room is left out."""

import itertools

import numpy as np
import polars as pl
import pytest

from nqpf.charts.fit import text_width
from nqpf.charts.labels import LEADING, LONGEST, SIZE, Board, label, placed

ENDS = (0.0, 100.0)


def board_of(points, radius=3.0, width=600.0, height=400.0) -> tuple[pl.DataFrame, Board]:
    names = [f"Industry {i}" for i in range(len(points))]
    data = pl.DataFrame({"unit_zh": [f"行业{i}" for i in range(len(points))], "unit_en": names})
    data = data.with_columns(x=pl.Series([float(p[0]) for p in points]), y=pl.Series([float(p[1]) for p in points]))
    return data, Board.of(data, np.full(len(points), radius), ENDS, ENDS, width, height)


def rooms(found: pl.DataFrame, board: Board, lang: str) -> list[tuple[float, float, float, float]]:
    boxes = []
    for i, row in enumerate(found.to_dicts()):
        text = row[f"label_{lang}"]
        if text is None:
            continue
        lines = text.split("\n")
        wide, high = max(text_width(t, SIZE) for t in lines), len(lines) * SIZE * LEADING
        x, y = board.x[i] + row[f"dx_{lang}"], board.y[i] + row[f"dy_{lang}"]
        left = x - {"left": 0.0, "center": wide / 2, "right": wide}[row[f"align_{lang}"]]
        top = y - SIZE * LEADING / 2
        boxes.append((left, top, left + wide, top + high))
    return boxes


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("must", [False, True])
def test_no_name_covers_a_name_or_leaves_the_picture(lang: str, must: bool) -> None:
    rng = np.random.default_rng(7)
    data, board = board_of(rng.uniform(5, 95, size=(40, 2)))
    boxes = rooms(placed(data, board, [True] * 40, must), board, lang)
    assert len(boxes) > 20
    for one, other in itertools.combinations(boxes, 2):
        assert not (one[0] < other[2] and one[2] > other[0] and one[1] < other[3] and one[3] > other[1])
    for box in boxes:
        assert board.holds(box)
        assert not board.covers(box)


def test_a_name_steps_aside_with_a_line_only_where_it_must() -> None:
    crowd = [(50 + dx, 50 + dy) for dx in (-1.5, 0, 1.5) for dy in (-2, 0, 2)]
    data, board = board_of(crowd, radius=8.0)
    wanted = [i == 4 for i in range(9)]  # the one in the middle
    beside = placed(data, board, wanted, must=False)
    assert beside["label_en"].null_count() == 9
    away = placed(data, board, wanted, must=True)
    row = away.row(4, named=True)
    assert row["label_en"] == "Industry 4"
    assert row["tip_x_en"] is not None
    assert abs(row["tip_x_en"] - 50) + abs(row["tip_y_en"] - 50) > 2
    alone, free = board_of([(50, 50)])
    assert placed(alone, free, [True], must=True)["tip_x_en"].to_list() == [None]


def test_rooms_that_are_taken_stay_free() -> None:
    data, board = board_of([(50, 50)])
    right = placed(data, board, [True], must=False)
    assert right["align_en"].to_list() == ["left"]
    taken = {"en": [(board.x[0] + 4, 0.0, 600.0, 400.0)]}
    assert placed(data, board, [True], must=False, kept=taken)["align_en"].to_list() == ["right"]
    assert placed(data, board, [True], must=False, kept=taken)["align_zh"].to_list() == ["left"]


def test_the_first_rows_come_first() -> None:
    same = [(50, 50)] * 12
    data, board = board_of(same)
    found = placed(data, board, [True] * 12, must=False)
    assert found["label_en"][0] == "Industry 0"
    assert found["label_en"].null_count() > 0


@pytest.mark.parametrize(
    "text", ["Search, Detection, Navigation, Guidance, Aeronautical, and Nautical Systems", "搜索" * 40]
)
def test_long_names_break_and_end_in_an_ellipsis(text: str) -> None:
    lines = label(text).splitlines()
    assert len(lines) == 2
    assert lines[1].endswith("…")
    assert max(text_width(line, SIZE) for line in lines) < LONGEST + 2 * SIZE
    assert label("Malt") == "Malt"
