// Charts from the library's own Vega-Lite specifications, and one region picked in all of them at once.
import { all, button, h, icon } from "./dom.js";
import { alarm } from "./errors.js";
import { lang, t } from "./words.js";

let script = null;

/** Fetch the chart script when the first chart is wanted. */
function vega() {
  script ??= new Promise((resolve, reject) => {
    const element = h("script", { src: "/vega.js" });
    element.onload = () => resolve(window.vegaEmbed);
    element.onerror = () => reject(new Error("vega.js"));
    document.head.append(element);
  });
  return script;
}

const drawn = new Map();

/** Draw a chart in a box. A box that is drawn again drops its earlier chart. */
export async function chart(box, spec, { name = "chart" } = {}) {
  const embed = await vega();
  // A view writes into its rows, so it gets a copy of its own.
  const copy = structuredClone(spec);
  copy.config = dark() ? { ...copy.config, ...DARK(copy.config ?? {}) } : copy.config;
  if (dark()) copy.background = "transparent";
  const result = await embed(box, copy, {
    mode: "vega-lite",
    renderer: "svg",
    ast: true, // expressions are interpreted: the page's policy forbids code made from strings
    actions: { export: { svg: true, png: true }, source: false, compiled: false, editor: false },
    i18n: { CLICK_TO_VIEW_ACTIONS: t("studio.core.save_menu"), SVG_ACTION: t("studio.core.save_svg"), PNG_ACTION: t("studio.core.save_png") },
    downloadFileName: `${name}.${lang()}`,
    scaleFactor: { png: 2 },
  });
  drawn.get(box)?.view.finalize();
  drawn.set(box, { view: result.view });
  result.view.addEventListener("click", (_, item) => item && pickMark(item));
  named(box);
  fitted(box);
  dim(box);
  return result.view;
}

/** Draw a chart when its box comes near the window; returns the box. */
export function lazyChart(spec, options) {
  const box = h("div", { class: "chart" });
  near.observe(box);
  wanted.set(box, { spec, options });
  return box;
}

const wanted = new WeakMap();
const near = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      const { spec, options } = wanted.get(target);
      chart(target, typeof spec === "function" ? spec() : spec, options).catch(alarm);
    }
  },
  { rootMargin: "400px 0px" },
);

// What Vega leaves without a name.
function named(box) {
  const menu = box.querySelector("summary");
  if (menu) menu.setAttribute("aria-label", t("studio.core.save_menu"));
  for (const marks of all("[role='graphics-symbol']:not([aria-label])", box)) {
    marks.removeAttribute("role");
    marks.removeAttribute("aria-roledescription");
    marks.setAttribute("aria-hidden", "true");
  }
}

// A chart that is wider than the page shrinks; one that would become too small to read scrolls instead.
function fitted(box) {
  const picture = box.querySelector("svg");
  if (!picture) return;
  const width = Number(picture.getAttribute("width"));
  picture.style.maxWidth = "100%";
  picture.style.height = "auto";
  picture.style.minWidth = `${Math.min(width, 0.7 * width)}px`;
}

// Dark: the library's charts are made for paper; what is ink there is light here.
const dark = () => document.documentElement.dataset.theme === "dark";
const INK = "#e6e9ee";
const FAINT = "#4a525e";

function DARK(config) {
  const on = (part, more) => ({ ...config[part], ...more });
  return {
    background: "transparent",
    axis: on("axis", { labelColor: INK, titleColor: INK, gridColor: FAINT, domainColor: FAINT, tickColor: FAINT }),
    legend: on("legend", { labelColor: INK, titleColor: INK }),
    header: on("header", { labelColor: INK, titleColor: INK }),
    title: on("title", { color: INK, subtitleColor: INK }),
    text: on("text", { fill: INK, color: INK }),
    rule: on("rule", { color: INK }),
  };
}

// One unit picked in all charts and tables.

let names = new Map();
let picked = null;
const listeners = new Set();

/** Say which units there are: `[{id, title: {zh, en}}]`. Their names in charts' rows are how marks are known. */
export function linkSelection(units) {
  names = new Map();
  for (const { id, title } of units) for (const name of [id, title.zh, title.en]) names.set(name, id);
  if (picked !== null && ![...names.values()].includes(picked)) pick(null);
}

export const pickedUnit = () => picked;

/** Pick a unit by its id, or none. */
export function pick(unit) {
  picked = unit;
  for (const box of drawn.keys()) box.isConnected ? dim(box) : drawn.delete(box);
  for (const listener of [...listeners]) listener(unit);
}

export function onPick(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Return the unit a row of a chart speaks of; null if it speaks of none. */
function unitOf(row) {
  if (!row || typeof row !== "object") return null;
  for (const value of Object.values(row)) if (typeof value === "string" && names.has(value)) return names.get(value);
  return null;
}

function pickMark(item) {
  const unit = unitOf(item.datum);
  if (unit !== null) pick(unit === picked ? null : unit);
}

function dim(box) {
  for (const mark of all(".mark-rect path, .mark-symbol path, .mark-rule line, .mark-line path, .mark-text text, .mark-area path", box)) {
    const unit = unitOf(datumOf(mark));
    mark.classList.toggle("dimmed", picked !== null && unit !== null && unit !== picked);
    mark.classList.toggle("picked", picked !== null && unit === picked);
  }
}

function datumOf(mark) {
  const item = mark.__data__;
  const one = Array.isArray(item) ? item[0] : item;
  // The mark of a line stands for a whole group of rows: its first.
  return one?.datum ?? one?.items?.[0]?.datum ?? null;
}

/** A select that picks a unit: the same as clicking its mark, for the keyboard. */
export function unitChooser(units) {
  const field = h(
    "select",
    { "aria-label": t("studio.core.pick_unit"), on: { change: (event) => pick(event.target.value || null) } },
    h("option", { value: "" }, t("studio.core.no_unit")),
    units.map(({ id, title }) => h("option", { value: id, selected: id === picked }, title[lang()])),
  );
  onPick((unit) => (field.value = unit ?? ""));
  return h("span", { class: "unit-chooser" }, field, button(icon("close"), () => pick(null), { class: "quiet", "aria-label": t("studio.core.pick_none") }));
}
