"""A small good study that tests spoil, change and run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import vl_convert

STUDY = """\
study: base
title: {zh: 样例, en: Sample}
data:
  tables:
    - file: data.csv
      unit: province
      places: provinces
  missing: {rule: stop}
  series:
    gdp: {unit: 亿元, source: yearbook, vintage: 2020}
    pop: {unit: 万人, source: yearbook}
    coal: {unit: 万吨}
framework:
  id: whole
  title: {zh: 总指数, en: Index}
  tree:
    - id: output
      title: {zh: 产出, en: Output}
      weight: 0.6
      children:
        - id: income
          title: {zh: 人均产值, en: Output per head}
          weight: 0.5
          formula: gdp / pop * 10000
          direction: benefit
        - id: research
          weight: 0.5
          formula: rd / gdp * 100
          direction: benefit
    - id: green
      title: {zh: 绿色, en: Green}
      weight: 0.4
      children:
        - id: coal_use
          weight: 1
          formula: coal / gdp
          direction: cost
recipe:
  normalise: {method: minmax, range: [0, 1]}
  weight: {method: given}
  aggregate: {method: arithmetic}
report:
  lang: en
  groups: bloc4
"""

UNITS = ("北京", "天津", "河北", "山西", "内蒙古", "辽宁")
YEARS = (2018, 2019, 2020, 2021)


def table() -> str:
    """Return a table of six provinces, four years and four series, every number its own."""
    rows = ["province,year,gdp,pop,rd,coal"]
    for t, year in enumerate(YEARS):
        for i, unit in enumerate(UNITS):
            gdp, pop = 1000 + 137 * i + 53 * t + i * t % 5, 50 + 3 * i + t
            rows.append(f"{unit},{year},{gdp},{pop},{10 + (7 * i + 3 * t) % 11},{20 + (5 * i + 2 * t) % 7}")
    return "\n".join(rows) + "\n"


@dataclass(frozen=True)
class Workshop:
    """A folder with a study in it."""

    folder: Path

    @property
    def study(self) -> Path:
        return self.folder / "study.yaml"

    @property
    def data(self) -> Path:
        return self.folder / "data.csv"

    @property
    def out(self) -> Path:
        return self.folder / "out"

    def edit(self, old: str, new: str, file: str = "study.yaml") -> None:
        """Replace a text that stands in a file once."""
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, (file, old, text.count(old))
        path.write_text(text.replace(old, new), encoding="utf-8")

    def files(self) -> list[str]:
        return sorted(p.name for p in self.folder.iterdir())


def workshop_in(folder: Path) -> Workshop:
    """Put the study and its table in a folder."""
    (folder / "study.yaml").write_text(STUDY, encoding="utf-8")
    (folder / "data.csv").write_text(table(), encoding="utf-8")
    return Workshop(folder)


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    return workshop_in(tmp_path)


@pytest.fixture(scope="module")
def new_workshop(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Workshop]:
    """Return a function that sets up one more study, for results that the tests of a file share."""
    return lambda: workshop_in(tmp_path_factory.mktemp("workshop"))


@pytest.fixture
def blank_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the files of charts blank, which take half of the time of a report; tests of the charts draw them."""
    monkeypatch.setattr(vl_convert, "vegalite_to_svg", lambda *_, **__: "<svg/>")


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Callable[[], str]:
    """Return the one error that a command printed, after checking that it printed nothing else."""

    def read() -> str:
        captured = capsys.readouterr()
        assert captured.out == ""
        assert captured.err.count("\n") == 1, captured.err
        return captured.err.strip()

    return read
