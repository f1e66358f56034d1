"""Lights: a shape and a letter besides the colour; none where nothing was assessed; counts where columns are many."""

import polars as pl
import pytest

from nqpf.charts.lights import COLORS, LIGHTS, MOST, SHAPES, lights
from nqpf.errors import DataError

LAST = ["light", "tier", "number"]
SCHEMA = ["caution", "caution_zh", "caution_en", "column", "column_zh", "column_en", *LAST]


def table(*cells):
    rows = [
        (c, {"crowding": "扎堆", "headroom": "余地"}[c], c.title(), u, f"区{u}", f"Zone {u}", light, tier, number)
        for c, u, light, tier, number in cells
    ]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row", infer_schema_length=None)


@pytest.fixture
def cautions():
    return table(
        ("crowding", "a", "warn", "measured", 2.0),
        ("crowding", "b", "none", "indicated", 0.5),
        ("headroom", "a", None, "not_assessed", None),
    )


def test_specification(cautions, words, check) -> None:
    specs = check(lights(cautions, id="l", **words))
    assert [layer["mark"]["type"] for layer in specs["zh"]["layer"]] == ["rect", "point", "text", "text", "text"]


def test_every_light_has_a_shape_and_a_colour_of_its_own(cautions, words, check) -> None:
    encoding = check(lights(cautions, id="l", **words))["en"]["layer"][1]["encoding"]
    assert encoding["shape"]["scale"] == {"domain": list(LIGHTS), "range": list(SHAPES)}
    assert encoding["color"]["scale"] == {"domain": list(LIGHTS), "range": list(COLORS)}
    assert len(set(SHAPES)) == len(set(COLORS)) == len(LIGHTS)


def test_what_is_not_assessed_has_neither_light_nor_letter(cautions, words) -> None:
    data = lights(cautions, id="l", **words).data
    assert data.select("caution", "column", "light", "letter").rows() == [
        ("crowding", "a", "warn", "A"),
        ("crowding", "b", "none", "B"),
        ("headroom", "a", "absent", ""),
        ("headroom", "b", "absent", ""),  # a pair without a row
    ]


def test_legend_and_letters_are_told_in_words(cautions, words, shown) -> None:
    figure = lights(cautions, id="l", **words)
    assert {"警示", "关注", "未触线", "未评估", "扎堆", "区a", "A", "B"} <= set(shown(figure, "zh"))
    assert {"warning", "watch", "no line passed", "not assessed", "Zone b"} <= set(shown(figure, "en"))
    assert any("A measured" in text for text in shown(figure, "en"))


def test_of_many_columns_there_are_counts(words, check, shown) -> None:
    count = MOST + 6
    many = table(
        *(
            ("crowding", f"{i}", "warn" if i < 7 else "none", "measured" if i % 2 else "indicated", 1.0)
            for i in range(count)
        ),
        *(("headroom", f"{i}", None, "not_assessed", None) for i in range(count)),
    )
    figure = lights(many, id="l", **words)
    assert figure.data.select("caution", "light", "count", "letter").rows() == [
        ("crowding", "warn", 7, "AB"),
        ("crowding", "watch", 0, ""),
        ("crowding", "none", count - 7, "AB"),
        ("crowding", "absent", 0, ""),
        ("headroom", "warn", 0, ""),
        ("headroom", "watch", 0, ""),
        ("headroom", "none", 0, ""),
        ("headroom", "absent", count, ""),
    ]
    assert figure.data.group_by("caution").agg(pl.col("share").sum())["share"].to_list() == pytest.approx([1.0, 1.0])
    check(figure)
    assert "7  AB" in shown(figure, "en")


def test_nothing_to_draw(cautions, words, check) -> None:
    check(lights(cautions.clear(), id="l", **words))


def test_missing_column(cautions, words) -> None:
    with pytest.raises(DataError, match="“tier”"):
        lights(cautions.drop("tier"), id="l", **words)
    assert lights(cautions.drop("number"), id="l", **words).data["number"].null_count() == 4
