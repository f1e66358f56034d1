"""A study of China's 35-sector table of 2011 and forty economies' structures, from the world input–output database."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from nqpf.industry import IOTable
from nqpf.study import Assessment, run

pytestmark = [pytest.mark.reference, pytest.mark.slow]

STUDY = """\
study: china2011
title: {zh: 中国 2011 年 35 部门, en: China 2011 by 35 sectors}
industry:
  activity: {file: output.parquet, unit: country, industry: sector, time: year, value: output, places: countries,
             title: {zh: 总产出, en: Gross output}}
  space: {empty: drop}
  entry: {start: 2000, end: 2011, k: 3}
  chain: {file: flows.parquet, region: CHN, final: [use], output: output, digital: [ElecOptical, PostTelecom],
          evidence: evidence.csv, tolerance: 0.01}
  cautions: {series: series.csv}
"""


def _flows(path: Path) -> pl.DataFrame:
    """Return the world table as a long one: deliveries, final use in all and output."""
    with np.load(path, allow_pickle=True) as world:
        z, y, x = (world[name].astype(float) for name in ("Z", "Y", "x"))
        regions, sectors = (world[name].astype(str) for name in ("countries", "sectors"))
    region, sector = np.repeat(regions, sectors.size), np.tile(sectors, regions.size)
    i, j = (place.ravel() for place in np.indices(z.shape))
    keys = {"supplier_region": region[i], "supplier": sector[i], "user_region": region[j], "user": sector[j]}
    flows = pl.DataFrame({**keys, "value": z.ravel()})
    ends = []
    for name, values in (("use", y.sum(axis=1)), ("output", x)):
        rows = {"supplier_region": region, "supplier": sector, "user_region": region, "user": np.full(x.size, name)}
        ends.append(pl.DataFrame({**rows, "value": values}))
    return pl.concat([flows, *ends])


@pytest.fixture(scope="module")
def done(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Assessment:
    folder, data = tmp_path_factory.mktemp("china"), shared / "data" / "industry"
    wide = pl.read_parquet(data / "wiod_country_sector_1995_2011.parquet")
    wide.filter((pl.col("country") != "RoW") & pl.col("year").is_in([1995, 2000, 2005, 2011])).select(
        "country", "sector", "year", "output"
    ).write_parquet(folder / "output.parquet")
    _flows(data / "wiod_2011.npz").write_parquet(folder / "flows.parquet")
    sectors = wide["sector"].unique(maintain_order=True).to_list()
    pl.DataFrame({"sector": sectors, "capability": [0.5] * len(sectors)}).write_csv(folder / "evidence.csv")
    of_china = wide.filter(country="CHN").group_by("year", maintain_order=True).agg(value=pl.col("output").sum())
    of_china.rename({"year": "period"}).write_csv(folder / "series.csv")
    (folder / "study.yaml").write_text(STUDY, encoding="utf-8")
    return run(folder / "study.yaml")


def test_the_losses_of_extraction_are_those_of_the_notes(done: Assessment) -> None:
    chain = done.industry.found.chain  # type: ignore[union-attr]
    frame = chain.extraction.result.frame.sort("loss_outside", descending=True)  # type: ignore[union-attr]
    assert frame["sector"].to_list()[:5] == ["Construction", "ElecOptical", "BasicMetals", "Machinery", "Chemicals"]
    assert frame["loss_outside"][0] == pytest.approx(3.86e6, rel=2e-3)


def test_import_content_is_that_of_the_notes(done: Assessment) -> None:
    chain = done.industry.found.chain  # type: ignore[union-attr]
    frame = chain.imports.result.frame  # type: ignore[union-attr]
    top = frame.sort("total", descending=True, nulls_last=True)
    assert top["sector"].to_list()[:5] == ["CokePetroleum", "ElecOptical", "BasicMetals", "Chemicals", "Machinery"]
    np.testing.assert_allclose(top["total"][:5], [0.4353, 0.3036, 0.2731, 0.2434, 0.2345], atol=5e-5)


def test_what_has_no_data_is_not_assessed(done: Assessment) -> None:
    found = done.industry.found  # type: ignore[union-attr]
    points = found.chain.chokepoints.result.frame  # type: ignore[union-attr]
    assert set(points["status"]) == {"not_assessed"}  # nothing says what could stand in a sector's place
    assert points["criticality"].null_count() < points.height
    assert found.warned.exuberance.result.frame["status"].to_list() == ["too_short"]  # seventeen years


def test_a_split_of_sectors_is_not_called_complexity(done: Assessment) -> None:
    summary = done.industry.found.complexity.result.summary  # type: ignore[union-attr]
    assert summary.height == 1
    text = " ".join(str(f.text().en) for f in done.findings)
    assert "China" in " ".join(str(t.en) for t in done.industry.units.values())  # type: ignore[union-attr]
    assert "nan" not in text


def test_the_table_is_that_of_the_long_file(done: Assessment, shared: Path) -> None:
    mine = done.industry.found.chain.table  # type: ignore[union-attr]
    flows = pl.read_csv(shared / "ref" / "industry" / "wiod_chn2011_Zd.csv")
    names = flows.columns[1:]
    at = [mine.sectors.index(name) for name in names]
    np.testing.assert_allclose(mine.flows[np.ix_(at, at)], flows.select(names).to_numpy(), atol=1e-9)
    assert isinstance(mine, IOTable)
