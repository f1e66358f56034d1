// What the step holds: what the server says of the framework, the shelves, and which node is chosen.
import { Cancelled, get, Refused, session } from "../api.js";
import { edit, state } from "../state.js";
import { say } from "../words.js";
import { at, find, key, walk } from "./model.js";

export const desk = {
  /** What the server says: see `nqpf.studio.views.framework.state`; null until it has answered. */
  answer: null,
  /** Why it did not answer. */
  refused: null,
  catalogue: null,
  tags: null,
  theory: null,
  systems: null,
  /** Path of the chosen node. */
  chosen: [],
  /** Id of the chosen node, by which it is found again after an undo. */
  chosenId: null,
  /** Ids of folded dimensions. */
  folded: new Set(),
  /** Whether the change under way comes from a field, which may be one that is just being left. */
  leaving: false,
};

/** Forget what belongs to another session. */
export function clear() {
  Object.assign(desk, { answer: null, refused: null, chosen: [], chosenId: null, folded: new Set() });
}

/** Return the framework as the page has it; null where there is none. One of its own file is the server's answer. */
export function framework() {
  const said = state.session?.document.framework;
  if (said && typeof said === "object") return said;
  return typeof said === "string" && desk.answer?.file === said ? desk.answer.framework : null;
}

/** The file the framework is read from, if it is one of its own and not yet part of the study. */
export const ownFile = () => (typeof state.session?.document.framework === "string" ? state.session.document.framework : null);

/** Change the framework. One that is a file of its own becomes part of the study with the first change. */
export function change(text, work) {
  edit(text, (document) => {
    if (typeof document.framework !== "object" || document.framework === null) document.framework = structuredClone(framework() ?? {});
    work(document.framework);
  });
}

/** Ask the server anew; an older question that is still under way is dropped. */
let asked = null;
export async function ask() {
  asked?.abort();
  const mine = (asked = new AbortController());
  try {
    const answer = await get(session("framework/state"), { signal: mine.signal });
    if (mine === asked) Object.assign(desk, { answer, refused: null });
  } catch (error) {
    if (error instanceof Cancelled || mine !== asked) return false;
    if (!(error instanceof Refused)) throw error;
    Object.assign(desk, { answer: null, refused: error });
  }
  return mine === asked;
}

/** Fetch the shelves that are the same in all sessions. */
export async function fetchShelves() {
  if (desk.theory) return;
  const [catalogue, theory] = await Promise.all([get("/api/framework/catalogue"), get("/api/framework/theory")]);
  Object.assign(desk, { catalogue: catalogue.indicators, tags: catalogue.tags, theory });
}

export async function fetchSystems() {
  desk.systems ??= await get("/api/framework/systems");
  return desk.systems;
}

/** Choose a node. */
export function choose(path) {
  desk.chosen = path;
  desk.chosenId = path.length ? at(framework(), path)?.id ?? null : null;
}

/** Find the chosen node again after the tree has changed: by its place, or else by its id. */
export function rechoose() {
  const tree = framework();
  const here = at(tree, desk.chosen);
  if (!desk.chosen.length || (here && (here.id === desk.chosenId || !find(tree, desk.chosenId)))) return choose(here ? desk.chosen : []);
  choose(find(tree, desk.chosenId) ?? []);
}

/** Return what the server says of a node; null while it has not been asked since the node came. */
export function known(path, node) {
  const nodes = desk.answer?.nodes ?? [];
  const here = nodes.find((one) => one.path === key(path));
  return here?.id === node.id ? here : (nodes.find((one) => one.id === node.id) ?? null);
}

export const entry = (id) => desk.catalogue?.find((one) => one.id === id) ?? null;
export const item = (id) => desk.theory?.items.find((one) => one.id === id) ?? null;

/** Return the title of a node in the reader's language: its own, its catalogue entry's, or its id. */
export const titleOf = (node) => say(node.title) || say(entry(node.catalogue)?.title) || node.id || "";

/** Return how a node stands: dimension, waiting, no_data, lacks, wrong or good. */
export function standing(path, node) {
  const one = known(path, node);
  if (!desk.answer || !one) return "waiting";
  if (one.kind === "dimension") return one.errors.length ? "wrong" : "dimension";
  if (one.worth && one.worth.formula !== (node.formula ?? node.id)) return "waiting";
  if (one.worth?.absent.length) return "lacks";
  if (one.errors.length || one.worth?.errors.length) return "wrong";
  if (!desk.answer.has_data) return "no_data";
  return one.worth?.stats?.present ? "good" : "lacks";
}

/** Return the indicators whose series are not among the data: path, node and what is missing. */
export function lacking(tree) {
  return [...walk(tree)].filter(({ path, node }) => standing(path, node) === "lacks").map(({ path, node }) => ({ path, node, one: known(path, node) }));
}
