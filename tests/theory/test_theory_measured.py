"""What of the theory is measured follows from marks alone: of indicators, of methods, and of what an item asks for."""

import re
from dataclasses import dataclass, field

import polars as pl
import pytest

from nqpf.errors import SpecError
from nqpf.messages import Text
from nqpf.registry import methods
from nqpf.theory import (
    LEVELS,
    catalogue,
    coverage,
    coverage_text,
    diagram,
    item,
    items,
    needs,
    shares,
    software_coverage,
)

HAN = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True)
class One:
    """An indicator of a made-up framework."""

    title: Text
    theory: tuple[str, ...] = ()
    tags: dict[str, str] = field(default_factory=dict)


def row(frame: pl.DataFrame, id: str) -> dict[str, str | None]:
    return frame.row(by_predicate=pl.col("item") == id, named=True)


def named(name: str, *theory: str, **tags: str) -> One:
    return One(Text(f"指标{name}", name), theory, tags)


def test_nothing_measures_nothing_and_says_what_each_item_would_take():
    found = coverage([])
    assert found["item"].to_list() == [i.id for i in items()]
    assert found["state"].unique().to_list() == ["not_measured"]
    assert found["by_zh"].null_count() == found["by_en"].null_count() == 118
    assert found["needs_zh"].null_count() == found["needs_en"].null_count() == 0
    assert all(item(id).data.en in needed for id, needed in found.select("item", "needs_en").iter_rows())


def test_an_indicator_measures_a_level_and_only_part_of_a_relation():
    found = coverage([named("schooling", "B01", "M05")])
    assert (item("B01").asks, item("M05").asks) == ("level", "relation")
    level, relation = row(found, "B01"), row(found, "M05")
    assert (level["state"], level["by_en"], level["needs_en"]) == ("measured", "schooling", None)
    assert (relation["state"], relation["by_zh"]) == ("partly", "指标schooling")
    assert relation["needs_en"] == needs(item("M05")).en


def test_a_method_measures_a_relation_and_touches_in_part():
    found = coverage([], ["growth.accounts", "growth.accounts"])
    assert row(found, "A04")["state"] == "measured"
    assert row(found, "A04")["by_en"] == "Growth accounts"
    assert row(found, "A07")["state"] == "partly"
    assert "method: Shake-off test" in row(found, "A07")["needs_en"]


def test_a_method_that_measures_answers_an_item_that_asks_for_a_level_too():
    found = coverage([], ["industry.chokepoints"])
    assert (item("F03").asks, row(found, "F03")["state"]) == ("level", "measured")
    assert row(found, "F03")["by_en"] == "Choke points"


def test_what_only_touches_is_not_named_beside_what_measures():
    found = row(coverage([named("dependence", "F03")], ["industry.import_content"]), "F03")
    assert (found["state"], found["by_en"]) == ("measured", "dependence")


def test_a_text_item_is_measured_by_a_method_on_texts():
    assert row(coverage([named("pledges", "L05")]), "L05")["state"] == "partly"
    assert row(coverage([], ["text.talk_substance"]), "L05")["state"] == "measured"


def test_all_boxes_of_a_level_measure_it_and_one_that_is_empty_does_not():
    features = [named(word, feature=word) for word in ("tech", "efficiency", "quality")]
    found = row(coverage(features), "A06")
    assert (found["state"], found["by_en"]) == ("measured", "High technology, High efficiency, High quality")
    assert row(coverage(features[:2]), "A06")["state"] == "not_measured"
    valued = [n.id for n in diagram().nodes if n.kind in LEVELS and n.kind != "feature"]
    assert row(coverage(features, boxes=valued), "A06")["state"] == "not_measured"
    assert row(coverage([], boxes=[n.id for n in diagram().of_kind("feature")]), "A06")["state"] == "measured"


def test_boxes_of_a_relation_measure_it_in_part():
    elements = [named(word, element=word) for word in ("labourer", "means", "object")]
    assert row(coverage(elements), "A02")["state"] == "partly"
    assert row(coverage(elements[1:]), "A02")["state"] == "not_measured"


def test_a_set_of_roles_measures_what_it_reads_once_all_are_filled():
    parts = [named(word, newdev=word) for word in ("innovation", "coordination", "green", "open", "shared")]
    found = row(coverage(parts), "O06")
    assert (found["state"], found["by_zh"]) == ("measured", "创新、协调、绿色、开放、共享")
    assert row(coverage(parts[1:]), "O06")["state"] == "not_measured"


def test_one_number_does_not_fill_two_sides_of_a_circle():
    one = named("both sides", "H01", "N01", "B02")
    assert row(coverage([one]), "H01")["by_en"] == "both sides"  # by the item it carries, not by three filled roles


def test_a_dimension_with_an_item_of_its_own_measures_it():
    found = row(coverage([], dimensions=[named("finance", "K01")]), "K01")
    assert (found["state"], found["by_en"]) == ("measured", "finance")


def test_the_order_of_indicators_does_not_change_what_is_measured():
    there, back = coverage(catalogue(), methods()), coverage(reversed(catalogue()), reversed(methods()))
    assert there.select("item", "state", "needs_en").equals(back.select("item", "state", "needs_en"))


def test_more_methods_never_measure_less():
    rank = {"not_measured": 0, "partly": 1, "measured": 2}
    before, after = (f["state"].replace_strict(rank) for f in (coverage(catalogue()), software_coverage()))
    assert (after >= before).all()
    assert (after > before).any()


def test_an_unknown_method_is_refused():
    with pytest.raises(SpecError, match=r"growth\.account"):
        coverage([], ["growth.account"])


def test_needs_name_the_indicators_and_methods_that_are_there():
    assert needs(item("B01")).zh == ("数据：人口普查、劳动统计年鉴；目录指标：人均受教育年限、大专及以上学历人口占比")
    assert "method: Dagum's decomposition" in needs(item("L07")).en
    assert needs(item("N08")).en.endswith("no method yet, wanted: " + item("N08").measure.en)


def test_shares_count_every_item_once():
    frame = software_coverage()
    for by in (None, "group", "status", "asks"):
        counted = shares(frame, by)
        assert counted["items"].sum() == 118
        assert (counted["items"] == counted["measured"] + counted["partly"] + counted["not_measured"]).all()
    assert shares(frame, "status")["items"].to_list() == [78, 36, 4]
    assert shares(frame.head(0))["items"].to_list() == [0]


def test_only_empty_rows_need_nothing():
    frame = software_coverage()
    assert frame.filter((pl.col("state") == "measured") != pl.col("needs_en").is_null()).is_empty()
    assert frame.filter((pl.col("state") == "not_measured") != pl.col("by_en").is_null()).is_empty()
    assert all(HAN.search(zh) for zh in frame["needs_zh"].drop_nulls())
    assert not any(HAN.search(en) for column in ("by_en", "needs_en") for en in frame[column].drop_nulls())


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_text_lists_every_core_item_that_is_open_with_its_reason(lang):
    text = coverage_text(lang)
    open_ = software_coverage().filter(pl.col("status") == "core", pl.col("state") != "measured")
    for id, needed in open_.select("item", f"needs_{lang}").iter_rows():
        line = next(one for one in text.splitlines() if one.startswith(f"  {id} "))
        assert line.endswith(needed)
    assert len(text.splitlines()) == 2 + 15 + (1 + open_.height if open_.height else 0)
    assert "118" in text.splitlines()[0]
    assert "78" in text.splitlines()[1]
