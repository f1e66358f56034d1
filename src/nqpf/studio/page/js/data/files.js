// Files and their tables: what was understood of each, with what it does not say and what was refused.
import { button, h, icon, select } from "../dom.js";
import { announce, notice } from "../errors.js";
import { state } from "../state.js";
import { number, say, t } from "../words.js";
import { table } from "../table.js";
import { add, told, use } from "./adding.js";
import { change, data, put } from "./document.js";
import { dropZone } from "./dropzone.js";
import { model } from "./model.js";
import { showSheet } from "./sheet.js";

/** Return the zone for files; it is made once, so that a drop under way is not cut off. */
export const zone = () => dropZone({ id: "data-choose", add, compact: true });

/** Return the files, their tables and what is said of them. */
export function filesPart() {
  const tables = model.understood?.tables ?? [];
  return [tables.length ? understood(tables) : null, named(), partly(), unused(), remarks()];
}

/** Return what is to be said of files that came, each to be put away. */
export function arrivals() {
  const ours = told.filter((one) => one.session === state.session.id);
  return ours.map((one) => {
    const away = () => {
      told.splice(told.indexOf(one), 1);
      box.remove();
    };
    const box = notice(one.error, { severity: "warning", dismiss: away });
    box.querySelector(".notice-text").prepend(h("p", {}, h("strong", {}, one.taken ? t("studio.data.taken", { file: baseName(one.name) }) : t("studio.data.refused", { file: baseName(one.name) }))));
    return box;
  });
}

function understood(tables) {
  const columns = [
    { key: "file", title: t("studio.data.file"), cell: (row) => [h("span", { class: "data-name" }, baseName(row.file)), row.accepted_as ? h("span", { class: "data-written" }, say(row.accepted_as)) : null] },
    { key: "sheet", title: t("studio.data.sheet"), cell: (row) => row.sheet ?? "—" },
    { key: "units", title: t("studio.data.units"), kind: "integer" },
    { key: "places", title: t("studio.data.places"), cell: placesOf },
    { key: "first", title: t("studio.data.years"), cell: (row) => h("span", { class: "data-nowrap" }, years(row)) },
    { key: "series", title: t("studio.data.series"), kind: "integer" },
    { key: "measures", title: t("studio.data.measures"), cell: (row) => listed(row.measures) },
    { key: "actions", title: t("studio.data.actions"), cell: actions },
  ];
  return table({ columns, rows: tables, caption: t("studio.data.tables_caption"), sortable: false, id: "tables-table" });
}

/** Which list of places a table's units are looked up in: said once for all sheets of an entry of the document. */
function placesOf(row) {
  const i = (data().tables ?? []).findIndex((one) => one.file === row.file && (!one.sheet || one.sheet === row.sheet));
  const first = model.understood.tables.find((one) => one.file === row.file);
  if (i < 0) return null;
  const table = data().tables[i];
  if (!table.sheet && row !== first) return h("span", { class: "help" }, t("studio.data.as_above"));
  const options = [
    ["auto", t("studio.data.places_auto")],
    ["provinces", t("studio.data.places_provinces")],
    ["cities", t("studio.data.places_cities")],
    ["countries", t("studio.data.places_countries")],
    ["none", t("studio.data.places_none")],
  ];
  const set = (value) => change(t("studio.data.edit_places", { file: baseName(row.file) }), (part) => put(part.tables[i], "places", value === "auto" ? null : value));
  return select(options, table.places ?? "auto", set, { id: `places-${i}`, class: "data-places", "aria-label": t("studio.data.places_of", { file: baseName(row.file) }) });
}

const years = ({ first, last, periods }) => {
  if (first === null || first === undefined) return "—";
  if (first === last) return t("studio.data.one_year", { year: String(first) });
  return t("studio.data.years_of", { first: String(first), last: String(last), count: periods });
};

const listed = (measures) => (measures?.length ? measures.map(say).join(" · ") : t("studio.data.not_stated"));

/** The last part of a path. */
export const baseName = (path) => path.split("/").at(-1);

function actions(row) {
  const named = { file: baseName(row.file), sheet: row.sheet ?? "" };
  return h(
    "span",
    { class: "data-actions" },
    button(t("studio.data.see_sheet"), () => showSheet({ file: row.file, sheet: row.sheet }), { class: "small", id: `see-${row.file}-${row.sheet ?? ""}`, "aria-label": t("studio.data.see_sheet_named", named) }),
    button([icon("close"), h("span", {}, t("studio.data.leave_out"))], () => leaveOut(row), { class: "small", id: `out-${row.file}-${row.sheet ?? ""}`, "aria-label": t("studio.data.leave_out_named", named) }),
  );
}

/** Leave out a sheet: of a file that is read whole, its other sheets are named instead. */
function leaveOut({ file, sheet }) {
  const said = t("studio.data.edit_left_out", { file: [baseName(file), sheet].filter(Boolean).join(" · ") });
  const others = model.understood.tables.filter((one) => one.file === file && one.sheet !== sheet).map((one) => one.sheet);
  const rest = (table) => {
    if (table.file !== file) return [table];
    if (table.sheet) return table.sheet === sheet ? [] : [table];
    return others.map((name) => ({ ...table, sheet: name, ...(table.known ? { known: table.known.filter((one) => !one.sheet || one.sheet === name) } : {}) }));
  };
  change(said, (part) => (part.tables = part.tables.flatMap(rest)));
  announce(said);
}

/** Files of which some sheets were left out: they can be read whole again. */
function partly() {
  const tables = data().tables ?? [];
  const files = [...new Set(tables.filter((one) => one.sheet).map((one) => one.file))];
  const whole = (file) => {
    const first = tables.findIndex((one) => one.file === file);
    const { sheet, ...table } = tables[first];
    change(t("studio.data.edit_whole", { file: baseName(file) }), (part) => (part.tables = part.tables.flatMap((one, i) => (i === first ? [table] : one.file === file ? [] : [one]))));
  };
  const line = (file) => h("li", {}, h("span", {}, baseName(file)), button(t("studio.data.read_whole"), () => whole(file), { class: "small", id: `whole-${file}`, "aria-label": t("studio.data.read_whole_named", { file: baseName(file) }) }));
  return files.length ? h("div", { class: "data-unused" }, h("h3", {}, t("studio.data.partly")), h("ul", {}, files.map(line))) : null;
}

/** The word for what a column or a table says. */
export function keyName(key) {
  return {
    unit: t("studio.data.key_unit"),
    code: t("studio.data.key_code"),
    period: t("studio.data.key_period"),
    indicator: t("studio.data.key_indicator"),
    value: t("studio.data.key_value"),
    measure: t("studio.data.key_measure"),
    source: t("studio.data.key_source"),
    vintage: t("studio.data.key_vintage"),
    scope: t("studio.data.key_scope"),
  }[key];
}

const COLUMNS = ["unit", "code", "period", "indicator", "value", "measure"];

/** Columns that the document names itself; each can be left to the reading again. */
function named() {
  const rows = (data().tables ?? []).flatMap((table, i) => COLUMNS.filter((key) => table[key]).map((key) => ({ table, i, key })));
  if (!rows.length) return null;
  const away = ({ table, i, key }) => change(t("studio.data.edit_column", { key: keyName(key), file: baseName(table.file) }), (part) => delete part.tables[i][key]);
  const line = (row) => {
    const said = t("studio.data.column_is", { file: baseName(row.table.file), key: keyName(row.key), column: row.table[row.key] });
    return h("li", {}, h("span", {}, said), button(t("studio.data.find_itself"), () => away(row), { class: "small", id: `column-${row.i}-${row.key}`, "aria-label": `${t("studio.data.find_itself")}: ${said}` }));
  };
  return h("details", { id: "data-named", class: "data-unused" }, h("summary", {}, t("studio.data.named", { count: rows.length })), h("ul", {}, rows.map(line)));
}

/** Files of the study that none of its parts reads: they can be taken in. */
function unused() {
  const named = new Set((data().tables ?? []).map((one) => one.file));
  const text = JSON.stringify(state.session.document);
  const free = state.session.files.filter((file) => file.path.startsWith("files/") && !named.has(file.path) && !text.includes(JSON.stringify(file.path)));
  if (!free.length) return null;
  const line = (file) =>
    h("li", {}, h("span", {}, t("studio.data.file_size", { file: file.name, size: sized(file.size) })), button(t("studio.data.take_in"), () => use([file.name]), { class: "small", "aria-label": t("studio.data.take_in_named", { file: file.name }) }));
  return h("div", { class: "data-unused" }, h("h3", {}, t("studio.data.unused")), h("ul", {}, free.map(line)));
}

function sized(bytes) {
  return bytes >= 1e6 ? `${number(bytes / 1e6, 1)} MB` : `${number(Math.max(1, Math.round(bytes / 1e3)), 0)} kB`;
}

function remarks() {
  const notes = model.understood?.notes ?? [];
  if (!notes.length) return null;
  const cautions = notes.filter((note) => note.severity !== "info").length;
  const line = (note) => h("li", { class: `data-note ${note.severity}` }, h("span", { class: `tag ${note.severity}` }, severity(note.severity)), h("span", {}, say(note.text)));
  return h("details", { id: "data-notes" }, h("summary", {}, t("studio.data.notes", { count: notes.length, cautions })), h("ul", { class: "data-notes" }, notes.map(line)));
}

/** The word for how grave something is. */
export function severity(word) {
  return { error: t("studio.core.severity_error"), warning: t("studio.core.severity_warning"), info: t("studio.core.severity_info") }[word];
}
