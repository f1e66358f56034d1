"""Chapter on industries: its sections, its numbers against the room's own functions, both sides of every finding."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from nqpf.chapters.blocks import Block, Callout, Chapter, Column, Paragraph, Section, Table
from nqpf.chapters.industry import industry_record
from nqpf.chapters.industry_chapter import industry_chapter
from nqpf.chapters.industry_context import IndustryContext
from nqpf.chapters.industry_findings import industry_findings
from nqpf.charts.figure import Figure
from nqpf.errors import MethodError
from nqpf.industry import complexity, shift_share, similarity
from nqpf.messages import LANGUAGES
from nqpf.report.files import write_tables
from nqpf.report.walk import outline, walk
from nqpf.results import Finding, Note, Part
from nqpf.study import Assessment, run

UNITS, KINDS, YEARS = 8, 12, (2010, 2015, 2020)
SECTORS = ("farm", "ore", "works", "chips", "shops")
FINAL = ("home", "exports")

ACTIVITY = """\
study: made
title: {zh: 产业, en: Industries}
industry:
  activity: {file: jobs.csv, unit: region, industry: line, time: year, value: jobs, title: {zh: 就业, en: Jobs}}
  units: units.csv
  industries: lines.csv
  layers: {traditional: {zh: 传统, en: Traditional}, emerging: {zh: 新兴, en: Emerging}}
  new: [emerging]
  entry: {k: 3}
  aspects: aspects.csv
"""
CHAIN = """\
  chain: {file: flows.csv, final: [home, exports], output: output, imports: [A, B], names: sectors.csv, \
uses: {home: consumption, exports: exports}, digital: [chips], evidence: evidence.csv, emissions: emissions.csv}
"""


def activity() -> pl.DataFrame:
    """Return regions at places on a line whose industries are near them, and move a little from year to year."""
    rng = np.random.default_rng(3)
    place, kind = np.linspace(0, 1, UNITS)[:, None], np.linspace(0, 1, KINDS)[None, :]
    rows = []
    for y, year in enumerate(YEARS):
        near = np.exp(-np.abs(place - kind) * (4 - y)) * rng.lognormal(0, 0.5, (UNITS, KINDS))
        jobs = np.round(300 * near)
        rows += [
            (f"r{r}", f"i{j:02d}", year, float(jobs[r, j])) for r, j in np.ndindex(UNITS, KINDS) if jobs[r, j] > 20
        ]
    return pl.DataFrame(rows, schema=["region", "line", "year", "jobs"], orient="row")


def flows() -> pl.DataFrame:
    """Return deliveries of five sectors that add up, with imported inputs from two origins."""
    rng = np.random.default_rng(5)
    home = rng.integers(2, 20, (5, 5)).astype(float)
    final = rng.integers(20, 60, (5, 2)).astype(float)
    rows = [("D", s, u, home[i, j]) for i, s in enumerate(SECTORS) for j, u in enumerate(SECTORS)]
    rows += [("D", s, f, final[i, k]) for i, s in enumerate(SECTORS) for k, f in enumerate(FINAL)]
    rows += [("D", s, "output", home[i].sum() + final[i].sum()) for i, s in enumerate(SECTORS)]
    rows += [(o, s, u, float(n + 1)) for n, o in enumerate("AB") for s in ("ore", "chips") for u in SECTORS]
    return pl.DataFrame(rows, schema=["supplier_region", "supplier", "user", "value"], orient="row")


def tables() -> dict[str, pl.DataFrame]:
    kinds = [f"i{j:02d}" for j in range(KINDS)]
    layers = ["emerging" if j > 6 else "traditional" for j in range(KINDS)]
    grow = [1.08 if layer == "emerging" else 1.01 for layer in layers]
    aspects = [(k, year, 100 * g ** (year - 2010), 50.0) for k, g in zip(kinds, grow, strict=True) for year in YEARS]
    return {
        "jobs": activity(),
        "units": pl.DataFrame([(f"r{r}", f"地区{r}", f"Region {r}") for r in range(UNITS)],
                              schema=["code", "zh", "en"], orient="row"),
        "lines": pl.DataFrame({"code": kinds, "zh": [f"行业{k}" for k in kinds], "en": [f"Line {k}" for k in kinds],
                               "layer": layers, "parent": [k[:2] for k in kinds]}),
        "aspects": pl.DataFrame(aspects, schema=["industry", "year", "output", "labour"], orient="row"),
        "flows": flows(),
        "sectors": pl.DataFrame({"code": SECTORS, "zh": [f"部门{n}" for n in range(5)],
                                 "en": [f"Sector {n}" for n in range(5)]}),
        "evidence": pl.DataFrame({"sector": SECTORS, "capability": [0.9, 0.4, 1.2, 0.2, 0.6],
                                  "non_substitutability": [0.1, 0.5, 0.3, 0.9, 0.2], "rca": [0.9, 0.4, 1.2, 0.2, 0.6]}),
        "emissions": pl.DataFrame({"sector": SECTORS, "emissions": [5.0, 9.0, 20.0, 2.0, 1.0]}),
    }  # fmt: skip


def made(folder: Path, text: str, **changed: pl.DataFrame) -> Assessment:
    for name, frame in (tables() | changed).items():
        frame.write_csv(folder / f"{name}.csv")
    (folder / "study.yaml").write_text(text, encoding="utf-8")
    return run(folder / "study.yaml")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Assessment:
    return made(tmp_path_factory.mktemp("whole"), ACTIVITY + CHAIN)


@pytest.fixture(scope="module")
def context(whole: Assessment) -> IndustryContext:
    assert whole.industry is not None
    return whole.industry


def chapter_of(assessment: Assessment) -> Chapter:
    return next(chapter for chapter in assessment.chapters if chapter.id == "industry")


def blocks_of(chapter: Chapter) -> list[Block]:
    return list(walk(chapter.blocks))


def table(chapter: Chapter, id: str) -> Table:
    return next(block for block in blocks_of(chapter) if isinstance(block, Table) and block.id == id)


def said(chapter: Chapter) -> str:
    return "\n".join(block.text.en for block in blocks_of(chapter) if isinstance(block, Paragraph | Callout))


def codes(context: IndustryContext) -> list[str]:
    return [finding.code for finding in industry_findings(context)]


def finding(context: IndustryContext, *starts: str) -> Finding:
    return next(one for one in industry_findings(context) if one.code.startswith(starts))


def turned(context: IndustryContext, **parts: Any) -> IndustryContext:
    """Return the context with some parts of what was found changed."""
    return replace(context, found=replace(context.found, **parts))


def changed(part: Part[Any], **fields: Any) -> Part[Any]:
    return Part(replace(part.result, **fields))


def linked(context: IndustryContext, **parts: Any) -> IndustryContext:
    """Return the context with some parts of its chain changed."""
    assert context.found.chain is not None
    return turned(context, chain=replace(context.found.chain, **parts))


def test_the_sections_and_what_they_hold(whole: Assessment) -> None:
    chapter = chapter_of(whole)
    sections = [block.id for block in chapter.blocks if isinstance(block, Section)]
    assert sections == [
        f"industry-{id}" for id in ("scope", "complexity", "structure", "backtest", "entries", "chain", "chokepoints")
    ]
    there = {block.id for block in blocks_of(chapter) if isinstance(block, Table | Figure)}
    wanted = {"industry-years", "complexity-regions", "complexity-plane", "complexity-industries", "similarity",
              "similarity-pairs", "structures", "layers", "layers-table", "layers-regions", "shift-share",
              "shift-share-table", "new-old", "backtest-all", "backtest-deep", "calibration", "entry-model", "entries",
              "entries-table-r0", "plane-r7", "linkages", "linkages-table", "extraction", "chain-position",
              "digital-inputs", "embodied", "emission-accounts", "chokepoints", "chokepoints-table",
              "chokepoints-ranks", "meters"}  # fmt: skip
    assert wanted - there == set()
    assert "cannot be given" not in said(chapter)


def test_no_name_is_missing_in_either_language(whole: Assessment) -> None:
    chapter = chapter_of(whole)
    blank = []
    for block in blocks_of(chapter):
        if not isinstance(block, Table):
            continue
        for column in (c for c in block.columns if c.kind == "text"):
            shown = [f"{column.key}_{lang}" for lang in LANGUAGES]
            names = [c for c in shown if c in block.frame.columns] or [column.key]
            # An interval, and what is missing, may be empty; names may not.
            if column.key not in ("interval", "missing", "top_origin"):
                blank += [(block.id, name) for name in names if block.frame[name].null_count()]
    assert blank == []
    for block in blocks_of(chapter):
        for lang in LANGUAGES:
            if isinstance(block, Paragraph | Callout):
                assert "{" not in block.text[lang]
    names = table(chapter, "complexity-regions").frame
    assert set(names["unit_zh"]) == {f"地区{r}" for r in range(UNITS)}
    assert set(table(chapter, "extraction").frame["sector_en"]) == {f"Sector {n}" for n in range(5)}


def test_every_picture_is_drawn_in_both_languages(whole: Assessment) -> None:
    drawn = [block for block in blocks_of(chapter_of(whole)) if isinstance(block, Figure)]
    for figure in drawn if len(drawn) < 12 else drawn[:7] + drawn[-3:]:
        zh, en = (json.dumps(figure.drawn(lang), ensure_ascii=False) for lang in LANGUAGES)
        assert zh != en
        assert figure.data.height


def test_numbers_are_those_of_the_methods(whole: Assessment, context: IndustryContext) -> None:
    chapter, keys = chapter_of(whole), {"unit": "region", "industry": "line", "time": "year"}
    direct = complexity(activity(), "jobs", **keys, anchor=2020, parts="largest")
    mine = table(chapter, "complexity-regions").frame
    theirs = direct.regions.filter(year=2020).sort("eci", descending=True)
    assert mine["unit"].to_list() == theirs["region"].to_list()
    np.testing.assert_array_equal(mine["eci"], theirs["eci"])
    assert mine["rank"].to_list() == list(range(1, UNITS + 1))
    before = dict(direct.regions.filter(year=2010).select("region", "eci").rows())
    assert dict(mine.select("unit", "eci_first").rows()) == before
    alike = similarity(activity(), "jobs", **keys)
    np.testing.assert_array_equal(table(chapter, "similarity-table").frame["mean"], alike.mean["mean"])
    moved = table(chapter, "shift-share-table").frame
    theirs = shift_share(activity(), "jobs", **keys).frame
    np.testing.assert_array_equal(moved["local"], theirs["local"])
    np.testing.assert_allclose(moved["national"] + moved["mix"] + moved["local"], moved["change"], atol=1e-9)
    shares = table(chapter, "layers-table").frame.group_by("year").agg(pl.col("share").sum())["share"]
    np.testing.assert_allclose(shares, 1.0)
    card = context.found.backtest.result
    assert card is not None
    shown = table(chapter, "backtest-deep").frame
    assert shown["auc_within"].to_list() == card.frame.filter(pool="deep")["auc_within"].to_list()
    low, high = card.frame.filter(pool="deep").select("gain_low", "gain_high").row(-1)
    assert shown["interval"][-1] == f"[{low:.3f}, {high:.3f}]"
    chain = context.found.chain
    assert chain is not None
    loss = table(chapter, "extraction").frame
    assert loss["loss_outside"].to_list() == sorted(chain.extraction.result.frame["loss_outside"], reverse=True)  # type: ignore[union-attr]


def test_the_best_candidates_are_those_of_the_table_of_pairs(whole: Assessment, context: IndustryContext) -> None:
    chapter = chapter_of(whole)
    entries = table(chapter, "entries").frame
    for unit in context.units:
        own = context.pairs.filter(~pl.col("present"), unit=unit).sort("p", descending=True).head(3)
        listed = table(chapter, f"entries-table-{unit}").frame
        assert listed["p"].to_list() == own["p"].to_list()
        row = entries.filter(unit=unit).row(0, named=True)
        assert row["expected"] == pytest.approx(own["p"].sum())
        assert [row[f"p_{n}"] for n in (1, 2, 3)] == own["p"].to_list()
        assert listed["industry_en"][0] in row["likeliest_en"]
        has = context.pairs.filter(pl.col("present"), unit=unit)["industry"]
        assert set(has) & set(listed["industry"]) == set()
    assert list(entries["unit"]) == [unit for unit in context.units if unit in set(entries["unit"])]


def test_where_there_are_many_regions_the_most_diverse_are_shown(
    context: IndustryContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nqpf.chapters.industry_entry.MANY", UNITS - 1)
    chapter = industry_chapter(replace(context))
    pictures = [b.id for b in blocks_of(chapter) if isinstance(b, Figure) and b.id.startswith("plane-")]
    count = context.pairs.group_by("unit").agg(n=pl.col("present").sum()).sort("n", "unit", descending=[True, False])
    assert pictures == [f"plane-{unit}" for unit in count["unit"][:6]]
    assert table(chapter, "entries").frame.height == UNITS
    assert f"There are {UNITS} regions; pictures follow for the 6" in said(chapter)


def test_findings_point_at_what_is_there(whole: Assessment, context: IndustryContext) -> None:
    places = outline(whole.chapters).places
    for one in industry_findings(context):
        assert one.place in places, one.code
        assert any(isinstance(value, int | float) for value in one.numbers.values())
        assert one.condition
        assert one.theory
        for lang in LANGUAGES:
            assert "{" not in one.text()[lang]
    assert len(set(codes(context))) >= 12


def noted(context: IndustryContext, *codes: str, **figures: float) -> IndustryContext:
    """Return the context with these remarks on its complexity, and these figures."""
    found = context.found.complexity.result
    assert found is not None
    summary = found.summary.with_columns(**{name: pl.lit(value) for name, value in figures.items()})
    values = {"years": "", "count": 1, "regions": 8, "diversity": 0.5, "ubiquity": 0.4, "basis": "diversity",
              "lambda2": 0.4, "lambda3": 0.3}  # fmt: skip
    notes = tuple(Note(code, "warning", values) for code in codes)
    return turned(replace(context), complexity=changed(context.found.complexity, notes=notes, summary=summary))


def test_complexity_is_only_called_so_where_it_may_be(context: IndustryContext) -> None:
    def told(*notes: str, **figures: float) -> str:
        return codes(noted(context, *notes, **figures))[0]

    assert told(diversity=0.6, ubiquity=-0.5) == "industries_complexity"
    assert told(diversity=0.6, ubiquity=-0.1) == "industries_weak"
    assert told("complexity_split", diversity=0.6, ubiquity=0.5) == "industries_split"
    assert told("complexity_tied", diversity=0.6, ubiquity=-0.5) == "industries_tied"
    assert told("complexity_sign", diversity=0.0, ubiquity=-0.5) == "industries_sign"
    open_ = finding(noted(context, diversity=0.6, ubiquity=-0.5), "industries_complexity")
    hidden = finding(replace(noted(context, diversity=0.6, ubiquity=-0.5), ranks="none"), "industries_complexity")
    assert "highest is Region" in open_.text().en
    assert "Region" not in hidden.text().en


def test_a_split_of_sectors_is_not_called_complexity(context: IndustryContext) -> None:
    def titles(chapter: Chapter, id: str) -> list[str]:
        return [column.title.en for column in table(chapter, id).columns]

    split, plain = (industry_chapter(noted(context, *notes)) for notes in (("complexity_split",), ()))
    assert "The eigenvector splits sectors" in said(split)
    assert "called second eigenvector and not complexity" in said(split)
    assert "2nd eigenvector (region), 2020" in titles(split, "complexity-regions")
    assert "2nd eigenvector (industry)" in titles(split, "complexity-industries")
    assert "second eigenvector" not in said(plain)
    assert "Complexity ECI, 2020" in titles(plain, "complexity-regions")
    assert "Complexity PCI" in titles(plain, "entries-table-r0")


@pytest.mark.parametrize(
    ("direction", "code"),
    [
        ("convergence", "industries_alike"),
        ("divergence", "industries_apart"),
        ("no_evidence", "industries_trend_not_shown"),
    ],
)
def test_trends_of_likeness(context: IndustryContext, direction: str, code: str) -> None:
    found = context.found.similarity.result
    assert found is not None
    trend = found.trend.with_columns(direction=pl.lit(direction))
    assert finding(
        turned(context, similarity=changed(context.found.similarity, trend=trend)), "industries_al", "industries_ap",
        "industries_trend",
    ).code == code  # fmt: skip


def test_two_years_have_no_trend(context: IndustryContext) -> None:
    found = context.found.similarity.result
    assert found is not None
    trend = found.trend.with_columns(direction=pl.lit("not_assessed"), p=pl.lit(None, pl.Float64))
    short = turned(context, similarity=changed(context.found.similarity, trend=trend))
    assert finding(short, "industries_trend").code == "industries_trend_short"


def test_layers_rise_and_fall(context: IndustryContext) -> None:
    found = context.found.portfolios.result
    assert found is not None

    def told(emerging: float, traditional: float) -> tuple[str, str]:
        """Return the findings where layers have so much in the last year and 50 each in the first."""
        rows = [("emerging", 2010, 50.0), ("traditional", 2010, 50.0), ("emerging", 2020, emerging),
                ("traditional", 2020, traditional)]  # fmt: skip
        frame = pl.DataFrame(rows, schema=["layer", "year", "value"], orient="row")
        whole = frame.with_columns(share=pl.col("value") / pl.col("value").sum().over("year"))
        there = turned(context, portfolios=changed(context.found.portfolios, whole=whole))
        return finding(there, "industries_new").code, finding(there, "industries_old").code

    assert told(80, 60) == ("industries_new_rose", "industries_old_grew")
    assert told(20, 60) == ("industries_new_fell", "industries_old_grew")
    assert told(40, 40) == ("industries_new_same", "industries_old_shrank")
    one = finding(context, "industries_new")
    assert one.numbers["up"] + one.numbers["down"] <= UNITS


def test_new_against_old_is_flagged_where_groups_are_small(context: IndustryContext) -> None:
    found = context.found.aspects.result
    assert found is not None
    assert finding(context, "industries_aspects").code == "industries_aspects"
    few = changed(context.found.aspects, frame=found.frame.with_columns(new_industries=pl.lit(2)))
    one = finding(turned(context, aspects=few), "industries_aspects")
    assert one.code == "industries_aspects_few"
    assert one.numbers["least"] == 2
    total = one.numbers["as_stated"] + one.numbers["contrary"] + one.numbers["no_evidence"]
    assert one.numbers["measured"] == total > 0


def test_skill_and_no_skill_are_both_normal_sentences(context: IndustryContext) -> None:
    card = context.found.backtest.result
    assert card is not None

    def told(**figures: Any) -> Mapping[str, str]:
        frame = card.frame.with_columns(**{k: pl.lit(v) for k, v in figures.items()})
        there = turned(context, backtest=changed(context.found.backtest, frame=frame))
        return {one.code: one.text().en for one in industry_findings(there) if one.place.startswith("backtest")}

    assert "which is not above 0" in told(verdict="no_skill", gain_low=-0.1, gain_high=0.2)["industries_no_skill"]
    assert "has skill on" in told(verdict="skill", gain_low=0.1, gain_high=0.2)["industries_skill"]
    few = told(positives=7, listed=8, precision=0.1, base_rate=0.05)
    assert "0.3 had gained" in few["industries_precision_few"]
    assert "hang on single ones" in few["industries_precision_few"]
    assert "against 0.2 picked" in told(positives=700, listed=80, precision=0.1, base_rate=0.05)["industries_precision"]


def test_key_sectors_or_none(context: IndustryContext) -> None:
    chain = context.found.chain
    assert chain is not None
    assert chain.linkages.result is not None
    frame = chain.linkages.result.frame
    for kind, code in (("key", "industries_key_sectors"), ("weak", "industries_no_key_sectors")):
        there = linked(context, linkages=changed(chain.linkages, frame=frame.with_columns(kind=pl.lit(kind))))
        assert finding(there, "industries_key", "industries_no_key").code == code


def test_large_and_pulling_hard_are_told_apart(context: IndustryContext) -> None:
    chain = context.found.chain
    assert chain is not None
    assert chain.extraction.result is not None
    frame = chain.extraction.result.frame
    order = frame.sort("loss_outside")
    for values, code in (((1.0, 2.0, 3.0, 4.0, 5.0), "same"), ((5.0, 4.0, 3.0, 2.0, 1.0), "differs")):
        swapped = order.with_columns(outside_per_unit=pl.Series(values))
        there = linked(context, extraction=changed(chain.extraction, frame=swapped))
        assert finding(there, "industries_loss").code == f"industries_loss_{code}"


def test_choke_points_are_only_ranked_where_all_is_known(context: IndustryContext) -> None:
    chain = context.found.chain
    assert chain is not None
    assert chain.chokepoints.result is not None
    one = chain.chokepoints.result

    def told(ranks: pl.DataFrame) -> Finding:
        return finding(linked(context, chokepoints=changed(chain.chokepoints, sensitivity=ranks)), "industries_choke")

    worst = pl.col("rank_worst")
    assert one.sensitivity.height == 5
    assert told(one.sensitivity.with_columns(worst * 0 + 1)).code == "industries_chokepoint"
    unsure = told(one.sensitivity.with_columns(worst * 0 + 4))
    assert unsure.code == "industries_chokepoint_unsure"
    assert "ranks 4" in unsure.text().en
    assert told(one.sensitivity.head(3)).code == "industries_chokepoint_few"
    gone = told(one.sensitivity.head(0))
    assert gone.code == "industries_chokepoint_none"
    assert gone.numbers["assessed"] == 0


def test_exports_are_spoken_of_where_the_table_has_them(context: IndustryContext) -> None:
    chain = context.found.chain
    assert chain is not None
    assert finding(context, "industries_exports").numbers["content"] > 0
    closed = linked(context, imports=changed(chain.imports, vertical_share=None))
    assert finding(closed, "industries_imports").code == "industries_imports"


def test_what_is_refused_says_why(context: IndustryContext) -> None:
    refused: Part[Any] = Part(None, MethodError("complexity_flat", units=8, industries=12))
    parts = ("complexity", "opportunity", "similarity", "diversity", "portfolios", "shift_share", "aspects", "backtest",
             "entry", "space")  # fmt: skip
    there = turned(replace(context), **dict.fromkeys(parts, refused), pairs=context.pairs.head(0))
    chapter = industry_chapter(there)
    count = said(chapter).count("This cannot be given. All 8 regions have all 12 industries")
    assert count >= 8
    assert [one.code for one in chapter.findings if "sector" not in one.code][:1] != ["industries_complexity"]
    chain = ("balance", "linkages", "upstreamness", "imports", "extraction", "digital", "embodied", "chokepoints",
             "meters")  # fmt: skip
    broken = industry_chapter(linked(replace(context), **dict.fromkeys(chain, refused)))
    assert said(broken).count("This cannot be given.") == len(chain)
    assert not {"linkages-table", "meters"} & {b.id for b in blocks_of(broken) if isinstance(b, Table)}


def test_what_the_study_has_no_table_of_is_said(tmp_path: Path) -> None:
    bare = ACTIVITY.replace("  aspects: aspects.csv\n", "")
    jobs = activity().filter(pl.col("year") == 2020)
    lines = tables()["lines"].drop("layer")
    chapter = chapter_of(made(tmp_path, bare, jobs=jobs, lines=lines))
    text = said(chapter)
    assert "There is no input–output table" in text
    assert "There is only one year" in text
    assert "New and old industry are not compared" in text
    assert "There are no probabilities" in text
    entries = table(chapter, "entries")
    assert [column.key for column in entries.columns] == ["unit", "likeliest"]
    assert "industry-chain" not in [block.id for block in chapter.blocks if isinstance(block, Section)]
    assert [one.code for one in chapter.findings] in (["industries_complexity"], ["industries_weak"],
                                                      ["industries_split"], ["industries_tied"])  # fmt: skip


def test_a_chain_alone_is_a_study(tmp_path: Path) -> None:
    text = "study: made\ntitle: Chain\nindustry:\n" + CHAIN.replace("digital: [chips], ", "").replace(
        ", emissions: emissions.csv", ""
    )
    chapter = chapter_of(made(tmp_path, text))
    assert "There is no table of regions and industries" in said(chapter)
    assert "Digital–real integration is not measured" in said(chapter)
    assert "Embodied emissions are not measured" in said(chapter)
    sections = [block.id for block in chapter.blocks if isinstance(block, Section)]
    assert sections == ["industry-scope", "industry-chain", "industry-chokepoints"]


def test_what_is_written_for_machines(whole: Assessment, context: IndustryContext, tmp_path: Path) -> None:
    record = json.loads(json.dumps(industry_record(context), allow_nan=False))
    wanted = {"years", "complexity", "regions", "industries", "opportunity", "similarity", "diversity", "layers",
              "layers_regions", "shift_share", "new_old", "backtest", "calibration", "entry_model", "entries",
              "linkages", "extraction", "upstreamness", "imports", "digital", "digital_overall", "embodied",
              "emission_accounts", "chokepoints", "chokepoint_ranks", "meters", "lights", "refused"}  # fmt: skip
    assert wanted - set(record) == set()
    assert "pairs" not in record
    entries = pl.DataFrame(record["entries"])
    assert entries.group_by("unit").len()["len"].max() == 3
    best = context.pairs.filter(~pl.col("present"))["p"].max()
    assert entries["p"].max() == best
    assert record["refused"] == {}
    write_tables(tmp_path, (chapter_of(whole),))
    kept = pl.read_csv(tmp_path / "entries.csv")
    assert kept.height == UNITS
    assert {"industry_3", "p_3", "low_3", "high_3", "density_3", "pci_3"} <= set(kept.columns)


def test_columns_are_all_in_their_frames(whole: Assessment) -> None:
    def there(frame: pl.DataFrame, column: Column) -> bool:
        return column.key in frame.columns or f"{column.key}_zh" in frame.columns

    absent = [
        (block.id, column.key)
        for block in blocks_of(chapter_of(whole))
        if isinstance(block, Table)
        for column in block.columns
        if not there(block.frame, column)
    ]
    assert absent == []
