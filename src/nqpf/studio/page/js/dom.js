// Elements made from data. A string becomes a text node: nothing that comes from a file is ever read as HTML.

const SVG = "http://www.w3.org/2000/svg";

/** Make an element: `h("button", {class: "quiet", on: {click: save}}, "Save")`. A null child or property is left out. */
export function h(tag, props, ...children) {
  return filled(document.createElement(tag), props, children);
}

/** Make an element of a drawing. */
export function svg(tag, props, ...children) {
  return filled(document.createElementNS(SVG, tag), props, children);
}

function filled(element, props, children) {
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    else if (name === "data") Object.assign(element.dataset, value);
    else if (name === "style") for (const [key, what] of Object.entries(value)) element.style.setProperty(key, what);
    else if (name === "value" || name === "checked" || name === "selected" || name === "indeterminate") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...known(children));
  return element;
}

/** Put children in the place of what an element holds. */
export function replace(element, ...children) {
  element.replaceChildren(...known(children));
  return element;
}

function known(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);
}

/** Return all elements that fit a selector, as an array. */
export const all = (selector, from = document) => [...from.querySelectorAll(selector)];

let made = 0;
/** Return a name that no other element has, to tie a label to its field. */
export const unique = (stem = "x") => `${stem}-${(made += 1)}`;

/** A field with its label, and help below it where there is some. `field` is an input, select or textarea. */
export function labelled(label, field, help) {
  if (!field.id) field.id = unique("field");
  const note = help ? h("p", { class: "help", id: `${field.id}-help` }, help) : null;
  if (note) field.setAttribute("aria-describedby", note.id);
  return h("div", { class: "field" }, h("label", { for: field.id }, label), field, note);
}

/** A select: `options` are `[value, text]`; `change` is told the value chosen. */
export function select(options, chosen, change, props) {
  const entries = options.map(([value, text]) => h("option", { value, selected: String(value) === String(chosen) }, text));
  return h("select", { ...props, on: { change: (event) => change(event.target.value) } }, entries);
}

/** A button that is no submit button. */
export function button(text, click, props) {
  return h("button", { type: "button", ...props, on: { click } }, text);
}

/** Return `work` delayed until `pause` milliseconds pass without another call; only the last call is done. */
export function debounced(work, pause) {
  let timer = 0;
  return (...args) => {
    clearTimeout(timer);
    timer = setTimeout(() => work(...args), pause);
  };
}

/** Draw again without losing the keyboard: the element of the same id has the focus afterwards, at the same place. */
export function keepingFocus(draw) {
  const had = document.activeElement;
  const id = had?.id;
  const [from, to] = id && "selectionStart" in had ? caret(had) : [null, null];
  draw();
  const now = id && document.getElementById(id);
  if (!now || now === document.activeElement) return;
  now.focus({ preventScroll: true });
  if (from !== null) now.setSelectionRange(from, to);
}

function caret(field) {
  try {
    return [field.selectionStart, field.selectionEnd];
  } catch {
    return [null, null]; // a field of numbers has no caret
  }
}

let pressed = false;
const due = new Set();
addEventListener("pointerdown", () => (pressed = true), true);
for (const end of ["pointerup", "pointercancel", "blur"]) addEventListener(end, () => setTimeout(letGo, 40), end !== "blur");

// The click, and the toggle of what it opens, come a little after the release.
function letGo() {
  pressed = false;
  const works = [...due];
  due.clear();
  works.forEach((work) => work());
}

/** Do `work` now, or when the pointer is let go: what is being pressed must not be drawn anew, or its click is lost. */
export function whenReleased(work) {
  if (pressed) due.add(work);
  else work();
}

const PICTURES = {
  undo: "M9 14 4 9l5-5M4 9h10a6 6 0 0 1 0 12h-3",
  redo: "m15 14 5-5-5-5M20 9H10a6 6 0 0 0 0 12h3",
  close: "M6 6l12 12M18 6 6 18",
  up: "m6 15 6-6 6 6",
  down: "m6 9 6 6 6-6",
  right: "m9 6 6 6-6 6",
  left: "m15 6-6 6 6 6",
  plus: "M12 5v14M5 12h14",
  bin: "M4 7h16M9 7V4h6v3M7 7l1 13h8l1-13",
  file: "M6 3h8l4 4v14H6zM14 3v4h4",
  lock: "M7 11V8a5 5 0 0 1 10 0v3M5 11h14v10H5z",
  sun: "M12 4V2M12 22v-2M4 12H2M22 12h-2M6 6 5 5M19 19l-1-1M18 6l1-1M5 19l1-1M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8",
  moon: "M20 14A8 8 0 0 1 10 4a8 8 0 1 0 10 10",
  check: "m5 12 5 5L19 7",
  info: "M12 11v6M12 7v.5M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18",
};

/** A small line drawing; decoration beside a text, never instead of a name. */
export function icon(name) {
  const path = svg("path", { d: PICTURES[name] });
  return svg("svg", { class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false" }, path);
}
