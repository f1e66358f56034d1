// Step 3, the recipe: a method for every step, weights under sliders, and what both do to the ranking, at once.
import { get, session } from "../api.js";
import { h, keepingFocus, replace } from "../dom.js";
import { alarm, notice, waiting } from "../errors.js";
import { onSession, state } from "../state.js";
import { lang, t } from "../words.js";
import { analyses } from "../analyses.js";
import { askRanks, canRank, forget, live, onRanks } from "../recipe/live.js";
import { openAtFirst, presetsPart, rulesPart, stepPart } from "../recipe/methods.js";
import { model, written } from "../recipe/model.js";
import { rankingPart, showRanks } from "../recipe/ranking.js";
import { isMoving, showWeights, weightsPart } from "../recipe/weights.js";

let shown = null;

/** Fill the page's main part with the step, or bring it up to date where it is there. */
export async function show(main) {
  if (model.of !== state.session.id) begin();
  const wanted = `${state.session.id} ${lang()}`;
  if (!main.querySelector("#recipe-choices") || shown !== wanted) frame(main);
  shown = wanted;
  const mine = state.session.id;
  model.options ??= await get("/api/recipe/options");
  const about = await get(session("recipe/state"));
  if (mine !== state.session.id || !isHere()) return;
  model.about = about;
  // A study that now shows no ranks must not keep those it had.
  if (live.answer && live.answer.ranks !== about.ranks) {
    forget();
    replace(document.getElementById("recipe-live"), rankingPart());
  }
  openAtFirst(`recipe-group-${about.tree?.[0].id}`);
  if (!about.periods?.includes(model.period)) model.period = null;
  redraw();
  if (canRank()) askRanks();
  await analyses(document.getElementById("recipe-analyses"));
}

function begin() {
  forget();
  Object.assign(model, { of: state.session.id, about: null, period: null, base: structuredClone(written()) });
}

const isHere = () => document.body.dataset.step === "recipe" && document.getElementById("recipe-choices") !== null;

function frame(main) {
  const section = (id, title, props) => h("section", { id, "aria-labelledby": `${id}-title`, ...props }, h("h2", { id: `${id}-title` }, title), h("div", { id: `${id}-content` }, waiting()));
  replace(
    main,
    h("h1", {}, t("studio.recipe.title")),
    h("p", { class: "lead" }, t("studio.recipe.about")),
    h(
      "div",
      { class: "recipe-columns" },
      h("div", { class: "recipe-left" }, section("recipe-choices", t("studio.recipe.steps")), section("recipe-weights", t("studio.recipe.weights"))),
      h("section", { id: "recipe-live", class: "recipe-live", "aria-labelledby": "recipe-ranking-title" }, rankingPart()),
    ),
    h("section", { id: "recipe-analyses" }),
  );
}

/** Draw everything anew; ranks and weights as the server last told them. */
function redraw() {
  redrawChoices();
  redrawWeights();
  showRanks();
  const problem = model.about.problem && (state.session.problems?.find((one) => one.draft) ?? model.about.problem);
  if (problem) replace(document.getElementById("recipe-ranking-error"), notice(problem, { severity: "info" }));
}

const redrawChoices = () => keepingFocus(() => replace(document.getElementById("recipe-choices-content"), presetsPart(), model.options.steps.map(stepPart), rulesPart()));

function redrawWeights() {
  form = formOf(live.answer);
  keepingFocus(() => replace(document.getElementById("recipe-weights-content"), weightsPart()));
}

/** What of an answer changes the weights' part in more than its numbers. */
const formOf = (answer) => answer && JSON.stringify([answer.groups, answer.yearly, answer.weights.map((one) => one.counted)]);

let form = null;

onRanks((_, stamp) => {
  if (!isHere() || model.about === null) return;
  showRanks();
  if (formOf(live.answer) !== form && !isMoving()) redrawWeights();
  else if (live.answer) showWeights(live.answer);
  const table = document.getElementById("recipe-ranking");
  if (stamp) Object.assign(table.dataset, { move: stamp.move, took: Math.round(performance.now() - stamp.at) });
});

onSession((what) => {
  if (what === "open" || !isHere() || model.about === null || model.of !== state.session?.id) return;
  if (what === "edit") {
    // A field says that it has changed while the focus leaves it: drawing waits until the focus has arrived.
    setTimeout(() => isHere() && redrawChoices());
    if (canRank()) askRanks();
  }
  // What could not be read before may be complete now.
  if (what === "saved" && model.about.problem !== null) show(document.querySelector(".step-recipe")).catch(alarm);
});
