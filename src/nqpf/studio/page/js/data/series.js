// The series of the files: title, unit, conversion and source, each changed where it stands.
import { button, h } from "../dom.js";
import { lang, percent, say, t } from "../words.js";
import { showSeries } from "./coverage.js";
import { change, data, put, relabelled } from "./document.js";
import { model } from "./model.js";

/** Return the table of series. */
export function seriesPart() {
  const rows = model.understood?.series ?? [];
  if (!rows.length) return h("p", { class: "help" }, t("studio.data.no_series"));
  const heads = [t("studio.data.series_id"), t("studio.data.title"), t("studio.data.unit"), t("studio.data.convert"), t("studio.data.source"), t("studio.data.years"), t("studio.data.missing_share"), t("studio.data.used")];
  return [
    h("p", { class: "help" }, t("studio.data.series_help")),
    h(
      "div",
      { class: "table-box", tabindex: "0", role: "region", "aria-label": t("studio.data.series_caption") },
      h(
        "table",
        { class: "data-series" },
        h("caption", {}, t("studio.data.series_caption")),
        h("thead", {}, h("tr", {}, heads.map((text, i) => h("th", { scope: "col", class: i === 6 ? "percent" : null }, text)))),
        h("tbody", {}, rows.map(line)),
      ),
    ),
  ];
}

function line(one) {
  const known = data().series?.[one.id] ?? {};
  const title = known.title ?? one.title;
  return h(
    "tr",
    {},
    h("th", { scope: "row" }, button(one.id, () => showSeries(one.id), { class: "number-button data-id", id: `series-${one.id}`, "aria-label": t("studio.data.see_series", { series: one.id }) }), writtenAs(one)),
    h("td", {}, field(one, "title", say(title), (entry, text) => put(entry, "title", text && relabelled(known.title ?? null, text, lang())))),
    h("td", {}, field(one, "unit", known.unit ?? one.unit ?? "", (entry, text) => put(entry, "unit", text))),
    h("td", {}, field(one, "convert", known.convert ?? "", (entry, text) => put(entry, "convert", text))),
    h("td", {}, field(one, "source", known.source ?? one.source ?? "", (entry, text) => put(entry, "source", text))),
    h("td", {}, one.first === null ? "—" : `${one.first}–${one.last}`),
    h("td", { class: "percent" }, percent(one.missing_share, digitsOf(one.missing_share))),
    h("td", {}, one.used ? h("span", { class: "tag good" }, t("studio.data.is_used")) : h("span", { class: "tag" }, t("studio.data.is_unused"))),
  );
}

const digitsOf = (share) => (share > 0 && share < 0.01 ? 1 : 0);

function writtenAs(one) {
  return one.column && one.column !== one.id ? h("span", { class: "data-written" }, t("studio.data.written_as", { column: one.column })) : null;
}

function field(one, key, value, set) {
  const label = { title: t("studio.data.title_of", { series: one.id }), unit: t("studio.data.unit_of", { series: one.id }), convert: t("studio.data.convert_of", { series: one.id }), source: t("studio.data.source_of", { series: one.id }) }[key];
  const said = { title: t("studio.data.edit_title", { series: one.id }), unit: t("studio.data.edit_unit", { series: one.id }), convert: t("studio.data.edit_convert", { series: one.id }), source: t("studio.data.edit_source", { series: one.id }) }[key];
  const save = (event) =>
    change(said, (part) => {
      part.series ??= {};
      const entry = (part.series[one.id] ??= one.column && one.column !== one.id ? { column: one.column } : {});
      set(entry, event.target.value.trim());
      if (!Object.keys(entry).length) delete part.series[one.id];
    });
  return h("input", { id: `${key}-of-${one.id}`, class: `data-inline data-${key}`, value, data: { was: value }, "aria-label": label, on: { change: save } });
}
