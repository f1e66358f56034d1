// One unit followed through everything that is shown: rows of tables, the living diagram, and its profile at the side.
// (The marks of charts are dimmed by the chart module itself.)
import { onPick, pick, pickedUnit } from "../chart.js";
import { all, button, h, icon } from "../dom.js";
import { say, t } from "../words.js";
import { model } from "./model.js";
import { openProfile } from "./panel.js";

/** A list of all units: the same as clicking a mark, for the keyboard. */
export function chooser(units) {
  const options = units.map(({ id, title }) => h("option", { value: id, selected: id === pickedUnit() }, say(title)));
  const field = h("select", { id: "results-unit", on: { change: (event) => pick(event.target.value || null) } }, h("option", { value: "" }, t("studio.core.no_unit")), options);
  const none = button(icon("close"), () => pick(null), { id: "results-no-unit", class: "quiet", "aria-label": t("studio.core.pick_none"), title: t("studio.core.pick_none"), hidden: pickedUnit() === null });
  return h("span", { class: "results-chooser" }, h("label", { for: "results-unit" }, t("studio.core.pick_unit")), field, none);
}

/** Classes of a table's row that speaks of a unit. */
export function rowClasses(unit) {
  const picked = pickedUnit();
  const how = picked === null ? "" : unit === picked ? "picked" : "beside";
  return `of-unit u${model.results.units.findIndex((one) => one.id === unit)} ${how}`;
}

onPick((unit) => {
  const at = model.results?.units.findIndex((one) => one.id === unit) ?? -1;
  for (const row of all("#results-body tr.of-unit")) {
    row.classList.toggle("picked", at >= 0 && row.classList.contains(`u${at}`));
    row.classList.toggle("beside", at >= 0 && !row.classList.contains(`u${at}`));
  }
  const field = document.getElementById("results-unit");
  if (!field) return;
  field.value = unit ?? "";
  document.getElementById("results-no-unit").hidden = unit === null;
  for (const picture of all("#results-body .live")) picture.dispatchEvent(new Event("pick"));
  openProfile(unit);
});
