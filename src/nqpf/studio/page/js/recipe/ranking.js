// The ranking while the recipe changes: rows are kept and moved, so that a slider's step costs no more than its changes.
import { button, h, replace, select } from "../dom.js";
import { announce, notice } from "../errors.js";
import { number, say, t } from "../words.js";
import { askRanks, live } from "./live.js";
import { folded, noisePart, openAtFirst } from "./methods.js";
import { model, written } from "./model.js";

let rows = new Map();
let drawnAs = null;
let quiet = 0;

openAtFirst("recipe-warnings");

/** Return the panel, empty; `showRanks` fills it. */
export function rankingPart() {
  rows = new Map();
  drawnAs = null;
  return [
    h("h2", { id: "recipe-ranking-title" }, t("studio.recipe.ranking_missing")),
    h("div", { id: "recipe-ranking-error" }),
    h("div", { id: "recipe-ranking-tools", class: "row" }),
    h("p", { id: "recipe-moved", class: "help" }),
    h("div", { class: "table-box recipe-table", tabindex: "0", role: "region", "aria-labelledby": "recipe-ranking-title" }, h("table", { id: "recipe-ranking", hidden: true }, h("caption", { id: "recipe-ranking-caption", class: "unseen" }), h("thead"), h("tbody"))),
    h("div", { id: "recipe-ranking-notes" }),
  ];
}

/** Show what the server last said. */
export function showRanks() {
  const table = document.getElementById("recipe-ranking");
  if (!table) return;
  const { answer, error } = live;
  const stale = error && answer ? h("p", { class: "help" }, t("studio.recipe.stale")) : null;
  replace(document.getElementById("recipe-ranking-error"), error ? notice(error) : null, stale);
  table.classList.toggle("recipe-stale", Boolean(error));
  if (!answer) return;
  table.hidden = false;
  const kind = answer.ranks;
  if (drawnAs !== frameOf(answer)) frame(table, answer);
  fill(table.tBodies[0], answer, kind);
  document.getElementById("recipe-moved").textContent = movedText(answer);
  clearTimeout(quiet);
  quiet = setTimeout(() => live.answer === answer && announce(movedText(answer)), 900);
}

const frameOf = (answer) => JSON.stringify([document.documentElement.lang, answer.ranks, answer.period, answer.notes, answer.noise, answer.draws, answer.rows.map((row) => row.unit).sort()]);

function frame(table, answer) {
  drawnAs = frameOf(answer);
  rows = new Map();
  const year = String(answer.period);
  const titles = { interval: t("studio.recipe.ranking", { year }), none: t("studio.recipe.ranking_scores", { year }), groups: t("studio.recipe.ranking_grades", { year }) };
  replace(document.getElementById("recipe-ranking-title"), titles[answer.ranks]);
  replace(document.getElementById("recipe-ranking-caption"), titles[answer.ranks]);
  const head = (text, kind = "text") => h("th", { scope: "col", class: kind }, text);
  const heads = {
    interval: () => [head(t("studio.recipe.rank"), "integer"), head(t("studio.recipe.unit")), head(t("studio.recipe.interval")), head(t("studio.recipe.score"), "number"), head(t("studio.recipe.change"))],
    none: () => [head(t("studio.recipe.unit")), head(t("studio.recipe.score"), "number"), head(t("studio.recipe.interval"), "number")],
    groups: () => [head(t("studio.recipe.grade")), head(t("studio.recipe.unit")), head(t("studio.recipe.interval")), head(t("studio.recipe.change"))],
  };
  replace(table.tHead, h("tr", {}, heads[answer.ranks]()));
  replace(table.tBodies[0]);
  tools(answer);
  notes(answer);
}

function tools(answer) {
  const years = model.about.periods.map((year) => [year, String(year)]);
  const choose = (year) => {
    model.period = Number(year);
    askRanks();
  };
  const take = () => {
    model.base = structuredClone(written());
    askRanks();
    announce(t("studio.recipe.base_set"));
  };
  replace(
    document.getElementById("recipe-ranking-tools"),
    h("label", { for: "recipe-year" }, t("studio.recipe.year")),
    select(years, answer.period, choose, { id: "recipe-year" }),
    answer.ranks === "none" ? null : button(t("studio.recipe.base"), take, { class: "small", id: "recipe-base", title: t("studio.recipe.base_help"), "aria-describedby": "recipe-base-help" }),
    answer.ranks === "none" ? null : h("span", { class: "unseen", id: "recipe-base-help" }, t("studio.recipe.base_help")),
  );
}

function notes(answer) {
  const words = { noise: answer.noise, draws: answer.draws, level: answer.level };
  const means = answer.draws === 0 ? null : answer.ranks === "none" ? t("studio.recipe.interval_scores", words) : t("studio.recipe.interval_means", words);
  const unranked = { none: t("studio.recipe.unranked_study"), groups: t("studio.recipe.graded_study") }[answer.ranks];
  const warnings = () => (answer.notes.length ? answer.notes.map((note) => notice({ what: note.text }, { severity: note.severity })) : h("p", { class: "help" }, t("studio.recipe.no_warnings")));
  replace(
    document.getElementById("recipe-ranking-notes"),
    unranked ? h("p", { class: "help" }, unranked) : null,
    means ? h("p", { class: "help" }, means) : null,
    folded("recipe-warnings", `${t("studio.recipe.warnings")} (${answer.notes.length})`, warnings, { class: "recipe-more" }),
    folded("recipe-nearby", t("studio.recipe.nearby"), () => [h("p", { class: "help" }, t("studio.recipe.nearby_help")), noisePart(redoNoise)], { class: "recipe-more" }),
  );
}

function redoNoise() {
  drawnAs = null;
  askRanks();
}

function fill(body, answer, kind) {
  const make = { interval: rankRow, none: scoreRow, groups: gradeRow }[kind];
  const count = answer.rows.length;
  for (const row of answer.rows) {
    if (!rows.has(row.unit)) rows.set(row.unit, make(row));
    rows.get(row.unit).update(row, count, answer);
  }
  const wanted = answer.rows.map((row) => rows.get(row.unit).element);
  // Only rows that are not where they belong are moved.
  wanted.forEach((element, i) => body.children[i] !== element && body.insertBefore(element, body.children[i] ?? null));
}

function rankRow(row) {
  const [rank, span, score, change] = [h("td", { class: "integer" }), spanCell(), h("td", { class: "number" }), h("td", { class: "recipe-change" })];
  const element = h("tr", { data: { unit: row.unit } }, rank, h("th", { scope: "row" }, say(row.title)), span.element, score, change);
  const update = (now, count) => {
    put(rank, now.rank === null ? t("studio.recipe.unranked") : number(now.rank));
    put(score, number(now.score, digitsOf(now.score)));
    span.update(now, count);
    moved(change, now.rank, now.base);
  };
  return { element, update };
}

function scoreRow(row) {
  const [score, span] = [h("td", { class: "number" }), h("td", { class: "number" })];
  const element = h("tr", { data: { unit: row.unit } }, h("th", { scope: "row" }, say(row.title)), score, span);
  const update = (now) => {
    const digits = digitsOf(now.score);
    put(score, now.score === null ? t("studio.recipe.unranked") : number(now.score, digits));
    put(span, now.score === null ? "" : `${number(now.score_low, digits)}–${number(now.score_high, digits)}`);
  };
  return { element, update };
}

function gradeRow(row) {
  const [grade, span, change] = [h("td"), h("td"), h("td", { class: "recipe-change" })];
  const element = h("tr", { data: { unit: row.unit } }, grade, h("th", { scope: "row" }, say(row.title)), span, change);
  const update = (now, _, { grades }) => {
    const title = (place) => say(grades[place - 1]);
    put(grade, now.grade === null ? t("studio.recipe.unranked") : title(now.grade));
    put(span, now.grade === null ? "" : now.grade_low === now.grade_high ? title(now.grade_low) : t("studio.recipe.grade_span", { low: title(now.grade_low), high: title(now.grade_high) }));
    const isNew = now.grade !== null && now.base !== null && now.grade !== now.base;
    change.className = isNew ? `recipe-change ${now.grade < now.base ? "up" : "down"}` : "recipe-change";
    put(change, isNew ? `${now.grade < now.base ? "▲" : "▼"} ${title(now.base)}` : now.base === null ? "" : t("studio.recipe.same"));
  };
  return { element, update };
}

/** Where a rank lies and how far it goes, as a bar from the first place to the last, and in figures. */
function spanCell() {
  const [band, dot, text] = [h("span", { class: "recipe-band" }), h("span", { class: "recipe-dot" }), h("span", { class: "recipe-ends" })];
  const element = h("td", { class: "recipe-span" }, h("span", { class: "recipe-axis", "aria-hidden": "true" }, band, dot), text);
  const update = ({ rank, low, high }, count) => {
    const at = (place) => `${(100 * (place - 0.5)) / count}%`;
    element.firstChild.hidden = rank === null;
    put(text, rank === null ? "" : low === high ? number(low) : `${number(low)}–${number(high)}`);
    if (rank === null) return;
    band.style.setProperty("left", `${(100 * (low - 1)) / count}%`);
    band.style.setProperty("width", `${(100 * (high - low + 1)) / count}%`);
    dot.style.setProperty("left", at(rank));
  };
  return { element, update };
}

function moved(cell, rank, base) {
  const places = rank === null || base === null ? null : base - rank;
  cell.className = places ? `recipe-change ${places > 0 ? "up" : "down"}` : "recipe-change";
  if (places === null) return put(cell, rank === null ? "" : t("studio.recipe.new"));
  if (places === 0) return put(cell, "·", t("studio.recipe.same"));
  return put(cell, `${places > 0 ? "▲" : "▼"}${number(Math.abs(places))}`, places > 0 ? t("studio.recipe.up", { places }) : t("studio.recipe.down", { places: -places }));
}

/** Write a cell if it says something else; `spoken` is what a reader who listens hears instead. */
function put(cell, text, spoken = null) {
  const key = `${text}\n${spoken ?? ""}`;
  if (cell.said === key) return;
  cell.said = key;
  if (spoken === null) cell.textContent = text;
  else replace(cell, h("span", { "aria-hidden": "true" }, text), h("span", { class: "unseen" }, spoken));
}

const digitsOf = (score) => (score === null ? 0 : Math.abs(score) < 2 ? 3 : Math.abs(score) < 100 ? 2 : 1);

function movedText({ ranks, moved: count, most }) {
  if (count === null) return "";
  if (ranks === "groups") return count ? t("studio.recipe.moved_grades", { count }) : t("studio.recipe.moved_none_grades");
  return count ? t("studio.recipe.moved", { count, most }) : t("studio.recipe.moved_none");
}
