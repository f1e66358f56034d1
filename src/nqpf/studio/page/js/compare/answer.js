// The answer of a comparison: what differs, how alike ranks are, who moved, the picture, the ranks, the weights.
import { button, h, keepingFocus, labelled, replace, select } from "../dom.js";
import { get, session } from "../api.js";
import { alarm, notice } from "../errors.js";
import { lazyChart, linkSelection, onPick, pick, pickedUnit, unitChooser } from "../chart.js";
import { edit, state } from "../state.js";
import { table } from "../table.js";
import { lang, number, say, t } from "../words.js";

let unpick = () => {};

/** Fill the box. `at(year)` compares another year, `again()` asks anew what can be compared. */
export function drawAnswer(box, answer, { at, again }) {
  const units = answer.units.map(({ id, title }) => ({ id, title }));
  linkSelection(units);
  keepingFocus(() =>
    replace(
      box,
      answer.notes.map((one) => notice(say(one.text), { severity: one.severity })),
      h("div", { class: "compare-sides" }, answer.sides.map((side, i) => drawSide(side, i, again))),
      h("div", { class: "compare-split" }, picture(answer, units, at), h("div", {}, differences(answer), alike(answer))),
      ranks(answer),
      weights(answer),
      answer.words.length ? h("details", { class: "compare-words" }, h("summary", {}, t("studio.compare.system_words")), h("ul", {}, answer.words.map((line) => h("li", {}, say(line))))) : null,
    ),
  );
}

const letter = (i) => (i === 0 ? t("studio.compare.first") : t("studio.compare.second"));

function drawSide(side, i, again) {
  const published = side.state !== undefined;
  const take = () => takeOver(side, again).catch(alarm);
  return h(
    "section",
    { class: "card" },
    h("h2", {}, h("span", { class: "compare-letter" }, letter(i)), " ", say(side.title)),
    published ? aboutSystem(side) : null,
    side.id === "now" ? h("p", { class: "help" }, t("studio.compare.is_used")) : button(t("studio.compare.take_over", { side: letter(i) }), take, { class: "small", id: `compare-take-${i}` }),
  );
}

function aboutSystem(side) {
  const kind = { verified: "good", seen: "info", recalled: "warning" }[side.state];
  return [
    h("p", {}, h("span", { class: `tag ${kind}` }, say(side.state_title)), " ", say(side.state_words)),
    side.state === "recalled" ? notice(t("studio.compare.recalled"), { severity: "warning" }) : null,
    h("p", {}, `${t("studio.compare.computed")}${t("studio.form.colon")}${side.found} / ${side.total}`),
    side.absent.length ? h("p", { class: "help" }, t("studio.compare.absent", { indicators: side.absent.map(say).join(t("studio.form.comma")) })) : null,
    side.address ? h("p", { class: "help compare-address" }, t("studio.compare.address", { address: side.address })) : null,
    side.caution ? h("p", { class: "help" }, t("studio.compare.caution", { caution: side.caution })) : null,
  ];
}

async function takeOver(side, again) {
  const document = await get(`${session("compare/document")}?side=${encodeURIComponent(side.id)}`);
  edit(t("studio.compare.took_over", { side: side.title }), (present) => {
    for (const key of Object.keys(present)) delete present[key];
    Object.assign(present, document);
  });
  await again();
}

function differences(answer) {
  const published = answer.sides.some((side) => side.state !== undefined);
  const lines = answer.differs.map((line) => h("li", {}, say(line)));
  const none = published ? t("studio.compare.differs_system") : t("studio.compare.differs_nothing");
  return h("section", {}, h("h2", {}, t("studio.compare.differs_title")), lines.length ? h("ul", { class: "compare-differs" }, lines) : h("p", {}, none));
}

function alike(answer) {
  const now = answer.agreement.find((row) => row.period === answer.period);
  const figures = { period: String(now.period), units: now.units, spearman: number(now.spearman, 3), kendall: number(now.kendall, 3) };
  const columns = [
    { key: "year", title: t("studio.compare.period"), kind: "text" },
    { key: "spearman", title: t("studio.compare.spearman"), kind: "number", digits: 3 },
    { key: "kendall", title: t("studio.compare.kendall"), kind: "number", digits: 3 },
    { key: "units", title: t("studio.compare.count"), kind: "integer" },
  ];
  const rows = answer.agreement.filter((row) => answer.periods.includes(row.period)).map((row) => ({ ...row, year: String(row.period) }));
  const years = h("details", {}, h("summary", {}, t("studio.compare.alike_title")), table({ columns, rows, caption: t("studio.compare.alike_title") }));
  const said = now.spearman === null ? t("studio.compare.alike_undefined", figures) : t("studio.compare.alike", figures);
  return h("section", {}, h("h2", {}, t("studio.compare.movers")), h("p", {}, said), movers(answer), rows.length > 1 ? years : null);
}

function movers(answer) {
  if (!answer.movers.length) return h("p", {}, t("studio.compare.no_movers"));
  const line = (id) => {
    const row = answer.units.find((one) => one.id === id);
    const words = { unit: row.title, from: row.first.rank, to: row.second.rank, places: Math.abs(row.shift) };
    return h("li", {}, row.shift > 0 ? t("studio.compare.mover_up", words) : t("studio.compare.mover_down", words));
  };
  return h("ol", { class: "compare-movers" }, answer.movers.map(line));
}

function picture(answer, units, at) {
  const years = labelled(t("studio.compare.period"), select(answer.periods.map((year) => [year, String(year)]), answer.period, (year) => at(Number(year)), { id: "compare-period" }));
  return h(
    "section",
    {},
    h("h2", {}, t("studio.compare.chart.title", { period: String(answer.period) })),
    h("div", { class: "row" }, years, unitChooser(units)),
    lazyChart(() => answer.chart[lang()], { name: `compare-${answer.period}` }),
    h("p", { class: "help" }, t("studio.compare.chart.caption")),
  );
}

function ranks(answer) {
  const both = answer.units.some((row) => row.first.low !== null || row.second.low !== null);
  const side = (i) => ({ side: letter(i) });
  const columns = [
    { key: "title", title: t("studio.compare.unit"), kind: "text", cell: (row) => button(say(row.title), () => pick(pickedUnit() === row.id ? null : row.id), { class: "number-button", "aria-pressed": String(pickedUnit() === row.id) }) },
    { key: "rank1", title: t("studio.compare.rank_of", side(0)), kind: "integer" },
    both && { key: "interval1", title: t("studio.compare.interval_of", side(0)), kind: "text" },
    { key: "rank2", title: t("studio.compare.rank_of", side(1)), kind: "integer" },
    both && { key: "interval2", title: t("studio.compare.interval_of", side(1)), kind: "text" },
    { key: "shift", title: t("studio.compare.shift"), kind: "integer", cell: (row) => moved(row.shift) },
    { key: "score1", title: t("studio.compare.score_of", side(0)), kind: "number", digits: 3 },
    { key: "score2", title: t("studio.compare.score_of", side(1)), kind: "number", digits: 3 },
  ].filter(Boolean);
  const rows = answer.units.map((row) => ({ id: row.id, title: row.title, shift: row.shift, rank1: row.first.rank, rank2: row.second.rank, score1: row.first.score, score2: row.second.score, interval1: interval(row.first), interval2: interval(row.second) }));
  const holder = h("div");
  const draw = () => replace(holder, table({ columns, rows, caption: t("studio.compare.ranks", { period: String(answer.period) }), mark: (row) => (row.id === pickedUnit() ? "picked" : null), most: 400 }));
  unpick();
  unpick = onPick(() => (holder.isConnected ? keepingFocus(draw) : unpick()));
  draw();
  return h("section", {}, h("h2", {}, t("studio.compare.ranks", { period: String(answer.period) })), h("p", { class: "help" }, t("studio.compare.interval_about")), holder);
}

const interval = ({ low, high }) => (low === null || high === null ? null : low === high ? String(low) : `${low}–${high}`);

function moved(shift) {
  if (shift === null) return "—";
  if (shift === 0) return t("studio.compare.shift_none");
  const places = Math.abs(shift);
  const up = shift > 0;
  return h("span", { class: up ? "compare-up" : "compare-down" }, up ? t("studio.compare.shift_up", { places }) : t("studio.compare.shift_down", { places }));
}

function weights(answer) {
  const columns = [
    { key: "title", title: t("studio.compare.indicator"), kind: "text" },
    { key: "first", title: t("studio.compare.weight_of", { side: letter(0) }), kind: "percent", digits: 1 },
    { key: "second", title: t("studio.compare.weight_of", { side: letter(1) }), kind: "percent", digits: 1 },
  ];
  const rows = answer.weights.filter((row) => row.leaf);
  return h("section", {}, h("h2", {}, t("studio.compare.weights")), table({ columns, rows, caption: t("studio.compare.weights") }));
}
