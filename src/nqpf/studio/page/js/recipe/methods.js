// The steps of a recipe: every method with its sentence and formula, the options of the chosen one, named recipes.
import { button, h } from "../dom.js";
import { say, t } from "../words.js";
import { fieldFor, optionField, shown } from "./fields.js";
import { equalJudgements, treeOrders } from "./judgements.js";
import { live } from "./live.js";
import { keysBeside, methodOf, model, setMethod, usePreset, valueOf, whole, written } from "./model.js";

const opened = new Set();

/** A disclosure that stays as the reader left it. */
export function folded(id, summary, content, props = {}) {
  const box = h("details", { id, open: opened.has(id), ...props }, h("summary", {}, summary));
  const fill = () => {
    if (box.open && box.children.length === 1) box.append(h("div", { class: "recipe-inside" }, content()));
  };
  box.addEventListener("toggle", () => {
    opened[box.open ? "add" : "delete"](id);
    fill();
  });
  fill();
  return box;
}

/** Open a disclosure the first time it is shown. */
export const openAtFirst = (id) => opened.add(id);

export function presetsPart() {
  const { preset, ...own } = written();
  const plain = { id: undefined, title: t("studio.recipe.plain"), note: t("studio.recipe.plain_note"), reference: null };
  const isUsed = (one) => one.id === preset && (one.id !== undefined || !Object.keys(own).length);
  const card = (one) => {
    const used = isUsed(one);
    const state = Object.keys(own).length ? t("studio.recipe.preset_changed") : t("studio.recipe.preset_used");
    return h(
      "li",
      { class: `recipe-preset${used ? " chosen" : ""}` },
      h("h3", {}, say(one.title), used ? h("span", { class: "tag info" }, state) : null),
      h("p", {}, say(one.note)),
      one.reference ? h("p", { class: "help" }, one.reference) : null,
      used && !Object.keys(own).length ? null : button(t("studio.recipe.preset_use"), () => usePreset(one.id ? one : null), { class: "small", id: `recipe-use-${one.id ?? "plain"}`, "aria-label": `${t("studio.recipe.preset_use")}: ${say(one.title)}` }),
    );
  };
  const content = () => [h("p", { class: "help" }, t("studio.recipe.presets_about")), h("ul", { class: "recipe-presets" }, [plain, ...model.options.presets].map(card))];
  const now = [plain, ...model.options.presets].find(isUsed);
  const summary = [h("span", { class: "recipe-name" }, t("studio.recipe.presets")), now ? h("span", { class: "recipe-chosen" }, say(now.title)) : null];
  return folded("recipe-presets", summary, content, { class: "recipe-step" });
}

export function stepPart(step) {
  const method = methodOf(step);
  const apart = step.id === "weight" ? Object.keys(whole().weights ?? {}).length : 0;
  const tag = apart ? h("span", { class: "tag info" }, t("studio.recipe.own_groups", { count: apart })) : null;
  const summary = [h("span", { class: "recipe-name" }, say(step.title)), h("span", { class: "recipe-chosen" }, say(method.title), tag)];
  const content = () => [
    h("p", { class: "help" }, say(step.about)),
    h("fieldset", { class: "recipe-methods" }, h("legend", { class: "unseen" }, `${say(step.title)}: ${t("studio.recipe.choose")}`), step.methods.map((one) => methodCard(step, one, one === method))),
  ];
  return folded(`recipe-step-${step.id}`, summary, content, { class: "recipe-step" });
}

function methodCard(step, method, isChosen) {
  const id = `recipe-${step.id}-is-${method.id}`;
  const name = method.id === "off" ? say(method.about) : say(method.title);
  const radio = h("input", { type: "radio", id, name: `recipe-${step.id}`, value: method.id, checked: isChosen, "aria-describedby": method.id === "off" ? null : `${id}-about`, on: { change: () => setMethod(step, method, startOf(step, method)) } });
  return h(
    "div",
    { class: `recipe-method${isChosen ? " chosen" : ""}` },
    h("p", { class: "recipe-pick" }, radio, h("label", { for: id }, name)),
    method.id === "off" ? null : h("p", { class: "recipe-about", id: `${id}-about` }, say(method.about)),
    method.formula ? folded(`${id}-more`, [t("studio.recipe.details"), h("span", { class: "unseen" }, ` ${name}`)], () => explained(method), { class: "recipe-more" }) : null,
    isChosen ? optionsOf(step, method) : null,
  );
}

/** What a method begins with that cannot be without something stated. */
function startOf(step, { id }) {
  if (step.id !== "weight" || model.about.problem) return {};
  if (id === "given") return presentWeights();
  if (id === "ahp") return { judgements: equalJudgements() };
  if (id === "g1") return { orders: treeOrders() };
  return {};
}

/** Weights that are in use now, for who states weights where the framework states none. */
function presentWeights() {
  if (!live.answer || model.about.tree.some((node) => node.weight !== null)) return {};
  return { rescale: true, values: Object.fromEntries(live.answer.weights.map((one) => [one.id, Number(one.local.toFixed(6))])) };
}

function optionsOf(step, method) {
  if (!method.options.length) return method.id === "off" || method.id === "none" ? null : h("p", { class: "help" }, t("studio.recipe.no_options"));
  const near = method.options.filter((one) => !one.rare || valueOf(step, one) !== undefined);
  const far = method.options.filter((one) => !near.includes(one));
  const more = far.length ? folded(`recipe-${step.id}-more`, t("studio.recipe.more", { count: far.length }), () => far.map((one) => optionField(step, one)), { class: "recipe-more" }) : null;
  return h("div", { class: "recipe-options" }, h("h3", {}, t("studio.recipe.options")), h("div", { class: "recipe-fields" }, near.map((one) => optionField(step, one))), more);
}

/** Formula, letters and sources of a method. */
function explained({ formula, letters, reference }) {
  return [
    h("div", { class: "recipe-formula", role: "group", tabindex: "0", "aria-label": t("studio.recipe.formula") }, drawn(formula)),
    h("p", { class: "help" }, say(letters)),
    h("ul", { class: "recipe-sources", "aria-label": t("studio.recipe.sources") }, reference.map((one) => h("li", {}, one))),
  ];
}

/** MathML as elements: it is read as XML, so nothing in it can run. */
function drawn(mathml) {
  return document.importNode(new DOMParser().parseFromString(mathml, "application/xml").documentElement, true);
}

export function rulesPart() {
  const { rules } = model.options;
  const set = rules.filter((rule) => valueOf(null, rule) !== undefined);
  const summary = [h("span", { class: "recipe-name" }, t("studio.recipe.step.rules.title")), h("span", { class: "recipe-chosen" }, set.length ? set.map((rule) => `${say(rule.title)} ${shown(rule, valueOf(null, rule))}`).join(t("studio.recipe.and")) : t("studio.recipe.not_set"))];
  const one = (rule) => {
    const field = optionField(null, rule);
    field.append(folded(`recipe-rules-${rule.name}-more`, [t("studio.recipe.details"), h("span", { class: "unseen" }, ` ${say(rule.title)}`)], () => explained(rule), { class: "recipe-more" }));
    return field;
  };
  return folded("recipe-step-rules", summary, () => [h("p", { class: "help" }, t("studio.recipe.step.rules.about")), rules.map(one), besidePart()], { class: "recipe-step" });
}

/** What the study says of single nodes or levels: shown here, written in YAML. */
function besidePart() {
  const keys = keysBeside();
  if (!keys.length) return null;
  return h("div", { class: "field" }, h("p", { class: "recipe-label" }, t("studio.recipe.beside")), h("p", { class: "help" }, t("studio.recipe.beside_help", { keys: keys.join(t("studio.recipe.and")) })));
}

/** The fields that say how weights nearby are drawn; `redo` is called when they change. */
export function noisePart(redo) {
  const now = model.noise ?? model.options.nearby;
  const put = (name, value) => {
    const next = { kind: now.kind };
    const same = model.options.noise.filter((one) => one.name !== "kind" && goesWith(one.name, now.kind));
    for (const one of same) if (now[one.name] !== undefined) next[one.name] = now[one.name];
    if (name === "kind") model.noise = value === undefined ? null : { kind: value };
    else model.noise = value === undefined ? { kind: now.kind } : { ...next, [name]: value };
    redo();
  };
  const fields = model.options.noise.filter((one) => one.name === "kind" || goesWith(one.name, now.kind));
  return fields.map((one) => fieldFor(one, model.noise?.[one.name], (value) => put(one.name, value), `recipe-noise-${one.name}`));
}

const goesWith = (name, kind) => ({ width: "uniform", concentration: "dirichlet" })[name] === kind;
