"""The words of screening, imputation and treatment: defaults, what goes together, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from nqpf.columns import checked
from nqpf.errors import SpecError
from nqpf.index.options.treat import Impute, Screen, Treat


@pytest.mark.parametrize(
    ("model", "options", "error"),
    [
        (Screen, {"threshold": 1.5}, "key threshold"),
        (Screen, {"keep": ["A"], "drop": ["A"]}, "in keep or in drop, not in both"),
        (Screen, {"minimum": 0.5}, "minimum"),
        (Impute, {"method": "mode"}, "mode"),
        (Impute, {"method": "constant"}, "method: constant together with value"),
        (Impute, {"method": "mean", "value": 3.0}, "value"),
        (Impute, {"each": {"x": {"method": "mean", "scope": "pooled"}}}, "scope and groups written once"),
        (Treat, {"method": "clip"}, "clip"),
        (Treat, {"method": "coinr", "winmax": -1}, "winmax"),
        (Treat, {"method": "coinr", "skew": 0.0}, "skew"),
        (Treat, {"method": "log", "winmax": 3}, "winmax"),
        (Treat, {"method": "winsorise", "log": "plain"}, "log"),
        (Treat, {"method": "winsorise", "when": "always"}, "when"),
        (Treat, {"method": "log", "exponent": 0.5}, "exponent"),
        (Treat, {"method": "none", "leave": ["x"]}, "leave"),
        (Treat, {"method": "log", "scope": "base"}, "first, last"),
        (Treat, {"method": "log", "each": {"x": {"scope": "yearly"}}}, "scope, base, only and leave written once"),
    ],
)
def test_what_does_not_go_together_is_refused(model: Any, options: dict[str, Any], error: str) -> None:
    with pytest.raises(SpecError, match=error):
        checked(model, **options)


def test_a_recipe_without_words_does_nothing() -> None:
    assert (Impute().method, Treat().method) == ("none", "none")
    assert not Treat().served
    assert Treat.model_validate({"each": {"x": {"method": "log"}}}).served
    assert (Screen().threshold, Screen().nonzero) == (None, None)


def test_the_options_of_one_indicator() -> None:
    how = Treat.model_validate({"method": "log", "leave": ["a"], "each": {"b": {"method": "winsorise", "winmax": 2}}})
    assert (how.of("a").method, how.of("b").winmax, how.of("c")) == ("none", 2, how)
    fill = Impute.model_validate(
        {"method": "mean", "scope": "pooled", "groups": {"g": ["A"]}, "each": {"b": {"method": "group_mean"}}}
    )
    assert (fill.of("b").method, fill.of("b").scope, fill.of("b").groups) == ("group_mean", "pooled", {"g": ("A",)})
    assert fill.grouped
    assert not Impute(method="mean").grouped
