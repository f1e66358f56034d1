// A chapter, or a section that is picked from a list: its heading, its blocks, and the way to the next.
import { h } from "../dom.js";
import { say, t } from "../words.js";
import { blocks } from "./blocks.js";
import { address, model, part } from "./model.js";
import { seriesValues } from "./values.js";

/** Return the content of a place. */
export async function chapterView(place) {
  return place.section ? sectionView(place) : wholeView(place);
}

async function wholeView(place) {
  const file = await part(`chapters/${place.chapter}`);
  const heading = h("h2", { id: place.chapter }, h("span", { class: "results-number" }, file.number), say(file.title));
  return [heading, blocks(within(file.blocks, place.chapter), file, 2), place.chapter === "data" && model.results.index ? seriesValues() : null, onward(place)];
}

// The links of a list know their chapter from here.
function within(list, chapter) {
  return list.map((block) => (block.kind === "section" ? { ...block, chapter, blocks: within(block.blocks, chapter) } : block));
}

async function sectionView(place) {
  const file = await part(`sections/${place.section}`);
  const chapter = model.results.chapters.find((one) => one.id === place.chapter);
  return [h("p", {}, h("a", { class: "button small", href: address({ chapter: place.chapter }) }, `← ${say(chapter.title)}`)), h("h2", { id: place.section }, say(file.title)), blocks(file.blocks, file, 2), beside(place)];
}

/** Links to the chapter before and after. */
function onward(place) {
  const listed = model.results.chapters.filter((chapter) => chapter.id !== "summary");
  const at = listed.findIndex((chapter) => chapter.id === place.chapter);
  return ways(listed[at - 1] && { to: { chapter: listed[at - 1].id }, title: listed[at - 1].title }, listed[at + 1] && { to: { chapter: listed[at + 1].id }, title: listed[at + 1].title });
}

/** Links to the profile before and after. */
function beside(place) {
  const units = model.results.units.filter((unit) => unit.profile);
  const at = units.findIndex((unit) => unit.profile.anchor === place.section);
  if (at < 0) return null;
  const way = (unit) => unit && { to: unit.profile, title: unit.title };
  return ways(way(units[at - 1]), way(units[at + 1]));
}

function ways(before, after) {
  const link = (way, text) => (way ? h("a", { class: "button small", href: address(way.to) }, text(say(way.title))) : h("span"));
  return h("nav", { class: "results-onward", "aria-label": t("studio.results.onward") }, link(before, (title) => `← ${title}`), link(after, (title) => `${title} →`));
}
