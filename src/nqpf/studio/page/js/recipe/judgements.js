// Forms for what experts state: comparisons two by two (AHP), and an order of importance with ratios (G1).
import { button, h, icon, select } from "../dom.js";
import { say, t } from "../words.js";
import { childrenOf, innerNodes, model } from "./model.js";

const PAIRS = [9, 8, 7, 6, 5, 4, 3, 2];
const RATIOS = [1, 1.2, 1.4, 1.6, 1.8];
const titleOf = (id) => say(model.about.tree.find((node) => node.id === id)?.title ?? id);

/** Everybody is as important as everybody else: what comparisons begin with. */
export function equalJudgements() {
  return Object.fromEntries(innerNodes().map((node) => [node.id, allPairs(node.id, {})]));
}

/** The order of the tree, nobody more important than the next. */
export function treeOrders() {
  return Object.fromEntries(innerNodes().map((node) => [node.id, orderOf(node.id, null)]));
}

/** Every pair of a node's children once; what is not said is 1. */
function allPairs(parent, said) {
  const ids = childrenOf(parent).map((kid) => kid.id);
  return Object.fromEntries(ids.slice(0, -1).map((a, i) => [a, Object.fromEntries(ids.slice(i + 1).map((b) => [b, ratioOf(said, a, b)]))]));
}

function ratioOf(said, a, b) {
  if (said[a]?.[b] !== undefined) return said[a][b];
  return said[b]?.[a] === undefined ? 1 : turned(said[b][a]);
}

/** 3 the other way round is "1/3", and "1/3" is 3. */
function turned(ratio) {
  const [, over] = /^1\/(\d+)$/.exec(String(ratio)) ?? [];
  if (over) return Number(over);
  return Number(ratio) === 1 ? 1 : `1/${ratio}`;
}

const isOneExpert = (said) => said && typeof said === "object" && !Array.isArray(said) && Object.values(said).every((row) => row && typeof row === "object" && !Array.isArray(row));

/** Return the form of comparisons; what it cannot show is changed in JSON. */
export const judged = (json) => (option, value, write, id) => {
  const said = value ?? {};
  if (!model.about || model.about.problem || !Object.values(said).every(isOneExpert)) return h("div", { class: "recipe-judged" }, h("p", { class: "help" }, t("studio.recipe.pairs_written")), named(json(option, value, write, id), option));
  const part = (node) => {
    const now = allPairs(node.id, said[node.id] ?? {});
    const put = (a, b, ratio) => write({ ...said, [node.id]: { ...now, [a]: { ...now[a], [b]: ratio } } });
    const pairs = Object.entries(now).flatMap(([a, row]) => Object.entries(row).map(([b, ratio]) => pairField(a, b, ratio, put, `${id}-${a}-${b}`)));
    return h("details", { class: "recipe-judged", open: true }, h("summary", {}, t("studio.recipe.group", { node: node.title })), pairs);
  };
  return h("div", { class: "recipe-judged" }, h("p", { class: "help" }, t("studio.recipe.pairs_help")), innerNodes().map(part));
};

function pairField(a, b, ratio, put, id) {
  const [first, second] = [titleOf(a), titleOf(b)];
  const more = (name, times) => t("studio.recipe.pair_more", { a: name, ratio: times });
  const options = [...PAIRS.map((n) => [String(n), more(first, n)]), ["1", t("studio.recipe.pair_same")], ...PAIRS.toReversed().map((n) => [`1/${n}`, more(second, n)])];
  // What was written between the steps of the scale stays as it is.
  if (!options.some(([value]) => value === String(ratio))) options.push([String(ratio), String(ratio)]);
  const field = select(options, String(ratio), (now) => put(a, b, /^\d+$/.test(now) ? Number(now) : now), { id });
  return h("div", { class: "recipe-pair" }, h("label", { for: id }, t("studio.recipe.pair", { a: first, b: second })), field);
}

/** Return the form of orders of importance; what it cannot show is changed in JSON. */
export const ordered = (json) => (option, value, write, id) => {
  const said = value ?? {};
  if (!model.about || model.about.problem || Object.values(said).some(Array.isArray)) return h("div", { class: "recipe-judged" }, h("p", { class: "help" }, t("studio.recipe.pairs_written")), named(json(option, value, write, id), option));
  const part = (node) => {
    const now = orderOf(node.id, said[node.id]);
    const put = (order, ratios) => write({ ...said, [node.id]: { order, ratios } });
    return h("details", { class: "recipe-judged", open: true }, h("summary", {}, t("studio.recipe.group", { node: node.title })), orderList(now, put, `${id}-${node.id}`));
  };
  return h("div", { class: "recipe-judged" }, h("p", { class: "help" }, t("studio.recipe.order_help")), innerNodes().map(part));
};

/** Return an order of all children of a node: as written, then whoever is not written. */
function orderOf(parent, said) {
  const ids = childrenOf(parent).map((kid) => kid.id);
  const known = (said?.order ?? []).filter((id) => ids.includes(id));
  const order = [...known, ...ids.filter((id) => !known.includes(id))];
  return { order, ratios: order.slice(1).map((_, i) => said?.ratios?.[i] ?? 1) };
}

function orderList({ order, ratios }, put, id) {
  const swapped = (i, j) => order.map((one, k) => (k === i ? order[j] : k === j ? order[i] : one));
  const entry = (name, i) => {
    const title = titleOf(name);
    const move = (to, picture, text) => button(icon(picture), () => put(swapped(i, to), ratios), { class: "quiet", id: `${id}-${name}-${picture}`, disabled: to < 0 || to >= order.length, "aria-label": text, title: text });
    const steps = RATIOS.includes(Number(ratios[i])) ? RATIOS : [...RATIOS, ratios[i]];
    const choose = (now) => put(order, ratios.map((one, k) => (k === i ? Number(now) : one)));
    const label = t("studio.recipe.order_ratio", { node: title });
    const ratio = i < ratios.length ? select(steps.map((one) => [one, Number(one) === 1 ? t("studio.recipe.pair_same") : t("studio.recipe.order_more", { ratio: one })]), ratios[i], choose, { id: `${id}-${name}-ratio`, "aria-label": label }) : null;
    return h("li", {}, h("div", { class: "row" }, h("span", {}, title), move(i - 1, "up", t("studio.recipe.order_up", { node: title })), move(i + 1, "down", t("studio.recipe.order_down", { node: title })), ratio));
  };
  return h("ol", { class: "recipe-order" }, order.map(entry));
}

function named(field, option) {
  field.setAttribute("aria-label", say(option.title));
  return field;
}
