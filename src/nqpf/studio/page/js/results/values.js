// The values of the raw series behind the results, each with its way to the cell it was read from.
import { get, session } from "../api.js";
import { pick, pickedUnit } from "../chart.js";
import { button, h, labelled, replace, select } from "../dom.js";
import { notice, waiting } from "../errors.js";
import { table } from "../table.js";
import { number, say, t } from "../words.js";
import { model } from "./model.js";
import { openTrace } from "./panel.js";
import { rowClasses } from "./pick.js";

let chosen = null;

/** Return the part of the data chapter that shows a series, fetched when it is there. */
export function seriesValues() {
  if (model.results.anonymous) return null;
  const body = h("div", {}, waiting());
  fill(body).catch((error) => replace(body, notice(error)));
  return h("section", { class: "results-values", "aria-labelledby": "results-values" }, h("h3", { id: "results-values" }, t("studio.results.values")), h("p", { class: "help" }, t("studio.results.values_help")), body);
}

async function fill(body) {
  const { series } = await get(session("results/series"));
  if (!series.some((one) => one.id === chosen)) chosen = series[0].id;
  const box = h("div");
  const field = select(series.map((one) => [one.id, [say(one.title), one.measure].filter(Boolean).join(" · ")]), chosen, (id) => draw(box, id));
  replace(body, labelled(t("studio.results.series"), field), box);
  await draw(box, chosen);
}

async function draw(box, id) {
  chosen = id;
  replace(box, waiting());
  try {
    const found = await get(session(`results/series?series=${encodeURIComponent(id)}`));
    if (chosen === id) replace(box, shown(found));
  } catch (error) {
    replace(box, notice(error));
  }
}

function shown(found) {
  const rows = found.units.map((unit, n) => ({ n, unit: unit.title, ...Object.fromEntries(found.periods.map((period, t) => [period, found.values[n][t]])) }));
  const name = (row) => button(say(row.unit), () => pick(pickedUnit() === found.units[row.n].id ? null : found.units[row.n].id), { class: "quiet results-unit" });
  const columns = [
    { key: "unit", title: t("studio.results.unit"), kind: "text", cell: name },
    ...found.periods.map((period, at) => ({ key: period, title: String(period), kind: "number", cell: (row) => value(found, row.n, at) })),
  ];
  const title = say(found.series.find((one) => one.id === found.id).title);
  const isMixed = found.status.some((row) => row.some(Boolean));
  return [table({ columns, rows, caption: title, mark: (row) => rowClasses(found.units[row.n].id) }), isMixed ? h("p", { class: "help" }, t("studio.results.values_marked")) : null];
}

function value(found, n, at) {
  const status = found.status[n][at];
  const text = number(found.values[n][at]);
  const source = { unit: found.units[n].id, period: found.periods[at], series: found.id };
  const label = status ? t("studio.results.trace_status", { value: text, status }) : t("studio.results.trace_of", { value: text, what: String(source.period) });
  return button([text, status ? h("sup", { "aria-hidden": "true" }, "†") : null], (event) => openTrace(source, event.currentTarget), { class: "number-button", "aria-label": label });
}
