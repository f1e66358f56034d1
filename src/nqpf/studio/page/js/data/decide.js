// What only a person can say: years a table does not give, misread names, names that are no places, tables that differ.
import { button, h, select, unique } from "../dom.js";
import { announce } from "../errors.js";
import { number, say, t } from "../words.js";
import { change, data, having, put } from "./document.js";
import { baseName, keyName } from "./files.js";
import { model } from "./model.js";
import { showSheet } from "./sheet.js";

/** Return how many things wait for an answer. */
export function waitingFor() {
  const { repairs = [], conflicts = [] } = model.understood ?? {};
  const open = repairs.filter((one) => stateOf(one) === "proposed").length;
  const differing = conflicts.length && (data().conflicts ?? "stop") === "stop" ? 1 : 0;
  return questions().filter((one) => !one.answer).length + open + strange().length + differing;
}

const questions = () => model.understood?.questions ?? [];

/** Return the parts that ask for something. */
export function decidePart() {
  if (!model.understood) return null;
  const { repairs = [], conflicts = [] } = model.understood;
  const parts = [
    questions().length ? asked() : null,
    repairs.length ? repaired(repairs) : null,
    unplacedPart(),
    conflicts.length || data().conflicts ? conflicting(conflicts) : null,
  ].filter(Boolean);
  return parts.length ? parts : h("p", { class: "help" }, t("studio.data.nothing_to_decide"));
}

// Questions

function asked() {
  return h("div", {}, h("h3", {}, t("studio.data.questions")), questions().map(question));
}

// An answer holds for the whole table, or names the column in which it stands.
const ways = new Map();

function question(one, i) {
  const id = `question-${i}`;
  const asked = JSON.stringify([one.file, one.sheet, one.key]);
  const way = one.answer ? "whole" : (ways.get(asked) ?? (one.key === "unit" ? "column" : "whole"));
  const said = String(one.answer ?? "");
  const field = h("input", { id, value: said, data: { was: said }, class: "data-answer", "aria-describedby": `${id}-why` });
  const answer = () => {
    const given = field.value.trim();
    field.dataset.was = field.value; // it is no longer half typed
    const said = t("studio.data.edit_answer", { table: called(one) });
    change(said, (part) => (ways.get(asked) === "column" || way === "column" ? setColumn(part, one, given) : setKnown(part, one, given)));
    announce(t("studio.data.answer_taken"));
  };
  field.addEventListener("keydown", (event) => event.key === "Enter" && answer());
  const options = [
    ["whole", t("studio.data.way_whole", { key: keyName(one.key) })],
    ["column", t("studio.data.way_column", { key: keyName(one.key) })],
  ];
  return h(
    "div",
    { class: one.answer ? "data-question answered" : "data-question" },
    h("p", { id: `${id}-why` }, one.answer ? h("span", { class: "tag good" }, t("studio.data.answered")) : null, " ", say(one.why)),
    h(
      "div",
      { class: "row" },
      h("label", { for: id }, t("studio.data.answer_of", { key: keyName(one.key), table: called(one) })),
      one.answer ? null : select(options, way, (value) => ways.set(asked, value), { id: `${id}-way`, "aria-label": t("studio.data.way") }),
      field,
      button(t("studio.data.answer"), answer, { class: "small", id: `${id}-go` }),
      button(t("studio.data.see_sheet"), () => showSheet(one), { class: "small", id: `${id}-see` }),
    ),
  );
}

const called = ({ file, sheet }) => (sheet ? `${baseName(file)} [${sheet}]` : baseName(file));

function setColumn(part, { file, key }, answer) {
  for (const table of part.tables) if (table.file === file) put(table, key, answer);
}

function setKnown(part, { file, sheet, key }, answer) {
  const isMine = (one) => (one.sheet ?? null) === (sheet ?? null);
  for (const table of part.tables) {
    if (table.file !== file || (table.sheet && table.sheet !== sheet)) continue;
    const mine = { ...(sheet ? { sheet } : {}), ...(table.known ?? []).find(isMine) };
    put(mine, key, answer);
    const others = (table.known ?? []).filter((one) => !isMine(one));
    const kept = Object.keys(mine).some((name) => name !== "sheet") ? [...others, mine] : others;
    put(table, "known", kept.length ? kept : null);
  }
}

// Repairs of names

/** Where a repair stands by the document as it is now: proposed, accepted or refused. */
function stateOf({ written }) {
  if ((data().repairs ?? []).includes(written)) return "accepted";
  return (data().apart ?? []).includes(written) ? "refused" : "proposed";
}

function repaired(repairs) {
  const open = repairs.filter((one) => stateOf(one) === "proposed");
  return h(
    "div",
    {},
    h("h3", {}, t("studio.data.repairs")),
    h("p", { class: "help" }, t("studio.data.repairs_help")),
    repairs.length > 1
      ? h("div", { class: "row" }, button(t("studio.data.accept_all", { count: open.length }), () => decide(open, "accepted"), { id: "accept-all", disabled: !open.length }), button(t("studio.data.refuse_all"), () => decide(open, "refused"), { id: "refuse-all", disabled: !open.length }))
      : null,
    h("ul", { class: "data-cards" }, repairs.map(repair)),
  );
}

function repair(one, i) {
  const at = stateOf(one);
  const choose = (word, text) => button(text, () => decide([one], at === word ? "proposed" : word), { class: "small", id: `${word}-${one.written}`, "aria-pressed": String(at === word), "aria-describedby": `repair-${i}` });
  return h(
    "li",
    { class: `card data-repair ${at}` },
    h("p", { id: `repair-${i}`, class: "data-repair-name" }, t("studio.data.repair_name", { written: one.written, title: one.title }), " ", h("span", { class: `tag ${{ accepted: "good", refused: "", proposed: "warning" }[at]}` }, stateName(at))),
    h("p", {}, say(one.why)),
    h("p", { class: "data-evidence" }, h("strong", {}, t("studio.data.evidence")), " ", say(one.evidence)),
    h("div", { class: "row" }, choose("accepted", t("studio.data.accept")), choose("refused", t("studio.data.refuse")), cellsOf(one)),
  );
}

function stateName(at) {
  return { accepted: t("studio.data.accepted_state"), refused: t("studio.data.refused_state"), proposed: t("studio.data.proposed_state") }[at];
}

function cellsOf({ cells, count, written }) {
  const [first] = cells;
  const text = t("studio.data.cells_count", { count });
  if (!first) return h("span", { class: "help" }, text);
  return button(text, () => showSheet(first), { class: "small", id: `cells-${written}`, "aria-label": t("studio.data.cells_of", { count, name: written }) });
}

function decide(repairs, at) {
  const names = repairs.map((one) => one.written);
  const label = { accepted: t("studio.data.edit_accepted", { names: names.join(", ") }), refused: t("studio.data.edit_refused", { names: names.join(", ") }), proposed: t("studio.data.edit_reopened", { names: names.join(", ") }) }[at];
  change(label, (part) => {
    for (const name of names) {
      part.repairs = having(part.repairs, name, at === "accepted");
      part.apart = having(part.apart, name, at === "refused");
    }
  });
  announce(label);
}

// Names that no list knows

const strange = () => ((data().unplaced ?? "stop") === "apart" ? [] : (model.understood?.unplaced ?? []).filter((one) => !(data().apart ?? []).includes(one.written)));

function unplacedPart() {
  const names = model.understood?.unplaced ?? [];
  const repairs = new Set((model.understood?.repairs ?? []).map((one) => one.written));
  const set = (data().apart ?? []).filter((name) => !repairs.has(name));
  if (!names.length && !set.length && !data().unplaced) return null;
  const id = unique("unplaced");
  const apart = (name, wanted) => change(t("studio.data.edit_apart", { names: name }), (part) => (part.apart = having(part.apart, name, wanted)));
  const check = (name, rows) => {
    const field = h("input", { type: "checkbox", id: `apart-${name}`, checked: set.includes(name), on: { change: (event) => apart(name, event.target.checked) } });
    return h("li", {}, field, h("label", { for: field.id }, rows === null ? t("studio.data.set_apart", { name }) : t("studio.data.set_apart_rows", { name, rows })));
  };
  const all = h("input", { type: "checkbox", id, checked: data().unplaced === "apart", on: { change: (event) => change(t("studio.data.edit_unplaced"), (part) => put(part, "unplaced", event.target.checked ? "apart" : null)) } });
  const known = new Map(names.map((one) => [one.written, one.rows ?? null]));
  return h(
    "div",
    {},
    h("h3", {}, t("studio.data.unplaced")),
    h("p", { class: "help" }, t("studio.data.unplaced_help")),
    h("ul", { class: "data-plain" }, [...new Set([...known.keys(), ...set])].map((name) => check(name, known.get(name) ?? null)), h("li", {}, all, h("label", { for: id }, t("studio.data.unplaced_all")))),
  );
}

// Two tables give one cell differently

function conflicting(conflicts) {
  const options = [
    ["stop", t("studio.data.conflict_stop")],
    ["first", t("studio.data.conflict_first")],
    ["last", t("studio.data.conflict_last")],
    ["neither", t("studio.data.conflict_neither")],
  ];
  const label = t("studio.data.conflict_rule");
  const field = select(options, data().conflicts ?? "stop", (value) => change(t("studio.data.edit_conflicts"), (part) => put(part, "conflicts", value === "stop" ? null : value)), { id: "data-conflicts" });
  return h(
    "div",
    {},
    h("h3", {}, t("studio.data.conflicts", { count: model.understood.conflict_count })),
    h("div", { class: "field" }, h("label", { for: "data-conflicts" }, label), field),
    conflicts.length ? differing(conflicts) : null,
  );
}

function differing(conflicts) {
  const shown = conflicts.slice(0, 100);
  const value = (one) => h("li", {}, h("span", { class: "data-figure" }, number(one.value)), " ", button(`${called(one)} ${one.cell}`, () => showSheet(one), { class: "number-button data-address" }));
  const row = (one) => h("tr", {}, h("th", { scope: "row" }, `${say(one.unit)} ${one.period}`), h("td", {}, say(one.title ?? one.series)), h("td", {}, h("ul", { class: "data-plain" }, one.values.map(value))));
  const head = [t("studio.data.unit_year"), t("studio.data.series_one"), t("studio.data.values_of_tables")].map((text) => h("th", { scope: "col" }, text));
  return h(
    "div",
    { class: "table-box", tabindex: "0", role: "region", "aria-label": t("studio.data.conflicts_caption") },
    h("table", {}, h("caption", {}, t("studio.data.conflicts_caption")), h("thead", {}, h("tr", {}, head)), h("tbody", {}, shown.map(row))),
  );
}
