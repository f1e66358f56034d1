"""A studio in a process of its own, pages that may reach nothing else, and what must hold of every page."""

from __future__ import annotations

import base64
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nqpf.messages import catalogue

PATIENCE = 120.0
"""Seconds that anything on a page may take: a machine under load is slow."""
SAVED = "import('/static/js/state.js').then(({ state }) => state.saving === 'saved')"
"""That every change is on the server: what the head says of it may come a moment later."""
STILL = (
    """!document.body.classList.contains('unready') && document.querySelector('main h1') !== null
  && document.querySelectorAll('.waiting:not(.results-living > *)').length === 0
  && document.getElementById('jobs').hidden && """
    + SAVED
)
"""That nothing is under way: no waiting line (but of a drawing that is not in sight), no job, everything saved."""
STANDARD = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")


class Studio:
    """``nqpf studio`` on a folder, as a user starts it.

    Parameters
    ----------
    folder
        Folder of sessions.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.begin()

    def begin(self) -> None:
        """Start it, and wait for its address."""
        line = [sys.executable, "-m", "nqpf", "studio", str(self.folder), "--port", "0", "--no-browser"]
        self.process = subprocess.Popen(
            line, env=os.environ | {"NQPF_LANG": "en"}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, encoding="utf-8",
        )  # fmt: skip
        assert self.process.stdout is not None
        said = ""
        while not (found := re.search(r"(http://127\.0\.0\.1:\d+)/\?token=\S+", said)):
            said += (read := self.process.stdout.readline())
            assert read, f"the studio did not start: {said}"
        self.address, self.origin = found[0], found[1]

    def end(self) -> None:
        """Stop it as Ctrl-C does."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(30)

    def kill(self) -> None:
        """Stop it at once, as when the power goes."""
        self.process.kill()
        self.process.wait(30)


@dataclass
class Guard:
    """Notes whatever a page must not do.

    Attributes
    ----------
    origin
        Where requests may go.
    found
        What was wrong.
    refusals
        Statuses of answers that a test expects.
    """

    origin: str
    found: list[str] = field(default_factory=list)
    refusals: set[int] = field(default_factory=set)
    sent: dict[str, int] = field(default_factory=dict)

    def watch(self, context: Any) -> None:
        """Look at everything that the pages of a context do."""
        report = "addEventListener('securitypolicyviolation', (e) => console.error('policy', e.violatedDirective))"
        context.add_init_script(report)
        context.on("request", self._request)
        context.on("response", self._response)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.found.append(f"error: {error.error}"))

    def _request(self, request: Any) -> None:
        if not request.url.startswith((f"{self.origin}/", "data:", "blob:", "about:")):
            self.found.append(f"request to {request.url}")

    def _response(self, response: Any) -> None:
        if response.status >= 400 and response.status not in self.refusals:
            self.found.append(f"{response.status} {response.request.method} {response.url}")

    def _console(self, message: Any) -> None:
        # A browser's own line on an answer that is no success; `_response` looks at these.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.found.append(f"console: {message.text}")


@dataclass
class Visit:
    """One page of the studio, with what a reader does there.

    Attributes
    ----------
    page
        Playwright's page.
    guard
        What it did wrong so far.
    lang
        Language it speaks.
    """

    page: Any
    guard: Guard
    lang: str

    def words(self, id: str, **values: Any) -> str:
        """Return a text of the page."""
        text = catalogue()[id][self.lang]  # type: ignore[index]
        return re.sub(r"\{(\w+)\}", lambda found: str(values.get(found[1], found[0])), text)

    def until(self, script: str, what: str = "", patience: float | None = None) -> Any:
        """Wait until an expression is true on the page; Playwright's own way needs ``eval``, which the policy bars."""
        end = time.monotonic() + (patience or PATIENCE)
        while not (found := self.page.evaluate(script)):
            assert time.monotonic() < end, f"waited in vain for {what or script}: {self.said()}"
            self.page.wait_for_timeout(50)
        return found

    def said(self) -> str:
        """Return what the page shows now, for a message."""
        shown = self.page.evaluate("[location.hash, ...[...document.querySelectorAll('h1, .waiting, .notice, .job')]"
                                   ".map((e) => e.innerText)].join(' | ')")  # fmt: skip
        return str(shown)[:1500]

    def settled(self) -> None:
        """Wait until nothing is under way: no waiting line, no job, everything saved."""
        self.until(
            STILL,
            "a page that stands still",
        )

    def saved(self) -> None:
        """Wait until a change is on the server."""
        self.until(SAVED, "the change to be saved")

    def step(self, name: str) -> None:
        """Go to a step and wait until it stands."""
        self.page.click(f"#step-{name}")
        self.until(f"document.querySelector('.step-{name} h1') !== null", f"the step {name}")
        self.settled()

    def demo(self, name: str) -> None:
        """Begin a session with a demo."""
        self.page.click(f"#demo-{name}")
        self.until("document.querySelector('.data-numbers') !== null", "the demo's data")
        self.settled()

    @property
    def session(self) -> str:
        """The session's name in addresses."""
        found = re.match(r"#/([^/]+)", self.page.evaluate("location.hash"))
        assert found
        return found[1]

    def ask(self, path: str) -> Any:
        """Return what the server says of the session: the page's own cookie goes along."""
        answer = self.page.request.get(f"{self.guard.origin}/api/sessions/{self.session}{path}")
        assert answer.ok, answer.text()
        return answer.json()

    def document(self) -> dict[str, Any]:
        """Return the session's document as it is saved."""
        self.saved()
        found: dict[str, Any] = self.ask("")["document"]
        return found

    def download(self, click: Callable[[], None], to: Path) -> Path:
        """Do what starts a download and keep the file."""
        with self.page.expect_download() as caught:
            click()
        caught.value.save_as(to)
        return to

    # What must hold of every page.

    def problems(self) -> list[str]:
        """Return what is wrong with the page as it stands."""
        found: list[str] = self.page.evaluate(CHECKS)
        return found

    def axe(self, script: str) -> list[str]:
        """Return what axe-core finds; `script` is its file's text."""
        self.page.evaluate(script)
        run = "(tags) => axe.run(document, {runOnly: {type: 'tag', values: tags}})"
        violations = self.page.evaluate(run, list(STANDARD))["violations"]
        return [
            f"{one['id']}: {', '.join(' '.join(map(str, n['target'])) for n in one['nodes'])}" for one in violations
        ]


CHECKS = Path(__file__).with_name("checks.js").read_text(encoding="utf-8")
"""What is wrong with a page: controls without a name, small targets, ids twice, headings, overflow, raw values."""


# Contrast, from the style sheet alone: the page's colours are all tokens.


def tokens(css: str, theme: str) -> dict[str, str]:
    """Return the colour tokens of a theme."""
    light = re.search(r":root \{(.*?)\}", css, re.DOTALL)
    assert light
    found = dict(re.findall(r"--([\w-]+):\s*(#[0-9a-fA-F]{6})", light[1]))
    if theme == "dark":
        dark = re.search(r':root\[data-theme="dark"\] \{(.*?)\}', css, re.DOTALL)
        assert dark
        found |= dict(re.findall(r"--([\w-]+):\s*(#[0-9a-fA-F]{6})", dark[1]))
    return found


def contrast(one: str, other: str) -> float:
    """Return the ratio of WCAG 2.2 between two colours."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def drop(page: Any, zone: str, files: Iterable[Path]) -> None:
    """Drop files on an element, as from a folder of the computer."""
    held = [{"name": file.name, "text": base64.b64encode(file.read_bytes()).decode()} for file in files]
    page.evaluate(DROP, [zone, held])


DROP = """([zone, files]) => {
  const transfer = new DataTransfer();
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  for (const { name, text } of files) transfer.items.add(new File([bytes(text)], name));
  const how = { dataTransfer: transfer, bubbles: true, cancelable: true };
  for (const type of ['dragenter', 'dragover', 'drop'])
    document.querySelector(zone).dispatchEvent(new DragEvent(type, how));
}"""


def memory(pid: int) -> float:
    """Return the megabytes that a process holds."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found
    return int(found[1]) / 1024
