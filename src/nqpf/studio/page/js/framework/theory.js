// Theory: the items a node speaks to, with the documents' words and where they stand; and what of all 118 is touched.
import { button, debounced, h, icon, keepingFocus, replace, select } from "../dom.js";
import { announce } from "../errors.js";
import { say, t } from "../words.js";
import { choose, desk, framework, item, titleOf } from "./desk.js";
import { write } from "./fields.js";
import { at, find } from "./model.js";
import { itemState } from "./words.js";

const wanted = { text: "", group: "", open: false };

/** The theory of the chosen node: its items with their phrases, and the list to choose from. */
export function theoryField(node, from = null) {
  const own = node.theory ?? [];
  const linked = own.length ? own : (from?.theory ?? []);
  const inherited = !own.length && linked.length > 0;
  const entries = linked.map((id) => phraseOf(id, inherited ? null : () => toggle(id, false)));
  return h(
    "fieldset",
    { class: "frame-theory" },
    h("legend", {}, t("studio.framework.theory")),
    h("p", { class: "help" }, inherited ? t("studio.framework.theory_inherited") : linked.length ? t("studio.framework.theory_help") : t("studio.framework.theory_none")),
    h("ul", { class: "frame-items" }, entries),
    chooser(linked),
  );

  function toggle(id, on) {
    const next = on ? [...linked, id] : linked.filter((one) => one !== id);
    write("theory", next);
    announce(on ? t("studio.framework.theory_added", { id }) : t("studio.framework.theory_removed", { id }));
  }

  function chooser(chosen) {
    const list = h("ul", { class: "frame-choose", tabindex: "0", "aria-label": t("studio.framework.theory_items") });
    const draw = () => keepingFocus(() => replace(list, matching().map(option)));
    const search = h("input", { type: "search", id: "frame-theory-search", value: wanted.text, "aria-label": t("studio.framework.theory_search"), placeholder: t("studio.framework.theory_search"), on: { input: debounced(() => ((wanted.text = search.value), draw()), 120) } });
    const groups = [["", t("studio.framework.all_groups")], ...desk.theory.groups.map((one) => [one.id, `${one.id} ${say(one.title)}`])];
    const group = select(groups, wanted.group, (value) => ((wanted.group = value), draw()), { id: "frame-theory-group", "aria-label": t("studio.framework.theory_group") });
    const option = (one) => {
      const box = h("input", { type: "checkbox", id: `frame-item-${one.id}`, checked: chosen.includes(one.id), on: { change: (event) => toggle(one.id, event.target.checked) } });
      return h("li", {}, h("label", { for: box.id }, box, h("b", {}, one.id), " ", say(one.title)), quotes(one));
    };
    draw();
    const details = h("details", { open: wanted.open, on: { toggle: () => (wanted.open = details.open) } }, h("summary", {}, t("studio.framework.theory_choose")), h("div", { class: "row" }, search, group), list);
    return details;
  }
}

function matching() {
  const text = wanted.text.trim().toLowerCase();
  const says = (one) => [one.id, one.title.zh, one.title.en, ...one.phrases.map((phrase) => phrase.text)].join(" ").toLowerCase();
  return desk.theory.items.filter((one) => (!wanted.group || one.group === wanted.group) && (!text || says(one).includes(text)));
}

const quotes = (one) => one.phrases.map((phrase) => h("blockquote", { lang: "zh-CN" }, `“${phrase.text}”`, " ", h("cite", {}, `${phrase.file}:${phrase.line}`)));

function phraseOf(id, remove) {
  const one = item(id);
  if (!one) return h("li", {}, h("b", {}, id));
  const off = remove ? button(icon("close"), remove, { class: "quiet", id: `frame-drop-${id}`, "aria-label": t("studio.framework.theory_remove", { id }) }) : null;
  return h("li", {}, h("div", { class: "frame-item" }, h("span", {}, h("b", {}, id), " ", say(one.title)), off), quotes(one));
}

// What the framework touches of the theory, group by group.

const unfolded = new Set();

/** Draw the counters of the theory into a box. */
export function drawCounters(box, redraw) {
  if (!desk.answer) return replace(box);
  const groups = desk.answer.groups;
  const sum = (key) => groups.reduce((total, one) => total + one[key], 0);
  const [items, touched, measured, partly, not] = ["items", "touched", "measured", "partly", "not_measured"].map(sum);
  return keepingFocus(() =>
    replace(
      box,
      h("h2", {}, t("studio.framework.cover")),
      h("p", { class: "lead" }, t("studio.framework.cover_line", { items, touched, measured, partly, not })),
      h("p", { class: "help" }, t("studio.framework.cover_help")),
      h("div", { class: "frame-groups" }, groups.map((one) => group(one, redraw))),
    ),
  );
}

function group(one, redraw) {
  const title = say(desk.theory.groups.find((known) => known.id === one.id).title);
  const part = (state) => h("span", { class: `frame-part ${state}`, style: { "flex-grow": one[state] }, "aria-hidden": "true" });
  const counts = t("studio.framework.group_counts", { touched: one.touched, items: one.items, measured: one.measured, partly: one.partly });
  const details = h(
    "details",
    { id: `frame-group-${one.id}`, open: unfolded.has(one.id), on: { toggle: () => (details.open ? unfolded.add(one.id) : unfolded.delete(one.id), details.open && fill()) } },
    h("summary", {}, h("span", { class: "frame-group" }, h("b", {}, one.id), " ", title), h("span", { class: "frame-counts" }, counts), h("span", { class: "frame-bar" }, ["measured", "partly", "not_measured"].map(part))),
  );
  const list = h("ul", { class: "frame-items" });
  const fill = () => replace(list, desk.answer.items.filter((known) => known.group === one.id).map((known) => entry(known, redraw)));
  details.append(list);
  if (details.open) fill();
  return details;
}

function entry(known, redraw) {
  const one = item(known.id);
  const carriers = known.by.map((id) => {
    const path = find(framework(), id);
    return path ? button(titleOf(at(framework(), path)), () => (choose(path), redraw()), { class: "small" }) : null;
  });
  return h(
    "li",
    { class: known.state },
    h("div", {}, h("span", { class: `tag ${{ measured: "good", partly: "info" }[known.state] ?? ""}` }, itemState(known.state)), " ", h("b", {}, known.id), " ", say(one.title)),
    carriers.length ? h("div", { class: "row" }, h("span", { class: "help" }, t("studio.framework.carried_by")), carriers) : null,
    known.through && !carriers.length ? h("p", { class: "help" }, t("studio.framework.through"), say(known.through)) : null,
    quotes(one),
    known.state === "measured" ? null : h("p", { class: "help" }, t("studio.framework.needs"), say(one.needs)),
  );
}
