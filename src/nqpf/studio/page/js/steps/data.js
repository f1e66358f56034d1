// Step 1, data: files in, what was understood of them, what a person must decide, and every number with its cell.
import { button, h, labelled, replace, whenReleased } from "../dom.js";
import { notice, waiting } from "../errors.js";
import { edit, onSession, state } from "../state.js";
import { lang, number, say, t } from "../words.js";
import { coveragePart, showLatest } from "../data/coverage.js";
import { decidePart, waitingFor } from "../data/decide.js";
import { relabelled } from "../data/document.js";
import { arrivals, filesPart, zone } from "../data/files.js";
import { ledgerPart } from "../data/ledger.js";
import { missingPart } from "../data/missing.js";
import { isPresent, load, model } from "../data/model.js";
import { scopePart } from "../data/scope.js";
import { seriesPart } from "../data/series.js";
import { steady } from "../data/steady.js";
import { suspects, suspectsPart } from "../data/suspects.js";

/** The parts of the step, in their order: name, heading, content, how many things it holds. */
const PARTS = [
  { id: "data-files", title: () => t("studio.data.part_files"), build: filesPart, count: () => model.understood?.tables.length },
  { id: "data-decide", title: () => t("studio.data.part_decide"), build: decidePart, count: () => model.understood && waitingFor(), urgent: true },
  { id: "data-series", title: () => t("studio.data.part_series"), build: seriesPart, count: () => model.understood?.series.length },
  { id: "data-coverage", title: () => t("studio.data.part_coverage"), build: () => coveragePart() },
  { id: "data-suspects", title: () => t("studio.data.part_suspects"), build: () => suspectsPart(redraw), count: () => (model.checks ? suspects().length : null) },
  { id: "data-scope", title: () => t("studio.data.part_scope"), build: scopePart },
  { id: "data-missing", title: () => t("studio.data.part_missing"), build: missingPart },
  { id: "data-ledger", title: () => t("studio.data.part_ledger"), build: () => ledgerPart(redraw), count: () => model.understood?.ledger.count },
];

let shown = null;

/** Fill the page's main part with the step, or bring it up to date where it is there. */
export async function show(main) {
  const wanted = `${state.session.id} ${document.documentElement.lang}`;
  if (!main.querySelector("#data-summary") || shown !== wanted) frame(main);
  shown = wanted;
  redraw();
  await load(renew);
}

function frame(main) {
  replace(
    main,
    h("h1", {}, t("studio.data.heading")),
    h("p", { class: "lead" }, t("studio.data.lead")),
    h("div", { id: "data-study" }),
    zone(),
    h("div", { id: "data-arrivals" }),
    h("div", { id: "data-summary", class: "data-summary" }),
    h("div", { id: "data-problems" }),
    h("div", { id: "data-jumps" }),
    PARTS.map((part) => h("section", { id: part.id, class: "data-part", "aria-labelledby": `${part.id}-title` }, h("h2", { id: `${part.id}-title`, tabindex: "-1" }, part.title()), h("div", { id: `${part.id}-content` }))),
  );
}

/** Bring the step up to date when an answer comes: what is being pressed stays until it is let go. */
const renew = () => whenReleased(redraw);

function redraw() {
  if (document.body.dataset.step !== "data" || !document.getElementById("data-summary")) return;
  const isKnown = hasTables() && model.of === state.session.id && model.understood !== null;
  fill("data-study", studyTitle);
  fill("data-summary", summaryPart);
  tellOnce("data-arrivals", arrivals());
  tellOnce("data-problems", isKnown ? problems() : []);
  fill("data-jumps", () => (isKnown ? jumps() : []));
  for (const part of PARTS) {
    const section = document.getElementById(part.id);
    section.hidden = part.id !== "data-files" && !isKnown;
    fill(`${part.id}-content`, () => (section.hidden ? [] : [part.build()]));
  }
  showLatest(state.session.id);
}

const hasTables = () => Boolean(state.session.document.data?.tables?.length);
const fill = (id, build) => steady(document.getElementById(id), build);

/** Fill a box only where it then says something else: an alert that is put there anew is read out anew. */
function tellOnce(id, content) {
  const box = document.getElementById(id);
  const next = h("div", { id }, content);
  if (!next.isEqualNode(box)) box.replaceWith(next);
}

function studyTitle() {
  const { title } = state.session.document;
  const set = (text) => edit(t("studio.data.edit_study"), (document) => (document.title = relabelled(title, text, lang())));
  const field = h("input", { id: "data-study-title", class: "data-study-title", value: say(title), data: { was: say(title) }, maxlength: 200, on: { change: (event) => event.target.value.trim() && set(event.target.value.trim()) } });
  return labelled(t("studio.data.study_title"), field);
}

function summaryPart() {
  if (!hasTables()) return h("p", { class: "data-empty" }, isElsewhere() ? t("studio.data.empty_elsewhere") : t("studio.data.empty"));
  const { understood, error, loading } = model;
  if (error) return notice(error, { action: button(t("studio.data.try_again"), () => load(renew), { class: "small", id: "data-again" }) });
  if (!understood) return waiting(t("studio.data.reading"));
  return loading || !isPresent() ? waiting(t("studio.data.reading_again")) : numbers(understood);
}

/** Whether the study works on industries or texts, whose files are no tables of indicators. */
const isElsewhere = () => Boolean(state.session.document.industry || state.session.document.text);

function numbers({ units, periods, series, scheme }) {
  const share = model.coverage?.share ?? null;
  const parts = [
    t("studio.data.sum_units", { count: units.length, scheme: scheme?.title ?? "" }),
    periods.length ? t("studio.data.sum_years", { first: String(periods[0]), last: String(periods.at(-1)), count: periods.length }) : null,
    t("studio.data.sum_series", { count: series.length, used: series.filter((one) => one.used).length }),
    share === null ? null : t("studio.data.sum_share", { share: number(100 * share, 1) }),
  ];
  return h("p", { class: "data-numbers", role: "status" }, parts.filter(Boolean).map((text) => h("span", {}, text)));
}

/** Problems that an answer in the part below settles are said once, there. */
const ASKED = ["unknown_place", "duplicate_cell", "no_period_column", "no_unit_column", "no_indicator"];

function problems() {
  const count = waitingFor();
  const others = model.understood.problems.filter((problem) => !(count && ASKED.includes(problem.code)));
  const decide = () => button(t("studio.data.go_decide"), () => jump("data-decide"), { class: "small", id: "go-decide" });
  return [count ? notice(t("studio.data.waiting_for_you", { count }), { severity: "warning", action: decide() }) : null, others.map((problem) => notice(problem))];
}

/** Buttons that lead to the parts; the address already names the step, so they are no links. */
function jumps() {
  const to = (part) => {
    const count = part.count?.();
    const badge = count === undefined || count === null ? null : h("span", { class: part.urgent && count ? "tag warning" : "tag" }, number(count));
    return button([part.title(), " ", badge], () => jump(part.id), { class: "small", id: `jump-${part.id}` });
  };
  return h("nav", { class: "data-jumps", "aria-label": t("studio.data.parts") }, PARTS.map(to));
}

function jump(id) {
  const heading = document.getElementById(`${id}-title`);
  heading.scrollIntoView({ block: "start" });
  heading.focus({ preventScroll: true });
}

onSession((what) => {
  if (what === "open" || document.body.dataset.step !== "data" || !state.session) return;
  // A field says that it has changed while the focus leaves it: drawing waits until the focus has arrived.
  setTimeout(() => {
    renew();
    if (what === "saved" || what === "files") load(renew);
  });
});

