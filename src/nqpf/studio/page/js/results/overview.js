// The overview: findings with the way to their numbers, the figures that say most, and what the study does not have yet.
import { button, h, replace } from "../dom.js";
import { announce } from "../errors.js";
import { edit, state } from "../state.js";
import { say, t } from "../words.js";
import { blocks, findings } from "./blocks.js";
import { address, model } from "./model.js";

const FIRST = 5;

/** Return the overview. */
export function overview() {
  const made = model.results;
  return [
    h("h2", { id: "results-overview" }, say(made.title)),
    made.about ? h("p", { class: "lead" }, say(made.about)) : null,
    made.anonymous ? h("p", { class: "help" }, t("studio.results.anonymous")) : null,
    found(made.findings),
    highlights(made),
    rest(made),
    absent(made),
  ];
}

function found(items) {
  if (!items.length) return null;
  const more = items.slice(FIRST);
  const others = more.length ? h("details", {}, h("summary", {}, t("studio.results.more_findings", { count: more.length })), findings(more)) : null;
  return part("results-findings", t("studio.results.findings", { count: items.length }), [findings(items.slice(0, FIRST)), others]);
}

function highlights(made) {
  const file = made.highlights;
  if (!file.blocks.length) return null;
  const cards = file.blocks.map((block, i) => h("div", { class: "results-highlight" }, blocks([{ ...block, shownAs: `overview-${block.anchor}` }], file, 2), h("p", { class: "results-onto" }, h("a", { href: address(made.places[i]) }, t("studio.results.open_chapter", { title: titleOf(made.places[i].chapter) })))));
  return part("results-highlights", t("studio.results.highlights"), cards);
}

const titleOf = (id) => say(model.results.chapters.find((chapter) => chapter.id === id).title);

/** All chapters, each with how many findings it has. */
function rest(made) {
  const card = (chapter) =>
    h(
      "li",
      {},
      h("a", { href: address({ chapter: chapter.id }) }, h("span", { class: "results-number" }, chapter.number), say(chapter.title)),
      chapter.findings ? h("span", { class: "help" }, t("studio.results.count_findings", { count: chapter.findings })) : null,
    );
  return part("results-chapters", t("studio.results.chapters"), h("ul", { class: "results-chapters" }, made.chapters.filter((chapter) => chapter.id !== "summary").map(card)));
}

/** What the study lacks: what it would take, and a button where nothing more than the wish is needed. */
function absent(made) {
  if (!made.absent.length) return null;
  const entry = (one) => h("li", {}, h("div", {}, h("strong", {}, say(one.title)), h("p", {}, t("studio.results.needs", { needs: one.needs }))), h("span", { data: { of: one.chapter } }, way(one)));
  return part("results-absent", t("studio.results.absent"), h("ul", { class: "results-absent" }, made.absent.map(entry)));
}

/** Bring the buttons up to date with the document: an analysis may have been added, or taken back. */
export function redrawAbsent() {
  for (const one of model.results.absent) {
    const place = document.querySelector(`.results-absent [data-of="${one.chapter}"]`);
    const now = way(one);
    if (place && now && place.textContent !== now.textContent) replace(place, now);
  }
}

function way(one) {
  const isThere = one.key !== null && state.session.document[one.key] !== undefined && state.session.document[one.key] !== null;
  if (isThere && one.plain) return h("span", { class: "tag good" }, t("studio.results.added"));
  if (one.plain) return button(t("studio.results.add"), () => add(one), { class: "small", "aria-label": t("studio.results.add_named", { title: one.title }) });
  if (one.key === null) return null;
  return h("a", { class: "button small", href: `#/${encodeURIComponent(state.session.id)}/report` }, t("studio.results.set_up"));
}

function add(one) {
  edit(t("studio.results.add_named", { title: one.title }), (document) => {
    document[one.key] = {};
  });
  redrawAbsent();
  const told = document.querySelector(`.results-absent [data-of="${one.chapter}"]`);
  told.tabIndex = -1;
  told.focus();
  announce(t("studio.results.added_told", { title: one.title }));
}

function part(id, title, content) {
  return h("section", { "aria-labelledby": `${id}-h` }, h("h3", { id: `${id}-h`, class: "results-part-title" }, title), content);
}
