"""Every step of the page as it stands: named controls, room to press, both languages, both themes, a narrow window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from browsing import Visit, contrast, tokens

import nqpf

PAGE = Path(nqpf.__file__).parent / "studio" / "page"
CSS = (PAGE / "studio.css").read_text(encoding="utf-8")
SURFACES = ("paper", "ground", "raised", "sunken")
STEPS = ("data", "framework", "recipe", "results", "compare", "report")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_texts_stand_out_from_what_they_stand_on(theme: str) -> None:
    colour = tokens(CSS, theme)
    pairs = [(text, on) for text in ("ink", "faint-ink", "main", "bad") for on in SURFACES]
    pairs += [(kind, f"{kind}-soft") for kind in ("main", "good", "warn", "bad", "info")]
    pairs += [("ink", f"{kind}-soft") for kind in ("main", "good", "warn", "bad", "info")]
    pairs += [("main-ink", "main"), ("faint-ink", "main-soft")]
    faint = {(text, on): round(contrast(colour[text], colour[on]), 2) for text, on in pairs}
    assert {pair: ratio for pair, ratio in faint.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_edges_of_controls_and_the_focus_stand_out(theme: str) -> None:
    colour = tokens(CSS, theme)
    edges = {(e, on): round(contrast(colour[e], colour[on]), 2) for e in ("strong-line", "focus") for on in SURFACES}
    assert {pair: ratio for pair, ratio in edges.items() if ratio < 3} == {}


def test_contrast_is_that_of_the_guidelines() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)


@pytest.mark.browser
def test_the_start_and_the_data_of_a_demo(page: Callable[..., Visit]) -> None:
    """The quick one of the tests in a browser: others are slow."""
    here = page("zh")
    assert here.page.evaluate("document.documentElement.lang") == "zh-CN"
    assert here.problems() == []
    here.demo("oecd")
    assert "33 " in here.page.inner_text(".data-numbers")
    assert here.problems() == []
    here.page.click("#language")
    here.until("document.documentElement.lang === 'en'")
    here.settled()
    assert "33 units" in here.page.inner_text(".data-numbers")
    assert here.problems() == []


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("lang", "width"), [("zh", 1280), ("en", 390)])
def test_every_step_of_a_demo(page: Callable[..., Visit], lang: str, width: int, theme: str) -> None:
    here = page(lang, width, color_scheme=theme)
    assert here.page.evaluate("document.documentElement.dataset.theme") == theme
    here.demo("oecd")
    found = {}
    for step in STEPS:
        here.step(step)
        found[step] = here.problems()
    assert {step: faults for step, faults in found.items() if faults} == {}


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_no_violation(page: Callable[..., Visit], axe: str, theme: str) -> None:
    here = page("en", color_scheme=theme)
    found = {"start": here.axe(axe)}
    here.demo("oecd")
    for step in STEPS:
        here.step(step)
        found[step] = here.axe(axe)
    assert {step: faults for step, faults in found.items() if faults} == {}
