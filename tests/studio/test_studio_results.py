"""Step 4: results are written as the page reads them, every number that can be traced leads to its cells."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from nqpf.errors import NqpfError, OutputError, SpecError
from nqpf.messages import Text, catalogue
from nqpf.studio.app import create_app
from nqpf.studio.desk import Desk
from nqpf.studio.engine import Engine
from nqpf.studio.faults import Absent, Conflict
from nqpf.studio.results_files import result_file, standing
from nqpf.studio.store import Session, Store
from nqpf.studio.views import results, results_trace
from nqpf.studio.wire import encode
from nqpf.study import Assessment, demo_path

STUDY = """\
study: small
title: {zh: 小样本, en: Small}
data:
  tables: [{file: data.csv, unit: province, places: provinces}]
  reject: [{series: rd, unit: 天津, period: 2018, reason: {zh: 笔误, en: a slip}}]
  missing: {rule: next, max_extrapolation: 3}
framework:
  id: whole
  title: {zh: 总指数, en: Index}
  tree:
    - id: output
      title: {zh: 产出, en: Output}
      children:
        - {id: income, formula: gdp / pop * 10000, unit: 元, direction: benefit}
        - {id: research, formula: rd / gdp * 100, unit: "%", direction: benefit}
    - id: green
      title: {zh: 绿色, en: Green}
      children:
        - {id: coal_use, formula: coal / gdp, unit: 吨/元, direction: cost}
report: {lang: en, formats: [html]}
"""
UNITS = ("北京", "天津", "河北", "山西", "内蒙古", "辽宁")


def table() -> str:
    rows = ["province,year,gdp,pop,rd,coal"]
    for t, year in enumerate((2018, 2019, 2020)):
        for i, unit in enumerate(UNITS):
            gdp, rd, coal = 1000 + 137 * i + 53 * t, 10 + (7 * i + 3 * t) % 11, 20 + (5 * i + 2 * t) % 7
            rows.append(f"{unit},{year},{gdp},{50 + 3 * i + t},{rd},{coal}")
    return "\n".join(rows) + "\n"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Give a store with one session whose study has been run, its figures left out to save time."""
    store = Store(tmp_path_factory.mktemp("studio"))
    session = store.create("Small")
    (session.folder / "data.csv").write_text(table(), encoding="utf-8")
    (session.folder / "study.yaml").write_text(STUDY, encoding="utf-8")
    session.adopt()
    patch = pytest.MonkeyPatch()
    patch.setattr("nqpf.study.assessment.write_figures", lambda *_: None)
    results.run(Desk(), session.folder, lambda _: None)
    patch.undo()
    return store


@pytest.fixture
def session(store: Store) -> Session:
    return store.open(store.sessions()[0].id)


@pytest.fixture
def client(store: Store) -> TestClient:
    return TestClient(create_app(store, Engine()))


def read(session: Session, *parts: str) -> Any:
    return json.loads(result_file(session.folder, *parts).read_bytes())


def blocks(page: Any) -> Iterator[dict[str, Any]]:
    for block in page["blocks"]:
        yield block
        if block["kind"] == "section":
            yield from blocks(block)


def every_page(session: Session) -> Iterator[Any]:
    for name in ("chapters", "sections"):
        for path in sorted((session.folder / "out.studio" / name).glob("*.json")):
            yield json.loads(path.read_bytes())


def test_both_folders_are_written(session: Session) -> None:
    assert (session.folder / "out" / "report.html").is_file()
    assert (session.folder / "out" / "assessment.json").is_file()
    assert (session.folder / "out.studio" / "study.yaml").read_text(encoding="utf-8") == STUDY
    assert not [path for path in session.folder.iterdir() if ".draft-" in path.name or ".old-" in path.name]
    assert [file.path for file in session.files()] == ["data.csv"]


def test_the_overview_has_findings_with_their_places(session: Session) -> None:
    made = read(session, "overview.json")
    assert made["findings"]
    known = {chapter["id"] for chapter in made["chapters"]}
    for finding in made["findings"]:
        assert finding["text"]["zh"]
        assert finding["place"] is None or finding["place"]["chapter"] in known
    anchors = {block["anchor"] for block in made["highlights"]["blocks"]}
    assert {"ranking", "trend", "contributions", "logic"} <= anchors
    assert [place["chapter"] for place in made["places"]] == [
        {"logic": "theory", "cautions-page": "cautions"}.get(block["anchor"], "index")
        for block in made["highlights"]["blocks"]
    ]
    assert [unit["title"]["zh"] for unit in made["units"]] == list(UNITS)
    assert made["units"][0]["profile"]["chapter"] == "profiles"


def test_links_lead_somewhere(session: Session) -> None:
    made = read(session, "overview.json")
    places = [finding["place"] for finding in made["findings"] if finding["place"]]
    places += [unit["profile"] for unit in made["units"]]
    for place in places:
        page = read(
            session,
            *(
                ("sections", f"{place['section']}.json")
                if place["section"]
                else ("chapters", f"{place['chapter']}.json")
            ),
        )
        assert place["anchor"] in {page["id"], *(block.get("anchor") for block in blocks(page))}


def test_charts_are_whole(session: Session) -> None:
    drawn = 0
    for page in every_page(session):
        for block in blocks(page):
            if block["kind"] == "figure" and "height" in block:
                drawn += 1
                for lang in ("zh", "en"):
                    chart = page["charts"][block["anchor"]][lang]
                    assert {chart["config"], *chart["datasets"].values()} <= page["parts"].keys()
    assert drawn >= 8
    living = read(session, "living", "logic.json")
    assert living["live"]["periods"] == [2018, 2019, 2020]
    assert living["svg"]["en"].startswith("<svg")


def test_what_is_absent_says_what_it_takes(session: Session) -> None:
    absent = {one["chapter"]: one for one in read(session, "overview.json")["absent"]}
    assert (absent["robustness"]["key"], absent["robustness"]["plain"]) == ("multiverse", True)
    assert (absent["circles"]["key"], absent["circles"]["plain"]) == ("system", True)
    assert (absent["productivity"]["key"], absent["productivity"]["plain"]) == ("productivity", False)
    assert "multiverse" in absent["robustness"]["needs"]["en"]
    assert set(results.KEYS.values()) >= {one["key"] for one in absent.values() if one["key"]}


def test_every_chapter_that_can_be_absent_has_its_key() -> None:
    can = {key.removeprefix("summary.chapter.") for key in catalogue() if key.startswith("summary.chapter.")}
    assert results.KEYS.keys() <= can
    assert can - results.KEYS.keys() == {"theory", "index", "coherence", "profiles", "data", "checks"}


def traceable(session: Session) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield every cell that the page can trace: table, column, what is asked."""
    for page in every_page(session):
        for block in (one for one in blocks(page) if one["kind"] == "table"):
            for key, source in block["sources"].items():
                for row in range(block["rows"]):
                    yield block["anchor"], key, {k: v[row] if isinstance(v, list) else v for k, v in source.items()}


def test_every_number_that_can_be_traced_is(session: Session) -> None:
    desk, seen, done = Desk(), {}, set()
    for anchor, key, asked in traceable(session):
        seen.setdefault(anchor, set()).add(key)
        if (known := tuple(asked.values())) in done:
            continue
        done.add(known)
        found = results_trace.trace(desk, session.folder, **asked)
        assert found["node" if "node" in asked else "series"] in asked.values()
        encode(found)
    assert seen["scores"] >= {"rank", "value", "rank_low", "rank_high", "rank_first", "score_output", "score_green"}
    assert seen["ledger"] == {"old", "new"}
    assert seen["contributions-table"] >= {"total", "part_income"}
    assert seen["profile-course-110000"] >= {"score", "rank"}
    assert seen["profile-table-110000"] >= {"value", "first", "score", "rank"}


def test_a_traced_number_is_the_number_of_the_table(session: Session) -> None:
    desk, page = Desk(), read(session, "chapters", "index.json")
    table = next(block for block in blocks(page) if block.get("anchor") == "scores")
    columns = {column["key"]: column for column in table["columns"]}
    for row, unit in enumerate(table["units"]):
        found = results_trace.trace(desk, session.folder, unit=unit, period=2020)
        assert found["score"] == pytest.approx(columns["value"]["values"][row], abs=1e-12)
        assert found["rank"] == columns["rank"]["values"][row]
        assert sum(one["product"] for one in found["parts"]) == pytest.approx(found["score"], abs=1e-9)


def test_one_step_down_after_another_ends_in_a_cell(session: Session) -> None:
    desk = Desk()
    root = results_trace.trace(desk, session.folder, unit="天津", period=2018)
    assert [one["node"] for one in root["parts"]] == ["output", "green"]
    assert (root["how"], root["method"].en) == ("weighted", "weighted arithmetic mean")
    inner = results_trace.trace(desk, session.folder, unit="天津", period=2018, node="output")
    assert [one["node"] for one in inner["path"]] == ["whole"]
    assert [(one["node"], one["leaf"]) for one in inner["parts"]] == [("income", True), ("research", True)]
    leaf = results_trace.trace(desk, session.folder, unit="天津", period=2018, node="research")
    assert "parts" not in leaf
    assert leaf["indicator"]["filled_in"] == "20 / 1137 * 100"
    assert "Score = " in leaf["indicator"]["scale"].en
    rd = leaf["cells"][0]
    assert (rd["series"], rd["written"], rd["cell"], rd["value"], rd["reported"]) == ("rd", "17", "E3", 20.0, False)
    assert [change["rule"].en for change in leaf["changes"]][-1] == "next value carried back"


def test_a_changed_file_is_no_longer_traced(session: Session) -> None:
    path = session.folder / "data.csv"
    before = path.read_bytes()
    path.write_bytes(before.replace(b"1137", b"1138"))
    try:
        with pytest.raises(Conflict) as refused:
            results_trace.trace(Desk(), session.folder, unit="天津", period=2018)
        assert "data.csv" in refused.value.what.en
    finally:
        path.write_bytes(before)


def test_the_trace_is_of_the_results_not_of_the_document(session: Session, store: Store) -> None:
    before = results_trace.trace(Desk(), session.folder, unit="天津", period=2020)["score"]
    document = session.document
    changed = document | {"recipe": {"aggregate": {"method": "geometric"}, "normalise": {"range": [1, 100]}}}
    assert standing(session.folder, document) == "fresh"
    session.edit(changed, session.revision, "recipe")
    assert standing(session.folder, session.document) == "stale"
    assert results_trace.trace(Desk(), session.folder, unit="天津", period=2020)["score"] == before
    session.undo()
    assert standing(session.folder, session.document) == "fresh"


def test_what_only_changes_files_leaves_results_as_they_are(session: Session) -> None:
    document = session.document
    assert standing(session.folder, document | {"report": {"lang": "zh", "formats": ["pdf"]}}) == "fresh"
    assert standing(session.folder, document | {"report": {"detail": "brief"}}) == "stale"
    assert standing(session.folder, document | {"seed": 1}) == "stale"


def test_results_of_another_release_are_not_read(client: TestClient, session: Session) -> None:
    path = result_file(session.folder, "document.json")
    before = path.read_bytes()
    path.write_bytes(before.replace(b'"form":1', b'"form":0'))
    try:
        answer = client.get(f"/api/sessions/{session.id}/results/chapters").json()
        assert answer == {"standing": "outdated", "results": None}
    finally:
        path.write_bytes(before)


def test_series_are_shown_with_how_they_came_about(session: Session) -> None:
    listed = results_trace.series(Desk(), session.folder)
    assert [one["id"] for one in listed["series"]] == ["gdp", "pop", "rd", "coal"]
    rd = results_trace.series(Desk(), session.folder, series="rd")
    assert rd["periods"] == (2018, 2019, 2020)
    assert rd["values"][1][0] == rd["values"][1][1]
    assert isinstance(rd["status"][1][0], Text)
    assert rd["status"][0] == [None, None, None]


def test_an_anonymous_study_names_no_unit_and_is_not_traced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Assessment, "write", lambda *_, **__: None)
    (tmp_path / "data.csv").write_text(table(), encoding="utf-8")
    (tmp_path / "study.yaml").write_text(STUDY.replace("lang: en", "lang: en, anonymous: true"), encoding="utf-8")
    results.run(Desk(), tmp_path, lambda _: None)
    folder = tmp_path / "out.studio"
    pages = [*folder.glob("*/*.json"), folder / "overview.json"]
    assert len(pages) > 15
    for page in pages:
        assert not re.search("天津|Tianjin|120000", page.read_text(encoding="utf-8")), page.name
    made = json.loads((folder / "overview.json").read_bytes())
    assert made["anonymous"]
    assert all(unit["profile"]["section"] for unit in made["units"])
    assert not any(block.get("sources") for page in pages for block in _blocks_of(page))
    with pytest.raises(SpecError, match=r"代码|codes"):
        results_trace.trace(Desk(), tmp_path, unit="天津", period=2018)


def _blocks_of(path: Path) -> list[dict[str, Any]]:
    page = json.loads(path.read_bytes())
    return list(blocks(page)) if "blocks" in page else []


def test_routes_serve_what_was_written(client: TestClient, session: Session) -> None:
    base = f"/api/sessions/{session.id}/results"
    answer = client.get(f"{base}/chapters").json()
    assert answer["standing"] == "fresh"
    assert answer["results"] == read(session, "overview.json")
    assert client.get(f"{base}/chapters/index").json() == read(session, "chapters", "index.json")
    assert client.get(f"{base}/sections/profile-110000").json()["title"]["en"] == "Beijing"
    assert client.get(f"{base}/living", params={"figure": "logic"}).json()["live"]["unit"] >= 0
    script = client.get("/api/results/living.js")
    assert script.headers["content-type"].startswith("text/javascript")
    assert script.text.rstrip().endswith("export { living };")


def test_routes_refuse_what_is_not_there(client: TestClient, store: Store, session: Session) -> None:
    base = f"/api/sessions/{session.id}/results"
    assert client.get(f"{base}/chapters/nothing").json()["error"]["code"] == "studio_no_part"
    assert client.get(f"{base}/chapters/..%2F..%2Fstudy").status_code in (404, 422)
    fresh = store.create("Fresh")
    try:
        assert client.get(f"/api/sessions/{fresh.id}/results/chapters").json() == {"standing": "none", "results": None}
        answer = client.get(f"/api/sessions/{fresh.id}/results/chapters/index")
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "studio_no_results")
        with pytest.raises(Absent):
            results_trace.trace(Desk(), fresh.folder, unit="北京", period=2018)
    finally:
        store.remove(fresh.id)


def test_a_run_that_fails_leaves_the_results_as_they_were(session: Session) -> None:
    before = result_file(session.folder, "overview.json").read_bytes()
    path = session.folder / "study.yaml"
    path.write_text(STUDY.replace("coal / gdp", "coal / gpd"), encoding="utf-8")
    try:
        with pytest.raises(NqpfError, match="gpd"):
            results.run(Desk(), session.folder, lambda _: None)
    finally:
        path.write_text(STUDY, encoding="utf-8")
    assert result_file(session.folder, "overview.json").read_bytes() == before


def test_a_format_that_cannot_be_had_is_told_with_the_results(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise OutputError("formats_refused", reasons="no font")

    told: list[Text] = []
    monkeypatch.setattr(Assessment, "write", refuse)
    results.run(Desk(), session.folder, told.append)
    assert "no font" in read(session, "overview.json")["refused"]["what"]["en"]
    assert told[-1].en == "writing the pages of results"


@pytest.mark.slow
@pytest.mark.parametrize("demo", ["thermal", "oecd"])
def test_chapters_of_demos_are_small(demo: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Assessment, "write", lambda *_, **__: None)
    shutil.copytree(demo_path(demo).parent, tmp_path / "s")
    results.run(Desk(), tmp_path / "s", lambda _: None)
    sizes = {path.name: path.stat().st_size for path in (tmp_path / "s" / "out.studio").rglob("*.json")}
    assert max(sizes.values()) < 1_500_000
    assert sizes["overview.json"] < 600_000
