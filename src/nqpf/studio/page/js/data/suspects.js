// Numbers that look wrong: each finding in a sentence, with its cells in place and the choice to take them as missing.
import { button, h, labelled, select } from "../dom.js";
import { waiting } from "../errors.js";
import { say, t } from "../words.js";
import { severity } from "./files.js";
import { model } from "./model.js";
import { rejecting } from "./reject.js";
import { address } from "./sheet.js";

const MOST = 12;
const CELLS = 5;
const view = { kind: "", grave: "grave", series: "", most: MOST, open: null };

const all = () => model.checks?.findings ?? [];
const isGrave = (one) => one.severity !== "info";

/** Return the findings that are more than good to know. */
export const suspects = () => all().filter(isGrave);

/** Return the findings; `again` draws them anew. */
export function suspectsPart(again) {
  if (!model.checks) return model.error ? null : waiting(t("studio.data.checking"));
  if (!all().length) return h("p", { class: "help" }, t("studio.data.nothing_suspect"));
  const rows = filtered();
  const more = () => {
    view.most = rows.length;
    again();
  };
  return [
    h("p", { class: "help" }, t("studio.data.suspects_help")),
    filters(again),
    h("p", { class: "help", role: "status" }, t("studio.data.suspects_shown", { count: rows.length })),
    h("ul", { class: "data-suspects" }, rows.slice(0, view.most).map((one) => finding(one, again))),
    rows.length > view.most ? h("p", { class: "more" }, t("studio.core.rows_shown", { shown: view.most, count: rows.length }), " ", button(t("studio.core.rows_all"), more, { class: "small", id: "suspects-all" })) : null,
  ];
}

const byGravity = (one) => view.grave === "all" || (view.grave === "error" ? one.severity === "error" : isGrave(one));

function bySeries(one) {
  if (view.series !== USED) return !view.series || one.indicator === view.series;
  return model.understood.series.some((series) => series.id === one.indicator && series.used);
}

const USED = " used"; // no series has this name
const filtered = () => all().filter((one) => byGravity(one) && bySeries(one) && (!view.kind || one.check === view.kind));

function filters(again) {
  const set = (key) => (value) => {
    Object.assign(view, { [key]: value, most: MOST, open: null });
    again();
  };
  const grave = [
    ["grave", t("studio.data.grave_both")],
    ["error", t("studio.data.grave_error")],
    ["all", t("studio.data.grave_all")],
  ];
  const kinds = counted(all().filter((one) => byGravity(one) && bySeries(one)), (one) => one.check, (one) => one.name);
  const series = counted(all().filter(byGravity), (one) => one.indicator, (one) => one.title);
  const used = model.understood.series.some((one) => one.used) ? [[USED, t("studio.data.used_only")]] : [];
  const pick = (key, label, options) => labelled(label, select(options, view[key], set(key), { id: `suspects-${key}` }));
  return h(
    "div",
    { class: "row" },
    pick("grave", t("studio.data.filter_grave"), grave),
    pick("kind", t("studio.data.filter_kind"), [["", t("studio.data.all_kinds")], ...kinds]),
    pick("series", t("studio.data.filter_series"), [["", t("studio.data.all_series")], ...used, ...series]),
  );
}

/** Options of what the findings hold, each with how many there are. */
function counted(rows, key, name) {
  const found = new Map();
  for (const one of rows) found.set(key(one), { name: name(one), count: (found.get(key(one))?.count ?? 0) + 1 });
  return [...found].map(([id, one]) => [id, t("studio.data.kind_count", one)]);
}

function finding(one, again) {
  const { cells, action } = one;
  const id = `suspect-${one.check}-${one.indicator}-${one.units[0]?.id ?? ""}-${one.periods[0] ?? ""}-${one.cell ?? ""}`;
  const isOpen = view.open === id;
  const flip = () => {
    view.open = isOpen ? null : id;
    again();
    if (!isOpen) document.getElementById(`${id}-reason`)?.focus();
  };
  const control = action ? rejecting(action.cells, { id, reason: say(one.detail).slice(0, 400) }) : null;
  const isOut = control?.matches(".row"); // what is taken out already says so at once
  return h(
    "li",
    { class: `data-suspect ${one.severity}` },
    h("p", {}, h("span", { class: `tag ${one.severity}` }, severity(one.severity)), " ", h("strong", {}, say(one.name)), " · ", say(one.title), h("br"), say(one.detail)),
    h(
      "div",
      { class: "row" },
      cells.length ? h("span", { class: "data-cells" }, t("studio.data.cells_here"), " ", cells.slice(0, CELLS).map((cell) => address(cell)), one.count > CELLS ? t("studio.data.and_more", { count: one.count - CELLS }) : null) : null,
      control && !isOut ? button(t("studio.data.take_as_missing_ask"), flip, { class: "small", id: `${id}-ask`, "aria-expanded": String(isOpen) }) : null,
    ),
    isOut || isOpen ? control : null,
  );
}
