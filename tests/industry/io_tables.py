"""Small input–output tables that several tests share."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import xlsxwriter

from nqpf.industry.input_output.table import IOTable

TITLE = "2020年全国投入产出表"
NAMES = ["农产品", "工业品", "服务"]
CODES = ["01", "02", "03"]
FINALS = {
    "FU101": "农村居民消费支出",
    "FU102": "城镇居民消费支出",
    "FU103": "政府消费支出",
    "TC": "最终消费支出合计",
    "FU201": "固定资本形成总额",
    "FU202": "存货变动",
    "GCF": "资本形成总额合计",
    "EX": "出口",
    "TFU": "最终使用合计",
}
PRIMARY = {"VA001": "劳动者报酬", "VA002": "生产税净额", "VA003": "固定资产折旧", "VA004": "营业盈余"}

FLOWS = np.array([[20.0, 60, 10], [30, 200, 40], [10, 50, 30]])
FINAL = np.array([[15.0, 15, 0, 10, -5, 5], [20, 60, 10, 90, 10, 60], [20, 60, 50, 15, 0, 15]])
"""FU101, FU102, FU103, FU201, FU202, EX."""
IMPORTS = np.array([20.0, 40, 10])
OTHER = np.array([-10.0, 0, 10])
OUTPUT = FLOWS.sum(axis=1) + FINAL.sum(axis=1) - IMPORTS + OTHER


def textbook() -> IOTable:
    """Return the two-sector table of Miller and Blair (2009), section 2.3."""
    return IOTable.of([[150, 500], [200, 100]], [350, 1700], [1000, 2000], sectors=["a", "b"], added=[650, 1400])


def world(regions: int = 3, sectors: int = 4, seed: int = 1) -> IOTable:
    """Return a world table that adds up, with value added."""
    rng = np.random.default_rng(seed)
    n = regions * sectors
    z = rng.uniform(0, 10, (n, n))
    y = rng.uniform(5, 40, (n, regions * 2))
    x = np.maximum(z.sum(axis=1) + y.sum(axis=1), z.sum(axis=0) + 5)
    y[:, 0] += x - z.sum(axis=1) - y.sum(axis=1)
    return IOTable.from_blocks(
        z, y, x, regions=[f"R{i}" for i in range(regions)], sectors=[f"s{i}" for i in range(sectors)],
        categories=["home", "stock"], uses=["consumption", "inventories"], added=x - z.sum(axis=0), addeds=["va"],
    )  # fmt: skip


def competitive() -> list[list[Any]]:
    """Return the cells of a competitive table of the statistical bureau, three products, as it is published."""
    values = dict(zip(["FU101", "FU102", "FU103", "FU201", "FU202", "EX"], FINAL.T, strict=True))
    values["TC"] = FINAL[:, :3].sum(axis=1)
    values["GCF"] = FINAL[:, 3:5].sum(axis=1)
    values["TFU"] = FINAL.sum(axis=1)
    rows: list[list[Any]] = [
        [TITLE],
        [None, None, "（按当年生产者价格计算）", None, "单位：万元"],
        ["投入", None, "中间使用", None, None, None, "最终使用", *[None] * (len(FINALS) - 1)],
        [None, None, "农产品", "工业\n品", "服务", "中间使用合计", *FINALS.values(), "进口", "其他", "总产出"],
        [None, "代码", *CODES, "TIU", *FINALS, "IM", "ERR", "GO"],
    ]
    for i, name in enumerate(NAMES):
        use = [values[code][i] for code in FINALS]
        rows.append([name, CODES[i], *FLOWS[i], FLOWS[i].sum(), *use, IMPORTS[i], OTHER[i], OUTPUT[i]])
    rows.append(["中间投入合计", "TII", *FLOWS.sum(axis=0), FLOWS.sum()])
    rest = OUTPUT - FLOWS.sum(axis=0)
    for (code, name), share in zip(PRIMARY.items(), [0.5, 0.1, 0.1, 0.3], strict=True):
        rows.append([name, code, *(share * rest), share * rest.sum()])
    rows.append(["增加值合计", "TVA", *rest, rest.sum()])
    rows.append(["总投入", "TI", *OUTPUT, OUTPUT.sum()])
    return rows


def non_competitive() -> list[list[Any]]:
    """Return the cells of a non-competitive table: domestic above imported products."""
    share = np.array([0.1, 0.2, 0.05])[:, None]
    home, abroad = FLOWS * (1 - share), FLOWS * share
    use, use_abroad = FINAL[:, [2, 3, 4, 5]] * (1 - share), FINAL[:, [2, 3, 4, 5]] * share
    x = home.sum(axis=1) + use.sum(axis=1)
    head = ["中间使用合计", "最终消费支出", "固定资本形成总额", "存货变动", "出口", "最终使用合计", "总产出或进口"]
    rows: list[list[Any]] = [
        ["2020年全国非竞争型投入产出表"],
        [None, None, None, *NAMES, *head],
        [None, None, "代码", *CODES, "TIU", "TC", "FU201", "FU202", "EX", "TFU", "GO"],
    ]
    for origin, z, y in (("国内产品中间投入", home, use), ("进口产品中间投入", abroad, use_abroad)):
        for i, name in enumerate(NAMES):
            total = z[i].sum() + y[i].sum()
            rows.append([origin if i == 0 else None, name, CODES[i], *z[i], z[i].sum(), *y[i], y[i].sum(), total])
    rest = x - FLOWS.sum(axis=0)
    rows.append([None, "中间投入合计", "TII", *FLOWS.sum(axis=0)])
    rows.append(["增加值", "劳动者报酬", "VA001", *rest])
    rows.append([None, "总投入", "TI", *x])
    return rows


def workbook(path: Path, sheets: dict[str, Sequence[Sequence[Any]]]) -> Path:
    """Write cells as a workbook, a sheet each."""
    with xlsxwriter.Workbook(path) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for i, row in enumerate(rows):
                for j, cell in enumerate(row):
                    if cell is not None:
                        sheet.write(i, j, cell)
    return path
