// The editor of the chosen node: everything a framework can say of it, with what is wrong beside the field.
import { all, h, labelled, replace, select } from "../dom.js";
import { told } from "../errors.js";
import { say, t } from "../words.js";
import { desk, entry, framework, known, titleOf } from "./desk.js";
import { checkbox, field, leave, numberInput, pairFields, rangeFields, textInput, write } from "./fields.js";
import { formulaField } from "./formula.js";
import { at, isDimension } from "./model.js";
import { theoryField } from "./theory.js";
import { directionWord } from "./words.js";

let later = null;
let opened = false;

/** Draw the editor into a box. */
export function drawEditor(box) {
  const node = at(framework(), desk.chosen);
  later = null;
  const kind = desk.chosen.length === 0 ? t("studio.framework.whole") : isDimension(node) ? t("studio.framework.dimension") : t("studio.framework.indicator");
  const fields = desk.chosen.length === 0 ? ofWhole(node) : isDimension(node) ? ofDimension(node) : ofIndicator(node);
  replace(box, h("h2", { id: "frame-editor-title" }, h("span", { class: "tag" }, kind), " ", h("span", { id: "frame-editor-name" })), h("div", { id: "frame-faults" }), fields);
  refreshEditor();
}

/** Put the keyboard into the editor. */
export function openEditor() {
  const first = document.getElementById("frame-field-title-zh");
  first?.focus();
  first?.select();
  first?.closest("section")?.scrollIntoView({ block: "nearest" });
}

/** Show what the server says of the node now; nothing that is being typed is touched. */
export function refreshEditor() {
  const path = desk.chosen;
  const node = at(framework(), path);
  const one = path.length ? known(path, node) : null;
  document.getElementById("frame-editor-name").textContent = titleOf(node);
  const faults = path.length ? (one?.errors ?? []) : (desk.answer?.errors ?? []);
  const told_ = faults.map((error) => ({ key: error.place.key, ...told(error) }));
  const beside = new Set();
  for (const place of all("[data-fault]")) {
    const mine = told_.filter((error) => error.key === place.dataset.fault);
    const control = document.getElementById(place.id.replace(/-fault$/, ""));
    // A key of two fields says its fault once, below the first.
    const first = mine.length && !beside.has(place.dataset.fault);
    place.hidden = !first;
    replace(place, first ? mine.map((error) => `${error.what} ${error.todo}`) : null);
    if (place.dataset.fault !== "formula") control?.setAttribute("aria-invalid", String(mine.length > 0));
    if (mine.length) beside.add(place.dataset.fault);
  }
  const rest = told_.filter((error) => !beside.has(error.key));
  replace(document.getElementById("frame-faults"), rest.map((error) => h("div", { class: "frame-fault" }, h("p", {}, error.what), h("p", { class: "todo" }, error.todo))));
  later?.(one?.worth);
}

const idField = (node) => field("id", t("studio.framework.id"), textInput(node.id, (value) => leave("id", value), { class: "code", spellcheck: "false" }), t("studio.framework.id_help"));

function ofWhole(node) {
  const source = node.source ? h("p", { class: "help" }, t("studio.framework.source"), " ", say(node.source)) : null;
  return [pairFields("title", node, t("studio.framework.title")), idField(node), source, pairFields("source", node, t("studio.framework.source_field"))];
}

function ofDimension(node) {
  const weight = field("weight", t("studio.framework.weight"), numberInput(node.weight, (value) => leave("weight", value), { min: "0" }), t("studio.framework.weight_help"));
  const least = field("availability", t("studio.framework.availability"), numberInput(node.availability, (value) => leave("availability", value), { min: "0", max: "1" }), t("studio.framework.availability_help"));
  return [pairFields("title", node, t("studio.framework.title")), idField(node), weight, theoryField(node), more([least])];
}

function ofIndicator(node) {
  const from = entry(node.catalogue);
  const { box, refresh } = formulaField(node, known(desk.chosen, node)?.worth);
  later = refresh;
  const weight = field("weight", t("studio.framework.weight"), numberInput(node.weight, (value) => leave("weight", value), { min: "0" }), t("studio.framework.weight_help"));
  return [
    meant(node, from),
    pairFields("title", node, t("studio.framework.title"), from?.title),
    box,
    pairFields("unit", node, t("studio.framework.unit"), from?.unit),
    ...direction(node, from),
    weight,
    theoryField(node, from),
    tags(node, from),
    more([
      idField(node),
      field("denominator", t("studio.framework.denominator"), textInput(node.denominator, (value) => leave("denominator", value), { class: "code", spellcheck: "false" }), t("studio.framework.denominator_help")),
      rangeFields("goalposts", node, [t("studio.framework.goalpost_low"), t("studio.framework.goalpost_high")]),
      field("goal", t("studio.framework.goal"), numberInput(node.goal, (value) => leave("goal", value)), t("studio.framework.goal_help")),
      size(node, from),
      checkbox("composite", node.composite, t("studio.framework.composite")),
      checkbox("mixed_vintages", node.mixed_vintages, t("studio.framework.mixed_vintages")),
      checkbox("mixed_scopes", node.mixed_scopes, t("studio.framework.mixed_scopes")),
    ]),
  ];
}

/** What the catalogue or the published system says the indicator is: words that no data need. */
function meant(node, from) {
  const one = known(desk.chosen, node)?.meant ?? (from && { formula: from.formula, unit: from.unit, source: from.source, note: from.note });
  if (!one) return null;
  const line = (title, value) => (value ? h("div", {}, h("dt", {}, title), h("dd", {}, say(value))) : null);
  return h(
    "dl",
    { class: "frame-meant" },
    line(t("studio.framework.meant_formula"), one.formula),
    line(t("studio.framework.meant_unit"), one.unit),
    line(t("studio.framework.meant_source"), one.source),
    line(t("studio.framework.meant_note"), one.note),
  );
}

function direction(node, from) {
  const inherited = from && from.direction !== "context" ? from.direction : null;
  const open = inherited ? t("studio.framework.as_catalogue", { word: directionWord(inherited) }) : t("studio.framework.direction_choose");
  const options = [["", open], ...["benefit", "cost", "target", "interval"].map((one) => [one, directionWord(one)])];
  // What is best is stated of a target or an interval only; with another direction it would be refused.
  const turned = (value) => write("direction", value, (one) => {
    if (value !== "target") delete one.target;
    if (value !== "interval") delete one.interval;
  });
  const fields = [field("direction", t("studio.framework.direction"), select(options, node.direction ?? "", turned), from?.direction === "context" ? t("studio.framework.context_help") : null)];
  if (node.direction === "target") fields.push(field("target", t("studio.framework.target_value"), numberInput(node.target, (value) => leave("target", value))));
  if (node.direction === "interval") fields.push(rangeFields("interval", node, [t("studio.framework.interval_low"), t("studio.framework.interval_high")]));
  return fields;
}

function tags(node, from) {
  const chosen = (tag) => (value) => {
    const next = { ...(at(framework(), desk.chosen).tags ?? {}) };
    if (value) next[tag] = value;
    else delete next[tag];
    write("tags", next);
  };
  const word = (tag, id) => say(desk.tags[tag].words.find((one) => one.id === id)?.title ?? id);
  const one = (tag) => {
    const open = from ? t("studio.framework.as_catalogue", { word: word(tag, from.tags[tag]) }) : t("studio.framework.no_tag");
    const options = [["", open], ...desk.tags[tag].words.map((entry) => [entry.id, say(entry.title)])];
    return labelled(say(desk.tags[tag].title), select(options, node.tags?.[tag] ?? "", chosen(tag), { id: `frame-tag-${tag}` }));
  };
  return h("fieldset", { class: "frame-tags" }, h("legend", {}, t("studio.framework.tags")), h("p", { class: "help" }, t("studio.framework.tags_help")), h("div", { class: "frame-pair" }, Object.keys(desk.tags).map(one)));
}

function size(node, from) {
  const words = { extensive: t("studio.framework.extensive"), intensive: t("studio.framework.intensive") };
  const open = from ? t("studio.framework.as_catalogue", { word: words[from.scale] }) : t("studio.framework.size_open");
  const options = [["", open], ...Object.entries(words)];
  return field("size", t("studio.framework.size"), select(options, node.size ?? "", (value) => write("size", value)));
}

function more(fields) {
  const box = h("details", { class: "frame-more", open: opened, on: { toggle: () => (opened = box.open) } }, h("summary", {}, t("studio.framework.more")), fields);
  return box;
}
