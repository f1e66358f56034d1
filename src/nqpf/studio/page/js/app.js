// The page: its head, the six steps, and which of them is shown.
import { all, button, h, icon, keepingFocus, replace, whenReleased } from "./dom.js";
import { alarm, announce, notice, waiting } from "./errors.js";
import { watchJobs } from "./jobs.js";
import { conflict, flush, onSession, open, redo, settle, state, undo } from "./state.js";
import { lang, loadWords, onLang, say, speak, t } from "./words.js";

const STEPS = ["data", "framework", "recipe", "results", "compare", "report"];
const title = (step) =>
  ({
    data: t("studio.core.step_data"),
    framework: t("studio.core.step_framework"),
    recipe: t("studio.core.step_recipe"),
    results: t("studio.core.step_results"),
    compare: t("studio.core.step_compare"),
    report: t("studio.core.step_report"),
  })[step];

const main = document.getElementById("main");
let place = { session: null, step: "start" };

/** The address says what is shown: `#/<session>/<step>`; nothing after `#` is the start. */
function placeOf(hash) {
  const [, session, step] = /^#\/([^/]+)\/?(\w*)/.exec(hash) ?? [];
  if (!session) return { session: null, step: "start" };
  return { session: decodeURIComponent(session), step: STEPS.includes(step) ? step : "data" };
}

/** Go to a step of a session. */
export function go(session, step = "data") {
  location.hash = session === null ? "" : `#/${encodeURIComponent(session)}/${step}`;
}

async function arrive() {
  const before = place;
  place = placeOf(location.hash);
  const here = place;
  try {
    if (place.session !== (state.session?.id ?? null)) {
      replace(main, waiting());
      await open(place.session);
    }
    if (here === place) await show(before.step !== place.step || before.session !== place.session);
  } catch (error) {
    // A step that was left before it stood is nobody's concern.
    if (here === place) replace(main, notice(error), h("p", {}, h("a", { href: "#" }, t("studio.core.to_start"))));
  }
}

let shown = 0;
let box = null;

/**
 * Show the step. A new one gets a box of its own, so that one that was left and is still being drawn draws where nobody
 * looks; the focus goes to its heading. One that is shown again keeps its box, and the focus stays where it was.
 */
async function show(fresh) {
  const mine = (shown += 1);
  const step = place.step;
  document.body.dataset.step = step;
  document.title = [step === "start" ? null : title(step), state.session ? say(state.session.title) : null, t("studio.core.name")].filter(Boolean).join(" · ");
  drawHead();
  const module = await import(`./steps/${step}.js`);
  if (mine !== shown) return;
  if (fresh || !box?.isConnected) {
    box = h("div", { class: `step step-${step}` });
    replace(main, box);
  }
  await module.show(box);
  if (!fresh || mine !== shown) return;
  const heading = box.querySelector("h1");
  if (heading) {
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  }
  scrollTo(0, 0);
}

function drawHead() {
  keepingFocus(() => {
    drawSteps();
    drawTools();
  });
}

function drawSteps() {
  const bar = document.getElementById("steps");
  bar.hidden = place.session === null;
  bar.setAttribute("aria-label", t("studio.core.steps"));
  const link = (step, i) =>
    h(
      "li",
      {},
      h(
        "a",
        { id: `step-${step}`, href: `#/${encodeURIComponent(place.session)}/${step}`, "aria-current": step === place.step ? "step" : null },
        h("span", { class: "step-number", "aria-hidden": "true" }, i + 1),
        h("span", {}, title(step)),
      ),
    );
  replace(bar, h("ol", {}, place.session === null ? [] : STEPS.map(link)));
  // On a narrow screen the row of steps is wider than the page.
  const here = bar.querySelector("[aria-current]");
  if (here) bar.scrollLeft = here.offsetLeft - (bar.clientWidth - here.offsetWidth) / 2;
}

function drawTools() {
  const session = state.session;
  const tool = (id, name, text, click, disabled) => button([icon(name), h("span", { class: "tool-text" }, text)], click, { id, class: "tool", disabled, "aria-label": text, title: text });
  replace(
    document.getElementById("tools"),
    session ? h("span", { class: `saving ${state.saving}`, id: "saving" }, savingText()) : null,
    session ? tool("undo", "undo", t("studio.core.undo"), undo, !session.can_undo) : null,
    session ? tool("redo", "redo", t("studio.core.redo"), redo, !session.can_redo) : null,
    tool("theme", isDark() ? "sun" : "moon", isDark() ? t("studio.core.light") : t("studio.core.dark"), switchTheme),
    button(lang() === "zh" ? "English" : "中文", () => speak(lang() === "zh" ? "en" : "zh"), { id: "language", class: "tool language", lang: lang() === "zh" ? "en" : "zh-CN" }),
  );
  replace(document.getElementById("home"), h("span", { class: "brand" }, t("studio.core.name")), session ? h("span", { class: "session-title" }, say(session.title)) : null);
  document.getElementById("skip").textContent = t("studio.core.skip");
}

function savingText() {
  return { saved: t("studio.core.saved"), waiting: t("studio.core.saving"), saving: t("studio.core.saving"), failed: t("studio.core.not_saved") }[state.saving];
}

// Another page changed the study while this one did: both are there, and the reader decides.
function drawConflict() {
  const old = document.getElementById("conflict");
  old?.remove();
  if (!conflict) return;
  const buttons = h(
    "div",
    { class: "row" },
    button(t("studio.core.conflict_theirs"), () => settle(false)),
    button(t("studio.core.conflict_ours"), () => settle(true)),
  );
  const box = notice(t("studio.core.conflict"), { severity: "warning", action: buttons });
  box.id = "conflict";
  document.getElementById("alarms").prepend(box);
}

// Light and dark: as the reader's system has it, or as chosen here.

const MEMORY = "nqpf-studio-theme";
const isDark = () => document.documentElement.dataset.theme === "dark";

function theme() {
  let chosen = null;
  try {
    chosen = localStorage.getItem(MEMORY);
  } catch {
    // The page works without memory.
  }
  document.documentElement.dataset.theme = chosen ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
}

function switchTheme() {
  const next = isDark() ? "light" : "dark";
  document.documentElement.dataset.theme = next;
  try {
    localStorage.setItem(MEMORY, next);
  } catch {
    // It holds until the page is closed.
  }
  show(false).catch(alarm);
}

function shortcuts(event) {
  const typing = event.target.closest("input, textarea, select");
  if (!(event.ctrlKey || event.metaKey) || typing || !state.session) return;
  const key = event.key.toLowerCase();
  if (key === "z") (event.shiftKey ? redo : undo)();
  else if (key === "y") redo();
  else return;
  event.preventDefault();
}

async function begin() {
  theme();
  await loadWords();
  watchJobs();
  onLang(() => {
    show(false).catch(alarm);
    announce(t("studio.core.language_now"));
  });
  onSession((what) => {
    if (what === "open") return;
    whenReleased(drawHead);
    drawConflict();
    if (what === "undo" || what === "elsewhere") show(false).catch(alarm);
  });
  addEventListener("hashchange", () => flush().then(arrive));
  addEventListener("keydown", shortcuts);
  // The address names the step, so the link past the head must not change it.
  document.getElementById("skip").addEventListener("click", (event) => {
    event.preventDefault();
    main.focus();
  });
  document.body.classList.remove("unready");
  await arrive();
}

begin().catch((error) => {
  document.body.classList.remove("unready");
  replace(main, h("p", { role: "alert" }, String(error.message)));
});

// What a test may want to know: whether everything that was asked for stands.
export const settled = () => all(".waiting").length === 0 && state.saving === "saved";
