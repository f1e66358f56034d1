// The recipe as the page has it: what is written in the document, read with the options that the server knows.
import { edit, state } from "../state.js";
import { say, t } from "../words.js";

/** What the server said: `options` (the same for all), `about` (this session's tree, years and names). */
export const model = {
  options: null,
  about: null,
  /** Recipe that ranks are compared with, of which session, the year shown, and how weights nearby are drawn. */
  base: null,
  of: null,
  period: null,
  noise: null,
};

/** The recipe as it is written; nothing written is the library's default. */
export const written = () => state.session.document.recipe ?? {};

/** The recipe with what its preset says, as the library reads it. */
export function whole(recipe = written()) {
  const { preset, ...own } = recipe;
  return { ...(model.options.presets.find((one) => one.id === preset)?.recipe ?? {}), ...own };
}

/** What is written of a step; null where nothing is. */
export const stepOf = (step) => whole()[step.id] ?? null;

/** The method of a step that is in use. */
export function methodOf(step) {
  const said = stepOf(step);
  const id = step.default === "off" ? (said ? step.id : "off") : (said?.method ?? step.default);
  return step.methods.find((one) => one.id === id) ?? step.methods[0];
}

export const valueOf = (step, option) => (step ? stepOf(step) : whole())?.[option.name];

/** Choose a method with some options; what was written of the old one stays where it means the same to the new one. */
export function setMethod(step, method, options = {}) {
  const old = stepOf(step) ?? {};
  const kept = Object.fromEntries(Object.entries(old).filter(([name, value]) => goesOn(method, name, value)));
  change(t("studio.recipe.edit_method", { step: step.title, method: method.title }), (recipe) => {
    if (method.id === "off") whole(recipe)[step.id] && recipe.preset ? (recipe[step.id] = null) : delete recipe[step.id];
    else recipe[step.id] = step.default === "off" ? kept : { method: method.id, ...kept, ...options };
  });
}

function goesOn(method, name, value) {
  const option = method.options.find((one) => one.name === name);
  return option && (option.kind !== "word" || option.words.some((word) => word.id === value));
}

/** Write an option of a step (of the recipe itself where `step` is null); undefined takes it out. */
export function setOption(step, option, value) {
  const name = step ? t("studio.recipe.edit_option", { step: step.title, option: option.title }) : say(option.title);
  change(name, (recipe) => {
    const holder = step ? { ...(step.default === "off" ? {} : { method: methodOf(step).id }), ...(stepOf(step) ?? {}) } : recipe;
    if (value === undefined) delete holder[option.name];
    else holder[option.name] = value;
    if (step) recipe[step.id] = holder;
  });
}

/** Take a named recipe whole; none is the library's default. */
export function usePreset(preset) {
  const title = preset ? preset.title : { zh: t("studio.recipe.plain"), en: t("studio.recipe.plain") };
  edit(t("studio.recipe.edit_preset", { preset: title }), (document) => {
    if (preset) document.recipe = { preset: preset.id };
    else delete document.recipe;
  });
}

/** State the weights of all children of a node: shares by id. */
export function setWeights(label, parent, shares) {
  const values = Object.fromEntries(Object.entries(shares).map(([id, share]) => [id, Number(share.toFixed(6))]));
  change(label, (recipe) => {
    recipe.weights = { ...whole(recipe).weights, [parent]: { method: "given", rescale: true, values } };
  });
}

/** Let the recipe's own weighting hold below a node again. */
export function resetWeights(label, parent) {
  change(label, (recipe) => {
    const { [parent]: _, ...others } = whole(recipe).weights ?? {};
    if (Object.keys(others).length) recipe.weights = others;
    else delete recipe.weights;
  });
}

function change(label, work) {
  edit(label, (document) => {
    document.recipe = { ...(document.recipe ?? {}) };
    work(document.recipe);
  });
}

/** Keys of what is written for single nodes or levels, other than weights stated with the sliders. */
export function keysBeside() {
  const recipe = whole();
  return Object.keys(model.options.own)
    .filter((key) => key !== "weights")
    .flatMap((key) => Object.keys(recipe[key] ?? {}).map((name) => `${key}.${name}`));
}

/** The children of a node, in the order of the tree. */
export const childrenOf = (id) => model.about.tree.filter((node) => node.parent === id);
export const innerNodes = () => model.about.tree.filter((node) => !node.leaf && childrenOf(node.id).length > 1);
