"""The studio while a weight is moved: from the slider to the new ranking on 31 units × 12 years × 40 indicators.

``python benchmarks/studio_live.py [--recipe JSON] [--no-page] [--keep FOLDER]`` starts a studio of its own on synthetic
data and prints milliseconds of the server alone, of the page (slider's event to the rows in the document, in headless
Chromium; needs playwright), and the memory of server and worker. The mark: 150 ms at the median, 400 MB.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np

from nqpf.data import places
from nqpf.studio.store import Store

UNITS, YEARS, DIMENSIONS, EACH = 31, 12, 8, 5
MOVES = 60
OPENING = 90.0
"""Seconds a studio or a page may take to open."""


def synthetic(root: Path, recipe: dict[str, Any]) -> str:
    """Make a session of provinces with skewed positive numbers, and return its id."""
    names = places.provinces()["short_zh"].to_list()[:UNITS]
    ids = [f"x{d}_{k}" for d in range(DIMENSIONS) for k in range(EACH)]
    rng = np.random.default_rng(1)
    level = rng.lognormal(0, 0.4, (UNITS, 1, 1)) * rng.lognormal(0, 0.3, (UNITS, 1, len(ids)))
    values = level * rng.lognormal(0, 0.15, (UNITS, YEARS, len(ids)))
    lines = ["province,year," + ",".join(ids)]
    for name, rows in zip(names, values, strict=True):
        lines += [f"{name},{2013 + t}," + ",".join(f"{x:.6g}" for x in row) for t, row in enumerate(rows)]
    session = Store(root).create("31 × 12 × 40")
    kept = session.add_file("panel.csv", io.BytesIO("\n".join(lines).encode()))
    tree = [
        {
            "id": f"D{d}",
            "title": {"zh": f"维度 {d + 1}", "en": f"Dimension {d + 1}"},
            "children": [
                {"id": id, "title": {"zh": f"指标 {id[1:]}", "en": f"Indicator {id[1:]}"}, "direction": "benefit"}
                for id in ids[d * EACH : (d + 1) * EACH]
            ],
        }
        for d in range(DIMENSIONS)
    ]
    table = {"file": f"files/{kept.name}", "unit": "province", "period": "year", "places": "provinces"}
    document = session.document | {
        "seed": 1,
        "data": {"tables": [table], "series": {id: {"unit": "1"} for id in ids}},
        "framework": {"id": "I", "title": {"zh": "指数", "en": "Index"}, "tree": tree},
        "recipe": recipe,
    }
    session.edit(document, session.revision, "synthetic")
    return str(session.id)


@contextlib.contextmanager
def studio(root: Path) -> Iterator[tuple[str, int]]:
    """Start a studio on a folder; give its address with the token, and its process."""
    command = [sys.executable, "-m", "nqpf", "studio", str(root), "--no-browser"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONUNBUFFERED": "1"})
    assert process.stdout is not None
    try:
        for line in process.stdout:
            if found := re.search(r"http://\S+token=[\w-]+", line):
                yield found[0], process.pid
                break
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(15)


def server_alone(address: str, id: str) -> list[float]:
    """Return milliseconds of each of many asks for ranks, each with other weights."""
    rng = np.random.default_rng(2)
    with httpx.Client(base_url=address.split("/?")[0], timeout=OPENING, follow_redirects=True) as client:
        client.get(f"/?{address.split('?')[1]}")
        client.headers["Origin"] = address.split("/?")[0]
        spent = []
        for _ in range(MOVES):
            weights = {f"D{d}": float(w) for d, w in enumerate(rng.random(DIMENSIONS) + 0.1)}
            began = time.perf_counter()
            answer = client.post(f"/api/sessions/{id}/recipe/rerank", json={"weights": weights})
            spent.append(1000 * (time.perf_counter() - began))
            answer.raise_for_status()
        print(f"draws {answer.json()['draws']}, answer {len(answer.content) / 1000:.1f} kB")
    return spent[3:]


MOVE = """async ([id, value]) => {
  const slider = document.getElementById(id), table = document.getElementById("recipe-ranking");
  const began = performance.now(), before = table.dataset.move;
  slider.value = value;
  slider.dispatchEvent(new Event("input", {bubbles: true}));
  while (table.dataset.move === before) await new Promise((done) => setTimeout(done, 1));
  const drawn = performance.now();
  await new Promise((done) => requestAnimationFrame(done));
  return [drawn - began, performance.now() - began];
}"""


def on_the_page(address: str, id: str) -> tuple[list[float], list[float]]:
    """Return milliseconds from a slider's event to the rows in the document, and to the next frame after."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(address)
        page.goto(f"{address.split('/?')[0]}/#/{id}/recipe")
        page.locator("#recipe-ranking tbody tr").first.wait_for(timeout=1000 * OPENING)
        page.locator("#recipe-weight-D0").wait_for(timeout=1000 * OPENING)
        rng = np.random.default_rng(3)
        spent = [
            page.evaluate(MOVE, [f"recipe-weight-D{i % 3}", float(v)]) for i, v in enumerate(rng.random(MOVES) * 60)
        ]
        browser.close()
    return [one for one, _ in spent[3:]], [two for _, two in spent[3:]]


def memory(process: int) -> dict[int, float]:
    """Return megabytes in use by a process and by what it started."""
    started = [file.read_text().split() for file in Path(f"/proc/{process}/task").glob("*/children")]
    every = [process, *(int(one) for names in started for one in names)]
    found = {}
    for one in every:
        held = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{one}/status").read_text())
        found[one] = int(held[1]) / 1000 if held else 0.0
    return found


def told(name: str, spent: list[float]) -> str:
    """Return median and ninth decile in words."""
    return f"{name:<28}median {np.median(spent):6.1f} ms   p90 {np.quantile(spent, 0.9):6.1f} ms"


def main() -> None:
    """Print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recipe", type=json.loads, default={})
    parser.add_argument("--no-page", action="store_true")
    parser.add_argument("--keep", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        root = asked.keep or Path(temporary)
        id = synthetic(root, asked.recipe)
        with studio(root) as (address, process):
            print(told("server alone", server_alone(address, id)))
            if not asked.no_page:
                drawn, shown = on_the_page(address, id)
                print(told("slider to new rows", drawn))
                print(told("slider to next frame", shown))
            for one, megabytes in memory(process).items():
                print(f"{'server' if one == process else 'its process':<28}{megabytes:6.0f} MB")


if __name__ == "__main__":
    main()
