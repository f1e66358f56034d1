// The shelf: indicators of the catalogue and the data's own series, searched, and put into the tree by a button or a drag.
import { button, debounced, h, icon, keepingFocus, replace, select } from "../dom.js";
import { number, percent, say, t } from "../words.js";
import { desk, framework, titleOf } from "./desk.js";
import { draggable } from "./drag.js";
import { at, freeId, pathOf, place, placeOfNew, walk } from "./model.js";
import { add, landing } from "./tree.js";
import { directionSign, directionWord } from "./words.js";

const wanted = { tab: "catalogue", catalogue: "", series: "", element: "", feeds: false, unused: false };
let box = null;

/** Draw the shelf into a box. */
export function drawShelf(into) {
  box = into;
  const tab = (name, text) =>
    button(text, () => show(name), {
      id: `frame-tab-${name}`,
      role: "tab",
      "aria-selected": String(wanted.tab === name),
      "aria-controls": "frame-shelf-panel",
      tabindex: wanted.tab === name ? "0" : "-1",
      class: "frame-tab",
    });
  const names = ["catalogue", "series"];
  const turn = (event) => {
    if (!["ArrowLeft", "ArrowRight"].includes(event.key)) return;
    event.preventDefault();
    show(names[1 - names.indexOf(wanted.tab)]);
    document.getElementById(`frame-tab-${wanted.tab}`).focus();
  };
  replace(
    box,
    h("h2", {}, t("studio.framework.shelf")),
    h("div", { role: "tablist", class: "frame-tabs", "aria-label": t("studio.framework.shelf"), on: { keydown: turn } }, tab("catalogue", t("studio.framework.catalogue")), tab("series", t("studio.framework.series"))),
    h("div", { role: "tabpanel", id: "frame-shelf-panel", "aria-labelledby": `frame-tab-${wanted.tab}` }, wanted.tab === "catalogue" ? catalogueTools() : seriesTools(), h("p", { class: "help", id: "frame-goes" }), h("ul", { class: "frame-list", id: "frame-list" })),
  );
  refreshShelf();
}

function show(name) {
  wanted.tab = name;
  keepingFocus(() => drawShelf(box));
}

/** Draw the shelf's list anew; what is typed into its search stays. */
export function refreshShelf() {
  const list = document.getElementById("frame-list");
  if (!list) return;
  const tree = framework();
  const above = at(tree, placeOfNew(tree, desk.chosen).slice(0, -1));
  document.getElementById("frame-goes").textContent = t("studio.framework.goes_into", { title: titleOf(above) });
  const entries = wanted.tab === "catalogue" ? entriesWanted().map(catalogued) : seriesWanted().map(series);
  const none = wanted.tab === "series" && !desk.answer?.series.length ? t("studio.framework.no_series") : t("studio.framework.nothing_found");
  keepingFocus(() => replace(list, entries.length ? entries : h("li", { class: "help" }, none)));
}

const later = debounced(refreshShelf, 120);
const search = (key, text) => h("input", { type: "search", id: `frame-search-${key}`, value: wanted[key], "aria-label": text, placeholder: text, on: { input: (event) => ((wanted[key] = event.target.value), later()) } });
const tick = (key, text) => {
  const control = h("input", { type: "checkbox", id: `frame-only-${key}`, checked: wanted[key], on: { change: (event) => ((wanted[key] = event.target.checked), refreshShelf()) } });
  return h("label", { for: control.id, class: "frame-only" }, control, text);
};

// The catalogue

function catalogueTools() {
  const elements = [["", t("studio.framework.all_elements")], ...desk.tags.element.words.map((one) => [one.id, say(one.title)])];
  const element = select(elements, wanted.element, (value) => ((wanted.element = value), refreshShelf()), { id: "frame-element", "aria-label": say(desk.tags.element.title) });
  return h("div", { class: "row" }, search("catalogue", t("studio.framework.search_catalogue")), element, tick("feeds", t("studio.framework.only_feeds")));
}

const feed = (one) => desk.answer?.feeds[one.id] ?? { formula: null, terms: [] };

function entriesWanted() {
  const words = folded(wanted.catalogue);
  const says = (one) => folded([one.id, one.title.zh, one.title.en, one.formula.zh, one.formula.en, one.source.zh, one.theory.join(" ")].join(" "));
  return desk.catalogue.filter((one) => (!wanted.element || one.tags.element === wanted.element) && (!wanted.feeds || feed(one).formula) && words.split(" ").every((word) => says(one).includes(word)));
}

const folded = (text) => text.normalize("NFKC").toLowerCase().trim().replace(/\s+/g, " ");

function catalogued(one) {
  const inTree = [...walk(framework())].some(({ node }) => node.catalogue === one.id);
  const given = feed(one);
  const make = () => ({ id: freeId(framework(), one.id), catalogue: one.id, ...(given.formula ? { formula: given.formula } : {}) });
  const head = [h("span", { class: "frame-direction", title: directionWord(one.direction), "aria-hidden": "true" }, directionSign(one.direction)), h("b", {}, say(one.title)), inTree ? h("span", { class: "tag" }, t("studio.framework.in_tree")) : null];
  return shelved(say(one.title), `frame-add-${one.id}`, head, make, [
    h("p", {}, say(one.formula), " · ", say(one.unit), " · ", directionWord(one.direction)),
    h("p", { class: "help" }, t("studio.framework.theory"), " ", one.theory.join(" ")),
    fed(given),
  ]);
}

/** Whether the session's series can feed an indicator, and what is lacking if they cannot. */
function fed(given) {
  if (given.formula) return h("p", { class: "frame-fed good" }, icon("check"), t("studio.framework.feeds"), " ", h("code", {}, given.formula));
  if (!desk.answer?.has_data) return null;
  const absent = given.terms.filter((term) => term.series === null).map((term) => say(term.words));
  const there = given.terms.filter((term) => term.series !== null).map((term) => term.series);
  const text = [there.length ? t("studio.framework.has", { series: there.join(t("studio.framework.comma")) }) : "", absent.length ? t("studio.framework.lacks", { words: absent.join(t("studio.framework.comma")) }) : t("studio.framework.feeds_not")];
  return h("p", { class: "frame-fed" }, text.filter(Boolean).join(" "));
}

// The data's own series

const seriesTools = () => h("div", { class: "row" }, search("series", t("studio.framework.search_series")), tick("unused", t("studio.framework.only_unused")));

function seriesWanted() {
  const words = folded(wanted.series);
  return (desk.answer?.series ?? []).filter((one) => (!wanted.unused || !one.used_by.length) && words.split(" ").every((word) => folded([one.id, one.title.zh, one.title.en, one.unit ?? ""].join(" ")).includes(word)));
}

function series(one) {
  const title = say(one.title);
  const make = () => {
    const id = freeId(framework(), one.id);
    const named = one.title.zh !== one.id || one.title.en !== one.id;
    return { id, ...(named ? { title: { ...one.title } } : {}), ...(id === one.id && one.reference === one.id ? {} : { formula: one.reference }), ...(one.unit ? { unit: one.unit } : {}) };
  };
  const head = [h("b", {}, title), title === one.id ? null : h("code", {}, one.id)];
  const { stats } = one;
  const facts = [one.unit, stats.present ? `${number(stats.min)} – ${number(stats.max)}` : null, `${t("studio.framework.coverage")} ${percent(stats.coverage)}`].filter(Boolean).join(" · ");
  return shelved(title, `frame-add-series-${one.id}`, head, make, [h("p", {}, facts), h("p", { class: "help" }, one.used_by.length ? t("studio.framework.used_by", { ids: one.used_by.join(t("studio.framework.comma")) }) : t("studio.framework.unused"))]);
}

function shelved(title, id, head, make, lines) {
  const grip = h("span", { class: "frame-grip", "aria-hidden": "true" }, "⠿");
  const element = h("li", { class: "frame-shelved" }, grip, h("div", { class: "frame-shelved-text" }, h("div", { class: "frame-shelved-head" }, head), lines), button(icon("plus"), () => add(make()), { id, class: "quiet", "aria-label": t("studio.framework.add", { title }), title: t("studio.framework.add", { title }) }));
  draggable(element, grip, { title: () => title, over: (row, share) => landing(row, share), drop: (row, where) => add(make(), place(framework(), pathOf(row.dataset.path), where)) });
  return element;
}
