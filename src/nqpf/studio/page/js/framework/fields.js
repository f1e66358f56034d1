// Fields of the editor: each writes one key of the chosen node when it is left, and shows what is wrong with it.
import { h, labelled } from "../dom.js";
import { t } from "../words.js";
import { change, desk, framework, titleOf } from "./desk.js";
import { at, label, pair, set } from "./model.js";

/** Write a key of the chosen node; the editor is drawn anew, for what hangs on the key. */
export function write(name, value, also = () => {}) {
  const path = desk.chosen;
  const title = titleOf(at(framework(), path));
  change(t("studio.framework.edit_key", { title, key: name }), (tree) => {
    const node = at(tree, path);
    set(node, name, value);
    also(node);
    if (name === "id" && path.length) desk.chosenId = node.id;
  });
}

/** Write what was typed into a field that is being left: the editor stays as it is, or the next field would be lost. */
export function leave(name, value) {
  desk.leaving = true;
  write(name, value);
  desk.leaving = false;
}

const fieldId = (name) => `frame-field-${name}`;

/** A field with its label, help, and a place for what is wrong; `name` is the key of the study it stands for. */
export function field(name, title, control, help, at = name) {
  control.id = fieldId(at);
  const box = labelled(title, control, help);
  box.append(h("p", { class: "frame-fault", id: `${control.id}-fault`, data: { fault: name }, hidden: true }));
  control.setAttribute("aria-describedby", `${control.getAttribute("aria-describedby") ?? ""} ${control.id}-fault`.trim());
  return box;
}

export const textInput = (value, save, props) => h("input", { type: "text", value: value ?? "", autocomplete: "off", ...props, on: { change: (event) => save(event.target.value.trim()), ...props?.on } });

/** A number; what is no number is left for the reader to mend. */
export function numberInput(value, save, props) {
  const done = (event) => {
    const text = event.target.value.trim();
    if (text === "") save(null);
    else if (Number.isFinite(Number(text))) save(Number(text));
  };
  return h("input", { type: "number", step: "any", value: value ?? "", inputmode: "decimal", ...props, on: { change: done } });
}

/** A title in both languages: two fields that make one key. `inherited` is what holds where nothing is written. */
export function pairFields(name, node, title, inherited) {
  const now = pair(node[name]);
  const other = pair(inherited);
  const save = (part) => (text) => leave(name, label({ ...pair(at(framework(), desk.chosen)[name]), [part]: text }));
  return h(
    "div",
    { class: "frame-pair" },
    field(name, `${title}（中文）`, textInput(now.zh, save("zh"), { lang: "zh-CN", placeholder: other.zh }), null, `${name}-zh`),
    field(name, `${title} (English)`, textInput(now.en, save("en"), { lang: "en", placeholder: other.en }), null, `${name}-en`),
  );
}

/** Two numbers that make one key, as the ends of an interval. */
export function rangeFields(name, node, titles) {
  const now = node[name] ?? [null, null];
  const save = (i) => (value) => {
    const next = [...(at(framework(), desk.chosen)[name] ?? [null, null])];
    next[i] = value;
    leave(name, next.every((end) => end === null) ? null : next);
  };
  return h("div", { class: "frame-pair" }, [0, 1].map((i) => field(name, titles[i], numberInput(now[i], save(i)), null, `${name}-${i}`)));
}

export const checkbox = (name, checked, title, help) => {
  const control = h("input", { type: "checkbox", checked, id: fieldId(name), on: { change: (event) => write(name, event.target.checked || null) } });
  return h("div", { class: "frame-check" }, h("label", { for: control.id }, control, title), help ? h("p", { class: "help" }, help) : null);
};
