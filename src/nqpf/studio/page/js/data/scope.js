// Which years and units are used.
import { h, labelled, select } from "../dom.js";
import { say, t } from "../words.js";
import { change, data, having, put } from "./document.js";
import { model } from "./model.js";

/** Return the choice of years and units. */
export function scopePart() {
  const { periods = [], units = [] } = model.understood ?? {};
  if (!periods.length) return null;
  return [years(periods), members(units)];
}

function years(periods) {
  const [first, last] = data().periods ?? [periods[0], periods.at(-1)];
  const set = (from, to) =>
    change(t("studio.data.edit_periods", { first: String(from), last: String(to) }), (part) => {
      const whole = from === periods[0] && to === periods.at(-1);
      put(part, "periods", whole ? null : [from, to]);
    });
  const options = (from, to) => periods.filter((year) => year >= from && year <= to).map((year) => [year, String(year)]);
  return h(
    "fieldset",
    {},
    h("legend", {}, t("studio.data.years_used")),
    h(
      "div",
      { class: "row" },
      labelled(t("studio.data.first_year"), select(options(-Infinity, last), first, (value) => set(Number(value), last), { id: "data-first-year" })),
      labelled(t("studio.data.last_year"), select(options(first, Infinity), last, (value) => set(first, Number(value)), { id: "data-last-year" })),
    ),
    h("p", { class: "help" }, t("studio.data.years_help")),
  );
}

/** Every name that a unit may have in the document. */
export const namesOf = (unit) => [...new Set([unit.id, unit.title?.zh, unit.title?.en, ...[unit.written ?? []].flat()].filter(Boolean))];

function members(units) {
  const out = data().exclude ?? [];
  const isOut = (unit) => namesOf(unit).some((name) => out.includes(name));
  const set = (unit, wanted) =>
    change(wanted ? t("studio.data.edit_included", { unit: unit.title }) : t("studio.data.edit_excluded", { unit: unit.title }), (part) => {
      const names = namesOf(unit);
      part.exclude = (part.exclude ?? []).filter((name) => !names.includes(name));
      if (!wanted) part.exclude = having(part.exclude, say(unit.title), true);
    });
  const box = (unit) => {
    const field = h("input", { type: "checkbox", id: `unit-${unit.id}`, checked: !isOut(unit), on: { change: (event) => set(unit, event.target.checked) } });
    return h("li", {}, field, h("label", { for: field.id }, say(unit.title)));
  };
  const used = units.filter((unit) => !isOut(unit)).length;
  return h(
    "fieldset",
    {},
    h("legend", {}, t("studio.data.units_used", { used, count: units.length })),
    h("div", { class: "data-scroll", tabindex: "0", role: "region", "aria-label": t("studio.data.units_used", { used, count: units.length }) }, h("ul", { class: "data-units" }, units.map(box))),
  );
}
