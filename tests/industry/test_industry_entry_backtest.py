"""The backtest card: skill where it was put in, none where there is none, nothing learned from what is foretold."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import polars as pl
import pytest
from entry_tables import COLUMNS, related, table, unrelated
from numpy.typing import NDArray
from scipy.special import ndtri

from nqpf.errors import MethodError, NqpfError, SpecError
from nqpf.industry.entry.backtest import MODELS, BacktestCard, backtest
from nqpf.industry.entry.features import features
from nqpf.numerics.calibration import calibration

Floats = NDArray[np.float64]


def card(x: Floats, **options: Any) -> BacktestCard:
    return backtest(table(x), "jobs", **COLUMNS, **{"k": 5, "draws": 399, **options})


@pytest.fixture(scope="module")
def found() -> BacktestCard:
    return card(related(), models=(*MODELS, "advantage"))


def row(result: BacktestCard, model: str, pool: str = "deep") -> dict[str, Any]:
    return result.frame.row(by_predicate=(pl.col("model") == model) & (pl.col("pool") == pool), named=True)


def test_relatedness_that_was_put_in_is_skill(found: BacktestCard) -> None:
    for model in ("density", "collaborative", "svd", "logit"):
        for pool in ("all", "deep"):
            figures = row(found, model, pool)
            assert figures["verdict"] == "skill", (model, pool)
            assert 0 < figures["gain_low"] < figures["gain"] < figures["gain_high"]
            assert figures["lift"] > 1.3
    assert row(found, "ubiquity")["verdict"] == "reference"
    assert row(found, "ubiquity")["gain"] is None
    within = row(found, "diversity_ubiquity")  # within a region it ranks as ubiquity does
    assert within["gain"] == pytest.approx(0, abs=1e-12)
    assert within["verdict"] == "no_skill"


@pytest.mark.parametrize("seed", range(3))
def test_a_panel_of_noise_has_no_skill(seed: int) -> None:
    verdicts = card(unrelated(seed), seed=seed).frame["verdict"]
    assert set(verdicts) == {"reference", "no_skill"}


@pytest.mark.parametrize("within", ["region", "industry"])
@pytest.mark.parametrize("seed", range(2))
def test_shuffled_entries_have_no_skill(within: str, seed: int) -> None:
    """The end year is dealt anew among the industries of each region, or among the regions of each industry."""
    x = related(seed)
    rng = np.random.default_rng(seed + 10)
    x[1] = rng.permuted(x[1], axis=1 if within == "region" else 0)
    assert set(card(x).frame["verdict"]) == {"reference", "no_skill"}


def test_what_is_foretold_is_not_learned_from() -> None:
    """Whatever the regions of one part do at the end, their own predictions stay as they are."""
    x = related(3)
    base = card(x, folds=3, models=["logit"]).predictions
    for part in range(3):
        regions = sorted(set(base.filter(fold=part)["city"]))
        changed = x.copy()
        at = [int(name[1:]) for name in regions]
        changed[1, at] = np.random.default_rng(part).lognormal(sigma=3, size=(len(at), x.shape[2]))
        other = card(changed, folds=3, models=["logit"]).predictions
        own = pl.col("fold") == part
        keys = ["pool", "city", "sector", "p"]
        assert other.filter(own).select(keys).equals(base.filter(own).select(keys))
        assert not other.filter(~own)["p"].equals(base.filter(~own)["p"])
        open_ = card(changed, folds=3, models=["logit"], benchmark="all").predictions
        closed = card(x, folds=3, models=["logit"], benchmark="all").predictions
        assert not open_.filter(own)["p"].equals(closed.filter(own)["p"])


def test_a_split_by_time_does_not_see_the_end() -> None:
    x = related(4, years=3)
    options: dict[str, Any] = {"scheme": "time", "start": 2010, "end": 2020, "models": ["logit"]}
    base = card(x, **options)
    x[2] = np.random.default_rng(0).lognormal(size=x[2].shape)
    changed = card(x, **options)
    assert changed.predictions["p"].equals(base.predictions["p"])
    assert not changed.frame["auc"].equals(base.frame["auc"])
    assert base.predictions["fold"].null_count() == base.predictions.height
    assert row(base, "logit")["verdict"] == "skill"
    assert base.method.options["before"] == 2000


def test_a_window_of_another_length_is_remarked_on() -> None:
    x = table(related(4, years=3)).with_columns(pl.col("year").replace(2020, 2017))
    result = backtest(x, "jobs", **COLUMNS, scheme="time", start=2010, models=["logit"], k=5, draws=100)
    note = next(n for n in result.notes if n.code == "entry_lengths")
    assert "has learned from 10 years and is asked about 7" in str(note)


def test_figures_are_those_of_the_pairs_one_by_one(found: BacktestCard) -> None:
    x = table(related())
    start = features(x, "jobs", **COLUMNS, at=2000).frame
    entered = features(x, "jobs", **COLUMNS, at=2010, names=["ubiquity"]).frame["present"]
    pairs = start.with_columns(entered=entered)
    for pool, line in (("all", 1.0), ("deep", 0.5)):
        part = pairs.filter(pl.col("rca") < line)
        figures = row(found, "density", pool)
        assert (figures["pairs"], figures["positives"]) == (part.height, part["entered"].sum())
        assert figures["base_rate"] == pytest.approx(part["entered"].mean())
        areas, tops = [], []
        for (_,), own in part.group_by("city", maintain_order=True):
            s, y = own["density"].to_numpy(), own["entered"].to_numpy()
            if 0 < y.sum() < y.size:
                over = (s[y][:, None] > s[~y]) + 0.5 * (s[y][:, None] == s[~y])
                areas.append(over.mean())
            if y.size >= 5:
                line_ = np.sort(s)[-5]
                sure, tied = y[s > line_], y[s == line_]
                tops.append((sure.sum() + tied.mean() * (5 - sure.size)) / 5)
        assert figures["regions"] == len(areas)
        assert figures["auc_within"] == pytest.approx(np.mean(areas), abs=1e-12)
        assert figures["precision"] == pytest.approx(np.mean(tops), abs=1e-12)
        assert figures["lift"] == pytest.approx(np.mean(tops) / part["entered"].mean(), abs=1e-12)
    y, s = pairs["entered"].to_numpy(), pairs["density"].to_numpy()
    open_ = (pairs["rca"] < 1).to_numpy()
    y, s = y[open_], s[open_]
    whole = ((s[y][:, None] > s[~y]) + 0.5 * (s[y][:, None] == s[~y])).mean()
    assert row(found, "density", "all")["auc"] == pytest.approx(whole, abs=1e-12)


def test_probabilities_are_judged_on_what_came_true(found: BacktestCard) -> None:
    own = found.predictions.filter(pool="deep", model="logit")
    p, hit = own["p"].to_numpy(), own["entered"].to_numpy()
    expected = calibration(p, hit)
    figures = row(found, "logit")
    assert figures["brier"] == pytest.approx(np.mean((p - hit) ** 2), abs=1e-14)
    assert figures["brier_skill"] == pytest.approx(1 - figures["brier"] / hit.var(), abs=1e-12)
    assert figures["log_loss"] == pytest.approx(-np.log(np.where(hit, p, 1 - p)).mean(), abs=1e-12)
    assert (figures["intercept"], figures["slope"]) == (expected.intercept, expected.slope)
    tenths = found.calibration.filter(pool="deep", model="logit")
    assert tenths["count"].sum() == p.size
    gap = (tenths["predicted"] - tenths["observed"]).abs() * tenths["count"]
    assert figures["ece"] == pytest.approx(gap.sum() / p.size, abs=1e-14)
    assert row(found, "density")["brier"] is None
    assert set(found.calibration["model"]) == {"logit", "logit_margins"}


def test_regions_are_told_one_by_one(found: BacktestCard) -> None:
    own = found.regions.filter(pool="deep", model="density")
    assert own.height == 80
    assert own["auc"].mean() == pytest.approx(row(found, "density")["auc_within"])
    assert own["auc"].drop_nulls().len() == row(found, "density")["regions"]
    assert own["precision"].mean() == pytest.approx(row(found, "density")["precision"])


def test_deep_entries_are_harder_than_those_near_the_line(found: BacktestCard) -> None:
    assert row(found, "advantage", "all")["auc"] > row(found, "advantage", "deep")["auc"]
    assert row(found, "density", "deep")["base_rate"] < row(found, "density", "all")["base_rate"]
    assert "entry_near_threshold" in [n.code for n in found.notes]
    assert "entry_near_threshold" not in [n.code for n in card(related(), pools=["deep"], models=["density"]).notes]


def test_the_best_list_is_an_expectation(found: BacktestCard) -> None:
    note = next(n for n in found.notes if n.code == "entry_expected" and n.values["pool"] == "deep")
    assert note.values["hits"] == pytest.approx(5 * found.frame.filter(pool="deep")["precision"].max())
    assert "not a promise" in str(note)


def test_units_order_and_names_of_rows_do_not_matter(found: BacktestCard) -> None:
    x = table(7 * related()).sample(fraction=1, shuffle=True, seed=1)
    other = backtest(x, "jobs", **COLUMNS, k=5, draws=399, models=(*MODELS, "advantage")).frame
    for name in found.frame.columns:
        if found.frame[name].dtype == pl.Float64:
            np.testing.assert_allclose(other[name].fill_null(-9), found.frame[name].fill_null(-9), atol=1e-9)
        else:
            assert other[name].equals(found.frame[name])


def test_a_seed_gives_the_same_card_again(found: BacktestCard) -> None:
    again = card(related(), models=(*MODELS, "advantage"))
    assert again.frame.equals(found.frame)
    assert again.predictions.equals(found.predictions)
    other = card(related(), models=["density"], seed=1).frame
    assert other.filter(model="density")["gain"].to_list() == [
        row(found, "density", p)["gain"] for p in ("all", "deep")
    ]
    assert other.filter(model="density")["gain_low"][0] != row(found, "density", "all")["gain_low"]


def test_intervals_are_those_of_drawn_regions_and_industries() -> None:
    """One comparison: a plain normal interval, with variances of both draws less that of single pairs."""
    x = related()
    both, alone = (card(x, models=["density"], pools=["deep"], resample=r, draws=1999) for r in ("both", "region"))
    start = features(table(x), "jobs", **COLUMNS, at=2000).frame
    entered = features(table(x), "jobs", **COLUMNS, at=2010, names=["ubiquity"]).frame["present"]
    part = start.with_columns(entered=entered).filter(pl.col("rca") < 0.5)
    gaps, moves = [], np.zeros((80, 50))
    for r, ((_,), own) in enumerate(part.group_by("city", maintain_order=True)):
        y = own["entered"].to_numpy()
        if 0 < y.sum() < y.size:
            over = [
                (s[y][:, None] > s[~y]) + 0.5 * (s[y][:, None] == s[~y])
                for s in (own["density"].to_numpy(), own["ubiquity"].to_numpy())
            ]
            gap = over[0] - over[1]
            gaps.append(gap.mean())
            at = own["sector"].str.slice(1).cast(pl.Int64).to_numpy()
            moves[r, at[y]] = (gap.mean(axis=1) - gap.mean()) / y.sum()
            moves[r, at[~y]] = (gap.mean(axis=0) - gap.mean()) / (~y).sum()
    moves /= len(gaps)
    regions = np.var(gaps) / len(gaps)
    industries = (moves.sum(axis=0) ** 2).sum()
    pairs = (moves**2).sum()
    for result, variance in ((alone, regions), (both, max(regions + industries - pairs, regions, industries))):
        figures = row(result, "density")
        assert figures["gain"] == pytest.approx(np.mean(gaps), abs=1e-12)
        reach = (figures["gain_high"] - figures["gain_low"]) / 2
        # Draws of industries leave some regions without an entry, which small moves do not know.
        assert reach == pytest.approx(1.96 * np.sqrt(variance), rel=0.03 if result is alone else 0.2)
    assert row(both, "density")["gain_low"] < row(alone, "density")["gain_low"]


def test_intervals_hold_for_all_comparisons_at_once(found: BacktestCard) -> None:
    one = row(card(related(), models=["density"], pools=["deep"]), "density")
    many = row(found, "density")
    assert many["gain"] == one["gain"]
    ratio = (many["gain"] - many["gain_low"]) / (one["gain"] - one["gain_low"])
    assert ratio == pytest.approx(ndtri(1 - 0.025 / 16) / ndtri(0.975), abs=1e-9)


def test_ties_by_name_are_a_choice() -> None:
    shared, ordered = (card(related(), models=[], ties=ties, pools=["all"]).frame for ties in ("shared", "order"))
    assert shared["precision"][0] != ordered["precision"][0]
    assert shared["auc_within"].equals(ordered["auc_within"])


def test_features_of_the_user_rank_by_themselves_and_in_a_logit() -> None:
    x = related()
    start = features(table(x), "jobs", **COLUMNS, at=2000).frame
    later = features(table(x), "jobs", **COLUMNS, at=2010).frame["present"]
    oracle = start.select("city", "sector", oracle=later.cast(pl.Float64) + 0.3 * pl.col("density"))
    result = card(x, extra=oracle, models=["oracle"], pools=["deep"])
    assert row(result, "oracle")["auc"] == 1
    assert row(result, "oracle")["auc_within"] == 1
    assert row(result, "oracle")["regions"] > 0


def test_trees_rank_too() -> None:
    pytest.importorskip("sklearn")
    result = card(related(), models=["boosting"], features=["density", "ubiquity", "diversity"], pools=["all"])
    figures = row(result, "boosting", "all")
    assert figures["auc"] > 0.55
    assert 0 < figures["brier"] < 0.3


def test_a_model_without_values_is_judged_on_the_rest() -> None:
    x = related(5)
    x = np.pad(x, ((0, 0), (0, 2), (0, 2)))
    x[0, -1, -1] = x[0, -2, -2] = 50.0  # two regions of their own, each alone in an industry of its own
    x[1, -2:, :] = x[1, :2, :]
    x[1, :, -2:] = x[1, :, :2]
    result = card(x, models=["pci"], pools=["deep"])
    assert row(result, "pci")["pairs"] < row(result, "ubiquity")["pairs"]
    assert "entry_unscored" in [n.code for n in result.notes]


def test_regions_that_end_are_left_out_on_demand_only() -> None:
    x = related(6)
    x[1, 0] = 0
    with pytest.raises(MethodError, match=r"without any activity \(1\): c00"):
        card(x)
    result = card(x, empty="drop", models=["logit"])
    assert "c00" not in set(result.predictions["city"])
    assert "c00" in set(result.regions["city"])
    assert "no_activity_unit" in [n.code for n in result.notes]


def test_small_panels_are_remarked_on() -> None:
    result = card(related(7, regions=12, industries=10), models=["density"], k=3)
    codes = [n.code for n in result.notes]
    assert {"entry_few_clusters", "entry_few_positives", "entry_survivors", "entry_expected"} <= set(codes)
    assert len(result.notes) == len({(n.code, str(n)) for n in result.notes})


def still(x: Floats) -> Floats:
    """Return a panel in which nothing changes."""
    return np.stack([x[0], x[0]])


WRONG: dict[str, tuple[Floats, dict[str, Any], type[NqpfError], str]] = {
    "start": (related(), {"start": 1990}, SpecError, "no year “1990”. There is: 2000, 2010"),
    "end": (related(), {"end": 2011}, SpecError, "no year “2011”"),
    "order": (related(), {"start": 2010, "end": 2000}, SpecError, "2000, does not come after the start, 2010"),
    "one year": (related()[:1], {}, SpecError, "The end, 2000, does not come after the start, 2000"),
    "before": (related(), {"scheme": "time"}, MethodError, "2000.*a year before the start, and there is none"),
    "late before": (
        related(years=3),
        {"scheme": "time", "start": 2010, "before": 2020},
        SpecError,
        "does not come after",
    ),
    "model": (related(), {"models": ["densty"]}, SpecError, "Did you mean “density”"),
    "feature": (related(), {"models": ["logit"], "features": ["pcy"]}, SpecError, "Did you mean “pci”"),
    "no feature": (related(), {"models": ["logit"], "features": []}, SpecError, "No feature is named"),
    "pool": (related(), {"pools": ["some"]}, SpecError, "some"),
    "no pool": (related(), {"pools": []}, SpecError, "No pool is named"),
    "scheme": (related(), {"scheme": "random"}, SpecError, "random"),
    "benchmark": (related(), {"benchmark": "test"}, SpecError, "test"),
    "ties": (related(), {"ties": "first"}, SpecError, "first"),
    "resample": (related(), {"resample": "industry"}, SpecError, "industry"),
    "k": (related(), {"k": 0}, SpecError, "at least 1"),
    "long list": (
        related(),
        {"k": 51},
        MethodError,
        r"k=51 is longer than any .*\(“all” has \d+ pairs at most",
    ),
    "draws": (related(), {"draws": 10}, SpecError, "10 cannot be used. Give a number of at least 100"),
    "level": (related(), {"level": 95}, SpecError, "between 0 and 1"),
    "no entries": (still(related()), {}, MethodError, r"2000.*in the pool “all”, 0 had an advantage by 2010"),
    "one region": (related(regions=1), {}, MethodError, r"in common with 2010 \(regions: 1, industries: 50\)"),
    "folds": (related(), {"folds": 81, "models": ["logit"]}, MethodError, "80 regions cannot be split into 81"),
    "growth": (related(), {"models": ["industry_growth"]}, MethodError, "2000.*no earlier year"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_will_not_do(case: str) -> None:
    x, options, kind, words = WRONG[case]
    with pytest.raises(kind) as caught:
        card(x, **options)
    assert re.search(words, str(caught.value), re.DOTALL), str(caught.value)


def test_years_with_nobody_in_common() -> None:
    x = np.zeros((2, 6, 4))
    x[0, :3], x[1, 3:] = related()[0, :3, :4], related()[1, :3, :4]
    with pytest.raises(MethodError, match=r"in common with 2010 \(regions: 0, industries: 4\)"):
        card(x, empty="drop", k=1)
