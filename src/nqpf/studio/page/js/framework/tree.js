// The tree: dimensions and indicators, chosen, moved and deleted by mouse, finger or keyboard.
import { button, h, icon, replace, select } from "../dom.js";
import { announce } from "../errors.js";
import { percent, say, t } from "../words.js";
import { change, choose, desk, entry, framework, known, standing, titleOf } from "./desk.js";
import { draggable } from "./drag.js";
import { at, below, dimensions, freeId, insert, isDimension, key, move, pathOf, place, placeOfNew, same, steps, take, walk, within } from "./model.js";
import { directionSign, directionWord, standingWord } from "./words.js";

const rowId = (path) => `frame-node-${path.join("-") || "top"}`;
let redraw = () => {};
let openEditor = () => {};

/** Say what draws the step anew, and what puts the keyboard into the editor. */
export function onTree(draw, editor) {
  redraw = draw;
  openEditor = editor;
}

/** Draw the tree with its tools into a box. */
export function drawTree(box) {
  const tree = framework();
  const rows = [row([], tree), ...shown(tree).map(({ path, node }) => row(path, node))];
  replace(
    box,
    tools(tree),
    h("div", { class: "frame-tree", role: "tree", id: "frame-tree", "aria-label": t("studio.framework.tree"), on: { keydown: keyed } }, rows),
    tree.tree?.length ? null : h("p", { class: "help" }, t("studio.framework.tree_empty")),
    h("p", { class: "help frame-keys" }, t("studio.framework.keys")),
  );
}

function* open(tree) {
  for (const { path, node } of walk(tree)) {
    const hidden = path.slice(0, -1).some((_, i) => desk.folded.has(at(tree, path.slice(0, i + 1)).id));
    if (!hidden) yield { path, node };
  }
}
const shown = (tree) => [...open(tree)];

// Rows

function row(path, node) {
  const top = path.length === 0;
  const inner = top || isDimension(node);
  const chosen = same(path, desk.chosen);
  const kids = below(framework(), path).length;
  const folded = desk.folded.has(node.id) && !top;
  const state = top ? "dimension" : standing(path, node);
  const grip = h("span", { class: "frame-grip", "aria-hidden": "true" }, top ? "" : "⠿");
  const twist = h("span", { class: "frame-twist", "aria-hidden": "true", on: { click: (event) => (event.stopPropagation(), fold(node)) } }, inner && !top && kids ? icon(folded ? "right" : "down") : null);
  const element = h(
    "div",
    {
      id: rowId(path),
      class: `frame-row ${inner ? "inner" : "leaf"} ${top ? "top" : ""} ${state}`,
      role: "treeitem",
      "aria-level": path.length + 1,
      "aria-setsize": top ? 1 : below(framework(), path.slice(0, -1)).length,
      "aria-posinset": top ? 1 : path.at(-1) + 1,
      "aria-expanded": inner && kids ? String(!folded) : null,
      "aria-selected": String(chosen),
      tabindex: chosen ? "0" : "-1",
      data: { path: key(path) },
      style: { "--level": path.length },
      on: { click: () => pickRow(path), dblclick: () => openEditor() },
    },
    grip,
    twist,
    h("span", { class: "frame-name" }, h("span", { class: "frame-title" }, titleOf(node)), detail(path, node, inner)),
    inner ? h("span", { class: "frame-count" }, t("studio.framework.children", { count: kids })) : marks(path, node, state),
    inner && state === "wrong" ? mark(state) : null,
  );
  if (!top) draggable(element, grip, { title: () => titleOf(node), over: (onto, share) => landing(onto, share, path), drop: (onto, where) => put(path, place(framework(), pathOf(onto.dataset.path), where)) });
  return element;
}

function detail(path, node, inner) {
  if (inner) return path.length && node.weight !== undefined ? h("span", { class: "frame-detail" }, t("studio.framework.weight_is", { weight: node.weight })) : null;
  const formula = node.formula ?? node.id;
  const unit = say(node.unit) || say(entry(node.catalogue)?.unit);
  return h("span", { class: "frame-detail" }, h("code", {}, formula), unit ? ` · ${unit}` : "", node.weight !== undefined ? ` · ${t("studio.framework.weight_is", { weight: node.weight })}` : "");
}

function marks(path, node, state) {
  const direction = node.direction ?? entry(node.catalogue)?.direction;
  const stats = known(path, node)?.worth?.stats;
  return h(
    "span",
    { class: "frame-marks" },
    h("span", { class: "frame-direction", title: directionWord(direction) }, h("span", { "aria-hidden": "true" }, directionSign(direction)), h("span", { class: "unseen" }, directionWord(direction))),
    state === "good" ? h("span", { class: `frame-coverage ${stats.coverage < 1 ? "part" : ""}` }, h("span", { class: "unseen" }, t("studio.framework.coverage")), percent(stats.coverage, stats.coverage < 1 && stats.coverage > 0.99 ? 1 : 0)) : mark(state),
  );
}

const mark = (state) => h("span", { class: `tag ${{ wrong: "error", lacks: "warning" }[state] ?? ""}` }, standingWord(state));

/** Return where something lands on a row: into a dimension's middle, else before or after; null where it cannot. */
export function landing(onto, share, from = null) {
  const path = pathOf(onto.dataset.path);
  if (from && within(path, from)) return null;
  if (path.length === 0) return "into";
  if (!isDimension(at(framework(), path))) return share < 0.5 ? "before" : "after";
  return share < 0.28 ? "before" : share > 0.72 && (desk.folded.has(at(framework(), path).id) || !below(framework(), path).length) ? "after" : "into";
}

function pickRow(path, focus = true) {
  choose(path);
  redraw();
  if (focus) document.getElementById(rowId(path))?.focus();
}

function fold(node, to = !desk.folded.has(node.id)) {
  desk.folded[to ? "add" : "delete"](node.id);
  redraw();
}

// The keyboard: as in every tree, with Alt to move the node itself.

function keyed(event) {
  if (event.ctrlKey || event.metaKey) return;
  const tree = framework();
  const path = desk.chosen;
  const node = at(tree, path);
  const list = [[], ...shown(tree).map((one) => one.path)];
  const here = list.findIndex((one) => same(one, path));
  const inner = path.length === 0 || isDimension(node);
  const closed = path.length > 0 && desk.folded.has(node.id);
  const go = (to) => to && pickRow(to);
  const acts = event.altKey
    ? { ArrowUp: () => step("up"), ArrowDown: () => step("down"), ArrowLeft: () => step("out"), ArrowRight: () => step("into") }
    : {
        ArrowUp: () => go(list[here - 1]),
        ArrowDown: () => go(list[here + 1]),
        Home: () => go(list[0]),
        End: () => go(list.at(-1)),
        ArrowRight: () => (inner && closed ? fold(node, false) : go(inner && below(tree, path).length ? [...path, 0] : null)),
        ArrowLeft: () => (inner && !closed && path.length && below(tree, path).length ? fold(node, true) : go(path.length ? path.slice(0, -1) : null)),
        Enter: () => openEditor(),
        F2: () => openEditor(),
        " ": () => openEditor(),
        Delete: () => removeChosen(),
        Backspace: () => removeChosen(),
      };
  const act = acts[event.key] ?? (event.key.length === 1 && !event.altKey ? () => go(spelled(tree, list, here, event.key)) : null);
  if (!act) return;
  event.preventDefault();
  act();
}

// A letter goes to the next node whose title begins with it.
function spelled(tree, list, here, letter) {
  const order = [...list.slice(here + 1), ...list.slice(0, here)];
  return order.find((path) => titleOf(at(tree, path)).toLowerCase().startsWith(letter.toLowerCase()));
}

// Tools: what the mouse drags, buttons do as well.

function tools(tree) {
  const path = desk.chosen;
  const can = (name) => path.length > 0 && steps[name](tree, path) !== null;
  const tool = (name, text, picture, act, enabled) => button(icon(picture), act, { id: `frame-${name}`, class: "quiet frame-tool", "aria-label": text, title: text, disabled: !enabled });
  return h(
    "div",
    { class: "frame-tools" },
    h(
      "div",
      { class: "row", role: "group", "aria-label": t("studio.framework.tools") },
      button([icon("plus"), t("studio.framework.new_dimension")], () => addDimension(), { id: "frame-new-dimension", class: "small" }),
      button([icon("plus"), t("studio.framework.new_indicator")], () => addBlank(), { id: "frame-new-indicator", class: "small" }),
      tool("up", t("studio.framework.move_up"), "up", () => step("up"), can("up")),
      tool("down", t("studio.framework.move_down"), "down", () => step("down"), can("down")),
      tool("out", t("studio.framework.move_out"), "left", () => step("out"), can("out")),
      tool("into", t("studio.framework.move_into"), "right", () => step("into"), can("into")),
      tool("delete", t("studio.framework.delete"), "bin", () => removeChosen(), path.length > 0),
      moveTo(tree, path),
    ),
  );
}

function moveTo(tree, path) {
  if (path.length === 0) return null;
  const places = [{ path: [], node: tree }, ...dimensions(tree)].filter((one) => !within(one.path, path) && !same(one.path, path.slice(0, -1)));
  if (!places.length) return null;
  const options = [["", t("studio.framework.move_to")], ...places.map((one) => [`at ${key(one.path)}`, titleOf(one.node)])];
  return select(options, "", (value) => value && put(path, place(tree, pathOf(value.slice(3)), "into")), { id: "frame-move-to", class: "frame-move-to", "aria-label": t("studio.framework.move_to") });
}

function step(name) {
  const to = desk.chosen.length ? steps[name](framework(), desk.chosen) : null;
  if (to) put(desk.chosen, to);
  else announce(t("studio.framework.cannot_move"));
}

/** Move a node to where `to` is now. */
export function put(from, to) {
  const title = titleOf(at(framework(), from));
  const inTree = document.activeElement?.closest("#frame-tree");
  let now = null;
  change(t("studio.framework.edit_move", { title }), (tree) => {
    now = move(tree, from, to);
    if (!now) return;
    Object.assign(desk, { chosen: now, chosenId: at(tree, now).id });
    desk.folded.delete(at(tree, now.slice(0, -1)).id);
  });
  if (!now) return announce(t("studio.framework.cannot_move"));
  if (inTree) document.getElementById(rowId(now))?.focus();
  const above = at(framework(), now.slice(0, -1));
  announce(t("studio.framework.moved", { title, above: titleOf(above), place: now.at(-1) + 1 }));
}

/** Put a new node into the tree, beside the chosen one or at a place, and choose it. */
export function add(node, where = placeOfNew(framework(), desk.chosen)) {
  change(t("studio.framework.edit_add", { title: titleOf(node) }), (tree) => {
    insert(tree, where, node);
    Object.assign(desk, { chosen: where, chosenId: node.id });
    desk.folded.delete(at(tree, where.slice(0, -1)).id);
  });
  const above = at(framework(), where.slice(0, -1));
  announce(t("studio.framework.added", { title: titleOf(node), above: titleOf(above) }));
}

function addDimension() {
  const path = desk.chosen;
  const onIndicator = path.length > 0 && !isDimension(at(framework(), path));
  // Beside the dimension of a chosen indicator, so that what is chosen decides the level; else below what is chosen.
  const where = onIndicator ? place(framework(), path.length > 1 ? path.slice(0, -1) : path, "after") : place(framework(), path, "into");
  add({ id: freeId(framework(), "dimension"), children: [] }, where);
  openEditor();
}

function addBlank() {
  add({ id: freeId(framework(), "indicator") });
  openEditor();
}

function removeChosen() {
  const path = desk.chosen;
  if (path.length === 0) return;
  const title = titleOf(at(framework(), path));
  change(t("studio.framework.edit_delete", { title }), (tree) => {
    take(tree, path);
    const list = below(tree, path.slice(0, -1));
    const next = list.length ? [...path.slice(0, -1), Math.min(path.at(-1), list.length - 1)] : path.slice(0, -1);
    Object.assign(desk, { chosen: next, chosenId: next.length ? at(tree, next).id : null });
  });
  document.getElementById(rowId(desk.chosen))?.focus();
  announce(t("studio.framework.deleted", { title }));
}
