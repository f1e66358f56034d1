"""Formulas as Word's own equations: nothing lost, nothing left open, lines that fit."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

import pytest
from latex2mathml.converter import convert

from nqpf.registry import methods
from nqpf.report.word.equations import equations, lines, width
from nqpf.report.word.mathml import flat, pairs
from nqpf.report.word.nodes import name
from nqpf.report.word.omml import omml

LETTERS = re.compile(r"[A-Za-zα-ωΑ-Ω0-9]")


def tree(latex: str) -> list[Any]:
    return flat([ElementTree.fromstring(convert(latex, display="block"))])


def said(nodes: list[Any]) -> str:
    return "".join(t.text for n in nodes for t in n.iter(name("m:t")))


def first(nodes: list[Any], tag: str) -> Any:
    return next(each for n in nodes for each in n.iter(name(tag)))


@pytest.mark.parametrize("step", [10, pytest.param(1, marks=pytest.mark.slow)])
def test_formulas_of_the_registry_keep_their_letters_and_leave_no_slot_empty(step: int) -> None:
    for id, entry in list(methods().items())[::step]:
        items = tree(entry.formula)
        made = omml(items)
        written = "".join(t for item in items for t in item.itertext())
        assert sorted(LETTERS.findall(said(made))) == sorted(LETTERS.findall(written)), id
        slots = [each for n in made for tag in ("m:e", "m:num", "m:den", "m:lim") for each in n.iter(name(tag))]
        assert all(len(slot) for slot in slots), id
        assert not {"(", ")"} & set(said(made)), id


def test_a_sum_holds_what_it_runs_over_and_hides_the_limit_it_has_not() -> None:
    made = omml(tree(r"e_j = -k \sum_i p_{ij} \ln p_{ij} + 1"))
    sum_ = first(made, "m:nary")
    properties = sum_.find(name("m:naryPr"))
    assert properties.find(name("m:chr")).get(name("m:val")) == "∑"
    assert properties.find(name("m:supHide")).get(name("m:val")) == "1"
    assert properties.find(name("m:subHide")) is None
    assert said([sum_.find(name("m:e"))]) == "pijlnpij"
    assert said(made).endswith("+1")


def test_a_product_with_both_limits_hides_none() -> None:
    made = omml(tree(r"\prod_{i=k}^{m} r_i"))
    product = first(made, "m:nary")
    assert product.find(f"{name('m:naryPr')}/{name('m:supHide')}") is None
    assert (said([product.find(name("m:sub"))]), said([product.find(name("m:sup"))])) == ("i=k", "m")


def test_names_of_functions_are_upright_and_variables_slanted() -> None:
    made = omml(tree(r"y = \max(x, \min_i z_i)"))
    runs = {t.text: t.getparent() for n in made for t in n.iter(name("m:t"))}
    for upright in ("max", "min"):
        assert runs[upright].find(f"{name('m:rPr')}/{name('m:nor')}") is not None
    for slanted in ("x", "y", "z"):
        assert runs[slanted].find(name("m:rPr")) is None
    assert said([first(made, "m:func").find(name("m:e"))]).replace("\u2009", "") == "x,minizi"


def test_words_in_roman_type_are_one_piece() -> None:
    made = omml(tree(r"\mathrm{corr}(x, y)"))
    assert made[0].findtext(name("m:t")) == "corr"


def test_an_exponent_on_a_bracket_belongs_to_the_whole() -> None:
    made = omml(tree(r"(r_i - \bar r)^2"))
    assert [n.tag for n in made] == [name("m:sSup")]
    assert made[0].find(f"{name('m:e')}/{name('m:d')}") is not None
    assert first(made, "m:barPr").find(name("m:pos")).get(name("m:val")) == "top"


def test_bars_pair_and_a_lone_one_stays_a_sign() -> None:
    assert pairs(tree(r"|x - y| + |z|")) == {0: 4, 6: 8}
    delimited = first(omml(tree(r"|x|")), "m:dPr")
    assert [c.get(name("m:val")) for c in delimited] == ["|", "|"]
    inside = omml(tree(r"P\left(x | y\right)"))
    assert said(inside) == "Px|y"
    assert len(list(inside[1].iter(name("m:d")))) == 1


def test_cases_open_a_brace_that_nothing_closes() -> None:
    made = omml(tree(r"y = \begin{cases} x & x > 0 \\ 0 & \text{otherwise} \end{cases}, \quad z"))
    signs = first(made, "m:dPr")
    assert [c.get(name("m:val")) for c in signs] == ["{", ""]
    assert len(list(first(made, "m:m").iter(name("m:mr")))) == 2
    assert said(made).endswith("z")


@pytest.mark.parametrize(
    ("latex", "tag"),
    [
        (r"\frac{a}{b}", "m:f"),
        (r"\sqrt{x}", "m:rad"),
        (r"\sqrt[3]{x}", "m:rad"),
        (r"x_i^2", "m:sSubSup"),
        (r"\hat x", "m:acc"),
        (r"\underbrace{a+b}_{c}", "m:groupChr"),
        (r"\overline{ab}", "m:bar"),
        (r"\left[a\right]", "m:d"),
    ],
)
def test_structures_stay_structures(latex: str, tag: str) -> None:
    assert first(omml(tree(latex)), tag) is not None


def test_a_sign_as_exponent_is_text() -> None:
    made = omml(tree(r"s^{+} + w^*"))
    exponents = [n.find(name("m:sup")) for n in made if n.tag == name("m:sSup")]
    assert [said([e]) for e in exponents] == ["+", "*"]
    assert all(e.find(f".//{name('m:nor')}") is not None for e in exponents)


def test_a_long_formula_goes_over_lines_that_fit() -> None:
    formula = r"a = b,\quad " + " + ".join(rf"x_{{{i}}}" for i in range(40)) + r" = c,\qquad d = e"
    items = tree(formula)
    found = lines(items, 20)
    assert len(found) > 3
    assert all(width(line) <= 20 for line in found)
    assert all((line[0].text or "") in "=+ad" for line in found if (line[0].text or "").strip())
    spaceless = [i for line in found for i in line if not i.tag.endswith("mspace")]
    assert spaceless == [i for i in items if not i.tag.endswith("mspace")]


def test_a_formula_that_fits_is_one_line() -> None:
    assert len(equations(r"a = b,\quad c = d", 36, "Equation")) == 1
    assert len(equations(r"a = b,\quad c = d", 5, "Equation")) == 2


def test_brackets_are_not_torn_apart() -> None:
    found = lines(tree(r"y = f(" + " + ".join("abcdefghij") + r") + z"), 8)
    assert [line[0].text for line in found] == ["y", "=", "+"]
