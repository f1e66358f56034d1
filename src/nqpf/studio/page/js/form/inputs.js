// The single inputs of a form: a word, a number, a text, a formula, a name of something in the study.
import { h } from "../dom.js";
import { state } from "../state.js";
import { say, t } from "../words.js";
import { written } from "./model.js";

/**
 * Return the input of a single value.
 *
 * `about`: id, name (what it is called where no label does it), describedby; `take(value)` is told what was chosen,
 * undefined where nothing is.
 */
export function single(field, value, desk, about, take) {
  const make = { word, number, whole: number, flag, formula, series, node, unit, file, measure };
  return (make[field.kind] ?? text)(field, value, desk, about, take);
}

export const isSingle = (field) => !["list", "map", "pair", "group", "choice", "label"].includes(field.kind);

const named = (about) => ({ id: about.id, "aria-label": about.name, "aria-describedby": about.describedby, "aria-required": about.required ? "true" : null });

function word(field, value, desk, about, take) {
  return pick(field.words.map((one) => [one.value, say(one.title)]), field, value, about, take);
}

/** A select; what the study has already stays in it, even if it is none of the options. */
function pick(options, field, value, about, take) {
  const known = value === undefined || value === null || options.some(([one]) => one === value);
  const rest = known ? options : [...options, [value, String(value)]];
  const empty = field.default !== undefined ? t("studio.form.by_default", { value: written(field, field.default) }) : field.required || about.entry ? t("studio.form.choose") : t("studio.form.nothing");
  const entries = [["", empty], ...rest].map(([one, title]) => h("option", { value: one, selected: one === (value ?? "") }, title));
  return h("select", { ...named(about), on: { change: (event) => take(event.target.value || undefined) } }, entries);
}

function number(field, value, desk, about, take) {
  const input = h("input", {
    ...named(about),
    type: "text",
    inputmode: field.kind === "whole" ? "numeric" : "decimal",
    autocomplete: "off",
    class: "form-number",
    value: value ?? "",
    placeholder: field.default === undefined ? null : t("studio.form.default", { value: written(field, field.default) }),
  });
  input.addEventListener("change", () => {
    const raw = input.value.trim().replace("−", "-");
    const read = Number(raw);
    const wrong = raw !== "" && !Number.isFinite(read);
    input.setCustomValidity(wrong ? t("studio.form.wrong_number", { value: raw }) : "");
    input.setAttribute("aria-invalid", wrong);
    if (wrong) input.reportValidity();
    else take(raw === "" ? undefined : read);
  });
  return input;
}

function flag(field, value, desk, about, take) {
  return h("input", { ...named(about), type: "checkbox", checked: value ?? field.default ?? false, on: { change: (event) => take(event.target.checked) } });
}

function text(field, value, desk, about, take, more = {}) {
  const placeholder = field.default ? t("studio.form.default", { value: field.default }) : null;
  const input = h("input", { ...named(about), type: "text", autocomplete: "off", spellcheck: "false", placeholder, value: value ?? "", ...more });
  input.addEventListener("change", () => take(input.value.trim() === "" ? undefined : input.value.trim()));
  return input;
}

/** A formula; the browser offers to complete the name that is being written. */
function formula(field, value, desk, about, take) {
  const list = h("datalist", { id: `${about.id}:list` });
  const input = text(field, value, desk, about, take, { list: list.id, class: "form-formula" });
  const offer = () => {
    const [, before, begun] = /^(.*?)([\p{L}_][\p{L}\p{N}_]*)?$/u.exec(input.value) ?? [null, input.value, ""];
    const near = desk.facts.series.filter((one) => !begun || one.id.startsWith(begun) || say(one.title).includes(begun));
    list.replaceChildren(...near.map((one) => h("option", { value: before + (/^[\p{L}_][\p{L}\p{N}_]*$/u.test(one.id) ? one.id : `"${one.id}"`) }, titled(one))));
  };
  input.addEventListener("input", offer);
  input.addEventListener("focus", offer);
  return h("span", { class: "form-with-list" }, input, list);
}

const titled = (one) => (one.measure ? `${say(one.title)}（${one.measure}）` : say(one.title));

function listed(options, field, value, desk, about, take) {
  const list = h("datalist", { id: `${about.id}:list` }, options.map((one) => h("option", { value: one.id }, titled(one))));
  return h("span", { class: "form-with-list" }, text(field, value, desk, about, take, { list: list.id }), list);
}

const series = (field, value, desk, about, take) => listed(desk.facts.series, field, value, desk, about, take);
const measure = (field, value, desk, about, take) => listed([...desk.facts.nodes, ...desk.facts.series], field, value, desk, about, take);

function node(field, value, desk, about, take) {
  return pick(desk.facts.nodes.map((one) => [one.id, say(one.title)]), field, value, about, take);
}

function unit(field, value, desk, about, take) {
  return pick(desk.facts.units.map((one) => [one.id, say(one.title)]), field, value, about, take);
}

function file(field, value, desk, about, take) {
  const files = state.session.files.map((one) => one.path ?? one.name).filter((path) => !desk.suffix || path.toLowerCase().endsWith(desk.suffix));
  const chooser = pick(files.map((path) => [path, path.replace(/^files\//, "")]), field, value, about, take);
  return files.length || desk.suffix ? chooser : h("span", { class: "form-with-list" }, chooser, h("span", { class: "help" }, t("studio.form.no_files")));
}
