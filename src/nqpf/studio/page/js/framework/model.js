// The tree as it is written, and the changes that can be made to it. A path is a list of positions from the top:
// [0, 2] is the third child of the first node, [] the framework itself. Nothing here knows the page.

export const isDimension = (node) => Array.isArray(node?.children);
export const key = (path) => path.join(".");
export const pathOf = (text) => (text === "" ? [] : text.split(".").map(Number));
export const same = (one, other) => key(one) === key(other);

/** Whether `path` is `above` or lies below it. */
export const within = (path, above) => above.every((step, i) => path[i] === step);

/** Return the node at a path, or null; the framework itself at []. */
export function at(framework, path) {
  let node = framework;
  for (const [level, step] of path.entries()) {
    const list = level === 0 ? framework?.tree : node?.children;
    node = Array.isArray(list) ? list[step] : undefined;
    if (node === undefined) return null;
  }
  return node ?? null;
}

/** Return the list of the nodes right below a path. */
export function below(framework, path) {
  const node = at(framework, path);
  return (path.length ? node?.children : node?.tree) ?? [];
}

/** Yield `{path, node}` of every node in the order of reading. */
export function* walk(framework, path = []) {
  for (const [i, node] of below(framework, path).entries()) {
    yield { path: [...path, i], node };
    if (isDimension(node)) yield* walk(framework, [...path, i]);
  }
}

export const indicators = (framework) => [...walk(framework)].filter(({ node }) => !isDimension(node));
export const dimensions = (framework) => [...walk(framework)].filter(({ node }) => isDimension(node));

/** Return the path of the node of an id, or null. */
export const find = (framework, id) => [...walk(framework)].find(({ node }) => node.id === id)?.path ?? null;

/** Return an id made from `stem` that no node has. */
export function freeId(framework, stem) {
  const taken = new Set([framework.id, ...[...walk(framework)].map(({ node }) => node.id)]);
  const base = stem.replace(/[^\p{L}\p{N}_]+/gu, "_").replace(/^_+|_+$/g, "") || "node";
  for (let i = 1; ; i += 1) {
    const id = i === 1 ? base : `${base}_${i}`;
    if (!taken.has(id)) return id;
  }
}

/** Put a node at a path; what stands there moves down. */
export function insert(framework, path, node) {
  if (path.length === 1) framework.tree ??= [];
  below(framework, path.slice(0, -1)).splice(path.at(-1), 0, node);
}

/** Take the node at a path out and return it. */
export const take = (framework, path) => below(framework, path.slice(0, -1)).splice(path.at(-1), 1)[0];

/** Move the node at `from` to where `to` is now, and return the path it then has; null where it cannot go there. */
export function move(framework, from, to) {
  if (within(to, from) || (to.length > 1 && !isDimension(at(framework, to.slice(0, -1))))) return null;
  const aim = [...to];
  const level = from.length - 1;
  // What stands behind the node in its own list moves up by one when it leaves.
  if (aim.length > level && same(aim.slice(0, level), from.slice(0, level)) && from[level] < aim[level]) aim[level] -= 1;
  if (same(aim, from)) return null;
  insert(framework, aim, take(framework, from));
  return aim;
}

/** Return where a node goes that is dropped `before`, `after` or `into` the node at a path. */
export function place(framework, path, where) {
  if (where === "into" || path.length === 0) return [...path, below(framework, path).length];
  return [...path.slice(0, -1), path.at(-1) + (where === "after" ? 1 : 0)];
}

/** Return where a new node goes when `path` is the one selected: into a dimension, or behind an indicator. */
export const placeOfNew = (framework, path) => place(framework, path, path.length === 0 || isDimension(at(framework, path)) ? "into" : "after");

// Steps of the keyboard and the buttons: each the path a node would be moved to, or null.
export const steps = {
  up: (framework, path) => (path.at(-1) > 0 ? [...path.slice(0, -1), path.at(-1) - 1] : null),
  down: (framework, path) => (path.at(-1) < below(framework, path.slice(0, -1)).length - 1 ? [...path.slice(0, -1), path.at(-1) + 2] : null),
  out: (framework, path) => (path.length > 1 ? [...path.slice(0, -2), path.at(-2) + 1] : null),
  into: (framework, path) => {
    const before = [...path.slice(0, -1), path.at(-1) - 1];
    return path.at(-1) > 0 && isDimension(at(framework, before)) ? place(framework, before, "into") : null;
  },
};

const ORDER = ["id", "title", "catalogue", "formula", "unit", "direction", "target", "interval", "weight", "availability", "theory", "tags", "denominator", "goalposts", "goal", "size", "composite", "mixed_vintages", "mixed_scopes", "source", "tree", "children"];

/** Set a key of a node; an empty value takes the key away. Keys stand in the order in which a person would write them. */
export function set(node, name, value) {
  const empty = value === null || value === undefined || value === "" || value === false || (typeof value === "object" && Object.keys(value).length === 0);
  if (empty && !["children", "tree"].includes(name)) {
    delete node[name];
    return;
  }
  const fresh = !(name in node);
  node[name] = value;
  if (!fresh) return;
  const rank = (one) => (ORDER.includes(one) ? ORDER.indexOf(one) : ORDER.length - 2.5);
  const entries = Object.entries(node).sort(([one], [other]) => rank(one) - rank(other));
  for (const [one] of entries) delete node[one];
  Object.assign(node, Object.fromEntries(entries));
}

/** Return a title as a pair; `{zh, en}` or one text for both. */
export const pair = (label) => (label && typeof label === "object" ? { zh: label.zh ?? "", en: label.en ?? "" } : { zh: label ?? "", en: label ?? "" });

/** Return a pair as it is written: one text where there is only one. */
export function label({ zh, en }) {
  if (!zh || !en || zh === en) return zh || en || null;
  return { zh, en };
}
