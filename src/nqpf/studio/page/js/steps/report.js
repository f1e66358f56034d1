// Step 6: what the report is like, the job that writes it, what it wrote, and the study that reproduces it.
import { button, h, replace } from "../dom.js";
import { Cancelled, get, session, upload } from "../api.js";
import { alarm, announce, notice, waiting } from "../errors.js";
import { calmly } from "../form/calm.js";
import { mark } from "../form/fields.js";
import { fieldsOf } from "../form/several.js";
import { ended, follow, jobs, run } from "../jobs.js";
import { drawFiles, drawPreview, drawStudy, showStale } from "../report/files.js";
import { edit, flush, onSession, refresh, state } from "../state.js";
import { lang, say, t } from "../words.js";

let options = null;
const open = new Set();
const ways = new Map();
let stop = () => {};
/** What became of the last job of each session. */
const outcomes = new Map();

export async function show(main) {
  if (main.dataset.shown !== `report ${state.session.id}` || !main.firstChild) {
    main.dataset.shown = `report ${state.session.id}`;
    replace(main, h("h1", {}, t("studio.report.title")), waiting());
  }
  options ??= await get("/api/report/options");
  await flush();
  const page = { main, facts: await get(session("report/state")), files: await get(session("report/files")) };
  draw(page);
  resume(page);
  stop();
  stop = onSession((what) => {
    if (!page.form?.isConnected) return stop();
    if (what === "saved" || what === "problems") looked(page).catch(alarm);
    return undefined;
  });
}

function draw(page) {
  page.form = h("div", { class: "report-form" });
  page.said = h("div", { id: "report-said", "aria-live": "polite" });
  page.files_box = h("div");
  page.study_box = h("div");
  replace(
    page.main,
    h("h1", {}, t("studio.report.title")),
    h("p", { class: "lead" }, t("studio.report.about")),
    h("div", { class: "report-columns" }, h("div", {}, page.form), h("div", {}, page.said, page.files_box, page.study_box)),
    drawPreview(page.files),
  );
  drawForm(page);
  drawSaid(page);
  drawFiles(page.files_box, page.files, page.facts.stale);
  drawStudy(page.study_box);
}

function drawForm(page) {
  const facts = { series: [], nodes: [], units: page.facts.units, chapters: page.facts.chapters.map(chapterOption) };
  const desk = { title: t("studio.report.title"), facts, offers: {}, open, ways, eager: true, suffix: ".docx", arranged, also, beside: (path) => (path.join(".") === "report.template" ? templateButton(page) : null), redraw: calmly(() => drawForm(page)) };
  const absent = Object.values(page.facts.missing).map((reason) => notice(say(reason), { severity: "warning" }));
  replace(
    page.form,
    h("h2", {}, t("studio.report.settings")),
    absent,
    h("div", { data: { path: "report" } }, fieldsOf(options.field, ["report"], desk)),
  );
  if (page.facts.problem) mark(page.form, [page.facts.problem]);
}

const chapterOption = (one) => [one.id, say(one.title), one.there ? null : t("studio.report.chapter_absent", { needs: one.needs })];

/** The fields in the order in which a writer asks; grades only where ranks go by them. */
function arranged(fields, path) {
  if (path.length > 1) return fields;
  const { ranks, grades } = state.session.document.report ?? {};
  const wanted = ORDER.filter((key) => key !== "grades" || ranks === "groups" || grades !== undefined);
  return wanted.map((key) => fields.find((one) => one.key === key));
}

const ORDER = ["formats", "lang", "detail", "ranks", "anonymous", "grades", "groups", "template", "chapters"];

/** Ranks in grades only go with grades, and only with them: one choice, one step. */
function also(document, path, value) {
  if (path.join(".") !== "report.ranks") return;
  if (value === "groups") document.report.grades ??= {};
  else delete document.report.grades;
}

async function looked(page) {
  page.facts = await get(session("report/state"));
  drawSaid(page);
  mark(page.form, page.facts.problem ? [page.facts.problem] : []);
  showStale(page.facts.stale);
  drawStudy(page.study_box);
}

function templateButton(page) {
  const file = h("input", { type: "file", accept: ".docx", hidden: true, on: { change: (event) => takeTemplate(page, event.target).catch(alarm) } });
  return [button(t("studio.report.template_upload"), () => file.click(), { class: "small", id: "report-template" }), file];
}

async function takeTemplate(page, input) {
  const files = [...input.files];
  if (!files.length) return;
  const kept = await upload(session("report/template"), files);
  await flush();
  await refresh("saved");
  edit(t("studio.report.template_set", { file: kept.name }), (document) => {
    document.report = { ...document.report, template: kept.path };
  });
  drawForm(page);
}

/** The button, what keeps the study from running, and what became of the last job. */
function drawSaid(page) {
  const wrong = (state.session.problems ?? []).filter((one) => !page.facts.problem || one.place?.key !== page.facts.problem.place?.key);
  const busy = jobs().some((job) => job.kind === "report" && !ended(job));
  const outcome = outcomes.get(state.session.id);
  const write = button(busy ? t("studio.report.writing") : t("studio.report.write"), () => start(page), { class: "primary", id: "report-write", disabled: busy });
  replace(
    page.said,
    h("div", { class: "report-do" }, write),
    wrong.length ? [h("p", {}, t("studio.report.problems")), wrong.map((error) => notice(error, { severity: "warning" }))] : null,
    outcome ? outcome() : null,
  );
}

function start(page) {
  const work = run("report/write", { lang: lang() });
  drawSaid(page);
  watch(page, work);
}

/** A job that another page, or this one before it was closed, has begun. */
function resume(page) {
  const job = jobs().find((one) => one.kind === "report" && !ended(one));
  if (job) watch(page, follow(job));
}

async function watch(page, work) {
  const id = state.session.id;
  const shown = setTimeout(() => drawSaid(page), 400);
  try {
    const result = await work;
    outcomes.set(id, () => [written(result), result.refused ? notice(result.refused, { severity: "warning" }) : null]);
    announce(t("studio.report.done", { formats: result.written.join(t("studio.form.comma")) }));
  } catch (error) {
    outcomes.set(id, error instanceof Cancelled ? () => notice(t("studio.report.cancelled"), { severity: "info" }) : () => notice(error));
  }
  clearTimeout(shown);
  if (!page.form.isConnected || state.session?.id !== id) return;
  page.files = await get(session("report/files"));
  page.facts = await get(session("report/state"));
  draw(page);
}

function written(result) {
  if (!result.written.length) return notice(t("studio.report.none_done"), { severity: "warning" });
  return notice(t("studio.report.done", { formats: result.written.join(t("studio.form.comma")) }), { severity: "good" });
}
