// The analyses besides the index: each part of the study that asks for one can be switched on, set, and left out again.
import { button, h, keepingFocus, replace } from "./dom.js";
import { get, Refused, session } from "./api.js";
import { alarm, notice, waiting } from "./errors.js";
import { calmly } from "./form/calm.js";
import { mark } from "./form/fields.js";
import { at, wanting } from "./form/model.js";
import { fieldsOf, list } from "./form/several.js";
import { edit, onSession, state } from "./state.js";
import { say, t } from "./words.js";
import { yamlBox } from "./analyses_yaml.js";

let options = null;
const open = new Set();
const ways = new Map();
let stop = () => {};
let asked = 0;

/** Fill a box with the panel of analyses; it keeps itself up to date as long as it is on the page. */
export async function analyses(box) {
  if (!box.firstChild) replace(box, waiting());
  options ??= await get("/api/analyses/options");
  stop();
  const panel = { box, facts: null, problems: {}, offers: {} };
  await look(panel);
  draw(panel);
  stop = onSession((what) => {
    if (!box.isConnected) return stop();
    if (["saved", "undo", "elsewhere", "problems"].includes(what)) look(panel).then(() => marked(panel)).catch(alarm);
    return undefined;
  });
}

/** Ask what the fields can name and what is wrong. */
async function look(panel) {
  const mine = (asked += 1);
  try {
    const found = await get(session("analyses/state"));
    if (mine !== asked) return;
    panel.facts = { ...found, chapters: [] };
    panel.problems = found.problems;
    panel.offers = found.offers;
  } catch (error) {
    if (!(error instanceof Refused) || panel.facts) throw error;
    panel.facts = { series: [], nodes: [], units: [], periods: [], chapters: [] };
    panel.problems = {};
    panel.offers = {};
  }
}

function draw(panel) {
  replace(
    panel.box,
    h("h2", { id: "analyses" }, t("studio.analyses.title")),
    h("p", { class: "lead" }, t("studio.analyses.about")),
    options.parts.map((part) => drawPart(panel, part)),
  );
  marked(panel);
}

const boxOf = (panel, part) => [...panel.box.querySelectorAll(".form-part")].find((one) => one.dataset.part === part.id);

/** Show what is wrong now, and what is still to be filled in, without drawing the fields again. */
function marked(panel) {
  for (const part of options.parts) {
    const box = boxOf(panel, part);
    if (!box) continue;
    // An undone step, or another page, may have changed anything.
    if (box.dataset.drawn !== drawnOf(panel, part) && !isTypedIn(box)) keepingFocus(() => replaceBody(panel, part));
    const now = boxOf(panel, part);
    mark(now, shownErrors(panel, part));
    replace(now.querySelector(".form-state"), stateOf(panel, part));
  }
}

/** What a part was drawn from. */
const drawnOf = (panel, part) => JSON.stringify([at([part.id]) ?? null, panel.offers]);

const isTypedIn = (box) => box.contains(document.activeElement) && document.activeElement.matches("input[type='text'], textarea");

/** Errors of a part; that something required is absent is said by the form itself. */
function shownErrors(panel, part) {
  const found = panel.problems[part.id] ?? [];
  return found.filter((error) => error.code !== "missing_key" || !wanting(part.field, [part.id]).length);
}

function drawPart(panel, part) {
  const on = at([part.id]) !== undefined;
  const id = `part:${part.id}`;
  const title = say(part.title);
  const unfolded = open.has(id);
  const box = h("section", { class: `form-part${on ? " on" : ""}`, data: { part: part.id, path: part.id } });
  const name = h("label", { class: "form-switch", for: `${id}:on` }, h("input", { type: "checkbox", id: `${id}:on`, checked: on, "aria-describedby": `${id}:help`, on: { change: (event) => turn(panel, part, event.target.checked) } }), h("span", {}, title));
  const unfold = button(unfolded ? t("studio.analyses.fold") : t("studio.analyses.unfold"), () => toggle(panel, part), { class: "small", id: `${id}:fold`, "aria-expanded": String(unfolded), "aria-label": `${unfolded ? t("studio.analyses.fold") : t("studio.analyses.unfold")}${t("studio.form.colon")}${title}` });
  const head = h("div", { class: "form-head" }, h("h3", {}, name), h("span", { class: "form-state" }, stateOf(panel, part)), on ? unfold : null);
  box.append(head, h("p", { class: "help", id: `${id}:help` }, say(part.help)));
  if (on && unfolded) box.append(body(panel, part));
  box.dataset.drawn = drawnOf(panel, part);
  return box;
}

function stateOf(panel, part) {
  if (at([part.id]) === undefined) return h("span", { class: "tag" }, t("studio.analyses.is_off"));
  const absent = wanting(part.field, [part.id]);
  if (absent.length) return h("span", { class: "tag warning" }, t("studio.analyses.wanting", { fields: absent.join(t("studio.form.comma")) }));
  if (shownErrors(panel, part).length) return h("span", { class: "tag error" }, t("studio.analyses.is_wrong"));
  return h("span", { class: "tag good" }, t("studio.analyses.is_on"));
}

function body(panel, part) {
  const path = [part.id];
  const desk = { title: say(part.title), facts: panel.facts, offers: panel.offers, open, ways, redraw: calmly(() => changed(panel, part)) };
  const absent = part.index && !panel.facts.nodes.length ? notice(t("studio.analyses.needs_index"), { severity: "info" }) : null;
  if (part.field.kind !== "group") return h("div", { class: "form-body" }, absent, list({ ...part.field, required: true, title: null }, path, desk));
  return h("div", { class: "form-body" }, absent, fieldsOf(part.field, path, desk), yamlBox(part, desk));
}

/** After an edit what was wrong may be mended: it is said again when the library has looked. */
function changed(panel, part) {
  panel.problems[part.id] = [];
  replaceBody(panel, part);
}

/** Draw one part again; the others stay as they are. */
function replaceBody(panel, part) {
  const old = boxOf(panel, part);
  if (!old) return;
  const box = drawPart(panel, part);
  old.replaceWith(box);
  mark(box, shownErrors(panel, part));
}

function turn(panel, part, on) {
  const title = say(part.title);
  const label = on ? t("studio.analyses.switched_on", { part: title }) : t("studio.analyses.switched_off", { part: title });
  if (on) open.add(`part:${part.id}`);
  edit(label, (document) => {
    if (on) document[part.id] = part.field.kind === "group" ? {} : [];
    else delete document[part.id];
  });
  calmly(() => replaceBody(panel, part))();
}

function toggle(panel, part) {
  const id = `part:${part.id}`;
  if (open.has(id)) open.delete(id);
  else open.add(id);
  calmly(() => replaceBody(panel, part))();
}
