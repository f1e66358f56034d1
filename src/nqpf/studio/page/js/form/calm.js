// Drawing a form again only when no button of the pointer is down: what is being clicked must still be there.
import { keepingFocus, whenReleased } from "../dom.js";

let next = null;

/** Say where the keyboard goes when the form is drawn again: to what is at this path, or to the element of this id. */
export function goTo(path, id = null) {
  next = { path: path.join("."), id };
}

function went() {
  if (next === null) return;
  const { path, id } = next;
  next = null;
  const place = [...document.querySelectorAll("[data-path]")].find((one) => one.dataset.path === path);
  const target = (id && document.getElementById(id)) ?? document.getElementById(`f:${path}`) ?? place?.querySelector("input, select") ?? place?.querySelector("button");
  target?.focus();
}

/** Return `draw` as something that may be called at any time: it is done once, when it disturbs nobody. */
export function calmly(draw) {
  const steady = () => {
    keepingFocus(draw);
    went();
  };
  let waits = false;
  const once = () => {
    waits = false;
    steady();
  };
  return () => {
    if (waits) return;
    waits = true;
    // Not at once either: several changes of one turn are drawn together.
    setTimeout(() => whenReleased(once));
  };
}
