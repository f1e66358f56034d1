// The contents: overview and chapters, the open one with its sections. Beside the text, or folded above it.
import { h, replace } from "../dom.js";
import { say, t } from "../words.js";
import { address, model } from "./model.js";
import { isPanelOpen } from "./panel.js";

const narrow = matchMedia("(max-width: 68rem)");

/** Draw the contents; `place` is where the reader is. */
export function contents(nav, place) {
  nav.setAttribute("aria-label", t("studio.results.contents"));
  const here = model.results.chapters.find((chapter) => chapter.id === place.chapter);
  const fold = h("details", { id: "results-contents" }, h("summary", {}, t("studio.results.contents"), here ? h("span", { class: "results-here" }, say(here.title)) : null), list(place));
  replace(nav, fold);
  fold.addEventListener("click", (event) => event.target.closest("a") && isNarrow() && (fold.open = false));
  foldContents();
}

function list(place) {
  const link = (to, title, number, current) =>
    h("a", { href: address(to), "aria-current": current ? "true" : null }, number ? h("span", { class: "results-number" }, number) : null, h("span", {}, say(title)));
  const sections = (chapter) => h("ol", {}, chapter.sections.map((one) => h("li", {}, link({ chapter: chapter.id, anchor: one.anchor }, one.title, one.number, place.anchor === one.anchor))));
  const chapters = model.results.chapters.filter((chapter) => chapter.id !== "summary");
  return h(
    "ol",
    {},
    h("li", {}, link({}, t("studio.results.overview"), null, place.chapter === null)),
    chapters.map((chapter) => {
      const isOpen = chapter.id === place.chapter;
      return h("li", {}, link({ chapter: chapter.id }, chapter.title, chapter.number, isOpen && !place.anchor), isOpen && chapter.sections.length ? sections(chapter) : null);
    }),
  );
}

const isNarrow = () => narrow.matches || isPanelOpen();

/** Open the contents where there is room for them beside the text. */
export function foldContents() {
  const fold = document.getElementById("results-contents");
  if (fold) fold.open = !isNarrow();
}

narrow.addEventListener("change", foldContents);
