// Sliders: the weights of siblings, which always sum to 100 %. While one moves the others give way in proportion.
import { button, h, icon } from "../dom.js";
import { number, say, t } from "../words.js";
import { askRanks, live } from "./live.js";
import { folded } from "./methods.js";
import { childrenOf, innerNodes, model, resetWeights, setWeights } from "./model.js";

const locked = new Set();
/** The sliders on the page: by node its elements, by group the shares as they stand. */
let sliders = new Map();
let shares = new Map();
/** The group that is being moved, and its shares when that began. */
let moving = null;
let moves = 0;

export function weightsPart() {
  sliders = new Map();
  shares = new Map();
  moving = null;
  if (model.about.problem !== null) return h("p", {}, t("studio.recipe.weights_missing"));
  if (!live.answer) return null;
  return h("div", {}, h("p", { class: "help" }, t("studio.recipe.weights_about")), live.answer.yearly ? h("p", { class: "help" }, t("studio.recipe.weights_yearly", { year: String(live.answer.period) })) : null, innerNodes().map(groupPart));
}

function groupPart(node) {
  const kids = childrenOf(node.id);
  const group = live.answer.groups.find((one) => one.id === node.id);
  const title = t("studio.recipe.group", { node: node.title });
  const summary = [h("span", { class: "recipe-name" }, title), h("span", { class: "recipe-chosen" }, say(group.method), group.own ? h("span", { class: "tag info" }, t("studio.recipe.group_own")) : null)];
  return folded(`recipe-group-${node.id}`, summary, () => groupInside(node, kids, group), { class: "recipe-group" });
}

function groupInside(node, kids, group) {
  const known = new Map(live.answer.weights.map((one) => [one.id, one]));
  const isUsed = kids.some((kid) => known.get(kid.id).counted);
  shares.set(node.id, Object.fromEntries(kids.map((kid) => [kid.id, known.get(kid.id).local])));
  const rows = kids.map((kid) => sliderRow(node, kid, known.get(kid.id), isUsed));
  const reset = group.own ? button(t("studio.recipe.group_reset", { method: group.below }), () => resetWeights(t("studio.recipe.edit_reset", { node: node.title }), node.id), { class: "small", id: `recipe-reset-${node.id}` }) : null;
  if (isUsed) showRoom(node);
  return [isUsed ? null : h("p", { class: "help" }, t("studio.recipe.weights_unused")), h("ul", { class: "recipe-sliders" }, rows), reset];
}

function sliderRow(node, kid, { local, whole }, isUsed) {
  const name = say(kid.title);
  const range = h("input", { type: "range", id: `recipe-weight-${kid.id}`, min: 0, max: 100, step: 0.1, value: percentOf(local), disabled: !isUsed, "aria-label": t("studio.recipe.weight_of", { node: name }) });
  const field = h("input", { type: "text", inputmode: "decimal", id: `recipe-weight-${kid.id}-number`, class: "recipe-number", value: percentOf(local).toFixed(1), disabled: !isUsed, "aria-label": t("studio.recipe.weight_number", { node: name }) });
  const part = h("span", { class: "recipe-part" });
  const lock = button(icon("lock"), () => toggleLock(node, kid, lock), { class: "quiet recipe-lock", disabled: !isUsed, "aria-pressed": String(locked.has(kid.id)), "aria-label": t("studio.recipe.lock", { node: name }), title: t("studio.recipe.lock", { node: name }), id: `recipe-lock-${kid.id}` });
  range.addEventListener("input", (event) => move(node, kid, Number(range.value) / 100, event.timeStamp));
  range.addEventListener("change", () => settle(node, kid));
  field.addEventListener("change", (event) => {
    const typed = Number(field.value.normalize("NFKC").replace("%", ""));
    if (!Number.isFinite(typed) || field.value.trim() === "") return showShare(kid.id, shares.get(node.id)[kid.id]);
    move(node, kid, typed / 100, event.timeStamp);
    settle(node, kid);
  });
  sliders.set(kid.id, { range, field, part });
  showShare(kid.id, local);
  showWhole(kid.id, whole);
  return h("li", { class: "recipe-slider" }, h("span", { class: "recipe-slider-name" }, name), lock, range, h("span", { class: "recipe-percent" }, field, "%"), part);
}

function toggleLock(node, kid, lock) {
  locked[locked.has(kid.id) ? "delete" : "add"](kid.id);
  lock.setAttribute("aria-pressed", String(locked.has(kid.id)));
  showRoom(node);
}

/** A slider whose siblings are all locked has nowhere to go. */
function showRoom(node) {
  const kids = childrenOf(node.id);
  const free = kids.filter((kid) => !locked.has(kid.id));
  for (const kid of kids) {
    const stuck = locked.has(kid.id) || free.length < 2;
    const { range, field } = sliders.get(kid.id);
    range.disabled = field.disabled = stuck;
    range.title = stuck && !locked.has(kid.id) ? t("studio.recipe.no_room") : "";
  }
}

/** Move one weight; the others keep their proportions as they were when the move began. */
function move(node, kid, wanted, stamp) {
  if (moving?.id !== node.id) moving = { id: node.id, before: shares.get(node.id) };
  const next = shared(moving.before, kid.id, wanted);
  shares.set(node.id, next);
  for (const [id, share] of Object.entries(next)) showShare(id, share);
  moves += 1;
  askRanks({ weights: next, stamp: { move: moves, at: stamp } });
}

/** Return shares in which one is as wanted and those that are not locked make up the rest. */
function shared(before, id, wanted) {
  const others = Object.keys(before).filter((one) => one !== id);
  const free = others.filter((one) => !locked.has(one));
  const held = others.filter((one) => locked.has(one)).reduce((sum, one) => sum + before[one], 0);
  const share = free.length ? Math.min(Math.max(wanted, 0), 1 - held) : 1 - held;
  const had = free.reduce((sum, one) => sum + before[one], 0);
  const rest = 1 - held - share;
  const next = { ...before, [id]: share };
  for (const one of free) next[one] = had > 0 ? (before[one] * rest) / had : rest / free.length;
  return next;
}

/** The move has ended: it is written into the study. */
function settle(node, kid) {
  moving = null;
  setWeights(t("studio.recipe.edit_weight", { node: kid.title }), node.id, shares.get(node.id));
}

const percentOf = (share) => Math.round(1000 * share) / 10;

function showShare(id, share) {
  const { range, field } = sliders.get(id);
  const percent = percentOf(share);
  range.value = percent;
  range.setAttribute("aria-valuetext", t("studio.recipe.share", { share: number(percent, 1) }));
  if (document.activeElement !== field) field.value = percent.toFixed(1);
}

function showWhole(id, whole) {
  sliders.get(id).part.textContent = t("studio.recipe.of_whole", { share: number(100 * whole, 1) });
}

/** Show what the server made of the weights; a group that is being moved stays under the reader's hand. */
export function showWeights(answer) {
  for (const { id, local, whole } of answer.weights) {
    if (!sliders.has(id)) continue;
    showWhole(id, whole);
    const parent = model.about.tree.find((node) => node.id === id).parent;
    if (moving?.id === parent) continue;
    shares.set(parent, { ...shares.get(parent), [id]: local });
    showShare(id, local);
  }
}

/** Whether a slider is under the reader's hand. */
export const isMoving = () => moving !== null;
