// The panel at the side: the profile of the unit that is picked, or where a number comes from. On a narrow screen it
// lies over the foot of the page.
import { get, session } from "../api.js";
import { button, h, icon, replace } from "../dom.js";
import { notice, waiting } from "../errors.js";
import { say, t } from "../words.js";
import { blocks } from "./blocks.js";
import { address, model, part } from "./model.js";
import { traceView } from "./trace.js";

let opened = () => {};
/** What is shown: a profile, or a trace with those before it. */
let shown = null;
/** What had the focus when a trace was opened. */
let origin = null;

/** Make the panel, closed; `change` is told when it opens or closes. */
export function panel(change) {
  opened = change;
  shown = null;
  const box = h("aside", { id: "results-panel", class: "results-panel", hidden: true, tabindex: "-1" });
  box.addEventListener("keydown", (event) => event.key === "Escape" && close());
  return box;
}

export const isPanelOpen = () => shown !== null;

/** Show a unit's profile; null closes it. */
export function openProfile(unit) {
  const found = model.results?.units.find((one) => one.id === unit);
  if (!found?.profile) return shown?.kind === "profile" ? close() : undefined;
  shown = { kind: "profile", unit: found };
  return draw();
}

/** Show where a number comes from; a trace that is open is the way back. */
export function openTrace(source, from = null) {
  if (from) origin = from;
  const before = shown?.kind === "trace" && !from ? [...shown.before, shown.source] : [];
  shown = { kind: "trace", source, before, profile: shown?.kind === "profile" ? shown.unit : (shown?.profile ?? null) };
  return draw(true);
}

/** Draw again what is open, in another language or after another run. */
export function redrawPanel() {
  if (shown?.kind === "profile") openProfile(shown.unit.id);
  else if (shown) draw();
}

function back() {
  const { before, profile } = shown;
  shown = before.length ? { kind: "trace", source: before.at(-1), before: before.slice(0, -1), profile } : { kind: "profile", unit: profile };
  return draw(true);
}

function close() {
  shown = null;
  const box = document.getElementById("results-panel");
  if (!box) return;
  box.hidden = true;
  replace(box);
  document.getElementById("results-body").classList.remove("with-panel");
  opened();
  if (origin?.isConnected) origin.focus();
  origin = null;
}

async function draw(focus = false) {
  const box = document.getElementById("results-panel");
  if (!box) return;
  const mine = shown;
  const isNew = box.hidden;
  box.hidden = false;
  document.getElementById("results-body").classList.add("with-panel");
  const title = mine.kind === "profile" ? say(mine.unit.title) : t("studio.results.origin");
  box.setAttribute("aria-label", title);
  const heading = h("h2", { id: "results-panel-title", tabindex: "-1" }, title);
  const hasBack = mine.kind === "trace" && (mine.before.length > 0 || mine.profile);
  const head = h(
    "div",
    { class: "results-panel-head" },
    hasBack ? button(icon("left"), back, { class: "quiet", "aria-label": t("studio.results.back"), title: t("studio.results.back") }) : null,
    heading,
    button(icon("close"), close, { id: "results-panel-close", class: "quiet", "aria-label": t("studio.results.close"), title: t("studio.results.close") }),
  );
  const body = h("div", { class: "results-panel-body" }, waiting());
  replace(box, head, body);
  if (isNew) opened();
  if (focus) heading.focus({ preventScroll: true });
  try {
    const content = mine.kind === "profile" ? await profile(mine.unit) : await origins(mine.source);
    if (shown === mine) replace(body, content);
  } catch (error) {
    if (shown === mine) replace(body, notice(error));
  }
}

async function profile(unit) {
  const file = await part(`sections/${unit.profile.anchor}`);
  const whole = h("p", {}, h("a", { href: address(unit.profile) }, t("studio.results.whole_profile")));
  return [blocks(apart(file.blocks), file, 2), whole];
}

// What stands in the panel may stand in the text as well: its anchors are its own.
function apart(list) {
  return list.map((block) => (block.kind === "figure" || block.kind === "table" ? { ...block, shownAs: `panel-${block.anchor}` } : block));
}

async function origins(source) {
  const asked = new URLSearchParams(Object.entries(source).map(([key, value]) => [key, String(value)]));
  return traceView(await get(session(`results/trace?${asked}`)), openTrace);
}
