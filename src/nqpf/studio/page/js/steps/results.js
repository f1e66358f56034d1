// Step 4, results: the study is run, its chapters are read, one unit is followed through all of them, and every number
// that can be traced leads to its cells.
import { linkSelection } from "../chart.js";
import { all, button, h, replace } from "../dom.js";
import { alarm, announce, notice, waiting } from "../errors.js";
import { Cancelled, Refused } from "../api.js";
import { ended, follow, jobs, run } from "../jobs.js";
import { onSession, state } from "../state.js";
import { lang, say, t } from "../words.js";
import { chapterView } from "../results/chapter.js";
import { address, load, model, placeNow } from "../results/model.js";
import { contents, foldContents } from "../results/nav.js";
import { overview, redrawAbsent } from "../results/overview.js";
import { panel, redrawPanel } from "../results/panel.js";
import { chooser } from "../results/pick.js";

let shown = { place: null, look: null };
let working = null;
let failed = null;

/** Fill the page's main part with the step, or bring it up to date where it is there. */
export async function show(main) {
  if (!main.querySelector("#results-text")) {
    frame(main);
    await arrive();
    return;
  }
  await draw();
}

/** Fetch what there is and show it; go on with a run that is under way. */
async function arrive() {
  shown = { place: null, look: null };
  failed = null;
  const running = jobs().findLast((job) => job.kind === "run" && !ended(job));
  if (running && !working) wait(follow(running, progress));
  await fetchResults();
}

async function fetchResults() {
  const text = document.getElementById("results-text");
  if (!model.results || model.of !== state.session.id) replace(text, waiting());
  try {
    await load();
  } catch (error) {
    replace(text, notice(error));
    return;
  }
  linkSelection(model.results?.units ?? []);
  await draw();
}

function frame(main) {
  replace(
    main,
    h("h1", {}, t("studio.results.heading")),
    h("div", { id: "results-bar", class: "results-bar" }),
    h("div", { id: "results-state", "aria-live": "polite" }),
    h(
      "div",
      { id: "results-body", class: "results-body" },
      h("nav", { id: "results-nav", class: "results-nav" }),
      h("div", { id: "results-text", class: "results-text" }),
      panel(() => foldContents()),
    ),
  );
}

/** Draw all: another place goes to its head, the same place in another language or look stays where it is. */
async function draw() {
  const main = document.getElementById("main");
  if (document.body.dataset.step !== "results" || !main.querySelector("#results-text")) return;
  main.querySelector("h1").textContent = t("studio.results.heading");
  bar();
  told();
  const body = document.getElementById("results-body");
  body.hidden = !model.results;
  if (!model.results) return replace(document.getElementById("results-text"));
  const place = placeNow();
  const look = `${lang()} ${document.documentElement.dataset.theme} ${model.results.ran}`;
  const moved = shown.place?.chapter !== place.chapter || shown.place?.section !== place.section;
  const changed = shown.look !== look;
  const isFirst = shown.place === null;
  const known = shown.place;
  shown = { place, look };
  contents(document.getElementById("results-nav"), place);
  if (changed) redrawPanel();
  if (moved || changed) await fill(place);
  else redrawAbsent();
  if (moved || known?.anchor !== place.anchor) reveal(place, isFirst);
}

/** Put the overview or a chapter into the text. */
async function fill(place) {
  const text = document.getElementById("results-text");
  try {
    const content = place.chapter ? await chapterView(place) : overview();
    if (shown.place !== place) return;
    const eye = lookedAt(text);
    replace(text, content);
    const now = eye && document.getElementById(eye.id);
    if (now) scrollBy(0, now.getBoundingClientRect().top - eye.top);
  } catch (error) {
    replace(text, notice(error), h("p", {}, h("a", { href: address() }, t("studio.results.to_overview"))));
  }
}

/** The part of the text at the upper edge of the window, and where it stands there. */
function lookedAt(text) {
  const part = all("section[id], figure[id], .results-table[id], section[aria-labelledby] > h3[id]", text).findLast((one) => one.getBoundingClientRect().top < 160);
  return part ? { id: part.id, top: part.getBoundingClientRect().top } : null;
}

/** Bring a place under the reader's eye and the keyboard's focus. */
function reveal(place, isFirst) {
  if (isFirst && !place.chapter) return;
  const target = (place.anchor && document.getElementById(place.anchor)) || document.querySelector("#results-text h2");
  if (!target) return;
  const heading = target.querySelector(":scope > h2, :scope > h3, :scope > h4, :scope > figcaption, h2, h3") ?? target;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  if (place.anchor && place.anchor !== place.section) target.scrollIntoView({ block: "start" });
  else scrollTo(0, 0);
}

const isStale = () => model.standing === "stale";

function bar() {
  const made = model.results;
  const isDraft = (state.session.problems ?? []).length > 0;
  const compute = button(made ? t("studio.results.again") : t("studio.results.compute"), start, {
    id: "results-run",
    class: !made || isStale() ? "primary" : null,
    disabled: working !== null || isDraft,
  });
  const when = made && t("studio.results.ran", { when: new Date(made.ran).toLocaleString(lang() === "zh" ? "zh-CN" : "en-GB"), seconds: Math.round(made.seconds) });
  replace(
    document.getElementById("results-bar"),
    compute,
    h("span", { id: "results-progress", class: "results-when", role: "status" }, working ? say(working.said) : (when ?? (model.standing === "outdated" ? t("studio.results.outdated") : t("studio.results.none")))),
    made?.units.length ? chooser(made.units) : null,
  );
}

/** What a reader must know before reading: problems, an older document, a run that failed, formats that were refused. */
function told() {
  const problems = state.session.problems ?? [];
  replace(
    document.getElementById("results-state"),
    problems.map((problem) => notice({ what: problem.what, todo: problem.todo, where: problem.where }, { severity: "warning" })),
    failed ? notice(failed) : lastFailure(),
    isStale() ? notice(t("studio.results.stale"), { severity: "warning", action: button(t("studio.results.again"), start, { class: "small", disabled: working !== null || problems.length > 0 }) }) : null,
    model.results?.refused ? notice(model.results.refused, { severity: "warning" }) : null,
  );
}

/** The error of the last run, where it ended after the results that are shown were made. */
function lastFailure() {
  const last = jobs().findLast((job) => job.kind === "run" && ended(job));
  if (!last || !["failed", "interrupted"].includes(last.state) || working) return null;
  if (model.results && Date.parse(last.begun) < Date.parse(model.results.ran)) return null;
  return notice(last.error ?? { message: "studio.core.interrupted", todo: "studio.core.interrupted_todo" });
}

function start() {
  wait(run("results/run", {}, { onProgress: progress }));
}

function progress(said) {
  if (!working) return;
  working.said = said;
  const line = document.getElementById("results-progress");
  if (line) line.textContent = say(said);
}

/** Wait for the end of a run; what it changed is shown at once. */
async function wait(job) {
  const own = { said: t("studio.results.running"), session: state.session.id };
  working = own;
  failed = null;
  draw().catch(alarm);
  try {
    await job;
    working = null;
    if (own.session !== state.session?.id) return;
    await fetchResults();
    announce(t("studio.results.done"));
  } catch (error) {
    working = null;
    if (own.session !== state.session?.id) return;
    failed = error instanceof Cancelled || !(error instanceof Refused) ? null : error;
    if (error instanceof Cancelled) announce(t("studio.results.cancelled"));
    await draw();
  }
}

onSession((what) => {
  if (what === "open") working = null;
  const isHere = document.body.dataset.step === "results" && document.getElementById("results-text");
  if (!isHere || !state.session || !["saved", "undo", "elsewhere", "problems"].includes(what)) return;
  fetchResults().catch(alarm);
});
