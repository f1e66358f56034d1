"""Diffusion of terms, and talk against substance."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from nqpf.errors import DataError, SpecError
from nqpf.messages import speak
from nqpf.text.measuring.adoption import fit
from nqpf.text.measuring.diffusion import diffusion
from nqpf.text.measuring.talk_substance import talk_substance

TERM = "新质生产力"
ROWS = [
    ("c1", "中央", "国家", "2023-09-07", TERM), ("a1", "甲", "省", "2023-08-01", "天气"),
    ("a2", "甲", "省", "2023-10-07", f"发展{TERM}"), ("a3", "甲", "省", "2023-12-01", TERM),
    ("b1", "乙", "省", "2024-01", f"{TERM}"), ("b2", "乙", "省", "2023-07-01", "无"),
    ("d1", "丙", "省", "2024-02-01", "无"), ("e1", "丁", "省", "2023-11-01", TERM),
]  # fmt: skip
PAGES = pl.DataFrame(ROWS, schema=["id", "region", "level", "date", "text"], orient="row")
LOCAL = PAGES.filter(pl.col("level") == "省")


def codes(found: Any) -> set[str]:
    return {note.code for note in found.notes}


def test_first_mentions_lags_and_what_is_not_known() -> None:
    found = diffusion(PAGES, [TERM], centre={"level": "国家"})
    rows = {r["region"]: r for r in found.frame.iter_rows(named=True)}
    assert set(rows) == {"甲", "乙", "丙", "丁"}
    assert (rows["甲"]["first"], rows["甲"]["id"], rows["甲"]["lag"], rows["甲"]["status"]) == (
        "2023-10-07", "a2", 30, "adopted",
    )  # fmt: skip
    assert (rows["乙"]["first"], rows["乙"]["lag"], rows["乙"]["status"]) == ("2024-01", None, "adopted")
    assert (rows["丙"]["first"], rows["丙"]["status"], rows["丙"]["until"]) == (None, "not_yet", "2024-02-01")
    assert rows["丁"]["status"] == "at_start"
    assert found.centre.rows() == [(TERM, "2023-09-07", "c1", "day")]
    assert {"measure_at_start", "measure_no_lag", "measure_fit_few"} <= codes(found)


def test_the_curve_is_cumulative_and_without_gaps() -> None:
    curve = diffusion(LOCAL, [TERM]).curve
    assert curve["period"].to_list() == [f"2023-{m:02}" for m in range(7, 13)] + ["2024-01", "2024-02"]
    assert curve["cumulative"].to_list() == [0, 0, 0, 1, 2, 2, 3, 3]
    assert curve["share"].to_list()[-1] == 0.75
    years = diffusion(LOCAL, [TERM], period="year").curve
    assert years.select("period", "adopters").rows() == [("2023", 2), ("2024", 1)]


@pytest.mark.parametrize(
    "centre",
    [
        "2023-09-07",
        {TERM: "2023年9月7日"},
        {"id": ["s2", "s1"], "text": [TERM, f"{TERM}。"], "date": ["2024", "2023-09-07/2023-09-08"]},
    ],
)
def test_the_centre_may_be_a_date_or_a_table(centre: Any) -> None:
    found = diffusion(LOCAL, [TERM], centre=centre)
    assert found.frame.filter(region="甲")["lag"].to_list() == [30]


def test_units_groups_and_order() -> None:
    one = diffusion(LOCAL, {"g": [TERM, "天气"]}, unit=["level", "region"], of="groups").frame
    assert one.columns[:3] == ["term", "level", "region"]
    assert one.filter(region="甲")["first"].to_list() == ["2023-08-01"]
    other = diffusion(LOCAL.reverse(), {"g": [TERM, "天气"]}, unit=["level", "region"], of="groups").frame
    assert one.equals(other)
    assert diffusion(LOCAL, [TERM], of="any").frame.height == 4
    early = diffusion(LOCAL, [TERM], centre="2024-06-01")
    assert "measure_before_centre" in codes(early)


@pytest.mark.parametrize(
    ("change", "options", "said"),
    [
        ({"date": None}, {}, "documents without a usable “date”: 7"),
        ({"region": None}, {}, "has no “region”"),
        ({}, {"period": "quarters"}, "Did you mean “quarter”"),
        ({}, {"of": "words"}, "“words” is not one of the choices"),
        ({}, {"models": ["gompertz"]}, "“gompertz” is not one of the choices"),
        ({}, {"centre": "soon"}, "“soon” is no date"),
        ({}, {"centre": {"level": "国家"}}, "Documents whose “level” is “国家”: 0"),
        ({}, {"centre": {"level": "省"}}, "Documents whose “level” is “省”: 7"),
        ({}, {"centre": {"新质": "2023-09-07"}}, "“新质” is not one of the choices"),
        ({"date": "2023"}, {}, "too coarse for periods of a month"),
    ],
)
def test_bad_input_is_named(change: dict[str, Any], options: dict[str, Any], said: str) -> None:
    table = LOCAL.with_columns(**{k: pl.lit(v, pl.String) for k, v in change.items()})
    with speak("en"), pytest.raises((DataError, SpecError)) as caught:
        diffusion(table, [TERM], **options)
    with speak("en"):
        assert said in str(caught.value)


@pytest.mark.parametrize(("model", "truth"), [("logistic", (0.5, 9.0)), ("bass", (0.02, 0.45))])
def test_curves_are_found_again_and_their_intervals_hold_the_truth(model: Any, truth: tuple[float, float]) -> None:
    rng = np.random.default_rng(7)
    u = rng.random(3000)
    if model == "logistic":
        when = truth[1] + np.log(u / (1 - u)) / truth[0]
    else:
        p, q = truth
        when = np.log((1 + q / p * u) / (1 - u)) / (p + q)
    period = np.maximum(np.ceil(when), 1).astype(int)
    adopted = np.bincount(period[period <= 14], minlength=15)[1:]
    found = fit(adopted, 3000, model)
    assert found is not None
    assert found.estimates == pytest.approx(truth, rel=0.15)
    assert np.all(found.low < found.estimates)
    assert np.all((found.low < truth) & (np.array(truth) < found.high))
    np.testing.assert_allclose(found.expected, adopted.cumsum(), atol=120)


def test_the_likelihood_is_at_its_top() -> None:
    """A falling hazard leaves no room for imitation: Bass has no maximum inside, and says so."""
    assert fit(np.array([50, 20, 12, 8, 5, 3, 2]), 100, "bass") is None
    found = fit(np.array([1, 3, 8, 15, 9, 3, 1]), 40, "logistic")
    assert found is not None
    rate, middle = found.estimates

    def likelihood(r: float, m: float) -> float:
        reached = 1 / (1 + np.exp(-r * (np.arange(1, 8) - m)))
        return float(np.array([1, 3, 8, 15, 9, 3, 1]) @ np.log(np.diff(reached, prepend=0)))

    assert likelihood(rate, middle) == pytest.approx(found.log_likelihood, abs=1e-9)
    for r, m in ((1.01, 1), (0.99, 1), (1, 1.01), (1, 0.99)):
        assert likelihood(rate * r, middle * m) < found.log_likelihood


def test_curves_are_fitted_with_enough_adopters_and_refused_without() -> None:
    months = [1, 2, 3, 3, 4, 4, 4, 5, 5, 5, 6, 6, 7, 8]
    rows = [(f"p{k}{j}", f"r{k}", f"2024-{m - (j == 0):02}", TERM if j else "无")
            for k, m in enumerate(months, 1) for j in (0, 1) if m - (j == 0) > 0]  # fmt: skip
    table = pl.DataFrame(rows, schema=["id", "region", "date", "text"], orient="row")
    found = diffusion(table, [TERM, "元宇宙"])
    assert found.fits.select("model", "parameter").rows()[:2] == [("logistic", "rate"), ("logistic", "midpoint")]
    assert found.fits["origin"].unique().to_list() == ["2024-01"]
    note = next(n for n in found.notes if n.code == "measure_fit_few")
    assert "元宇宙" in note.text().zh
    assert TERM not in str(note.values["names"])
    assert diffusion(table, [TERM], models=()).fits.height == 0


def pages(talk: dict[str, float], documents: int = 20, seed: int = 0, year: Any = 2024) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    rows = [(f"{r}{year}{i}", r, year, "算力" * int(rng.poisson(n)) + "稳步推进" * 50)
            for r, n in talk.items() for i in range(documents)]  # fmt: skip
    return pl.DataFrame(rows, schema=["id", "region", "year", "text"], orient="row")


TALK = {"甲": 12.0, "乙": 3.0, "丙": 3.0, "丁": 3.0, "戊": 3.0, "己": 0.5}
SCORE = {"甲": 0.3, "乙": 0.31, "丙": 0.29, "丁": 0.3, "戊": 0.3, "己": 0.6}
INDEX = pl.DataFrame({"region": list(SCORE), "year": [2024] * 6, "score": list(SCORE.values())})


def test_gap_is_the_difference_of_standard_scores() -> None:
    table = pages(TALK)
    found = talk_substance(table, ["算力"], INDEX, draws=199)
    frame = found.frame
    for column, z in (("attention", "z_attention"), ("score", "z_score")):
        x = frame[column].to_numpy()
        np.testing.assert_allclose(frame[z].to_numpy(), (x - x.mean()) / x.std(ddof=1), atol=1e-12)
    np.testing.assert_allclose(frame["gap"], frame["z_attention"] - frame["z_score"], atol=1e-12)
    verdict = dict(frame.select("region", "verdict").iter_rows())
    light = dict(frame.select("region", "light").iter_rows())
    assert (verdict["甲"], light["甲"]) == ("talk_ahead", "warn")
    assert (verdict["己"], light["己"]) == ("substance_ahead", "none")
    inside = frame.filter((pl.col("low") <= 0) & (pl.col("high") >= 0))
    assert set(inside["verdict"]) == {"no_evidence"}
    assert ((frame["low"] <= frame["gap"]) & (frame["gap"] <= frame["high"])).all()
    assert found.agreement["units"].to_list() == [6]
    assert -1 <= found.agreement["rho"][0] <= 1
    assert "measure_many_gaps" in codes(found)


def test_an_article_that_is_left_out_is_none() -> None:
    table = pages(TALK)
    rows = [(id, "甲", 2024, "算力" * 9) for id in "xy"]
    copies = pl.DataFrame(rows, schema=table.schema, orient="row")
    spans = pl.DataFrame({"id": ["x", "y"], "start": 0, "end": 18, "kind": "duplicate"})
    alone = talk_substance(table, ["算力"], INDEX, draws=99)
    beside = talk_substance(table.vstack(copies), ["算力"], INDEX, draws=99, spans=spans, duplicates="without")
    assert beside.frame.equals(alone.frame)
    whole = table["text"].str.len_chars().cast(pl.Int64)
    again = table.filter(pl.col("region") == "甲").select("id", pl.lit(0).alias("start"), kind=pl.lit("duplicate"))
    again = again.with_columns(end=whole.filter(table["region"] == "甲")).head(18)
    few = talk_substance(table, ["算力"], INDEX, draws=99, spans=again, duplicates="without").frame
    row = few.row(by_predicate=pl.col("region") == "甲", named=True)
    assert (row["documents"], row["verdict"], row["low"]) == (2, "not_assessed", None)


def test_rows_scale_and_seed() -> None:
    table = pages(TALK)
    one = talk_substance(table, ["算力"], INDEX, draws=99)
    turned = talk_substance(table.reverse(), ["算力"], INDEX.reverse(), draws=99)
    assert one.frame.equals(turned.frame)
    assert one.agreement.equals(turned.agreement)
    scaled = talk_substance(table, ["算力"], INDEX.with_columns(pl.col("score") * 7 - 3), draws=99)
    np.testing.assert_allclose(scaled.frame["gap"], one.frame["gap"], atol=1e-9)
    assert not one.frame["low"].equals(talk_substance(table, ["算力"], INDEX, draws=99, seed=1).frame["low"])


def test_not_assessed_is_an_answer() -> None:
    table = pl.concat([pages(TALK), pages({"甲": 2.0, "乙": 3.0}, year=2023), pages({"庚": 3.0}, documents=2)])
    more = INDEX.vstack(pl.DataFrame({"region": ["庚", "辛"], "year": [2024, 2024], "score": [0.4, 0.5]}))
    found = talk_substance(table, ["算力"], more, draws=99)
    rows = {(r["region"], r["year"]): r for r in found.frame.iter_rows(named=True)}
    assert rows["甲", 2023]["verdict"] == rows["辛", 2024]["verdict"] == "not_assessed"
    assert rows["庚", 2024]["verdict"] == "not_assessed"
    assert rows["庚", 2024]["gap"] is not None
    assert rows["辛", 2024]["attention"] is None
    assert rows["辛", 2024]["light"] is None
    assert found.agreement.rows()[0] == (2023, 0, None, None)
    assert "measure_not_assessed" in codes(found)


def test_agreement_of_like_and_unlike() -> None:
    talk = {f"r{k}": float(k + 1) for k in range(8)}
    table = pages(talk, documents=6)
    index = {"region": list(talk), "year": [2024] * 8, "score": list(talk.values())}
    found = talk_substance(table, ["算力"], index, draws=999).agreement.row(0, named=True)
    assert found["rho"] > 0.9
    assert found["p"] < 0.01


@pytest.mark.parametrize(
    ("index", "options", "said"),
    [
        (INDEX.vstack(INDEX.head(1)), {}, "甲"),
        (INDEX.with_columns(score=pl.lit("high")), {}, "“high”"),
        (INDEX, {"across": "years"}, "“years” is not one of the choices"),
        (INDEX, {"draws": 9}, "9 draws are too few"),
        (INDEX, {"level": 95}, "“95” is no level"),
        (INDEX, {"lights": (1.0, 0.5)}, "The thresholds “1.0, 0.5” will not do"),
        (INDEX, {"unit": "city"}, "“city”"),
    ],
)
def test_bad_input_of_the_gap_is_named(index: pl.DataFrame, options: dict[str, Any], said: str) -> None:
    with speak("en"), pytest.raises((DataError, SpecError)) as caught:
        talk_substance(pages(TALK, documents=1), ["算力"], index, **options)
    with speak("en"):
        assert said in str(caught.value)
