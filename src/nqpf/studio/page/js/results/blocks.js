// The blocks of a chapter as elements: texts, findings, formulas, tables, figures, sections.
import { h } from "../dom.js";
import { say, t } from "../words.js";
import { figure } from "./figures.js";
import { address } from "./model.js";
import { resultTable } from "./tables.js";

/** Return elements for the blocks of a file of results; `level` is that of the heading above. */
export function blocks(list, file, level = 2) {
  return list.map((block) => MAKERS[block.kind](block, file, level));
}

const MAKERS = {
  paragraph: (block) => h("p", {}, say(block.text)),
  callout,
  findings: (block) => findings(block.items),
  formula,
  table: (block) => resultTable(block),
  figure,
  section,
};

function callout(block) {
  const kind = block.severity === "warning" ? t("studio.core.severity_warning") : t("studio.core.severity_info");
  return h("div", { class: `notice ${block.severity}` }, h("p", { class: "notice-kind" }, kind), h("div", { class: "notice-text" }, h("p", {}, say(block.text))));
}

/** Findings, each with a link to the place of its numbers and the theory it speaks to. */
export function findings(items) {
  return h("ol", { class: "results-findings" }, items.map(finding));
}

function finding(item) {
  const place = item.place ? h("a", { href: address(item.place) }, t("studio.results.see", { place: item.place.label })) : null;
  const theory = item.theory.length ? h("span", { class: "results-theory" }, t("studio.results.theory"), " ", item.theory.map((id) => [h("span", { class: "tag" }, id), " "])) : null;
  return h("li", {}, h("p", {}, say(item.text)), place || theory ? h("p", { class: "results-trace" }, place, theory) : null);
}

function formula(block) {
  const math = new DOMParser().parseFromString(block.mathml, "text/html").querySelector("math");
  return h("div", { class: "results-formula" }, h("div", { class: "results-math", tabindex: "0", role: "region", "aria-label": t("studio.results.formula") }, document.importNode(math, true)), h("p", { class: "help" }, say(block.where)));
}

function section(block, file, level) {
  const name = `${block.anchor}-h`;
  const heading = h(`h${Math.min(level + 1, 6)}`, { id: name }, block.number ? h("span", { class: "results-number" }, block.number) : null, say(block.title));
  return h("section", { id: block.anchor, "aria-labelledby": name }, heading, blocks(block.blocks, file, level + 1), block.choices.length ? choices(block) : null);
}

// What is picked from a list, one at a time, is a page of its own.
function choices(block) {
  return h("ul", { class: "results-choices" }, block.choices.map((one) => h("li", {}, h("a", { href: address({ chapter: block.chapter, anchor: one.anchor }) }, say(one.title)))));
}
