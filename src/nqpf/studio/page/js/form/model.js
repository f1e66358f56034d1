// What a form reads and writes: the part of the study at a path, what is absent, what is wrong where.
import { edit, state } from "../state.js";
import { say, t } from "../words.js";

/** Return what the study says at a path; undefined where it says nothing. */
export function at(path, from = state.session.document) {
  let content = from;
  for (const step of path) content = content?.[step];
  return content;
}

/** Write a value at a path, or take it out where it is undefined; the page shows it at once and can undo it. */
export function put(desk, path, title, value) {
  edit(t("studio.form.changed", { part: desk.title, field: title }), (document) => {
    let inner = document;
    for (const step of path.slice(0, -1)) inner = inner[step] ??= {};
    if (value === undefined) delete inner[path.at(-1)];
    else inner[path.at(-1)] = value;
    desk.also?.(document, path, value);
  });
  desk.redraw();
}

/** Name of the element that shows a path. */
export const idOf = (path, more = "") => `f:${path.join(".")}${more}`;

/** Titles of what a part still needs: fields that are required, and are there only once their group is. */
export function wanting(field, path) {
  const value = at(path);
  if (field.kind === "choice") {
    const way = value === undefined || value === null ? null : wayOf(field, value);
    return way && typeof value === "object" ? wanting(way, path) : [];
  }
  if (field.kind === "map" && value && field.item.kind === "group") return Object.keys(value).flatMap((name) => wanting(field.item, [...path, name]));
  if (field.kind !== "group" || value === undefined) return [];
  return field.fields.flatMap((one) => {
    const inner = [...path, one.key];
    if (one.required && isEmpty(at(inner))) return [say(one.title)];
    return wanting(one, inner);
  });
}

const isEmpty = (value) =>
  value === undefined || value === null || value === "" || (typeof value === "object" && Object.keys(value).length === 0);

/** Of a choice, the way in which a value is written; null where it is in none. */
export function wayOf(field, value) {
  return field.ways.find((way) => fits(way, value)) ?? null;
}

function fits(way, value) {
  const kinds = {
    number: () => typeof value === "number",
    whole: () => Number.isInteger(value),
    flag: () => typeof value === "boolean",
    word: () => way.words.some((one) => one.value === value),
    list: () => Array.isArray(value),
    pair: () => Array.isArray(value),
    map: () => isMapping(value),
    group: () => isMapping(value),
    label: () => typeof value === "string" || isMapping(value),
  };
  return (kinds[way.kind] ?? (() => typeof value === "string"))();
}

const isMapping = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** What a new value of a kind begins as; undefined where there is nothing to begin with. */
export function fresh(field) {
  return { group: {}, map: {}, list: [], label: { zh: "", en: "" } }[field.kind];
}

/** Limits of a number in words; "" where there are none. */
export function limits({ min, max, above, below }) {
  const has = (value) => value !== undefined;
  if (has(min) && has(max)) return t("studio.form.range_both", { min, max });
  if (has(above) && has(below)) return t("studio.form.range_open", { above, below });
  if (has(above) && has(max)) return t("studio.form.range_half", { above, max });
  if (has(min) && has(below)) return t("studio.form.range_left", { min, below });
  if (has(min)) return t("studio.form.range_min", { min });
  if (has(above)) return t("studio.form.range_above", { above });
  return has(max) ? t("studio.form.range_max", { max }) : "";
}

/** A default as the form shows it: a word by its meaning. */
export function written(field, value) {
  if (Array.isArray(value)) return value.map((one) => written(field.item ?? field, one)).join(t("studio.form.comma"));
  const words = field.words ?? (field.ways ?? []).flatMap((way) => way.words ?? []);
  const word = words.find((one) => one.value === value);
  return word ? say(word.title) : typeof value === "boolean" ? (value ? t("studio.form.yes") : t("studio.form.no")) : String(value);
}
