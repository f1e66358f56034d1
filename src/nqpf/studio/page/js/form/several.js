// The fields of a form that hold several values: groups, lists, entries by name, pairs, and a choice between ways.
import { button, h, icon } from "../dom.js";
import { announce } from "../errors.js";
import { say, t } from "../words.js";
import { goTo } from "./calm.js";
import { block, field as drawField } from "./fields.js";
import { isSingle, single } from "./inputs.js";
import { at, fresh, idOf, put, wayOf, written } from "./model.js";

/** A group of so few fields shows them all. */
const FEW = 6;

/** The fields of a group: those that are required or stated first, the others on demand. */
export function fieldsOf(field, path, desk) {
  const fields = desk.arranged?.(field.fields, path) ?? field.fields;
  const shown = fields.filter((one) => fields.length <= FEW || one.required || one.common || one.kind === "group" || one.kind === "map" || at([...path, one.key]) !== undefined || desk.eager);
  const rest = fields.filter((one) => !shown.includes(one));
  const draw = (one) => drawField(one, [...path, one.key], desk);
  const grid = (some) => h("div", { class: "form-grid" }, some.map(draw));
  if (!rest.length) return grid(shown);
  if (!shown.length) return grid(rest);
  return [grid(shown), folded(t("studio.form.more", { count: rest.length }), idOf(path, ":more"), desk, () => grid(rest))];
}

/** Details that stay open when the form is drawn again. */
export function folded(title, id, desk, inside) {
  const box = h("details", { class: "form-more", open: desk.open.has(id) }, h("summary", { id }, title), inside());
  box.addEventListener("toggle", () => (box.open ? desk.open.add(id) : desk.open.delete(id)));
  return box;
}

export function group(field, path, desk) {
  const there = at(path) !== undefined;
  const title = say(field.title);
  const stated = Object.keys(at(path) ?? {}).length > 0;
  if (!field.optional && !field.required && !stated) return block(field, path, desk, [folded(t("studio.form.settings"), idOf(path, ":open"), desk, () => fieldsOf(field, path, desk))]);
  if (!there) {
    const set = () => {
      goTo([...path, field.fields[0].key]);
      put(desk, path, title, {});
    };
    const add = button([icon("plus"), t("studio.form.set_up", { title })], set, { class: "small", id: idOf(path) });
    return block(field, path, desk, [add]);
  }
  const out = () => {
    goTo(path);
    put(desk, path, title, undefined);
  };
  const drop = field.optional ? button([icon("close"), t("studio.form.take_out", { title })], out, { class: "small", id: idOf(path, ":out") }) : null;
  return block(field, path, desk, [fieldsOf(field, path, desk), drop]);
}

export function list(field, path, desk) {
  const item = field.item;
  if (["word", "chapter", "unit"].includes(item.kind)) return block(field, path, desk, [ticks(field, path, desk)]);
  const values = at(path) ?? [];
  const title = say(field.title ?? desk.title);
  const write = (next) => put(desk, path, title, next.length || field.required ? next : undefined);
  const rows = values.map((value, i) => {
    const inner = [...path, i];
    const name = isSingle(item) && typeof value !== "object" ? value || t("studio.form.entry", { number: i + 1 }) : t("studio.form.entry", { number: i + 1 });
    const take = (next) => write(next === undefined ? values.toSpliced(i, 1) : values.with(i, next));
    const content = isSingle(item)
      ? single(item, value, desk, { id: idOf(inner), name: `${title} ${i + 1}`, entry: true }, take)
      : h("div", { class: "form-inner" }, fieldsOf(item, inner, desk));
    const up = i > 0 ? button(icon("up"), () => write(values.toSpliced(i, 1).toSpliced(i - 1, 0, value)), { class: "quiet", id: idOf(inner, ":up"), "aria-label": t("studio.form.earlier", { name }) }) : null;
    const drop = () => {
      goTo(path, idOf(path, ":new"));
      write(values.toSpliced(i, 1));
    };
    return h("li", { class: isSingle(item) ? "form-row" : "form-row wide" }, content, up, dropButton(drop, name, inner));
  });
  const begin = item.kind === "group" ? {} : "";
  const adder = isSingle(item)
    ? single(item, undefined, desk, { id: idOf(path, ":new"), name: t("studio.form.add_entry", { title }), entry: true }, (value) => value !== undefined && write([...values, value]))
    : button([icon("plus"), t("studio.form.add_entry", { title })], () => write([...values, begin]), { class: "small", id: idOf(path, ":new") });
  return block(field, path, desk, [rows.length ? h("ol", { class: "form-list" }, rows) : null, adder, stated(field, path, desk)]);
}

/** Words to choose several of, as boxes to tick. */
function ticks(field, path, desk) {
  const { item } = field;
  const options = { word: () => item.words.map((one) => [one.value, say(one.title)]), chapter: () => desk.facts.chapters, unit: () => desk.facts.units.map((one) => [one.id, say(one.title)]) }[item.kind]();
  const chosen = known(at(path) ?? field.default ?? [], item.kind === "unit" ? desk.facts.units : []);
  const strange = chosen.filter((one) => !options.some(([value]) => value === one)).map((one) => [one, String(one)]);
  const title = say(field.title);
  const all = [...options, ...strange];
  const take = (value, on) => {
    const next = all.map(([one]) => one).filter((one) => (one === value ? on : chosen.includes(one)));
    put(desk, path, title, next.length || field.required ? next : undefined);
  };
  const box = ([value, text]) =>
    h("label", { class: "form-tick" }, h("input", { type: "checkbox", id: idOf([...path, value]), checked: chosen.includes(value), on: { change: (event) => take(value, event.target.checked) } }), h("span", {}, text));
  const offered = all.filter(([value, , absent]) => !absent || chosen.includes(value));
  const absent = all.filter((one) => !offered.includes(one));
  const without = absent.length ? folded(t("studio.form.not_here", { count: absent.length }), idOf(path, ":absent"), desk, () => h("ul", { class: "help" }, absent.map(([, text, needs]) => h("li", {}, text, needs)))) : null;
  const boxes = h("div", { class: "form-ticks" }, offered.map(box));
  if (item.kind === "unit") return folded(t("studio.form.chosen", { count: chosen.length }), idOf(path, ":open"), desk, () => boxes);
  return [boxes, without, stated(field, path, desk)];
}

/** Units by their codes, whichever of their names the study has written. */
function known(values, units) {
  const codes = new Map(units.flatMap(({ id, title }) => [id, title.zh, title.en].map((name) => [name, id])));
  return values.map((value) => codes.get(value) ?? value);
}

export function map(field, path, desk) {
  const values = at(path) ?? {};
  const title = say(field.title ?? desk.title);
  const { item } = field;
  const write = (next) => put(desk, path, title, Object.keys(next).length || field.required ? next : undefined);
  const rows = Object.keys(values).map((name) => {
    const inner = [...path, name];
    const drop = () => {
      goTo(path, idOf(path, ":name"));
      write(Object.fromEntries(Object.entries(values).filter(([one]) => one !== name)));
    };
    const head = h("div", { class: "form-entry-name" }, nameOf(name, field, desk), dropButton(drop, name, inner));
    const take = (value) => write({ ...values, [name]: value ?? null });
    const content = isSingle(item)
      ? single(item, values[name] ?? undefined, desk, { id: idOf(inner), name: `${title} ${name}`, entry: true }, take)
      : item.kind === "group" ? fieldsOf(item, inner, desk) : drawField({ ...item, title: name, bare: true }, inner, desk);
    return h("li", { class: isSingle(item) ? "form-entry" : "form-entry wide", data: { path: inner.join(".") } }, head, h("div", { class: "form-entry-value" }, content));
  });
  return block(field, path, desk, [rows.length ? h("ul", { class: "form-map" }, rows) : null, adder(field, path, desk, values, write, title)]);
}

function nameOf(name, field, desk) {
  const known = field.names ? [...desk.facts.nodes, ...desk.facts.series, ...desk.facts.units].find((one) => one.id === name) : null;
  return h("span", {}, h("code", {}, name), known && say(known.title) !== name ? ` ${say(known.title)}` : null);
}

function adder(field, path, desk, values, write, title) {
  const asked = { kind: field.names ?? "text" };
  const add = (name) => {
    if (name === undefined) return;
    if (name in values) return announce(t("studio.form.name_taken", { name }));
    goTo([...path, name]);
    write({ ...values, [name]: fresh(field.item) ?? (field.item.kind === "formula" && desk.facts.series.some((one) => one.id === name) ? name : null) });
  };
  const input = single(asked, undefined, desk, { id: idOf(path, ":name"), name: t("studio.form.name_of", { title }), entry: true }, add);
  return h("div", { class: "form-adder" }, h("span", { class: "form-adder-label", "aria-hidden": "true" }, t("studio.form.new_name")), input, button([icon("plus"), t("studio.form.add")], () => input.querySelector?.("input")?.focus() ?? input.focus(), { class: "small", "aria-label": t("studio.form.add_entry", { title }) }));
}

export function pair(field, path, desk) {
  const values = at(path) ?? [];
  const title = say(field.title ?? desk.title);
  const inputs = [];
  const take = () => {
    const read = inputs.map((input) => (input.value.trim() === "" ? null : Number(input.value)));
    if (read.every((one) => one === null)) put(desk, path, title, undefined);
    else if (read.every((one) => one !== null && Number.isFinite(one))) put(desk, path, title, read);
  };
  for (const [i, item] of field.items.entries()) {
    const input = single({ ...item, default: field.default?.[i] }, values[i], desk, { id: idOf([...path, i]), name: t("studio.form.part_of_pair", { title, number: i + 1 }) }, take);
    inputs.push(input);
  }
  return block(field, path, desk, [h("div", { class: "row" }, inputs)]);
}

/** Several ways to write a value: the way is chosen first, then the value. */
export function choice(field, path, desk) {
  const value = at(path) ?? undefined;
  const id = idOf(path, ":way");
  const way = value === undefined ? field.ways[desk.ways.get(id)] ?? null : wayOf(field, value);
  const title = say(field.title);
  const options = field.ways.flatMap((one, i) => (one.kind === "word" ? one.words.map((word) => [`w${word.value}`, say(word.title)]) : [[String(i), say(one.form)]]));
  const now = way === null ? "" : way.kind === "word" ? `w${value}` : String(field.ways.indexOf(way));
  const empty = field.default !== undefined ? t("studio.form.by_default", { value: written(field, field.default) }) : field.required ? t("studio.form.choose") : t("studio.form.nothing");
  const chosen = (next) => {
    desk.ways.delete(id);
    if (next.startsWith("w")) return put(desk, path, title, next.slice(1));
    const begun = next === "" ? undefined : fresh(field.ways[Number(next)]);
    if (next !== "" && begun === undefined) desk.ways.set(id, Number(next));
    if (begun === undefined && value === undefined) return desk.redraw();
    return put(desk, path, title, begun);
  };
  const ways = h("select", { id, "aria-label": t("studio.form.way_of", { title }), on: { change: (event) => chosen(event.target.value) } }, [["", empty], ...options].map(([one, text]) => h("option", { value: one, selected: one === now }, text)));
  const wide = way !== null && !isSingle(way) && way.kind !== "pair" && way.kind !== "word";
  return block({ ...field, wide }, path, desk, [h("div", { class: "form-choice" }, ways, way && way.kind !== "word" ? inside(way, path, desk, title, value) : null)]);
}

function inside(way, path, desk, title, value) {
  if (isSingle(way)) return single(way, value, desk, { id: idOf(path), name: title }, (next) => put(desk, path, title, next));
  return way.kind === "group" ? fieldsOf(way, path, desk) : drawField({ ...way, title, bare: true }, path, desk);
}

export function label(field, path, desk) {
  const value = at(path);
  const title = say(field.title);
  const both = typeof value === "string" ? { zh: value, en: value } : { zh: "", en: "", ...value };
  const one = (lang, name) => single({ kind: "text" }, both[lang] || undefined, desk, { id: idOf([...path, lang]), name }, (text) => put(desk, path, title, { ...both, [lang]: text ?? "" }));
  return block(field, path, desk, [h("div", { class: "form-pair" }, one("zh", t("studio.form.in_chinese", { title })), one("en", t("studio.form.in_english", { title })))]);
}

function stated(field, path, desk) {
  if (field.default === undefined) return null;
  if (at(path) === undefined) return h("p", { class: "help" }, t("studio.form.default", { value: written(field, field.default) }));
  return button(t("studio.form.reset"), () => put(desk, path, say(field.title), undefined), { class: "small", id: idOf(path, ":reset") });
}

function dropButton(drop, name, path) {
  return button(icon("close"), drop, { class: "quiet", id: idOf(path, ":drop"), "aria-label": t("studio.form.drop_entry", { name }), title: t("studio.form.drop_entry", { name }) });
}
