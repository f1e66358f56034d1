"""What a study says of missing values: done, told in the report, and carried into the rank intervals."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from nqpf.chapters.blocks import Block, Section
from nqpf.cli import command
from nqpf.data import Status
from nqpf.errors import DataError, SpecError
from nqpf.messages import Text, speak
from nqpf.study import Assessment, Study, run
from nqpf.study.new import new_study
from nqpf.study.prepare import prepare

HOLES = {("北京", 2021): "rd", ("河北", 2019): "coal", ("辽宁", 2021): "coal", ("山西", 2018): "rd"}


def punch(workshop: Any, holes: dict[tuple[str, int], str] | None = None) -> None:
    """Empty cells of the table."""
    frame = pl.read_csv(workshop.data)
    for (unit, year), column in (HOLES if holes is None else holes).items():
        here = (pl.col("province") == unit) & (pl.col("year") == year)
        frame = frame.with_columns(pl.when(here).then(None).otherwise(column).alias(column))
    frame.write_csv(workshop.data)


def rule(workshop: Any, text: str, holes: dict[tuple[str, int], str] | None = None) -> Any:
    punch(workshop, holes)
    workshop.edit("missing: {rule: stop}", f"missing: {text}")
    return workshop.study


def walk(blocks: Iterable[Block]) -> Iterator[Block]:
    for block in blocks:
        yield block
        if isinstance(block, Section):
            yield from walk(block.blocks)


def blocks(done: Assessment) -> dict[str, Any]:
    """Return tables and figures by id."""
    return {b.id: b for chapter in done.chapters for b in walk(chapter.blocks) if hasattr(b, "id")}


def texts(done: Assessment) -> str:
    said = [getattr(b, "text", None) for chapter in done.chapters for b in walk(chapter.blocks)]
    return "\n".join(t.en for t in said if isinstance(t, Text))


@pytest.fixture
def drawn(workshop: Any) -> Assessment:
    return run(rule(workshop, "{rule: em, draws: 8}"))


@pytest.mark.usefixtures("blank_pictures")
def test_a_study_with_em_and_draws_runs_from_the_command_line(
    workshop: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    path = rule(workshop, "{rule: em, draws: 8}")
    assert command(["run", str(path), "--out", str(workshop.out)]) == 0
    assert "Over 8 draws of them" in capsys.readouterr().out
    result = json.loads((workshop.out / "assessment.json").read_text(encoding="utf-8"))
    assert len(result["imputation_ranks"]) == 6 * 4
    assert {row["rule"] for row in result["ledger"]} == {"missing.em"}
    for row in result["imputation_ranks"]:
        assert row["rank_low_all"] <= row["rank_low"] <= row["rank"] <= row["rank_high"] <= row["rank_high_all"]
    assert "missing-draws" in (workshop.out / "report.html").read_text(encoding="utf-8")


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(workshop: Any) -> None:
    path = rule(workshop, "{rule: em, draws: 5}")
    first, second = (run(path).context.over_draws for _ in range(2))
    assert first.ranks.tobytes() == second.ranks.tobytes()
    drawn = prepare(Study.load(path)).filled.draws
    workshop.edit("study: base\n", "study: base\nseed: 7\n")
    other = prepare(Study.load(path)).filled.draws
    assert drawn.values.tobytes() != other.values.tobytes()


def test_ranks_over_draws_stand_beside_the_ranks(drawn: Assessment) -> None:
    table = blocks(drawn)["scores"]
    keys = [c.key for c in table.columns]
    assert keys[keys.index("rank_high") + 1 :][:3] == ["draws_low", "draws_high", "imputed"]
    frame = table.frame
    for low, high in (("rank_low", "rank_high"), ("draws_low", "draws_high"), ("left_out_low", "left_out_high")):
        assert (frame[low] <= frame["rank"]).all()
        assert (frame["rank"] <= frame[high]).all()
        assert (frame["rank_low"] <= frame[low]).all()
        assert (frame["rank_high"] >= frame[high]).all()
    assert "8 draws" in table.note.en
    assert "33.3%" not in table.note.en
    assert "11.1% of the indicator values used rest on imputed figures." in table.note.en


def test_the_share_of_imputed_figures_stands_by_unit_year_and_indicator(drawn: Assessment) -> None:
    shares = dict(blocks(drawn)["scores"].frame.select("unit", "imputed").iter_rows())
    assert shares == {"110000": 1 / 3, "210000": 1 / 3} | dict.fromkeys(("120000", "130000", "140000", "150000"), 0.0)
    by_year = blocks(drawn)["imputed"].frame.filter(pl.col("imputed") > 0)
    assert set(by_year.select("unit", "period").iter_rows()) == {
        ("110000", 2021),
        ("130000", 2019),
        ("210000", 2021),
        ("140000", 2018),
    }
    indicators = dict(blocks(drawn)["indicators"].frame.select("indicator", "imputed").iter_rows())
    assert indicators == {"income": 0.0, "research": 2 / 24, "coal_use": 2 / 24}
    profile = blocks(drawn)["profile-table-110000"]
    assert dict(profile.frame.select("indicator", "imputed").iter_rows()) == {
        "income": 0,
        "research": 0.25,
        "coal_use": 0,
    }
    assert "imputed" in [c.key for c in profile.columns]
    assert "imputed" not in blocks(drawn)["profile-table-150000"].frame.columns


def test_the_report_says_it_in_words(drawn: Assessment) -> None:
    said = texts(drawn)
    assert "Of the 72 indicator values behind these scores 4 (5.6%) rest on imputed figures." in said
    assert "In 2021 1 of 3 indicators (33%) rest on imputed figures: research." in said
    assert "Over 8 draws of the imputed cells its rank lies between" in said
    assert "multivariate normal EM" not in said
    titles = [b.title.en for chapter in drawn.chapters for b in walk(chapter.blocks) if hasattr(b, "title")]
    assert "Missing values: multivariate normal EM" in titles
    assert "Multiple imputation and rank intervals" in titles
    captions = {id: b.caption.en for id, b in blocks(drawn).items() if hasattr(b, "caption")}
    assert "† marks units whose score uses imputed figures." in captions["ranking"]
    assert "11.1%" in captions["ranking"]
    assert "5.6%" in captions["map"]
    assert "5.6%" in captions["trend"]


def test_one_finding_names_draws_and_the_largest_move(drawn: Assessment) -> None:
    finding = next(f for f in drawn.findings if f.code.startswith("draws_"))
    assert (finding.numbers["draws"], finding.numbers["count"], finding.numbers["total"]) == (8, 4, 72)
    over = drawn.context.over_draws
    if finding.code == "draws_move_ranks":
        assert finding.numbers["most"] == abs(over.ranks - over.index.ranks[:, :, -1]).max()
        assert "8 draws" in finding.text().en
        assert "8 组插补值" in finding.text().zh
    assert finding.place in blocks(drawn)


def test_findings_on_single_indicators_leave_the_draws_out(workshop: Any) -> None:
    done = run(rule(workshop, "{rule: em, draws: 8}"))
    low, high = done.context.leave_one_out.interval()
    fixed = int((low[-1] == high[-1]).sum())
    stable = next(f for f in done.findings if f.code in ("rank_stability", "rank_all_stable"))
    assert stable.numbers["fixed"] == fixed


def test_a_model_without_draws_says_what_the_intervals_leave_out(workshop: Any) -> None:
    done = run(rule(workshop, "{rule: em}"))
    assert "imputed_share" in [f.code for f in done.findings]
    assert "model_without_draws" in [n.code for n in done.notes]
    assert "draws_low" not in blocks(done)["scores"].frame.columns
    assert blocks(done)["imputed"].frame.height == 4


def test_nothing_imputed_is_one_sentence(workshop: Any) -> None:
    done = run(workshop.study)
    found = blocks(done)
    assert "imputed" not in found
    for id in ("scores", "indicators", "profile-table-110000"):
        assert "imputed" not in found[id].frame.columns
    assert texts(done).count("No imputed figure stands behind these scores.") == 1
    assert "†" not in found["ranking"].svg("en")
    assert done.context.over_draws is None
    assert not any(f.code.startswith(("draws_", "imputed_")) for f in done.findings)


def test_the_units_own_bloc_is_meant_only_when_it_is_written(workshop: Any) -> None:
    path = rule(workshop, "{rule: group_trend, max_extrapolation: 1, beyond: keep}")
    study = Study.load(path)
    with pytest.raises(DataError, match="belong to no group"):
        prepare(study)
    workshop.edit("beyond: keep}", "groups: bloc4, beyond: keep}")
    ledger = prepare(Study.load(path)).ledger.frame
    assert {d.split(" ")[0] for d in ledger["detail"]} <= {"east", "west", "central", "northeast"}
    # The only north-eastern unit of the study has no peer.
    assert "210000" not in ledger["unit"].to_list()


def test_groups_of_ones_own(workshop: Any) -> None:
    own = "{rule: group_trend, max_extrapolation: 1, groups: {甲: [北京, 天津, 辽宁], 乙: [河北, 山西, 内蒙古]}}"
    ledger = prepare(Study.load(rule(workshop, own))).ledger.frame
    assert ledger.height == 4
    first = ledger.filter(pl.col("unit") == "110000").row(0, named=True)
    assert first["detail"].startswith("甲 (n ≥ 2), 2020")
    panel = prepare(Study.load(workshop.study)).panel
    k, (a, b, c) = panel.index("rd"), (panel.units.index(u) for u in ("110000", "120000", "210000"))
    values = panel.values[:, :, k]
    assert values[3, a] == pytest.approx(values[2, a] * (values[3, b] + values[3, c]) / (values[2, b] + values[2, c]))
    assert panel.status[3, a, k] == Status.EXTRAPOLATED


@pytest.mark.parametrize(
    ("text", "code", "key"),
    [
        ("{rule: group_trend, groups: {甲: [北京, 火星]}}", "unknown_unit", "data.missing.groups.甲.1"),
        ("{rule: group_trend, groups: {甲: [北京], 乙: [Beijing]}}", "unit_in_two_groups", "data.missing.groups.乙.0"),
        ("{series: {rdd: em}}", "unknown_series_key", "data.missing.series.rdd"),
        ("{series: {rd: regression}, using: {rd: [gpd]}}", "unknown_series_key", "data.missing.using.rd.0"),
        ("{rule: em, using: {rd: [gdp]}}", "using_without_regression", "data.missing.using.rd"),
        ("{rule: emm}", "bad_choice", "data.missing.rule"),
        ("{rule: em, draws: -1}", "bad_value", "data.missing.draws"),
        ("{max_gap: -2}", "bad_value", "data.missing.max_gap"),
        ("{rule: em, draw: 20}", "unknown_key", "data.missing.draw"),
    ],
)
def test_what_is_written_wrong_is_named_with_its_line(workshop: Any, text: str, code: str, key: str) -> None:
    path = rule(workshop, text)
    with pytest.raises(SpecError) as caught:
        prepare(Study.load(path))
    assert caught.value.code == code
    assert (caught.value.where.key, caught.value.where.line) == (key, 8)


def test_series_that_only_predict_are_read_too(workshop: Any) -> None:
    frame = pl.read_csv(workshop.data).with_columns(power=pl.col("coal") * 3 + 1)
    frame.write_csv(workshop.data)
    holes = {("辽宁", 2021): "coal", ("河北", 2019): "coal"}
    path = rule(workshop, "{series: {coal: regression}, using: {coal: [power]}, effects: unit, scale: level}", holes)
    done = prepare(Study.load(path))
    assert "power" in done.panel.indicators
    known = pl.read_csv(workshop.data)
    for row in done.ledger.frame.iter_rows(named=True):
        name = {"210000": "辽宁", "130000": "河北"}[row["unit"]]
        power = known.filter((pl.col("province") == name) & (pl.col("year") == row["period"]))["power"].item()
        assert row["new"] == pytest.approx((power - 1) / 3)


def test_the_seed_of_draws_is_the_studys_and_stands_in_the_annex(drawn: Assessment) -> None:
    assert dict(drawn.context.filled.methods[-1].options) == {"draws": 8, "seed": 20240131}
    with speak("zh"):
        assert "抽取组数 D" in "\n".join(
            str(b.text) for c in drawn.chapters for b in walk(c.blocks) if isinstance(getattr(b, "text", None), Text)
        )


def test_a_new_study_lists_the_rules(workshop: Any, tmp_path: Path) -> None:
    for lang in ("zh", "en"):
        text = new_study(tmp_path / lang, workshop.data, lang).read_text(encoding="utf-8")  # type: ignore[arg-type]
        rules = ("natural_spline", "monotone_spline", "last", "next", "growth", "group_trend", "regression", "em")
        for word in (*rules, "max_gap: 3", "max_extrapolation: 0", "groups: bloc4", "draws: 20"):
            assert word in text, word
