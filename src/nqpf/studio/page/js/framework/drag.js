// Dragging with mouse, pen and finger: one way for all of them, by pointer events. The keyboard has buttons instead.
import { h } from "../dom.js";

const FAR = 6;
const EDGE = 70;
let drag = null;

/**
 * Let an element be dragged.
 *
 * A mouse may take it anywhere, a finger at its `grip` only, so that a page can still be scrolled by hand. `title()` is
 * what goes along with the pointer; `over(row, share)` says where it would land on a row of the tree (`before`, `into`,
 * `after`, or null), `share` being how far down the row the pointer is; `drop(row, where)` does it.
 */
export function draggable(element, grip, { title, over, drop }) {
  element.addEventListener("pointerdown", (event) => {
    const onGrip = grip.contains(event.target);
    if (event.button !== 0 || (event.pointerType !== "mouse" && !onGrip)) return;
    if (!onGrip && event.target.closest("button, a, input, select, textarea, summary, .frame-twist")) return;
    drag = { element, title, over, drop, from: [event.clientX, event.clientY], pointer: event.pointerId, ghost: null, row: null, where: null };
    listen(true);
  });
  element.addEventListener("dragstart", (event) => event.preventDefault());
}

function listen(on) {
  const set = (on ? addEventListener : removeEventListener).bind(window);
  set("pointermove", moved, { passive: false });
  set("pointerup", released);
  set("pointercancel", stop);
  set("keydown", escaped, true);
}

function moved(event) {
  if (event.pointerId !== drag.pointer) return;
  const [x, y] = [event.clientX, event.clientY];
  if (!drag.ghost) {
    if (Math.hypot(x - drag.from[0], y - drag.from[1]) < FAR) return;
    drag.ghost = h("div", { class: "frame-ghost", "aria-hidden": "true" }, drag.title());
    document.body.append(drag.ghost);
    document.body.classList.add("frame-dragging");
  }
  event.preventDefault();
  drag.at = [x, y];
  drag.ghost.style.transform = `translate(${x + 12}px, ${y + 8}px)`;
  aim();
  scroll();
}

function aim() {
  const row = document.elementFromPoint(...drag.at)?.closest("[data-path]") ?? null;
  let where = null;
  if (row) {
    const box = row.getBoundingClientRect();
    where = drag.over(row, (drag.at[1] - box.top) / box.height);
  }
  if (row === drag.row && where === drag.where) return;
  drag.row?.removeAttribute("data-drop");
  Object.assign(drag, { row, where });
  if (where) row.dataset.drop = where;
}

// Near the edge of the window, or of the list that scrolls by itself, the tree comes towards the pointer.
function scroll() {
  cancelAnimationFrame(drag.frame);
  const y = drag.at[1];
  const speed = y < EDGE + 60 ? y - EDGE - 60 : y > innerHeight - EDGE ? y - innerHeight + EDGE : 0;
  if (!speed) return;
  drag.frame = requestAnimationFrame(() => {
    if (!drag) return;
    scrollBy(0, speed / 5);
    aim();
    scroll();
  });
}

function released() {
  const { row, where, drop, ghost } = drag;
  stop();
  if (!ghost) return;
  // The click that follows a drag is none; where the pointer was let go elsewhere, none follows.
  const swallow = (event) => event.stopPropagation();
  addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => removeEventListener("click", swallow, { capture: true }), 0);
  if (row && where) drop(row, where);
}

function escaped(event) {
  if (event.key !== "Escape") return;
  event.preventDefault();
  event.stopPropagation();
  stop();
}

function stop() {
  listen(false);
  cancelAnimationFrame(drag?.frame);
  drag?.ghost?.remove();
  drag?.row?.removeAttribute("data-drop");
  document.body.classList.remove("frame-dragging");
  drag = null;
}
