// Step 2, the framework: a shelf to take from, the tree, the editor of the chosen node, and the theory it touches.
import { button, h, icon, keepingFocus, replace, whenReleased } from "../dom.js";
import { alarm, notice, told, waiting } from "../errors.js";
import { flush, onSession, state } from "../state.js";
import { say, t } from "../words.js";
import { ask, change, choose, clear, desk, fetchShelves, framework, known, lacking, ownFile, rechoose, titleOf } from "../framework/desk.js";
import { drawEditor, openEditor, refreshEditor } from "../framework/editor.js";
import { indicators, take } from "../framework/model.js";
import { drawShelf, refreshShelf } from "../framework/shelf.js";
import { drawStart } from "../framework/start.js";
import { drawCounters } from "../framework/theory.js";
import { drawTree, onTree } from "../framework/tree.js";

const parts = { root: null, session: null };

/** Show the step. */
export async function show(main) {
  if (!parts.root?.isConnected || parts.session !== state.session.id) {
    if (parts.session !== state.session.id) clear();
    parts.session = state.session.id;
    parts.root = h("div", { class: "frame" });
    replace(main, parts.root);
    replace(parts.root, h("h1", {}, t("studio.core.step_framework")), waiting());
    await fetchShelves();
    if (framework()) draw(); // the tree stands at once; what the data give is asked meanwhile
    await renew();
    return;
  }
  draw();
  await renew();
}

/** Ask what the server says of the tree as it is saved, and show it. */
async function renew() {
  await flush();
  const before = Boolean(parts.tree?.isConnected);
  if (!(await ask()) || !parts.root.isConnected) return;
  if (!before || !framework()) return draw();
  refreshSoon();
}

/** Draw everything anew. */
function draw() {
  rechoose();
  const tree = framework();
  keepingFocus(() => (tree ? drawAll(tree) : drawEmpty()));
}

function drawEmpty() {
  const box = h("div", { class: "frame-start" });
  replace(parts.root, h("h1", {}, t("studio.core.step_framework")), h("p", { class: "lead" }, t("studio.framework.lead_empty")), problems(), box);
  parts.tree = null;
  if (desk.answer) drawStart(box, draw, true).catch(alarm);
  else replace(box, waiting());
}

function drawAll(tree) {
  Object.assign(parts, { tree: h("section", { class: "frame-middle", "aria-label": t("studio.framework.tree") }), shelf: h("section", { class: "frame-shelf" }), editor: h("section", { class: "frame-editor", "aria-labelledby": "frame-editor-title" }) });
  Object.assign(parts, { cover: h("section", { class: "frame-cover" }), notes: h("div", { class: "frame-notes" }), summary: h("p", { class: "frame-summary", role: "status" }) });
  const restart = button([icon("file"), t("studio.framework.restart")], () => openStart(), { id: "frame-restart" });
  const jump = h("a", { href: "#frame-shelf", class: "button small frame-jump", on: { click: toShelf } }, icon("plus"), t("studio.framework.to_shelf"));
  replace(
    parts.root,
    h("h1", {}, t("studio.core.step_framework")),
    h("div", { class: "frame-head" }, h("p", { class: "lead" }, t("studio.framework.lead")), h("div", { class: "row" }, jump, restart)),
    parts.notes,
    parts.summary,
    h("div", { class: "frame-columns" }, parts.shelf, parts.tree, parts.editor),
    parts.cover,
  );
  drawShelf(parts.shelf);
  drawTree(parts.tree);
  drawEditor(parts.editor);
  drawAround(tree);
}

// On a narrow screen the shelf stands below the tree.
function toShelf(event) {
  event.preventDefault();
  parts.shelf.scrollIntoView();
  document.getElementById("frame-tab-catalogue").focus({ preventScroll: true });
}

/** Show the answer of the server without touching what is being typed. */
function refresh() {
  const tree = framework();
  keepingFocus(() => drawTree(parts.tree));
  refreshShelf();
  refreshEditor();
  drawAround(tree);
}

/** Draw what changes with every choice: the tree and the editor of what is chosen. */
function chosen() {
  keepingFocus(() => {
    drawTree(parts.tree);
    drawEditor(parts.editor);
  });
  refreshShelf();
}

/** Show a change of the tree at once; what the data give of it is asked when it is saved. */
function changed() {
  if (!framework() || !parts.tree?.isConnected) return draw();
  rechoose();
  if (desk.leaving) return refreshSoon();
  chosen();
  return drawAround(framework());
}

function drawAround(tree) {
  replace(parts.notes, problems(), lackingBox(tree));
  const all = indicators(tree);
  const good = all.filter(({ path, node }) => known(path, node)?.worth?.stats?.present);
  replace(parts.summary, desk.answer ? t("studio.framework.summary", { indicators: all.length, computed: good.length }) : t("studio.framework.is_waiting"));
  drawCounters(parts.cover, chosen);
}

/** What is wrong with the whole, and what a reader should know of where the framework stands. */
function problems() {
  const found = [];
  if (desk.refused) found.push(notice(desk.refused));
  if (ownFile()) found.push(notice(t("studio.framework.own_file", { file: ownFile() }), { severity: "info" }));
  if (desk.answer?.problem) found.push(notice(desk.answer.problem));
  if (desk.answer?.data_problems.length) found.push(dataProblems(desk.answer.data_problems));
  else if (desk.answer && !desk.answer.has_data) found.push(notice(t("studio.framework.no_data_at_all"), { severity: "info", action: toData() }));
  return found;
}

const dataProblems = (problems) => notice(t("studio.framework.data_problems", { count: problems.length, what: told(problems[0]).what }), { severity: "warning", action: toData() });
const toData = () => h("p", {}, h("a", { href: `#/${encodeURIComponent(state.session.id)}/data` }, t("studio.framework.to_data")));

/** What cannot be computed yet, with the series that it takes; nothing of it is dropped unless the reader does so. */
function lackingBox(tree) {
  const found = desk.answer?.has_data ? lacking(tree) : [];
  if (!found.length) return null;
  const row = ({ path, node, one }) => h("li", {}, button(titleOf(node), () => (choose(path), chosen(), openEditor()), { class: "small", id: `frame-lack-${node.id}` }), " ", h("span", {}, absent(node, one)));
  const drop = () =>
    change(t("studio.framework.edit_drop", { count: found.length }), (whole) => {
      for (const { path } of [...found].reverse()) take(whole, path);
    });
  const list = h("details", { id: "frame-lacking" }, h("summary", {}, t("studio.framework.lacking_list")), h("ul", { class: "frame-lacking" }, found.map(row)), button(t("studio.framework.lacking_drop"), drop, { class: "small danger", id: "frame-drop-lacking" }));
  return notice(t("studio.framework.lacking", { count: found.length }), { severity: "warning", action: list });
}

/** What an indicator lacks: the series its formula names, or, where none is written, what the formula takes in words. */
function absent(node, one) {
  if (!one.worth?.absent.length) return t("studio.framework.all_missing");
  const words = (one.meant?.terms ?? []).filter((term) => term.series === null).map((term) => say(term.words));
  const series = node.formula || !words.length ? one.worth.absent : words;
  return t("studio.framework.series_needed", { series: series.join(t("studio.framework.comma")) });
}

function openStart() {
  const box = h("div", { class: "frame-start" });
  const close = () => dialog.close();
  const dialog = h("dialog", { class: "frame-dialog", "aria-labelledby": "frame-start-title", on: { close: () => dialog.remove() } }, h("div", { class: "frame-head" }, h("h2", { id: "frame-start-title" }, t("studio.framework.restart")), button(icon("close"), close, { class: "quiet", "aria-label": t("studio.framework.close") })), box, h("p", {}, button(t("studio.framework.keep"), close, { id: "frame-keep" })));
  document.body.append(dialog);
  dialog.showModal();
  drawStart(box, close, false).catch(alarm);
}

onTree(chosen, openEditor);

const refreshIfHere = () => framework() && parts.tree?.isConnected && refresh();

/** Draw again; a field that is left by a press elsewhere writes its value first, and an answer may come at any time. */
const refreshSoon = () => whenReleased(refreshIfHere);

onSession((what) => {
  if (!parts.root?.isConnected || !state.session || document.body.dataset.step !== "framework") return;
  if (what === "edit") changed();
  if (what === "saved") renew().catch(alarm);
});
