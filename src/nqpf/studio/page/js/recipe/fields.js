// A field for an option, by its kind. It says what is wrong with what is typed, and writes only what can be read.
import { button, h, icon, labelled, select, unique } from "../dom.js";
import { number, say, t } from "../words.js";
import { judged, ordered } from "./judgements.js";
import { model, setOption, valueOf } from "./model.js";

/** Return the field of an option of a step (null: of the recipe itself). */
export function optionField(step, option) {
  const value = valueOf(step, option);
  const write = (now) => setOption(step, option, now);
  return fieldFor(option, value, write, `recipe-${step?.id ?? "rules"}-${option.name}`);
}

/** Return a field: `value` is what is written (undefined: nothing), `write` is told what is to be written. */
export function fieldFor(option, value, write, id) {
  const make = { word, flag, number: numeric, whole: numeric, pair, numbers: list, names, text, by_name: table, json, judgements: judged(json), orders: ordered(json) }[option.kind];
  const field = make(option, value ?? null, write, id);
  const reset = value === undefined || value === null || option.kind === "flag" ? null : button(t("studio.recipe.reset_option"), () => write(undefined), { class: "small recipe-reset", id: `${id}-reset` });
  const title = h("span", { class: "recipe-key" }, option.name);
  const limits = [defaultText(option, value), validText(option)].filter(Boolean).join(t("studio.recipe.and"));
  const about = [option.about ? say(option.about) : null, limits ? h("span", { class: "recipe-limits" }, limits) : null];
  const made = field.matches("input, select, textarea") ? labelled([say(option.title), " ", title], field, about) : grouped(option, title, field, about, id);
  if (reset) made.append(reset);
  made.classList.add("recipe-option");
  return made;
}

function grouped(option, title, field, about, id) {
  return h(
    "div",
    { class: "field", role: "group", "aria-labelledby": `${id}-title`, "aria-describedby": `${id}-help` },
    h("p", { class: "recipe-label", id: `${id}-title` }, say(option.title), " ", title),
    field,
    h("p", { class: "help", id: `${id}-help` }, about),
  );
}

/** What holds where nothing is written; a field without a value of its own shows it already. */
function defaultText(option, value) {
  const isEmpty = option.default === null || (typeof option.default === "object" && !Object.keys(option.default).length);
  if (isEmpty || option.kind === "flag" || value === undefined) return null;
  return t("studio.recipe.default", { value: shown(option, option.default) });
}

function validText(option) {
  const { low, high, above } = option.item ?? option;
  return [low, high, above].every((one) => one === undefined) ? null : t("studio.recipe.valid", { range: range({ low, high, above }) });
}

/** Write a value of an option in words. */
export function shown(option, value) {
  if (option.kind === "flag") return value ? t("studio.recipe.yes") : t("studio.recipe.no");
  if (option.kind === "word") return say(option.words.find((one) => one.id === value)?.title ?? value);
  return Array.isArray(value) ? value.map((one) => number(one)).join("–") : number(value);
}

function word(option, value, write, id) {
  const none = option.default === null ? [["", t("studio.recipe.automatic")]] : [];
  const words = option.words.map((one) => [JSON.stringify(one.id), say(one.title)]);
  const chosen = value ?? option.default;
  return select([...none, ...words], chosen === null ? "" : JSON.stringify(chosen), (now) => write(now === "" ? undefined : JSON.parse(now)), { id });
}

function flag(option, value, write, id) {
  return h("input", { type: "checkbox", id, checked: value ?? option.default, on: { change: (event) => write(event.target.checked) } });
}

function numeric(option, value, write, id) {
  const field = h("input", { type: "text", inputmode: "decimal", id, class: "recipe-number", value: value ?? "", placeholder: option.default === null ? t("studio.recipe.not_set") : String(option.default) });
  field.addEventListener("change", () => {
    const text = field.value.trim();
    if (text === "") return settle(field, null, () => write(undefined));
    const read = readNumber(text);
    settle(field, wrong(option, read, text), () => write(read));
  });
  return field;
}

function pair(option, value, write, id) {
  const ends = value ?? option.default ?? ["", ""];
  const fields = ends.map((one, i) =>
    h("input", { type: "text", inputmode: "decimal", id: `${id}-${i}`, class: "recipe-number", value: one, "aria-label": `${say(option.title)} ${i ? t("studio.recipe.high") : t("studio.recipe.low")}` }),
  );
  const box = h("div", { class: "row" }, fields[0], "–", fields[1]);
  box.addEventListener("change", () => {
    const texts = fields.map((field) => field.value.trim());
    if (texts.every((text) => text === "")) return write(undefined);
    const read = texts.map(readNumber);
    const problems = read.map((one, i) => (texts[i] === "" ? null : wrong(option.item, one, texts[i])));
    fields.forEach((field, i) => settle(field, problems[i], () => {}));
    if (texts.every((text) => text !== "") && problems.every((one) => one === null)) write(read);
  });
  return box;
}

function list(option, value, write, id) {
  const field = h("input", { type: "text", id, value: (value ?? []).join(", "), placeholder: t("studio.recipe.not_set") });
  field.addEventListener("change", () => {
    const texts = parted(field.value);
    if (!texts.length) return settle(field, null, () => write(undefined));
    const read = texts.map(readNumber);
    settle(field, texts.map((text, i) => wrong(option.item, read[i], text)).find(Boolean) ?? null, () => write(read));
  });
  return field;
}

/** Names out of a known list are chosen, others typed. */
function names(option, value, write, id) {
  const known = namesFor(option);
  const chosen = value ?? [];
  if (!known.length) {
    const field = h("textarea", { id, rows: 2, value: chosen.join("\n"), placeholder: t("studio.recipe.list_help") });
    field.addEventListener("change", () => write(parted(field.value).length ? parted(field.value) : undefined));
    return field;
  }
  const without = (name) => () => write(chosen.length > 1 ? chosen.filter((one) => one !== name) : undefined);
  const chips = chosen.map((name) => h("span", { class: "tag recipe-chip" }, titleOf(known, name), remove(titleOf(known, name), without(name))));
  const left = known.filter((one) => !chosen.includes(one.id));
  const add = select([["", t("studio.recipe.add_row")], ...left.map((one) => [one.id, say(one.title)])], "", (name) => name && write([...chosen, name]), { id, "aria-label": `${say(option.title)}: ${t("studio.recipe.add_row")}` });
  return h("div", { class: "row" }, chips, add);
}

function text(option, value, write, id) {
  const known = namesFor(option);
  if (known.length) return select([["", t("studio.recipe.not_set")], ...known.map((one) => [one.id, say(one.title)])], value ?? "", (now) => write(now || undefined), { id });
  const field = h("input", { type: "text", id, value: value ?? "" });
  field.addEventListener("change", () => write(field.value.trim() || undefined));
  return field;
}

/** Numbers, or pairs of them, by name. */
function table(option, value, write, id) {
  const known = [...(option.names === "indicators" ? [{ id: "*", title: "*" }] : []), ...namesFor(option)];
  const rows = Object.entries(value ?? {});
  const put = (entries) => write(entries.length ? Object.fromEntries(entries) : undefined);
  const ofRow = ([name, what], i) => {
    const item = { ...option.item, title: `${say(option.title)} ${titleOf(known, name)}`, default: null };
    const field = (item.kind === "pair" ? pair : numeric)(item, what, (now) => now !== undefined && put(rows.map((row, j) => (j === i ? [name, now] : row))), `${id}-${i}`);
    if (field.matches("input")) field.setAttribute("aria-label", item.title);
    return h("div", { class: "row recipe-entry" }, h("span", {}, titleOf(known, name)), field, remove(titleOf(known, name), () => put(rows.filter((_, j) => j !== i))));
  };
  const left = known.filter((one) => !rows.some(([name]) => name === one.id));
  const start = option.item.kind === "pair" ? [0, 1] : option.names === "inner" ? 0.5 : 1;
  const add = left.length ? select([["", t("studio.recipe.add_row")], ...left.map((one) => [one.id, say(one.title)])], "", (name) => name && put([...rows, [name, start]]), { id, "aria-label": `${say(option.title)}: ${t("studio.recipe.add_row")}` }) : null;
  return h("div", {}, rows.map(ofRow), add);
}

function json(option, value, write, id) {
  const field = h("textarea", { id, rows: 3, spellcheck: "false", class: "code", value: value === null ? "" : JSON.stringify(value, null, 1), placeholder: t("studio.recipe.yaml_help") });
  field.addEventListener("change", () => {
    if (!field.value.trim()) return settle(field, null, () => write(undefined));
    try {
      const read = JSON.parse(field.value);
      settle(field, null, () => write(read));
    } catch (error) {
      settle(field, t("studio.recipe.not_json", { problem: error.message }), () => {});
    }
  });
  return field;
}

const remove = (name, click) => button(icon("close"), click, { class: "quiet", "aria-label": t("studio.recipe.drop_row", { name }) });
const parted = (text) => text.split(/[,，、;；\s]+/).filter(Boolean);
const namesFor = (option) => (option.names && model.about?.names?.[option.names]) || [];
const titleOf = (known, name) => say(known.find((one) => one.id === name)?.title ?? name);

/** A number as people write it: with a comma for thousands no number is read, a full-width one is. */
function readNumber(text) {
  const plain = text.normalize("NFKC").replace("−", "-").trim();
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(plain) ? Number(plain) : NaN;
}

/** Return what is wrong with a number, or null. */
function wrong({ kind, low, high, above, below }, value, text) {
  if (!Number.isFinite(value) || (kind === "whole" && !Number.isInteger(value))) return t("studio.recipe.not_a_number", { value: text });
  const fits = !(value < low) && !(value > high) && !(value <= above) && !(value >= below);
  return fits ? null : t("studio.recipe.not_in_range", { range: range({ low, high, above }) });
}

function range({ low, high, above }) {
  if (above !== undefined && high !== undefined) return t("studio.recipe.above_to", { low: above, high });
  if (low !== undefined && high !== undefined) return t("studio.recipe.between", { low, high });
  if (above !== undefined) return t("studio.recipe.above", { low: above });
  return high === undefined ? t("studio.recipe.from", { low }) : t("studio.recipe.to", { high });
}

/** Mark a field as right or wrong; what is right is written. */
function settle(field, problem, write) {
  field.parentElement.querySelector(".recipe-wrong")?.remove();
  field.setAttribute("aria-invalid", String(problem !== null));
  if (problem === null) return write();
  const said = h("p", { class: "recipe-wrong", role: "alert", id: unique("wrong") }, problem);
  field.after(said);
}

