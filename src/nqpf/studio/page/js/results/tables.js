// Tables of results: cells as the report writes them; a unit is picked by its name, a number that can be traced leads to
// its origin.
import { pick, pickedUnit } from "../chart.js";
import { button, h } from "../dom.js";
import { table } from "../table.js";
import { lang, say, t } from "../words.js";
import { openTrace } from "./panel.js";
import { rowClasses } from "./pick.js";

/** Return a table of a file of results. */
export function resultTable(block) {
  const rows = Array.from({ length: block.rows }, (_, i) => ({ i, ...Object.fromEntries(block.columns.map((column) => [column.key, keyOf(column, i)])) }));
  const columns = block.columns.map((column) => ({
    key: column.key,
    title: column.title,
    kind: column.kind === "bar" ? "number" : column.kind,
    cell: (row) => cell(block, column, row.i),
  }));
  const made = table({ columns, rows, caption: `${say(block.label)} ${say(block.title)}`, mark: (row) => (block.units?.[row.i] ? rowClasses(block.units[row.i]) : null) });
  return h(
    "div",
    { id: block.shownAs ?? block.anchor, class: "results-table" },
    made,
    block.total > block.rows ? h("p", { class: "help" }, t("studio.results.rows_cut", { shown: block.rows, all: block.total })) : null,
    block.note ? h("p", { class: "help" }, say(block.note)) : null,
  );
}

/** What a column is sorted by. */
function keyOf(column, i) {
  return column.values ? column.values[i] : textOf(column, i);
}

const textOf = (column, i) => (Array.isArray(column.text) ? column.text : column.text[lang()])[i];

function cell(block, column, i) {
  const text = textOf(column, i);
  const source = sourceOf(block, column, i);
  const bar = column.bars?.[i];
  const alert = column.alerts?.includes(i) ? "alert" : null;
  const unit = column.key === "unit" && column.kind === "text" ? block.units?.[i] : null;
  let made = text;
  if (unit) made = button(text, () => pick(pickedUnit() === unit ? null : unit), { class: "quiet results-unit", title: t("studio.results.pick", { unit: text }) });
  else if (source && column.values[i] !== null) made = button(text, (event) => openTrace(source, event.currentTarget), { class: "number-button", "aria-label": t("studio.results.trace_of", { value: text, what: say(column.title) }) });
  if (alert) made = h("strong", { class: "results-alert" }, made);
  return bar ? h("span", { class: "results-cell-bar", style: { "--at": `${bar[0]}%`, "--long": `${bar[1]}%` } }, made) : made;
}

/** What a cell leads to; null where it cannot be traced. */
function sourceOf(block, column, i) {
  const source = block.sources[column.key];
  if (!source) return null;
  const found = Object.fromEntries(Object.entries(source).map(([key, value]) => [key, Array.isArray(value) ? value[i] : value]));
  return Object.values(found).includes(null) ? null : found;
}
