"""Formulas in the PDF: every registered one is set, what is not known is left alone, and nothing becomes code."""

from __future__ import annotations

import numpy as np
import pytest

from nqpf.registry import methods
from nqpf.report.typst_math import typst_math


def compiled(parts: list[str]) -> bytes:
    """Set the parts with typst, which fails where one is not mathematics."""
    typst = pytest.importorskip("typst")
    page = "\n\n".join(f"$display({part})$" for part in parts)
    made: bytes = typst.compile(page.encode(), font_paths=typst.Fonts(include_system_fonts=False))
    return made


@pytest.mark.parametrize(
    ("latex", "parts"),
    [
        (r"a b", ("a/**/b",)),
        (r"12.5\,x", ("12.5/**/thin/**/x",)),
        (r"x_i^2", ("attach(x, b: i, t: 2)",)),
        (r"x^2_i", ("attach(x, b: i, t: 2)",)),
        (r"x_{ij}'", ("attach(x, b: i/**/j, t: ′)",)),
        (r"x^12", ("attach(x, t: 1)2",)),
        (r"\hat\sigma^2", ("attach(hat(sigma), t: 2)",)),
        (r"\frac12 + \tfrac{a}{b}", (r"frac(1, 2)\+inline(frac(a, b))",)),
        (r"\sum_{j=1}^{n} w_j", (r"attach(∑, b: j\=1, t: n)attach(w, b: j)",)),
        (r"\max_i x", ('attach(op("max", limits: #true), b: i)x',)),
        (r"\operatorname{sgn}(x)", (r'op("sgn")\(x\)',)),
        (r"\operatorname*{arg\,max}_k", ('attach(op("arg\N{NO-BREAK SPACE}max", limits: #true), b: k)',)),
        (r"\mathrm{TFPR}_i", ('attach("TFPR", b: i)',)),
        (r"\text{if } x", ('"if "x',)),
        (r"\left( \frac{a}{b} \right]", (r"lr(\(frac(a, b)\])",)),
        (r"\left. x \right|_0", (r"attach(lr(x\|), b: 0)",)),
        (r"\Bigl\{ a \Bigr\}", (r"lr(size: #1.8em, \{)a/**/lr(size: #1.8em, \})",)),
        (r"\underbrace{a}_{\text{ec}}", ('underbrace(a, "ec")',)),
        (r"\sqrt[3]{x}\sqrt y", ("root(3, x)sqrt(y)",)),
        (r"\mathbf{1}", ("bold(upright(1))",)),
        (r"\begin{cases} a & b \\ c & d \end{cases}", ("cases(&a quad&&b, &c quad&&d)",)),
        (r"{}_a", ("attach(zws, b: a)",)),
        (r"a,\quad b;\qquad c", (r"a\,", r"b\;", "c")),
        (r"a - b * c", ("a−b∗c",)),
        (r"a <= b", (r"a\<\=b",)),
        (r"\epsilon\varepsilon\phi\varphi", ("epsilon.alt/**/epsilon/**/phi.alt/**/phi",)),
    ],
)
def test_latex_becomes_typst(latex: str, parts: tuple[str, ...]) -> None:
    assert typst_math(latex) == parts
    assert compiled(list(parts)).startswith(b"%PDF")


@pytest.mark.parametrize(
    "latex",
    [
        r"\unknown x", r"\frac{a}", "{a", "a}", r"\left( a", r"\begin{cases} a", r"\begin{matrix} a \end{matrix}",
        "x_a_b", "x^a^b", "x''", "$x$", "a & b", "#x", "%", "x_", r"\text{\bold{a}}", "_" * 9, r"\hat" * 5000,
    ],
)  # fmt: skip
def test_what_is_not_known_is_left_to_the_reader(latex: str) -> None:
    assert typst_math(latex) is None


def test_every_registered_formula_is_set() -> None:
    parts = {id: typst_math(entry.formula) for id, entry in methods().items()}
    assert [id for id, found in parts.items() if not found] == []
    assert compiled([part for found in parts.values() for part in found or ()]).startswith(b"%PDF")


def test_text_in_a_formula_is_no_code() -> None:
    parts = typst_math(r'\text{"] #read("/etc/passwd") $x$} + \mathrm{\#panic()}')
    assert parts == (r'"\"] #read(\"/etc/passwd\") $x$"\+"#panic()"',)
    assert compiled(list(parts)).startswith(b"%PDF")


def test_no_row_of_known_tokens_becomes_a_name_or_an_error() -> None:
    tokens = [
        "a", "x", "in", "read", "12", "3.5", ".", ",", ";", ":", "/", "(", ")", "[", "]", "|", "'", '"', "!", "@", "=",
        "->", "...", "中", "é", r"\alpha", r"\sum", r"\ln", r"\max", r"\,", r"\ ", r"\{", r"\|", r"\#", "_i", "^{2}",
        r"\hat x", r"\frac{a}{b}", r"\text{read(1)}", r"\mathrm{pi}", r"\left( x \right)", r"\bigl(", r"\quad",
        r"\overline{x y}", r"\underbrace{x}", r"\begin{cases} 1 & x \end{cases}", "`", "~", "*", "-", "<", ">",
    ]  # fmt: skip
    rng = np.random.default_rng(20261121)
    written = ["".join(rng.choice(tokens, size=rng.integers(1, 9))) for _ in range(300)]
    found = [parts for latex in written if (parts := typst_math(latex)) is not None]
    assert len(found) > 150
    assert compiled([part for parts in found for part in parts]).startswith(b"%PDF")
