"""A study's multiverse: the default choices, and missing values dealt with in several ways."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from nqpf.errors import SpecError
from nqpf.study import demo_path, run

BESIDE = re.compile(r"(?m)^(productivity|regions|system|scenario):.*\n(  .*\n|\n)*")
"""Parts of the demo that take their time and are not looked at here."""

STUDY = BESIDE.sub("", demo_path("thermal").read_text(encoding="utf-8"))
WAYS = """multiverse:
  vary:
    weight: [equal, entropy]
    panel:
      line: {rule: linear, edges: nearest}
      holes: {rule: keep}
"""


def written(folder: Path, part: str) -> Path:
    """Return a copy of the thermal demo with another multiverse."""
    (folder / "thermal.csv").write_bytes(demo_path("thermal").with_name("thermal.csv").read_bytes())
    lines = [part if line.startswith("multiverse:") else line for line in STUDY.splitlines()]
    (folder / "study.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder / "study.yaml"


def test_missing_values_may_be_dealt_with_in_several_ways(tmp_path: Path) -> None:
    many = run(written(tmp_path, WAYS)).context.multiverse
    assert many is not None
    assert len(many) == 4
    assert many.design_frame()["panel"].unique().sort().to_list() == ["holes", "line"]
    assert many.status == ["ok"] * 4


def test_a_wrong_rule_is_told_with_its_line(tmp_path: Path) -> None:
    path = written(tmp_path, WAYS.replace("rule: keep", "rule: kep"))
    with pytest.raises(SpecError, match=r"key multiverse\.vary\.panel\.holes\.rule.*kep.*Did you mean “keep”"):
        run(path)


def test_the_default_choices_are_run_and_told(tmp_path: Path) -> None:
    assessment = run(written(tmp_path, "multiverse: {}"))
    assert "robustness" in [chapter.id for chapter in assessment.chapters]
    told = [f for f in assessment.findings if f.place in ("rank-intervals", "rank-bands", "variance-shares")]
    assert told
    assert run(written(tmp_path, "")).context.multiverse is None
