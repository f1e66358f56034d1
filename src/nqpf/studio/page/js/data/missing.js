// What is done about missing values: one rule for all, others for single series, each in a sentence.
import { h, labelled, select } from "../dom.js";
import { percent, say, t } from "../words.js";
import { change, data, having, put } from "./document.js";
import { model } from "./model.js";

/** The rules, in the order they are offered: word of the document, name, one sentence. */
const rules = () => [
  ["stop", t("studio.data.rule_stop"), t("studio.data.rule_stop_is")],
  ["keep", t("studio.data.rule_keep"), t("studio.data.rule_keep_is")],
  ["linear", t("studio.data.rule_linear"), t("studio.data.rule_linear_is")],
  ["loglinear", t("studio.data.rule_loglinear"), t("studio.data.rule_loglinear_is")],
  ["natural_spline", t("studio.data.rule_natural_spline"), t("studio.data.rule_natural_spline_is")],
  ["monotone_spline", t("studio.data.rule_monotone_spline"), t("studio.data.rule_monotone_spline_is")],
  ["last", t("studio.data.rule_last"), t("studio.data.rule_last_is")],
  ["next", t("studio.data.rule_next"), t("studio.data.rule_next_is")],
  ["growth", t("studio.data.rule_growth"), t("studio.data.rule_growth_is")],
  ["group_trend", t("studio.data.rule_group_trend"), t("studio.data.rule_group_trend_is")],
  ["regression", t("studio.data.rule_regression"), t("studio.data.rule_regression_is")],
  ["em", t("studio.data.rule_em"), t("studio.data.rule_em_is")],
];

const GROUPS = () => [
  ["", t("studio.data.choose")],
  ["bloc4", t("studio.data.group_bloc4")],
  ["zone8", t("studio.data.group_zone8")],
  ["coast", t("studio.data.group_coast")],
  ["south", t("studio.data.group_south")],
  ["belt3", t("studio.data.group_belt3")],
  ["base4", t("studio.data.group_base4")],
  ["route", t("studio.data.group_route")],
  ["yangtze_belt", t("studio.data.group_yangtze_belt")],
  ["yellow_basin", t("studio.data.group_yellow_basin")],
];

const missing = () => data().missing ?? {};

function set(work) {
  change(t("studio.data.edit_missing"), (part) => {
    part.missing ??= {};
    work(part.missing);
    for (const [key, value] of Object.entries(part.missing)) if (typeof value === "object" && value !== null && !Object.keys(value).length) delete part.missing[key];
  });
}

/** Return the choice of rules. */
export function missingPart() {
  const now = missing();
  const rule = now.rule ?? "stop";
  const names = rules().map(([word, name]) => [word, name]);
  const sentence = rules().find(([word]) => word === rule)?.[2];
  const inUse = new Set([rule, ...Object.values(now.series ?? {})]);
  return [
    labelled(t("studio.data.rule"), select(names, rule, (value) => set((m) => put(m, "rule", value === "stop" ? null : value)), { id: "missing-rule" }), sentence),
    bySeries(now, names),
    inUse.has("group_trend") ? groups(now) : null,
    inUse.has("regression") ? using(now, rule) : null,
    limits(now, inUse),
  ];
}

function bySeries(now, names) {
  const known = (model.understood?.series ?? []).filter((one) => one.missing_share > 0 || now.series?.[one.id]);
  if (!known.length) return h("p", { class: "help" }, t("studio.data.none_missing"));
  const options = [["", t("studio.data.as_above")], ...names];
  const row = (one) => {
    const id = `missing-of-${one.id}`;
    const field = select(options, now.series?.[one.id] ?? "", (value) => set((m) => put((m.series ??= {}), one.id, value || null)), { id });
    return h("tr", {}, h("th", { scope: "row" }, h("label", { for: id }, say(one.title ?? one.id))), h("td", { class: "percent" }, percent(one.missing_share, 1)), h("td", {}, field));
  };
  const head = [h("th", { scope: "col" }, t("studio.data.series_one")), h("th", { scope: "col", class: "percent" }, t("studio.data.missing_share")), h("th", { scope: "col" }, t("studio.data.rule_of_series"))];
  return h(
    "details",
    { id: "missing-by-series", open: Boolean(now.series) },
    h("summary", {}, t("studio.data.rules_by_series", { count: known.length })),
    h("div", { class: "table-box", tabindex: "0", role: "region", "aria-label": t("studio.data.rule_of_series") }, h("table", {}, h("thead", {}, h("tr", {}, head)), h("tbody", {}, known.map(row)))),
  );
}

function groups(now) {
  const own = now.groups !== null && typeof now.groups === "object";
  if (own) return h("p", { class: "help" }, t("studio.data.groups_own", { groups: Object.keys(now.groups).join(", ") }));
  return labelled(t("studio.data.groups"), select(GROUPS(), now.groups ?? "", (value) => set((m) => put(m, "groups", value || null)), { id: "missing-groups" }), t("studio.data.groups_help"));
}

// A regression needs series that predict: chosen for each series that has the rule.
function using(now, rule) {
  const all = model.understood?.series ?? [];
  const targets = all.filter((one) => (now.series?.[one.id] ?? rule) === "regression" && (one.missing_share > 0 || now.using?.[one.id]));
  const chosen = (target) => now.using?.[target.id] ?? [];
  const flip = (target, id, wanted) => set((m) => put((m.using ??= {}), target.id, orNone(having(m.using?.[target.id], id, wanted))));
  const box = (target) => (one) => {
    const id = `using-${target.id}-${one.id}`;
    const field = h("input", { type: "checkbox", id, checked: chosen(target).includes(one.id), on: { change: (event) => flip(target, one.id, event.target.checked) } });
    return h("li", {}, field, h("label", { for: id }, say(one.title ?? one.id)));
  };
  return targets.map((target) =>
    h("fieldset", {}, h("legend", {}, t("studio.data.using", { series: target.title ?? target.id })), h("ul", { class: "data-units" }, all.filter((one) => one.id !== target.id).map(box(target)))),
  );
}

const orNone = (list) => (list.length ? list : null);

function limits(now, inUse) {
  const fills = [...inUse].some((word) => word !== "stop" && word !== "keep");
  if (!fills) return null;
  const models = inUse.has("regression") || inUse.has("em");
  const whole = (key, label, help, least = 0) =>
    labelled(label, h("input", { type: "number", min: least, step: 1, id: `missing-${key}`, value: now[key] ?? "", data: { was: String(now[key] ?? "") }, on: { change: (event) => set((m) => put(m, key, event.target.value === "" ? null : Math.max(least, Math.round(Number(event.target.value))))) } }), help);
  const pick = (key, label, options, help) => labelled(label, select(options, now[key] ?? options[0][0], (value) => set((m) => put(m, key, value === options[0][0] ? null : value)), { id: `missing-${key}` }), help);
  const stop = ["stop", t("studio.data.limit_stop")];
  const keep = ["keep", t("studio.data.limit_keep")];
  return h(
    "details",
    { id: "missing-limits" },
    h("summary", {}, t("studio.data.limits")),
    h(
      "div",
      { class: "data-limits" },
      whole("max_gap", t("studio.data.max_gap"), t("studio.data.max_gap_help")),
      pick("edges", t("studio.data.edges"), [stop, keep, ["nearest", t("studio.data.limit_nearest")]], t("studio.data.edges_help")),
      whole("max_extrapolation", t("studio.data.max_extrapolation"), t("studio.data.max_extrapolation_help")),
      pick("beyond", t("studio.data.beyond"), [stop, keep], t("studio.data.beyond_help")),
      inUse.has("growth") ? [pick("rate", t("studio.data.rate"), [["compound", t("studio.data.rate_compound")], ["mean", t("studio.data.rate_mean")]]), whole("rate_years", t("studio.data.rate_years"), t("studio.data.rate_years_help"), 1)] : null,
      models ? pick("scale", t("studio.data.scale"), [["auto", t("studio.data.scale_auto")], ["log", t("studio.data.scale_log")], ["level", t("studio.data.scale_level")]]) : null,
      models ? pick("effects", t("studio.data.effects"), [["unit_trend", t("studio.data.effects_unit_trend")], ["unit_year", t("studio.data.effects_unit_year")], ["unit", t("studio.data.effects_unit")], ["none", t("studio.data.effects_none")]]) : null,
      models ? whole("draws", t("studio.data.draws"), t("studio.data.draws_help")) : null,
    ),
  );
}
