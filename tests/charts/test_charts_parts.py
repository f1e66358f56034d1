"""Parts: a panel for each component; what is not assessed is said, and is no bar of length nought."""

import polars as pl
import pytest

from nqpf.charts.parts import GAP, parts
from nqpf.errors import DataError

PARTS = (("crit", "关键程度", "Criticality"), ("conc", "进口集中度", "Import concentration"))


@pytest.fixture
def components():
    values = {"a": (0.5, None), "b": (0.0, 0.9), "c": (1.4, float("nan"))}
    rows = [
        (unit, f"部门{unit}", f"Sector {unit}", *part, value)
        for unit, pair in values.items()
        for part, value in zip(PARTS, pair, strict=True)
    ]
    columns = ["unit", "unit_zh", "unit_en", "part", "part_zh", "part_en", "value"]
    return pl.DataFrame(rows, schema=columns, orient="row")


def rows(spec):
    return pl.DataFrame(spec["datasets"][spec["data"]["name"]], infer_schema_length=None)


def test_specification(components, words, check) -> None:
    specs = check(parts(components, id="p", **words))
    kinds = ["bar", "bar", "bar", "text", "text", "text", "text"]
    assert [layer["mark"]["type"] for layer in specs["zh"]["layer"]] == kinds


def test_bars_stand_in_their_panels(components, words, check) -> None:
    found = rows(check(parts(components, id="p", **words))["en"])
    at = {(unit, part): (foot, end) for unit, part, foot, end in found.select("unit", "part", "foot", "end").rows()}
    assert at["a", "crit"] == (0.0, 0.5)
    assert at["b", "conc"] == pytest.approx((1 + GAP, 1 + GAP + 0.9))
    assert at["c", "crit"] == (0.0, 1.0)  # drawn at the end, told in its number


def test_a_bar_below_nought_grows_to_the_left(components, words, check) -> None:
    shifted = components.with_columns(pl.col("value").fill_nan(None) - 0.5)
    found = rows(check(parts(shifted, id="p", reach=(-1.0, 1.0), **words))["en"])
    row = found.filter(unit="b", part="crit").row(0, named=True)
    assert (row["foot"], row["end"]) == (0.5, 0.25)


def test_not_assessed_is_no_nought(components, words, shown) -> None:
    figure = parts(components, id="p", **words)
    assert figure.data["value"].null_count() == 2
    texts = shown(figure, "en")
    assert texts.count("not assessed") == 2
    assert {"0.00", "1.40", "Criticality", "Import concentration", "Sector a"} <= set(texts)
    assert shown(figure, "zh").count("未评估") == 2


def test_a_pair_without_a_row_is_not_assessed(components, words) -> None:
    figure = parts(components.head(5), id="p", **words)
    assert figure.data.height == 6
    assert figure.data.filter(unit="c", part="conc")["value"].to_list() == [None]


def test_nothing_to_draw(components, words, check) -> None:
    check(parts(components.clear(), id="p", **words))


def test_missing_column(components, words) -> None:
    with pytest.raises(DataError, match="“part_zh”"):
        parts(components.drop("part_zh"), id="p", **words)
