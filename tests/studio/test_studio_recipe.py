"""Step 3 of the studio: what can be chosen comes from the models, and ranks are those that the library builds."""

from __future__ import annotations

import pkgutil
import re
from inspect import signature
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fastapi")

from fastapi import FastAPI, Response
from fastapi.testclient import TestClient

from nqpf.errors import NqpfError, SpecError
from nqpf.index import Recipe, build
from nqpf.index.live import live_ranks
from nqpf.index.multiverse.noise import Noise
from nqpf.registry import method
from nqpf.studio.desk import Desk
from nqpf.studio.routes import recipe as routes
from nqpf.studio.store import Session, Store
from nqpf.studio.views.recipe import rerank, state
from nqpf.studio.views.recipe_options import OWN, RULES, STEPS, options
from nqpf.studio.wire import encode, plain
from nqpf.study.prepare import prepare
from nqpf.study.spec import Study

DATA = """region,year,output,patents,energy
Alba,2020,10,4,9
Brac,2020,30,2,5
Cres,2020,20,9,7
Dugi,2020,12,1,2
Alba,2021,14,5,8
Brac,2021,28,2,6
Cres,2021,26,8,6
Dugi,2021,40,3,2
"""
TREE = [
    {"id": "size", "weight": 0.6, "children": [
        {"id": "output", "direction": "benefit", "weight": 0.7},
        {"id": "patents", "direction": "benefit", "weight": 0.3},
    ]},
    {"id": "energy", "direction": "cost", "weight": 0.4},
]  # fmt: skip


class Bench:
    """A session with a small table, and a desk."""

    def __init__(self, root: Path) -> None:
        self.desk, self.session = Desk(), Store(root).create("islands")
        (self.folder / "files" / "a.csv").write_text(DATA, encoding="utf-8")
        table = {"file": "files/a.csv", "unit": "region", "period": "year", "places": "none"}
        series = {name: {"unit": "1"} for name in ("output", "patents", "energy")}
        framework = {"id": "whole", "title": {"zh": "总指数", "en": "Whole"}, "tree": TREE}
        self.edit(data={"tables": [table], "series": series}, framework=framework, seed=5)

    @property
    def folder(self) -> Path:
        return self.session.folder

    def edit(self, **keys: Any) -> None:
        self.session.edit({**self.session.document, **keys}, self.session.revision, "test")

    def rerank(self, **asked: Any) -> Any:
        return plain(rerank(self.desk, self.folder, **asked))

    def built(self, recipe: Any = None) -> Any:
        study = Study.load(self.folder / "study.yaml")
        how = study.spec.recipe if recipe is None else Recipe.model_validate(recipe)
        return build(prepare(study).panel, study.framework, how)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


# What can be chosen


@pytest.fixture(scope="module")
def chosen() -> Any:
    return plain(options(Desk(), None))


def every_option(chosen: Any) -> list[Any]:
    methods = [one for step in chosen["steps"] for one in step["methods"]]
    return [option for one in methods for option in one["options"]] + chosen["rules"] + chosen["noise"]


def texts(value: Any) -> list[Any]:
    """Return every pair of languages in an answer."""
    if isinstance(value, dict):
        return [value] if set(value) == {"zh", "en"} else [pair for one in value.values() for pair in texts(one)]
    return [pair for one in value for pair in texts(one)] if isinstance(value, list) else []


def test_every_step_and_method_of_the_models_is_there_with_words_and_formula(chosen: Any) -> None:
    assert [step["id"] for step in chosen["steps"]] == list(STEPS)
    for step in chosen["steps"]:
        model = STEPS[step["id"]]
        words = [one["id"] for one in step["methods"]]
        if "method" in model.model_fields:
            assert words == model.model_json_schema().get("properties", {}).get("method", {}).get("enum", words)
            assert step["default"] == model.model_fields["method"].default
            assert [method(f"{step['id']}.{word}").title.zh for word in words] == [
                m["title"]["zh"] for m in step["methods"]
            ]
        else:
            assert (words, step["default"], step["off"]) == (["off", "screen"], "off", "off")
        for one in step["methods"]:
            assert re.search(r"[\u4e00-\u9fff].*[。]$", one["about"]["zh"]), one["id"]
            assert one["about"]["en"].endswith(".")
            if one["id"] != "off":
                assert one["formula"].startswith("<math")
                assert "merror" not in one["formula"]
                assert one["reference"]
    assert all(pair["zh"].strip() and pair["en"].strip() for pair in texts(chosen))


def test_options_are_those_that_serve_the_method_with_its_own_defaults(chosen: Any) -> None:
    found = {(s["id"], m["id"]): {o["name"]: o for o in m["options"]} for s in chosen["steps"] for m in s["methods"]}
    for (step, word), asked in found.items():
        if word != "off":
            assert set(asked) == set(method(step if word == step else f"{step}.{word}").options)
    assert found["normalise", "minmax"]["range"]["default"] == [0, 1]
    assert found["normalise", "efficacy"]["range"]["default"] == [60, 100]
    assert found["normalise", "goalposts"]["outside"]["default"] == "clip"
    words = {word: [w["id"] for w in found["normalise", word]["costs"]["words"]] for word in ("sum", "fraction_of_max")}
    assert words == {"sum": ["inverse", "complement"], "fraction_of_max": ["inverse", "complement", "sign"]}
    assert [w["id"] for w in found["normalise", "rank"]["scope"]["words"]] == ["pooled", "yearly", "base"]
    share = found["weight", "pca"]["share"]
    assert (share["kind"], share["above"], share["high"], share["optional"]) == ("number", 0, 1, True)
    assert found["treat", "coinr"]["winmax"] | {"about": 0, "title": 0} == {
        "name": "winmax", "title": 0, "about": 0, "default": 5, "optional": True, "names": None, "rare": False,
        "kind": "whole", "low": 0,
    }  # fmt: skip
    assert found["aggregate", "power"]["exponent"]["default"] is None  # it cannot be without
    assert found["weight", "given"]["values"] | {"title": 0, "about": 0} == {
        "name": "values", "title": 0, "about": 0, "default": {}, "optional": False, "names": "children", "rare": False,
        "kind": "by_name", "item": {"kind": "number"},
    }  # fmt: skip
    assert found["aggregate", "fuzzy"]["cuts"]["kind"] == "numbers"
    assert found["aggregate", "mpi"]["ddof"]["words"][1]["id"] == 1


def test_every_option_has_a_kind_the_page_knows_and_a_title_of_its_own(chosen: Any) -> None:
    kinds = {
        "word",
        "number",
        "whole",
        "flag",
        "text",
        "pair",
        "numbers",
        "names",
        "by_name",
        "judgements",
        "orders",
        "json",
    }
    for option in every_option(chosen):
        assert option["kind"] in kinds
        assert option["title"]["zh"] != option["name"]
        if option["kind"] == "word":
            assert option["words"]
    written = {option["name"] for option in every_option(chosen) if option["kind"] == "json"}
    assert written == {"each", "groups", "of"}  # what is too deep for a form
    assert [rule["name"] for rule in chosen["rules"]] == list(RULES)
    assert set(chosen["own"]) == set(OWN) < set(Recipe.model_fields)


def test_presets_can_be_built_as_they_are_written(chosen: Any) -> None:
    for preset in chosen["presets"]:
        assert Recipe.model_validate({"preset": preset["id"]}) == Recipe.model_validate(preset["recipe"])


# How a session stands


def test_the_tree_in_the_order_of_reading_with_years_and_names(bench: Bench) -> None:
    found = plain(state(bench.desk, bench.folder))
    assert found["problem"] is None
    assert [(node["id"], node["parent"], node["leaf"]) for node in found["tree"]] == [
        ("whole", None, False), ("energy", "whole", True), ("size", "whole", False),
        ("output", "size", True), ("patents", "size", True),
    ]  # fmt: skip
    assert [node["weight"] for node in found["tree"]] == [None, 0.4, 0.6, 0.7, 0.3]
    assert (found["periods"], found["ranks"]) == ([2020, 2021], "interval")
    assert [one["id"] for one in found["names"]["units"]] == ["Alba", "Brac", "Cres", "Dugi"]
    assert [one["id"] for one in found["names"]["inner"]] == ["size", "whole"]


def test_a_session_without_data_says_so(tmp_path: Path) -> None:
    found = state(Desk(), Store(tmp_path).create("空").folder)
    assert isinstance(found["problem"], NqpfError)
    assert encode(found)


def test_a_recipe_that_cannot_be_read_hides_neither_tree_nor_other_recipes(bench: Bench) -> None:
    bench.edit(recipe={"aggregate": {"method": "power"}})
    assert plain(state(bench.desk, bench.folder))["problem"] is None
    with pytest.raises(SpecError, match=r"recipe\.aggregate.*exponent"):
        bench.rerank()
    found = bench.rerank(recipe={"aggregate": {"method": "power", "exponent": 2}})
    assert [row["base"] for row in found["rows"]] == [None] * 4  # what cannot be built is no base
    assert (found["moved"], found["most"]) == (None, None)


# Ranks


@pytest.mark.parametrize(
    "recipe",
    [
        {},
        {"preset": "handbook"},
        {"weight": {"method": "given"}},
        {"normalise": {"range": [1, 100]}, "aggregate": {"method": "geometric"}},
        {"weight": {"method": "entropy"}, "aggregate": {"method": "topsis", "ideal": "observed"}},
    ],
)
def test_ranks_scores_and_intervals_are_the_librarys(bench: Bench, recipe: Any) -> None:
    found = bench.rerank(recipe=recipe, period=2020)
    live = live_ranks(bench.built(recipe), period=2020, seed=5)
    (low, high), rows = live.interval(), {row["unit"]: row for row in found["rows"]}
    for n, unit in enumerate(live.units):
        row = rows[unit]
        assert (row["rank"], row["low"], row["high"]) == (live.ranks[n], low[n], high[n])
        assert row["score"] == pytest.approx(live.scores[n], rel=1e-12)
    assert [row["rank"] for row in found["rows"]] == sorted(row["rank"] for row in found["rows"])
    assert (found["draws"], found["level"], found["period"]) == (200, 90, 2020)
    assert {one["id"]: one["whole"] for one in found["weights"]} == {
        node.id: pytest.approx(live.whole[node.at]) for node in bench.built().framework.nodes[:-1]
    }


def test_moved_weights_are_what_the_recipe_would_say(bench: Bench) -> None:
    moved = bench.rerank(weights={"size": 3, "energy": 1})
    written = {"weights": {"whole": {"method": "given", "rescale": True, "values": {"size": 3, "energy": 1}}}}
    same = bench.rerank(recipe=written)
    assert moved == same
    assert {one["id"]: one["local"] for one in moved["weights"]} == {
        "size": 0.75, "energy": 0.25, "output": 0.5, "patents": 0.5,
    }  # fmt: skip
    groups = {one["id"]: (one["own"], one["method"]["en"], one["below"]["en"]) for one in moved["groups"]}
    assert groups["whole"] == (True, "Given weights", "Equal weights")
    assert groups["size"][0] is False
    bench.edit(recipe=written)
    ranks = bench.built().ranks[-1, :, -1]
    assert {row["unit"]: row["rank"] for row in moved["rows"]} == dict(
        zip(bench.built().panel.units, ranks, strict=True)
    )


def test_weights_take_the_place_of_a_groups_own(bench: Bench) -> None:
    own = {"weights": {"size": {"method": "entropy"}}}
    found = bench.rerank(recipe=own, weights={"output": 1, "patents": 0})
    assert {one["id"]: one["local"] for one in found["weights"]}["output"] == 1


def test_change_against_a_base(bench: Bench) -> None:
    """By hand: with all weight on energy, a cost, Dugi leads and Alba is last; with all on patents Cres leads."""
    all_on = {"weights": {"size": {"method": "given", "values": {"output": 0, "patents": 1}}}}
    energy = all_on | {"weight": {"method": "given", "values": {"size": 0, "energy": 1}}}
    patents = all_on | {"weight": {"method": "given", "values": {"size": 1, "energy": 0}}}
    found = bench.rerank(recipe=patents, base=energy, period=2020)
    rows = {row["unit"]: (row["rank"], row["base"]) for row in found["rows"]}
    assert rows == {"Cres": (1, 3), "Alba": (2, 4), "Brac": (3, 2), "Dugi": (4, 1)}
    assert (found["moved"], found["most"]) == (4, 3)
    assert bench.rerank(recipe=patents, base=patents)["moved"] == 0


def test_a_unit_that_only_one_of_two_recipes_keeps(bench: Bench) -> None:
    without = {"screen": {"drop": ["Alba"]}}
    assert {row["unit"] for row in bench.rerank(recipe=without)["rows"]} == {"Brac", "Cres", "Dugi"}
    back = {row["unit"]: row["base"] for row in bench.rerank(base=without)["rows"]}
    assert back["Alba"] is None
    assert back["Brac"] is not None


def test_where_weights_do_not_count_it_says_so(bench: Bench) -> None:
    found = bench.rerank(recipe={"aggregate": {"method": "bod"}})
    assert not any(one["counted"] for one in found["weights"])
    assert found["draws"] == 0
    assert "怎样改权重，名次都不变" in found["notes"][0]["text"]["zh"]
    assert all(row["low"] == row["rank"] == row["high"] for row in found["rows"])


def test_how_nearby_weights_are_drawn(bench: Bench) -> None:
    wide = bench.rerank(noise={"kind": "simplex"})
    live = live_ranks(bench.built(), noise=Noise(kind="simplex"), seed=5)
    assert {row["unit"]: row["high"] for row in wide["rows"]} == dict(zip(live.units, live.interval()[1], strict=True))
    assert "任意取值" in wide["noise"]["zh"]
    bench.edit(multiverse={"vary": {"weights_noise": {"kind": "dirichlet", "concentration": 20}}})
    assert "20" in bench.rerank()["noise"]["en"]
    with pytest.raises(SpecError, match="noise"):
        bench.rerank(noise={"kind": "gauss"})


def test_remarks_of_the_library_stand_beside(bench: Bench) -> None:
    found = bench.rerank(
        recipe={"weight": {"method": "given", "values": {"size": 0.1, "energy": 0.9, "output": 0.5, "patents": 0.5}}}
    )
    codes = {note.code for note in bench.built().notes}
    assert "few_units" in codes
    assert any("energy" in note["text"]["en"] and note["severity"] == "warning" for note in found["notes"])


def test_a_study_without_ranks_gets_none(bench: Bench) -> None:
    bench.edit(report={"ranks": "none"})
    found = bench.rerank()
    assert found["ranks"] == "none"
    assert {key for row in found["rows"] for key in row} == {"unit", "title", "score", "score_low", "score_high"}
    scores = [row["score"] for row in found["rows"]]
    assert scores == sorted(scores, reverse=True)
    assert found["moved"] is None


def test_a_study_of_grades_gets_grades(bench: Bench) -> None:
    bench.edit(report={"ranks": "groups", "grades": {"method": "quantile", "count": 2}})
    energy = {"weights": {"whole": {"method": "given", "values": {"size": 0, "energy": 1}}}}
    found = bench.rerank(recipe=energy, period=2020, noise={"kind": "uniform", "width": 1e-6})
    assert [(row["unit"], row["grade"]) for row in found["rows"]] == [
        ("Brac", 1),
        ("Dugi", 1),
        ("Alba", 2),
        ("Cres", 2),
    ]
    assert {key for row in found["rows"] for key in row} == {
        "unit",
        "title",
        "grade",
        "grade_low",
        "grade_high",
        "base",
    }
    assert len(found["grades"]) == 2
    assert found["moved"] == sum(row["grade"] != row["base"] for row in found["rows"])
    bench.edit(report={"ranks": "groups", "grades": {"method": "natural", "count": 9}})
    with pytest.raises(NqpfError) as caught:
        bench.rerank()
    assert caught.value.where.key == "report.grades"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"weights": {"sise": 1.0}}, "size"),
        ({"weights": {"whole": 1.0}}, "whole"),
        ({"weights": {"size": 1.0}}, "energy"),
        ({"weights": {"size": -1.0, "energy": 2.0}}, "size"),
        ({"weights": {"size": 0.0, "energy": 0.0}}, "whole"),
        ({"recipe": {"aggregate": {"method": "topsys"}}}, "topsis"),
        ({"recipe": {"agregate": {}}}, "aggregate"),
        ({"recipe": {"weight": {"method": "cv", "variant": "blended"}}}, "recipe.weight.variant"),
        ({"recipe": {"aggregate": {"method": "geometric"}}}, "geometric"),
        ({"period": 1900}, "2020"),
    ],
)
def test_what_cannot_be_built_is_said(bench: Bench, asked: dict[str, Any], said: str) -> None:
    with pytest.raises(NqpfError) as caught:
        bench.rerank(**asked)
    assert said in str(caught.value)


def test_a_changed_recipe_reads_no_file_again(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.rerank()

    def never(*_: Any) -> None:
        raise AssertionError

    monkeypatch.setattr("nqpf.studio.desk.prepare", never)
    monkeypatch.setattr("nqpf.studio.views.drafts.Framework.from_document", never)
    bench.edit(recipe={"weight": {"method": "cv"}})
    assert bench.rerank()["groups"][0]["method"]["zh"] == "变异系数法"
    bench.rerank(weights={"output": 1.0, "patents": 2.0})


# Routes


class Listener:
    """Stands where the engine does, and says what it was asked."""

    async def answer(self, work: str, folder: Path | None, **asked: Any) -> Response:
        return Response(encode([work, folder and folder.name, asked]), media_type="application/json")


@pytest.fixture
def client(bench: Bench) -> TestClient:
    app = FastAPI()
    app.include_router(routes.router)
    app.state.store, app.state.engine = Store(bench.folder.parent), Listener()
    return TestClient(app)


def test_routes_ask_the_views(client: TestClient, bench: Bench) -> None:
    work, folder, asked = client.get("/recipe/options").json()
    assert (pkgutil.resolve_name(work), folder, asked) == (options, None, {})
    at = f"/sessions/{bench.session.id}/recipe"
    assert pkgutil.resolve_name(client.get(f"{at}/state").json()[0]) is state
    body = {"weights": {"size": 1.0, "energy": 2.0}, "period": 2020}
    work, folder, asked = client.post(f"{at}/rerank", json=body).json()
    assert (pkgutil.resolve_name(work), folder, asked.pop("newest")) == (rerank, bench.session.id, True)
    signature(rerank).bind(bench.desk, bench.folder, **asked)
    assert asked["weights"] == body["weights"]


@pytest.mark.parametrize("body", [{"weights": {"a": -1}}, {"weights": {"a": "x"}}, {"period": "x"}, {"other": 1}])
def test_what_cannot_be_asked_is_refused(client: TestClient, bench: Bench, body: dict[str, Any]) -> None:
    assert client.post(f"/sessions/{bench.session.id}/recipe/rerank", json=body).status_code == 422


def test_a_demo_is_ranked(tmp_path: Path) -> None:
    session: Session = Store(tmp_path).create(demo="thermal")
    found = rerank(Desk(), session.folder)
    assert found["period"] == 2017
    assert found["rows"][0]["title"].zh == "江苏"
    assert encode(found)
