// What there is: series × years with the share that is filled, and one series' units × years with each number's cell.
import { get, session } from "../api.js";
import { button, h, icon, replace } from "../dom.js";
import { notice, waiting } from "../errors.js";
import { onSession } from "../state.js";
import { number, percent, say, t } from "../words.js";
import { model } from "./model.js";
import { rejecting } from "./reject.js";
import { showSheet } from "./sheet.js";
import { steady } from "./steady.js";

/** Return the matrix of series and years. */
export function coveragePart() {
  const found = model.coverage;
  if (!found) return model.error ? null : waiting();
  const { series, periods } = found;
  if (!series.length) return h("p", { class: "help" }, t("studio.data.no_series"));
  const head = h("tr", {}, h("th", { scope: "col" }, t("studio.data.series_one")), periods.map((year) => h("th", { scope: "col", class: "data-year-head" }, String(year))));
  return [
    h("p", { class: "help" }, t("studio.data.coverage_help")),
    h("div", { id: "coverage-box", class: "table-box data-coverage-box", tabindex: "0", role: "region", "aria-label": t("studio.data.coverage_caption") }, h("table", { class: "data-coverage" }, h("caption", {}, h("span", { class: "data-caption" }, t("studio.data.coverage_caption"))), h("thead", {}, head), h("tbody", {}, series.map((one) => line(one, periods))))),
  ];
}

function line(one, periods) {
  const name = button(say(one.title ?? one.id), () => showSeries(one.id), { class: "number-button data-id", id: `coverage-${one.id}` });
  return h("tr", {}, h("th", { scope: "row" }, name), periods.map((year, i) => h("td", { class: filled(one.shares[i]), title: t("studio.data.share_of", { series: one.title ?? one.id, year: String(year), share: percent(one.shares[i]) }) }, written(one.shares[i]))));
}

const filled = (share) => (share === null || share === 0 ? "fill-0" : `fill-${Math.min(4, Math.floor(share * 4))}`);
// Nearly all is not all: it is never rounded up to 100.
const written = (share) => (share === null || share === 0 ? "·" : number(share < 1 ? Math.min(99, Math.max(1, Math.round(100 * share))) : 100));

let atLast = null;

/** Bring the latest years into view, once a session: they are what a study is about. */
export function showLatest(id) {
  const box = document.getElementById("coverage-box");
  if (!box || atLast === id) return;
  atLast = id;
  box.scrollLeft = box.scrollWidth;
}

let open = null;

/** Show the numbers of a series, units × years. */
export function showSeries(id) {
  open?.box.remove();
  const inside = h("div", {}, waiting());
  const detail = h("div", { class: "data-cell", "aria-live": "polite" });
  const title = h("h2", { id: "numbers-title" }, id);
  const close = button([icon("close"), h("span", {}, t("studio.data.close"))], () => box.close(), { class: "small" });
  const box = h("dialog", { class: "data-sheet", "aria-labelledby": "numbers-title", on: { close: () => ((open = null), box.remove()) } }, h("div", { class: "data-sheet-head" }, title, close), inside, detail);
  document.body.append(box);
  open = { box, inside, detail, title, id };
  box.showModal();
  draw();
}

async function draw() {
  const mine = open;
  try {
    const found = await get(session(`data/coverage?${new URLSearchParams({ series: mine.id })}`));
    if (open !== mine) return;
    mine.title.textContent = [say(found.title ?? mine.id), found.unit].filter(Boolean).join(" · ");
    steady(mine.inside, () => [h("p", { class: "help" }, t("studio.data.numbers_help")), h("div", { class: "table-box data-grid-box", tabindex: "0", role: "region", "aria-label": mine.title.textContent }, numbers(mine, found))]);
  } catch (error) {
    replace(mine.inside, notice(error));
  }
}

function numbers(mine, found) {
  const years = spanned(found);
  const head = h("tr", {}, h("th", { scope: "col" }, t("studio.data.unit_one")), years.map((i) => h("th", { scope: "col", class: "number" }, String(found.periods[i]))));
  const row = (unit, n) => h("tr", {}, h("th", { scope: "row" }, say(unit.title)), years.map((i) => cell(mine, found, unit, n, i)));
  return h("table", { class: "data-numbers-of" }, h("thead", {}, head), h("tbody", {}, found.units.map(row)));
}

/** The years (by place) from the first to the last that the tables speak of for this series. */
function spanned({ periods, values, cells }) {
  const there = periods.map((_, i) => i).filter((i) => values.some((row, n) => row[i] !== null || cells[n][i]));
  return periods.map((_, i) => i).filter((i) => i >= there[0] && i <= there.at(-1));
}

function cell(mine, found, unit, n, i) {
  const value = found.values[n][i];
  const state = found.states[n][i];
  const place = found.cells[n][i];
  const name = stateName(state);
  if (value === null && !place) return h("td", { class: `number state-${state}` }, name);
  const mark = name && value !== null ? h("span", { class: "data-flag" }, name) : null;
  const tellIt = () => tell(mine, { series: mine.id, unit, period: found.periods[i], value, state, place });
  return h("td", { class: `number state-${state}` }, button([value === null ? name : number(value), mark], tellIt, { class: "number-button", id: `number-${unit.id}-${found.periods[i]}` }));
}

function stateName(state) {
  return { missing: t("studio.data.state_missing"), rejected: t("studio.data.rejected"), converted: t("studio.data.state_converted"), conflict: t("studio.data.state_conflict") }[state] ?? null;
}

function tell(mine, one) {
  const head = [say(one.unit.title), one.period, one.value === null ? stateName(one.state) : number(one.value)].join(" · ");
  replace(
    mine.detail,
    h("div", { class: "row" }, h("strong", {}, head), one.place ? button(t("studio.data.see_cell", { cell: one.place.cell }), () => showSheet(one.place), { class: "small", id: "numbers-see" }) : null),
    one.value !== null || one.state === "rejected" ? rejecting([{ series: one.series, unit: one.unit.id, period: one.period }], { id: "numbers-reject", done: () => tell(mine, one) }) : null,
  );
}

onSession((what) => {
  if (open && (what === "saved" || what === "undo")) draw();
});
