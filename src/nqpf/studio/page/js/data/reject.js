// Numbers known to be wrong: taken as missing, with the reason; they stand in the ledger and can be taken back.
import { button, h, icon } from "../dom.js";
import { announce } from "../errors.js";
import { say, t } from "../words.js";
import { change, data } from "./document.js";
import { model } from "./model.js";
import { namesOf } from "./scope.js";

const unitOf = (id) => (model.understood?.units ?? []).find((one) => one.id === id) ?? { id, title: id };

/** Return the document's entry on a cell `{series, unit, period}` (the unit by its code), or undefined. */
const entryOf = (cell, list = data().reject ?? []) => list.find((one) => one.series === cell.series && Number(one.period) === Number(cell.period) && namesOf(unitOf(cell.unit)).includes(String(one.unit)));

/**
 * Return the control for cells of one kind: take them as missing with a reason, or count them again.
 *
 * cells: `[{series, unit, period}]`, the unit by its code. `id` names the control, `reason` is proposed, `done` is
 * called after a change.
 */
export function rejecting(cells, { id, reason = "", done = () => {} }) {
  const entries = cells.map((cell) => entryOf(cell));
  return entries.every(Boolean) ? takenOut(cells, entries[0], id, done) : takeOut(cells, id, reason, done);
}

function takenOut(cells, { reason }, id, done) {
  const back = () => {
    const said = label(cells, t("studio.data.counted"));
    change(said, (part) => {
      const out = new Set(cells.map((cell) => entryOf(cell, part.reject)));
      part.reject = part.reject.filter((one) => !out.has(one));
    });
    announce(said);
    done();
  };
  const again = button([icon("undo"), h("span", {}, t("studio.data.count_again"))], back, { class: "small", id: `${id}-back` });
  return h("div", { class: "row data-reject" }, h("span", { class: "tag warning" }, t("studio.data.rejected")), h("span", {}, t("studio.data.reason_is", { reason })), again);
}

function takeOut(cells, id, reason, done) {
  const field = h("input", { id: `${id}-reason`, class: "data-reason", value: reason, data: { was: reason }, maxlength: 400 });
  const problem = h("p", { class: "data-problem", id: `${id}-problem`, role: "alert" });
  const go = () => {
    const given = field.value.trim();
    if (!given) {
      problem.textContent = t("studio.data.reason_needed");
      field.setAttribute("aria-invalid", "true");
      field.setAttribute("aria-describedby", problem.id);
      field.focus();
      return;
    }
    const said = label(cells, t("studio.data.rejected"));
    field.dataset.was = field.value; // it is no longer half typed
    change(said, (part) => {
      const found = cells.filter((cell) => !entryOf(cell, part.reject ?? []));
      part.reject = [...(part.reject ?? []), ...found.map((cell) => ({ series: cell.series, unit: say(unitOf(cell.unit).title), period: Number(cell.period), reason: given }))];
    });
    announce(said);
    done();
  };
  field.addEventListener("keydown", (event) => event.key === "Enter" && go());
  const text = cells.length > 1 ? t("studio.data.take_cells_as_missing", { count: cells.length }) : t("studio.data.take_as_missing");
  return h("div", { class: "data-reject" }, h("div", { class: "row" }, h("label", { for: field.id }, t("studio.data.reason")), field, button(text, go, { class: "small", id: `${id}-go` })), problem);
}

function label(cells, what) {
  const [{ series, unit, period }] = cells;
  const more = cells.length > 1 ? t("studio.data.and_more", { count: cells.length - 1 }) : "";
  return t("studio.data.edit_cells", { what, series, unit: unitOf(unit).title, year: String(period), more });
}
