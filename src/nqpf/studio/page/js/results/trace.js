// Where a number comes from, one step at a time: a score's parts, an indicator's formula and scale, the cell of the file.
import { button, h, select } from "../dom.js";
import { notice } from "../errors.js";
import { lang, number, percent, say, t } from "../words.js";
import { model } from "./model.js";

/** Return a trace as elements; `open(source)` goes on to another number. */
export function traceView(found, open) {
  return [
    h("p", { class: "results-whose" }, say(found.label), " · ", years(found, open)),
    path(found, open),
    h("h3", {}, say(found.title)),
    found.node && found.score !== null ? score(found) : null,
    found.notes.map((note) => notice({ what: note.text }, { severity: note.severity })),
    found.parts ? parts(found, open) : null,
    found.indicator ? indicator(found.indicator) : null,
    found.cells ? [h("h3", {}, t("studio.results.cells")), found.cells.map((cell) => cellOf(cell, found.changes))] : null,
  ];
}

const again = (found, more) => ({ unit: found.unit, period: found.period, ...(found.node ? { node: found.node } : { series: found.series }), ...more });

function years(found, open) {
  const periods = model.results.index.periods;
  return select(periods.map((period) => [period, String(period)]), found.period, (period) => open(again(found, { period: Number(period) })), { class: "results-year", "aria-label": t("studio.results.period") });
}

/** The nodes above, each a way up. */
function path(found, open) {
  if (!found.path.length) return null;
  const up = (node) => [button(say(node.title), () => open({ unit: found.unit, period: found.period, node: node.node }), { class: "quiet small" }), " › "];
  return h("p", { class: "results-path" }, found.path.map(up));
}

function score(found) {
  const rank = found.rank === null ? null : t("studio.results.rank", { rank: found.rank, count: found.ranked });
  return h("p", { class: "results-score" }, h("strong", {}, number(found.score, 4)), rank ? h("span", {}, rank) : null);
}

// A score's inputs. A weighted mean is weights × scores; any other score is told by what each input adds above a reference.
function parts(found, open) {
  const isWeighted = found.how === "weighted";
  const isTold = isWeighted || found.against !== null;
  const value = (one) => (isWeighted ? one.product : one.contribution);
  const sum = found.parts.reduce((total, one) => total + (value(one) ?? 0), 0);
  const row = (one) => {
    const name = button(say(one.title), () => open({ unit: found.unit, period: found.period, node: one.node }), { class: "number-button results-part" });
    return h("tr", {}, h("th", { scope: "row" }, name), num(number(one.score, 4)), num(one.weight === null ? "—" : percent(one.weight, 1)), isTold ? num(number(value(one), 4)) : null);
  };
  const column = isWeighted ? t("studio.results.product") : t("studio.results.contribution");
  const head = h("tr", {}, [t("studio.results.input"), t("studio.results.score"), t("studio.results.weight"), isTold ? column : null].filter(Boolean).map((text, i) => h("th", { scope: "col", class: i ? "number" : null }, text)));
  const total = isWeighted ? t("studio.results.sum") : t("studio.results.sum_above", { reference: number(found.reference, 4) });
  const foot = isTold ? h("tfoot", {}, h("tr", {}, h("th", { scope: "row", colspan: 3 }, total), num(number(sum, 4)))) : null;
  return [
    h("p", {}, isWeighted ? t("studio.results.weighted", { method: say(found.method) }) : about(found)),
    h("div", { class: "table-box", tabindex: "0", role: "region", "aria-label": t("studio.results.parts") }, h("table", {}, h("caption", {}, t("studio.results.parts")), h("thead", {}, head), h("tbody", {}, found.parts.map(row)), foot)),
    found.parts.some((one) => one.score === null) ? h("p", { class: "help" }, t("studio.results.shared_out")) : null,
  ];
}

function about(found) {
  if (found.against === null) return t("studio.results.no_parts", { method: say(found.method) });
  const values = { method: say(found.method), reference: number(found.reference, 4) };
  return found.against === "floor" ? t("studio.results.above_floor", values) : t("studio.results.above_mean", values);
}

/** A number as it counts, not as it is rounded for reading. */
const exact = (value) => (value === null ? "—" : value.toLocaleString(lang() === "zh" ? "zh-CN" : "en-GB", { maximumSignificantDigits: 10, useGrouping: Math.abs(value) >= 10000 }).replace("-", "−"));

const num = (text) => h("td", { class: "number" }, text);

function indicator(one) {
  const unit = say(one.unit);
  const rows = [
    [t("studio.results.value"), one.value === null ? t("studio.results.missing") : `${exact(one.value)} ${unit}`],
    [t("studio.results.formula"), h("code", {}, one.formula)],
    one.filled_in ? [t("studio.results.filled_in"), h("code", {}, `${one.filled_in} = ${exact(one.value)}`)] : null,
    one.treatment ? [t("studio.results.treatment"), say(one.treatment)] : null,
    [t("studio.results.direction"), say(one.direction)],
    one.scale ? [t("studio.results.scale"), say(one.scale)] : null,
  ];
  return facts(rows);
}

/** A cell: the number in the study, and what stands in the file. */
function cellOf(cell, changes) {
  const own = changes.filter((change) => change.series === cell.series && change.period === cell.period);
  const value = cell.value === null ? t("studio.results.missing") : [exact(cell.value), cell.measure].filter(Boolean).join(" ");
  const place = [cell.file, cell.sheet, cell.cell].filter(Boolean).join(" · ");
  const rows = [
    [t("studio.results.value"), value],
    [t("studio.results.status"), h("span", { class: `tag ${cell.reported ? "good" : "warning"}` }, say(cell.status))],
    place ? [t("studio.results.place"), h("span", { class: "results-place" }, place)] : [t("studio.results.place"), t("studio.results.no_place")],
    cell.written !== null ? [t("studio.results.written"), h("code", {}, cell.written)] : null,
    cell.read !== null && cell.read !== cell.value ? [t("studio.results.read"), exact(cell.read)] : null,
    [t("studio.results.source"), cell.source ?? t("studio.results.no_source")],
    cell.vintage ? [t("studio.results.vintage"), cell.vintage] : null,
    cell.scope ? [t("studio.results.scope"), cell.scope] : null,
    cell.note ? [t("studio.results.note"), say(cell.note)] : null,
    own.length ? [t("studio.results.changes"), h("ul", {}, own.map(change))] : null,
  ];
  return h("section", { class: "results-cell" }, h("h4", {}, say(cell.title), " · ", String(cell.period)), facts(rows));
}

function change(one) {
  const values = { old: one.old === null ? t("studio.results.nothing") : exact(one.old), new: one.new === null ? t("studio.results.missing") : exact(one.new) };
  return h("li", {}, say(one.rule), " ", t("studio.results.changed", values), one.detail ? h("span", { class: "help" }, ` ${one.detail}`) : null);
}

function facts(rows) {
  return h("dl", { class: "results-facts" }, rows.filter(Boolean).map(([term, text]) => h("div", {}, h("dt", {}, term), h("dd", {}, text))));
}
