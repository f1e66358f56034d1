"""Step 2 of the studio: a tree that is being written, what each node gives, and what a framework can begin with."""

from __future__ import annotations

import json
import pkgutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fastapi")

from fastapi import FastAPI, Response
from fastapi.testclient import TestClient

from nqpf import theory
from nqpf.errors import SpecError
from nqpf.index import Framework
from nqpf.messages import Text
from nqpf.studio.desk import Desk
from nqpf.studio.documents import write
from nqpf.studio.routes import framework as routes
from nqpf.studio.store import Store
from nqpf.studio.views import framework as views
from nqpf.studio.views import framework_shelf as shelf
from nqpf.studio.views.data_draft import document_of, known
from nqpf.studio.views.framework_match import Matcher
from nqpf.studio.views.framework_series import by_name, reference
from nqpf.studio.views.framework_start import start
from nqpf.studio.wire import encode
from nqpf.study.demos import demo_path
from nqpf.theory.systems import system
from nqpf.yamlfile import Document

DATA = """country,year,gdp,pop,rd,gap
Chile,2019,100,10,2,1
Chile,2020,120,10,3,
Japan,2019,400,20,12,
Japan,2020,440,20,11,
"""
SERIES = {
    "gdp": {"title": {"zh": "GDP", "en": "GDP"}, "unit": "亿元"},
    "pop": {"title": {"zh": "人口", "en": "population"}, "unit": "万人"},
    "rd": {"title": {"zh": "R&D经费内部支出", "en": "R&D spending"}, "unit": "万元"},
}
PER_HEAD = {"id": "per_head", "formula": "gdp / pop", "unit": "万元/人", "direction": "benefit"}


class Bench:
    """A session's folder with a table of data, and a desk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.desk = Desk()
        (folder / "files").mkdir()
        (folder / "files" / "a.csv").write_text(DATA, encoding="utf-8")

    def study(self, framework: Any = None, **keys: Any) -> None:
        data = {"tables": [{"file": "files/a.csv", "places": "countries"}], "series": SERIES}
        content = {"study": "s", "title": "S", "data": data, "framework": framework} | keys
        kept = {key: value for key, value in content.items() if value is not None}
        (self.folder / "study.yaml").write_text(write(kept), encoding="utf-8")

    def tree(self, *nodes: dict[str, Any], **keys: Any) -> dict[str, Any]:
        self.study({"id": "f", "title": "F", "tree": list(nodes)}, **keys)
        found: dict[str, Any] = self.ask(views.state)
        return found

    def ask(self, view: Callable[..., Any], **options: Any) -> Any:
        return json.loads(encode(view(self.desk, self.folder, **options)))


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def codes(errors: list[dict[str, Any]]) -> list[str]:
    return [error["code"] for error in errors]


# What stands in the tree


def test_every_node_says_what_it_gives(bench: Bench) -> None:
    found = bench.tree({"id": "d", "theory": ["B01"], "children": [{**PER_HEAD, "theory": ["A05"]}]})
    dimension, leaf = found["nodes"]
    assert (dimension["path"], dimension["kind"], dimension["errors"], dimension["worth"]) == (
        "0",
        "dimension",
        [],
        None,
    )
    assert (leaf["path"], leaf["kind"], leaf["errors"], leaf["theory"]) == ("0.0", "indicator", [], ["A05"])
    worth = leaf["worth"]
    assert worth["errors"] == []
    assert worth["absent"] == []
    assert worth["series"] == ["gdp", "pop"]
    assert worth["checked"]
    stats = worth["stats"]
    assert [stats[key] for key in ("min", "median", "max")] == [10, 16, 22]  # of 10, 12, 20, 22
    assert (stats["present"], stats["cells"], stats["coverage"], stats["constant"]) == (4, 4, 1.0, False)
    assert (stats["lowest"]["period"], stats["highest"]["unit"]["en"]) == (2019, "Japan")
    assert {one["unit"]["en"]: one["value"] for one in stats["first"]} == {"Chile": 12, "Japan": 22}
    assert found["errors"] == []
    assert found["data_problems"] == []
    assert found["has_data"]


def test_series_say_who_uses_them_and_how_full_they_are(bench: Bench) -> None:
    series = {one["id"]: one for one in bench.tree(PER_HEAD)["series"]}
    assert list(series) == ["gdp", "pop", "rd", "gap"]
    assert series["gdp"]["used_by"] == ["per_head"]
    assert series["rd"]["used_by"] == []
    assert (series["gap"]["stats"]["coverage"], series["gap"]["stats"]["years"]) == (0.25, 1)
    assert series["rd"]["title"]["zh"] == "R&D经费内部支出"
    assert series["rd"]["unit"] == "万元"


def test_one_fault_hides_no_other(bench: Bench) -> None:
    found = bench.tree(
        {"id": "a", "formula": "gdp"},
        {"id": "b", "formula": "gdp * ", "direction": "benefit", "theory": ["Z99"]},
        {"id": "c", "children": []},
        {"id": "c", "children": [{"id": "deep", "direction": "target"}], "formula": "gdp"},
        {"id": "f", "formula": "gdq / pop", "direction": "benefit"},
        {"id": "g", "formula": 5},
    )
    nodes = found["nodes"]
    assert [codes(one["errors"]) for one in nodes] == [
        ["direction_missing"],
        ["unknown_theory"],
        ["twin_nodes", "studio_empty_dimension"],
        ["twin_nodes", "dimension_with_formula"],
        ["target_missing"],
        ["twin_nodes"],
        ["bad_value"],
    ]
    places = [nodes[i]["errors"][-1]["place"]["key"] for i in (0, 1, 2, 4, 6)]
    assert places == ["direction", "theory", "children", "direction", "formula"]
    assert nodes[0]["worth"]["stats"]["max"] == 440, "numbers are shown although the direction is not stated"
    assert codes(nodes[1]["worth"]["errors"]) == ["formula_syntax"]
    assert nodes[5]["worth"]["absent"] == ["gdq"]
    assert "Did you mean “gdp”?" in nodes[5]["worth"]["errors"][0]["what"]["en"]
    assert nodes[6]["worth"] is None


def test_a_fault_names_its_field_and_not_the_file(bench: Bench) -> None:
    node = bench.tree({**PER_HEAD, "direction": "interval", "interval": [2, 1]})["nodes"][0]
    assert node["errors"][0]["place"] == {"key": "direction"}
    worth = bench.tree({"id": "x", "formula": "ln(rd - 2)", "direction": "benefit"})["nodes"][0]["worth"]
    place = worth["errors"][0]["place"]
    assert (place["key"], place["unit"]["en"], place["period"]) == ("formula", "Chile", 2019)
    assert worth["stats"] is None


def test_a_framework_without_what_it_takes(bench: Bench) -> None:
    bench.study({"id": "f", "tree": [], "more": 1})
    assert codes(bench.ask(views.state)["errors"]) == ["missing_key", "studio_empty_framework", "unknown_key"]
    bench.study({"id": "f", "title": "F", "tree": [{"id": "d", "children": []}]})
    assert codes(bench.ask(views.state)["errors"]) == ["studio_no_indicator"]
    bench.study()
    found = bench.ask(views.state)
    assert (found["framework"], found["nodes"], found["errors"]) == (None, [], [])


def test_without_data_the_tree_can_be_written(bench: Bench) -> None:
    found = bench.tree(PER_HEAD, data={"tables": []})
    assert not found["has_data"]
    assert found["data_problems"] == []
    assert found["nodes"][0]["errors"] == []
    assert found["nodes"][0]["worth"]["stats"] is None
    assert found["nodes"][0]["worth"]["absent"] == []
    assert all(one["state"] == "not_measured" for one in found["items"])


def test_data_that_cannot_be_read_are_said(bench: Bench) -> None:
    found = bench.tree(PER_HEAD, data={"tables": [{"file": "files/none.csv"}]})
    assert codes(found["data_problems"]) == ["data_file_not_found"]
    assert not found["has_data"]


def test_a_framework_in_a_file_of_its_own(bench: Bench) -> None:
    text = write({"id": "own", "title": "Own", "tree": [PER_HEAD]})
    (bench.folder / "tree.yaml").write_text(text, encoding="utf-8")
    bench.study("tree.yaml")
    found = bench.ask(views.state)
    assert (found["file"], found["problem"]) == ("tree.yaml", None)
    assert found["framework"] == {"id": "own", "title": "Own", "tree": [PER_HEAD]}
    assert found["nodes"][0]["worth"]["stats"]["max"] == 22
    bench.study("other.yaml")
    found = bench.ask(views.state)
    assert (found["file"], found["problem"]["code"], found["framework"]) == ("other.yaml", "file_not_found", None)


def test_the_demo_stands_as_it_is(tmp_path: Path) -> None:
    source = demo_path("oecd").parent
    for name in ("study.yaml", "oecd.csv"):
        (tmp_path / name).write_bytes((source / name).read_bytes())
    found = views.state(Desk(), tmp_path)
    leaves = [one for one in found["nodes"] if one["kind"] == "indicator"]
    assert len(leaves) == 7
    assert all(not one["errors"] and one["worth"]["checked"] and not one["worth"]["errors"] for one in leaves)


# The theory in it


def test_the_theory_is_counted_by_group(bench: Bench) -> None:
    absent = {"id": "x", "formula": "no_such", "direction": "benefit", "theory": ["C04"]}
    found = bench.tree({"id": "d", "theory": ["D01"], "children": [{**PER_HEAD, "theory": ["B01"]}]}, absent)
    items = {one["id"]: one for one in found["items"]}
    assert len(items) == 118 == sum(one["items"] for one in found["groups"])
    assert (items["B01"]["state"], items["B01"]["by"]) == ("measured", ["per_head"])
    assert (items["D01"]["state"], items["D01"]["by"]) == ("measured", ["d"]), "a dimension with numbers below it"
    assert (items["C04"]["state"], items["C04"]["by"]) == ("not_measured", ["x"]), "touched, but there are no numbers"
    states = ("measured", "partly", "not_measured")
    assert all(sum(one[state] for state in states) == one["items"] for one in found["groups"])
    groups = {one["id"]: one for one in found["groups"]}
    assert groups["C"]["touched"] >= 1
    assert groups["C"]["measured"] == 0


def test_marks_come_from_the_catalogue_where_none_are_written(bench: Bench) -> None:
    node = bench.tree({"id": "x", "catalogue": "rd_intensity", "formula": "rd / gdp"})["nodes"][0]
    assert node["theory"] == list(theory.catalogue_indicator("rd_intensity").theory)
    assert node["meant"]["formula"]["zh"] == "R&D经费内部支出÷GDP"


# Formulas


def test_a_formula_is_tried_without_being_written(bench: Bench) -> None:
    bench.study()
    good = bench.ask(views.formula, formula="gdp / pop", unit={"zh": "万元/人", "en": "10^4 yuan per person"})
    assert (good["errors"], good["checked"], good["made"]["en"]) == ([], True, "yuan·persons⁻¹")
    assert good["stats"]["max"] == 22
    assert bench.ask(views.state)["framework"] is None


def test_a_wrong_unit_comes_with_the_formula_mended(bench: Bench) -> None:
    bench.study()
    off = bench.ask(views.formula, formula="gdp / pop", unit="元/人", id="per_head")
    assert codes(off["errors"]) == ["formula_scale"]
    assert off["stats"] is None
    assert off["mended"] == "(gdp / pop) * 10000"
    mended = bench.ask(views.formula, formula=off["mended"], unit="元/人")
    assert mended["errors"] == []
    assert mended["stats"]["min"] == pytest.approx(100_000, rel=1e-12)


@pytest.mark.parametrize(
    ("formula", "code"),
    [
        ("gdp pop", "formula_two_words"),
        ("gdp / (pop - 10)", "formula_undefined"),
        ("gdp + pop", "formula_sum"),
        ("nothing", "unknown_series_in_formula"),
        ("", "formula_syntax"),
    ],
)
def test_a_wrong_formula_is_told_in_the_fields_words(bench: Bench, formula: str, code: str) -> None:
    bench.study()
    worth = bench.ask(views.formula, formula=formula)
    assert codes(worth["errors"]) == [code]
    assert worth["errors"][0]["place"]["key"] == "formula"
    assert worth["errors"][0]["todo"]["zh"]


def test_missing_cells_stay_missing(bench: Bench) -> None:
    bench.study()
    stats = bench.ask(views.formula, formula="gap")["stats"]
    assert (stats["present"], stats["min"], stats["max"], stats["constant"]) == (1, 1, 1, True)
    assert stats["by_year"] == [0.5, 0]


def test_denominators_are_tried_too(bench: Bench) -> None:
    node = bench.tree({**PER_HEAD, "denominator": "size"})["nodes"][0]
    assert node["worth"]["absent"] == ["size"]
    assert codes(node["worth"]["errors"]) == ["unknown_series_in_formula"]


@pytest.mark.parametrize("name", ["gdp", "R&D 经费", "2020", "select", 'a"b', "unit"])
def test_a_series_is_named_so_that_sql_reads_it(name: str) -> None:
    from nqpf.data.formula import names_in

    assert names_in(reference(name)) == ([] if name == "unit" else [name])


# Which series feed what


def test_words_of_a_formula_find_their_series(bench: Bench) -> None:
    feeds = bench.tree(PER_HEAD)["feeds"]
    assert feeds["rd_intensity"]["formula"] == "(rd / gdp) / 100", "10^4 yuan over 10^8 yuan in per cent"
    assert feeds["rd_intensity"]["by"] == "words"
    assert feeds["basic_share"] == {
        "formula": None,
        "by": None,
        "terms": [
            {"words": {"zh": "基础研究经费", "en": "basic-research expenditure"}, "series": None},
            {"words": {"zh": "R&D经费内部支出", "en": "intramural R&D expenditure"}, "series": "rd"},
        ],
    }


def test_the_proposed_formula_gives_the_catalogues_unit(bench: Bench) -> None:
    feed = bench.tree(PER_HEAD)["feeds"]["rd_intensity"]
    node = bench.tree({"id": "rd_intensity", "catalogue": "rd_intensity", "formula": feed["formula"]})["nodes"][0]
    assert node["worth"]["errors"] == []
    assert node["worth"]["checked"]
    assert node["worth"]["stats"]["max"] == pytest.approx(100 * 12 / (400 * 10_000), rel=1e-12)


def test_a_name_of_two_series_is_none(bench: Bench) -> None:
    bench.study()
    panel = views.panel_of(known(bench.desk, bench.folder, document_of(bench.desk, bench.folder)))
    assert panel is not None
    one = panel.series[0]
    twice = panel.__class__(
        panel.periods, panel.units, (one, type(one)("other", Text.same("gdp"))),
        panel.values[:, :, :2], panel.status[:, :, :2], panel.labels, panel.origin,
    )  # fmt: skip
    assert by_name(panel)["gdp"] == "gdp"
    assert "gdp" not in by_name(twice)
    assert Matcher(twice).entry(theory.catalogue_indicator("rd_intensity")).formula is None


def test_own_entries_and_written_formulas_go_before_a_guess(bench: Bench) -> None:
    bench.study(
        {"id": "f", "title": "F", "tree": [{"id": "mine", "catalogue": "edu_years", "formula": "gap"}]},
        systems={"wang_jue_2024": {"forest": "pop"}},
    )
    matcher = views.matcher_of(bench.desk, bench.folder)
    published = system("wang_jue_2024")
    schooling, forest = (matcher.indicator(published, published.indicator(id)) for id in ("schooling", "forest"))
    assert (schooling.formula, schooling.by) == ("gap", "catalogue")
    assert (forest.formula, forest.by) == ("pop", "system")
    assert bench.ask(views.state)["systems"]["wang_jue_2024"] == matcher.count(published) >= 2


# Beginnings


def test_a_published_system_keeps_what_cannot_be_computed(bench: Bench) -> None:
    bench.study()
    made = bench.ask(start, source="system", system="wang_jue_2024")
    published = system("wang_jue_2024")
    tree = made["framework"]["tree"]
    leaves = [leaf for node in tree for leaf in node["children"]]
    assert [leaf["id"] for leaf in leaves] == [
        one.id for d in published.dimensions for one in published.indicators if one.dimension == d.id
    ]
    assert made["indicators"] == 23
    assert made["computed"] == sum("formula" in leaf for leaf in leaves) >= 1
    assert "unverified" in made["framework"]["source"]["en"]
    assert "未核实" in made["framework"]["source"]["zh"]
    assert made["framework"]["title"]["en"] == "System of Wang Jue & Wang Rongji (2024)"
    assert len(Framework.from_document(Document("f", made["framework"], {})).indicators) == 23
    bench.study(made["framework"])
    nodes = {one["id"]: one for one in bench.ask(views.state)["nodes"]}
    assert nodes["forest"]["worth"]["absent"] == ["forest"]
    assert nodes["forest"]["meant"]["formula"]["zh"]


def test_a_system_known_by_its_dimensions_only(bench: Bench) -> None:
    bench.study()
    made = bench.ask(start, source="system", system="shenzhen_ass_2024")
    assert made["indicators"] == 0
    assert [node["children"] for node in made["framework"]["tree"]] == [[]] * 5


def test_a_system_of_which_nothing_is_known_is_refused(bench: Bench) -> None:
    bench.study()
    with pytest.raises(SpecError, match="“wu_jifei_2024” were read: it cannot be a start"):
        start(bench.desk, bench.folder, source="system", system="wu_jifei_2024")
    with pytest.raises(SpecError, match="nobody_2024"):
        start(bench.desk, bench.folder, source="system", system="nobody_2024")


@pytest.mark.parametrize("reading", ["element", "cause", "feature", "newdev", "stage"])
def test_the_catalogue_by_each_reading(bench: Bench, reading: str) -> None:
    bench.study()
    made = bench.ask(start, source="catalogue", reading=reading)
    leaves = [leaf for node in made["framework"]["tree"] for leaf in node["children"]]
    assert made["indicators"] == 60 == len({leaf["id"] for leaf in leaves})
    some = bench.ask(start, source="catalogue", reading=reading, only=True)
    assert some["indicators"] == some["computed"] == made["computed"] == 1
    Framework.from_document(Document("f", some["framework"], {}))


def test_a_blank_beginning(bench: Bench) -> None:
    bench.study()
    made = bench.ask(start, source="blank")
    assert made["framework"]["tree"] == []
    assert made["framework"]["title"]["zh"]
    assert made["indicators"] == 0


# The shelves


def test_the_shelves_hold_all_there_is() -> None:
    known = shelf.catalogue(Desk(), None)
    assert len(known["indicators"]) == 60
    for one in known["indicators"]:
        assert all(word in {w["id"] for w in known["tags"][tag]["words"]} for tag, word in one["tags"].items())
    items = shelf.items(Desk(), None)
    assert (len(items["items"]), len(items["groups"])) == (118, 15)
    assert all(p["text"] and p["file"] and p["line"] >= 1 for one in items["items"] for p in one["phrases"])
    assert items["items"][3]["catalogue"] == [i.id for i in theory.catalogue() if "A04" in i.theory]


def test_published_systems_say_how_far_they_were_checked() -> None:
    found = {one["id"]: one for one in shelf.systems(Desk(), None)["systems"]}
    assert len(found) == len(theory.systems())
    verified = found["cao_dai_2025_counterfactual"]
    assert (verified["state"], verified["address"][:8]) == ("verified", "https://")
    recalled = found["wang_jue_2024"]
    assert recalled["state"] == "recalled"
    assert recalled["parts"]["indicators"] == "recalled"
    assert recalled["method"].zh.endswith("（未核实）")
    assert recalled["address"] is None


# Routes


class Listener:
    """An engine that only says what it was asked, and answers by calling the view here."""

    def __init__(self) -> None:
        self.desk, self.asked = Desk(), list[str]()

    async def answer(self, work: str, folder: Path | None, **options: Any) -> Response:
        self.asked.append(work)
        return Response(encode(pkgutil.resolve_name(work)(self.desk, folder, **options)), media_type="application/json")


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    app = FastAPI()
    app.include_router(routes.router)
    app.state.store, app.state.engine = Store(tmp_path), Listener()
    return TestClient(app)


def test_routes_ask_the_views(client: TestClient, tmp_path: Path) -> None:
    at = f"/sessions/{Store(tmp_path).create(demo='oecd').id}/framework"
    assert len(client.get("/framework/catalogue").json()["indicators"]) == 60
    assert len(client.get("/framework/systems").json()["systems"]) == 34
    assert len(client.get("/framework/theory").json()["items"]) == 118
    assert client.get(f"{at}/state").json()["framework"]["id"] == "oecd_factor_green"
    asked = {"formula": "output / labour", "unit": {"zh": "美元/人", "en": "USD per person"}, "id": "x"}
    assert client.post(f"{at}/formula", json=asked).json()["mended"] == "(output / labour) / 1000"
    assert client.get(f"{at}/start", params={"source": "blank"}).json()["indicators"] == 0
    assert client.get(f"{at}/start", params={"source": "system", "system": "lu_jiang_2024"}).json()["indicators"] == 18


@pytest.mark.parametrize(
    "asked", [{}, {"formula": "x" * 10_001}, {"formula": "x", "more": 1}, {"formula": "x", "unit": 3}]
)
def test_a_question_that_is_none_is_refused(client: TestClient, tmp_path: Path, asked: dict[str, Any]) -> None:
    at = f"/sessions/{Store(tmp_path).create().id}/framework"
    assert client.post(f"{at}/formula", json=asked).status_code == 422
    assert client.get(f"{at}/start", params={"source": "elsewhere"}).status_code == 422
