// Drawing a part of the page again without disturbing who uses it: focus, scrolling, open details and half-typed text stay.
import { all, keepingFocus, replace, whenReleased } from "../dom.js";

const SCROLLING = ".table-box, .data-scroll";

/** Fill `box` anew with what `build` returns. While a text in it is being typed, that waits until it is done. */
export function steady(box, build) {
  const typed = document.activeElement;
  if (box.contains(typed) && isHalfTyped(typed)) {
    typed.addEventListener("blur", () => setTimeout(() => whenReleased(() => box.isConnected && steady(box, build))), { once: true });
    return;
  }
  const open = new Set(all("details[open][id]", box).map((one) => one.id));
  const shut = new Set(all("details:not([open])[id]", box).map((one) => one.id));
  const places = all(SCROLLING, box).map((one) => [one.scrollLeft, one.scrollTop]);
  keepingFocus(() => replace(box, build()));
  for (const one of all("details[id]", box)) {
    if (open.has(one.id)) one.open = true;
    else if (shut.has(one.id)) one.open = false;
  }
  all(SCROLLING, box).forEach((one, i) => places[i] && ([one.scrollLeft, one.scrollTop] = places[i]));
}

function isHalfTyped(field) {
  return "was" in (field.dataset ?? {}) && field.value !== field.dataset.was;
}
