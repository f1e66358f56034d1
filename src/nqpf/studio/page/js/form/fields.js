// A form of a part of the study, made from what the library says of its models: every field with its sentence, its
// default, what the study already says of the same quantity, and what is wrong with it.
import { all, button, h } from "../dom.js";
import { notice } from "../errors.js";
import { say, t } from "../words.js";
import { isSingle, single } from "./inputs.js";
import { at, idOf, limits, put } from "./model.js";
import { choice, group, label, list, map, pair } from "./several.js";

const KINDS = { group, list, map, pair, choice, label };

/**
 * Draw a field of a group.
 *
 * `desk`: title (of the part), facts ({series, nodes, units, chapters}: what can be named), offers (by path), redraw();
 * what is remembered between two drawings: open (Set of what is unfolded), ways (Map of the ways chosen). A page may
 * also give: eager (all fields are shown), suffix (of files), arranged(fields, path), also(document, path, value) (what
 * goes with a change), beside(path) (what stands below a field).
 */
export function field(one, path, desk) {
  if (!isSingle(one)) return KINDS[one.kind](one, path, desk);
  const id = idOf(path);
  const title = say(one.title);
  const take = (value) => put(desk, path, title, value);
  const input = single(one, at(path) ?? undefined, desk, { id, describedby: `${id}:help`, required: one.required }, take);
  const text = [h("span", {}, title), one.required ? h("span", { class: "tag info" }, t("studio.form.required")) : null];
  const head = one.kind === "flag" ? h("label", { for: id, class: "form-flag" }, input, text) : [h("label", { for: id, class: "form-label" }, text), input];
  return h("div", { class: "form-field", data: { path: path.join(".") } }, head, helpOf(one, `${id}:help`), desk.beside?.(path), offered(path, desk, title));
}

/** A field of several inputs, with its title as legend. */
export function block(one, path, desk, content) {
  if (one.bare) return h("div", { class: "form-bare", data: { path: path.join(".") } }, content);
  if (!one.title) return h("div", { data: { path: path.join(".") } }, content);
  const id = idOf(path, ":legend");
  const legend = h("legend", { id }, say(one.title), " ", one.required ? h("span", { class: "tag info" }, t("studio.form.required")) : null);
  return h("fieldset", { class: `form-block ${one.wide ? "wide" : one.kind}`, data: { path: path.join(".") } }, legend, helpOf(one, null), content, offered(path, desk, say(one.title)));
}

function helpOf(one, id) {
  const range = limits(one);
  return h("p", { class: "help", id }, say(one.help), range ? t("studio.form.bracket", { range }) : null);
}

/** What the study says elsewhere of the same quantity: offered, never set. */
function offered(path, desk, title) {
  const offers = at(path) === undefined ? desk.offers?.[path.join(".")] ?? [] : [];
  return offers.map(({ value, why }) =>
    h("p", { class: "form-offer" }, button(t("studio.form.propose", { value }), () => put(desk, path, title, value), { class: "small" }), " ", h("span", { class: "help" }, t("studio.form.proposed", { why }))),
  );
}

/** Show errors at their fields: at the deepest field on the way to the key that an error names. */
export function mark(box, errors) {
  for (const old of all(".form-wrong", box)) old.remove();
  for (const input of all("[aria-invalid='true']", box)) input.removeAttribute("aria-invalid");
  const places = new Map(all("[data-path]", box).map((element) => [element.dataset.path, element]));
  for (const error of errors) {
    const steps = (error.place?.key ?? "").split(".");
    let n = steps.length;
    while (n > 0 && !places.has(steps.slice(0, n).join("."))) n -= 1;
    const place = places.get(steps.slice(0, n).join(".")) ?? box;
    const shown = notice(error);
    shown.classList.add("form-wrong");
    place.append(shown);
    place.closest("details")?.setAttribute("open", "");
    place.querySelector("input, select")?.setAttribute("aria-invalid", "true");
  }
}
