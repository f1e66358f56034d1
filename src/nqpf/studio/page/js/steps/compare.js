// Step 5: two sides beside each other. What is chosen is remembered per session; a comparison is an answer, not an edit.
import { button, h, icon, labelled, replace } from "../dom.js";
import { get, post, Refused, session } from "../api.js";
import { alarm, notice, waiting } from "../errors.js";
import { drawAnswer } from "../compare/answer.js";
import { drawSystems, drawVariants } from "../compare/shelf.js";
import { flush, onSession, state } from "../state.js";
import { say, t } from "../words.js";

const memory = new Map();
let stop = () => {};
let asked = 0;

export async function show(main) {
  const view = remembered();
  if (main.dataset.shown !== `compare ${state.session.id}` || !main.firstChild) {
    main.dataset.shown = `compare ${state.session.id}`;
    replace(main, h("h1", {}, t("studio.compare.title")), waiting());
  }
  stop();
  stop = onSession((what) => {
    if (!document.getElementById("compare-answer")) return stop();
    if (what === "saved") refresh(main).catch(alarm);
    return undefined;
  });
  await refresh(main);
}

/** What is chosen in this session: two sides and a year. */
function remembered() {
  const id = state.session.id;
  if (!memory.has(id)) memory.set(id, { first: "now", second: "", period: null });
  return memory.get(id);
}

async function refresh(main) {
  const view = remembered();
  await flush();
  let choices;
  try {
    choices = await get(session("compare/choices"));
  } catch (error) {
    return replace(main, head(), h("div", { id: "compare-answer" }, notice(error, { severity: "warning" })));
  }
  if (!isThere(choices, view.first)) view.first = "now";
  if (!isThere(choices, view.second) || view.second === view.first) view.second = firstOther(choices, view.first);
  const answer = h("div", { id: "compare-answer", "aria-live": "polite" });
  const again = () => refresh(main).catch(alarm);
  const old = document.getElementById("compare-answer");
  replace(main, head(), chooser(view, choices, main), old ?? answer, drawVariants(choices, again), drawSystems(choices));
  return compare(view, choices, old ?? answer, main);
}

const head = () => [h("h1", {}, t("studio.compare.title")), h("p", { class: "lead" }, t("studio.compare.about"))];
const runnable = (one) => one.refused === null || one.refused === undefined;
const every = (choices) => [choices.now, ...choices.variants, ...choices.revisions, ...choices.presets, ...choices.systems.filter(runnable)];
const isThere = (choices, id) => every(choices).some((one) => one.id === id);
const firstOther = (choices, id) => every(choices).find((one) => one.id !== id)?.id ?? "";

function chooser(view, choices, main) {
  const side = (key, label) => {
    const field = h("select", { id: `compare-${key}`, on: { change: (event) => ((view[key] = event.target.value), (view.period = null), refresh(main).catch(alarm)) } }, groups(choices, view[key]));
    return labelled(label, field);
  };
  const swap = () => {
    [view.first, view.second] = [view.second, view.first];
    refresh(main).catch(alarm);
  };
  return h("div", { class: "compare-chooser" }, side("first", t("studio.compare.first")), button([icon("left"), icon("right"), t("studio.compare.swap")], swap, { id: "compare-swap", class: "small" }), side("second", t("studio.compare.second")));
}

function groups(choices, chosen) {
  const option = (one, text = say(one.title)) => h("option", { value: one.id, selected: one.id === chosen }, text);
  const group = (label, entries) => (entries.length ? h("optgroup", { label }, entries) : null);
  const system = (one) => option(one, t("studio.compare.system_line", { title: short(one), state: one.state_title, found: one.found, total: one.total }));
  return [
    group(t("studio.compare.group_now"), [option(choices.now)]),
    group(t("studio.compare.group_variants"), choices.variants.map((one) => option(one))),
    group(t("studio.compare.group_presets"), choices.presets.map((one) => option(one))),
    group(t("studio.compare.group_systems"), choices.systems.filter(runnable).map(system)),
    group(t("studio.compare.group_revisions"), choices.revisions.map((one) => option(one, `${say(one.title)} · ${one.when.slice(0, 16).replace("T", " ")}`))),
  ].filter(Boolean);
}

const short = (one) => (say(one.title).length > 26 ? `${say(one.title).slice(0, 25)}…` : say(one.title));

async function compare(view, choices, box, main) {
  const mine = (asked += 1);
  if (!view.second) return replace(box, notice(t("studio.compare.choose"), { severity: "info" }));
  if (!box.firstChild) replace(box, waiting());
  box.classList.add("compare-old");
  try {
    const answer = await post(session("compare/run"), { first: view.first, second: view.second, period: view.period });
    if (mine !== asked) return undefined;
    const at = (year) => ((view.period = year), compare(view, choices, box, main).catch(alarm));
    drawAnswer(box, answer, { at, again: () => refresh(main).catch(alarm) });
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (mine === asked) replace(box, notice(error));
  } finally {
    if (mine === asked) box.classList.remove("compare-old");
  }
  return undefined;
}
