// The sheet as it lies in the file: what each cell was taken for, in colour and in words, and what looks wrong.
import { get, session } from "../api.js";
import { button, h, icon, keepingFocus, labelled, replace, select } from "../dom.js";
import { notice, waiting } from "../errors.js";
import { onSession } from "../state.js";
import { number, say, t } from "../words.js";
import { baseName, severity } from "./files.js";
import { model } from "./model.js";
import { rejecting } from "./reject.js";

/** What a cell may be: word of the server, name. The order is that of the legend. */
const roles = () => ({
  title: t("studio.data.role_title"),
  header: t("studio.data.role_header"),
  unit: t("studio.data.role_unit"),
  code: t("studio.data.role_code"),
  period: t("studio.data.role_period"),
  indicator: t("studio.data.role_indicator"),
  measure: t("studio.data.role_measure"),
  value: t("studio.data.role_value"),
  total: t("studio.data.role_total"),
  note: t("studio.data.role_note"),
  unread: t("studio.data.role_unread"),
});

let open = null;

/** The address of a cell as a button that shows it in its sheet. */
export function address(place, show = showSheet) {
  const text = [place.sheet, place.cell].filter(Boolean).join(" ") || baseName(place.file);
  return button(text, () => show(place), { class: "number-button data-address", "aria-label": t("studio.data.show_cell", { cell: text, file: baseName(place.file) }) });
}

/** Show a sheet, at a cell where one is named. */
export function showSheet({ file, sheet = null, cell = null }) {
  open?.box.remove();
  const title = h("h2", { id: "sheet-title" }, [baseName(file), sheet].filter(Boolean).join(" · "));
  const inside = h("div", { class: "data-sheet-inside" }, waiting());
  const detail = h("div", { class: "data-cell", "aria-live": "polite" }, h("p", { class: "help" }, t("studio.data.sheet_help")));
  const close = button([icon("close"), h("span", {}, t("studio.data.close"))], () => box.close(), { class: "small", id: "sheet-close" });
  const box = h("dialog", { class: "data-sheet", "aria-labelledby": "sheet-title", on: { close: () => ((open = null), box.remove()) } }, h("div", { class: "data-sheet-head" }, title, close), inside, detail);
  document.body.append(box);
  open = { box, inside, detail, file, sheet, cell };
  box.showModal();
  draw(cell ? { cell } : { row: 1, column: 1 });
}

async function draw(at) {
  const mine = open;
  const query = new URLSearchParams({ file: mine.file, ...(mine.sheet ? { sheet: mine.sheet } : {}), ...Object.fromEntries(Object.entries(at).map(([key, value]) => [key, String(value)])) });
  try {
    const window = await get(session(`data/cells?${query}`));
    if (open !== mine) return;
    mine.window = window;
    const box = mine.inside.querySelector(".data-grid-box");
    const [left, top] = [box?.scrollLeft ?? 0, box?.scrollTop ?? 0];
    keepingFocus(() => fill(mine, window));
    if (box && at.cell === undefined) mine.inside.querySelector(".data-grid-box").scrollTo(left, top);
  } catch (error) {
    replace(mine.inside, notice(error));
  }
}

function fill(mine, window) {
  const grid = h("table", { class: "data-grid" }, head(window), h("tbody", {}, window.rows.map((row) => line(mine, window, row))));
  replace(mine.inside, sheets(mine, window), legend(window), moves(window), h("div", { class: "table-box data-grid-box", tabindex: "0", role: "region", "aria-label": t("studio.data.sheet_cells") }, grid));
  const wanted = mine.cell && mine.inside.querySelector(`[data-cell="${CSS.escape(mine.cell)}"]`);
  if (!wanted) return;
  wanted.scrollIntoView({ block: "center", inline: "center" });
  tell(mine, window.rows.flatMap((row) => row.cells).find((one) => one.cell === mine.cell));
}

function sheets(mine, { sheet }) {
  const names = (model.understood?.tables ?? []).filter((one) => one.file === mine.file && one.sheet).map((one) => one.sheet);
  if (names.length < 2 || !names.includes(sheet)) return null;
  const to = (name) => showSheet({ file: mine.file, sheet: name });
  return labelled(t("studio.data.sheet"), select(names.map((name) => [name, name]), sheet, to, { id: "sheet-of-file" }));
}

// Colours alone say nothing: every column and every cell that is not a number says what it is.
function head({ columns }) {
  const names = roles();
  return h("thead", {}, h("tr", {}, h("th", { scope: "col" }, h("span", { class: "unseen" }, t("studio.data.row"))), columns.map((one) => h("th", { scope: "col", class: one.role ? `role-${one.role}` : null }, one.letter, one.role ? h("span", { class: "data-role" }, names[one.role] ?? one.role) : null))));
}

function line(mine, window, row) {
  return h("tr", {}, h("th", { scope: "row" }, row.row, row.role ? h("span", { class: "data-role" }, roles()[row.role] ?? row.role) : null), row.cells.map((cell) => shown(mine, cell)));
}

function shown(mine, cell) {
  const grave = gravest(cell.flags);
  const marks = [grave ? `flagged ${grave}` : null, cell.rejected ? "rejected" : null, cell.role ? `role-${cell.role}` : null, cell.cell === mine.cell ? "at" : null];
  const said = [cell.text || "·", grave ? h("span", { class: `data-flag ${grave}` }, signOf(grave)) : null, cell.rejected ? h("span", { class: "data-flag" }, t("studio.data.rejected")) : null];
  const isOpen = cell.role === "value" || cell.role === "total" || grave;
  const inside = isOpen ? button(said, () => tell(mine, cell), { class: "number-button", id: `at-${cell.cell}` }) : cell.text;
  return h("td", { class: marks.filter(Boolean).join(" ") || null, data: { cell: cell.cell } }, inside);
}

const gravest = (flags) => ["error", "warning", "info"].find((word) => flags.some((flag) => flag.severity === word)) ?? null;
const signOf = (word) => ({ error: t("studio.data.sign_error"), warning: t("studio.data.sign_warning"), info: t("studio.data.sign_info") })[word];

function legend({ columns, rows }) {
  const there = new Set([...columns.map((one) => one.role), ...rows.flatMap((row) => [row.role, ...row.cells.map((cell) => cell.role)])]);
  const shownRoles = Object.entries(roles()).filter(([role]) => there.has(role));
  return h("ul", { class: "data-legend", "aria-label": t("studio.data.legend") }, shownRoles.map(([role, name]) => h("li", { class: `role-${role}` }, name)), signs(rows));
}

function signs(rows) {
  const found = new Set(rows.flatMap((row) => row.cells.map((cell) => gravest(cell.flags))));
  const meant = { error: t("studio.data.sign_error_is"), warning: t("studio.data.sign_warning_is"), info: t("studio.data.sign_info_is") };
  return Object.keys(meant).filter((word) => found.has(word)).map((word) => h("li", {}, h("span", { class: `data-flag ${word}` }, signOf(word)), " ", meant[word]));
}

/** Buttons that move the window over a large sheet. */
function moves(window) {
  const { top, left, rows, columns, height, width } = window;
  const bottom = top + rows.length - 1;
  const right = left + columns.length - 1;
  const go = (row, column) => () => {
    open.cell = null;
    draw({ row, column });
  };
  const move = (id, text, row, column, can) => button(text, go(row, column), { class: "small", id: `sheet-${id}`, disabled: !can });
  return h(
    "div",
    { class: "row" },
    h("span", { class: "help" }, t("studio.data.window", { top, bottom, height, left: columns[0]?.letter ?? "", right: columns.at(-1)?.letter ?? "" })),
    height > rows.length ? [move("up", t("studio.data.rows_before"), Math.max(1, top - rows.length), left, top > 1), move("down", t("studio.data.rows_after"), bottom + 1, left, bottom < height)] : null,
    width > columns.length ? [move("left", t("studio.data.columns_before"), top, Math.max(1, left - columns.length), left > 1), move("right", t("studio.data.columns_after"), top, right + 1, right < width)] : null,
  );
}

function tell(mine, cell) {
  if (!cell) return;
  const said = (cell.flags ?? []).map((flag) => h("li", {}, h("span", { class: `tag ${flag.severity}` }, severity(flag.severity)), " ", say(flag.text)));
  const what = [cell.cell, roles()[cell.role], cell.unit && say(cell.unit), cell.period, cell.title && say(cell.title)].filter(Boolean).join(" · ");
  replace(
    mine.detail,
    h("p", {}, h("strong", {}, what), cell.value === undefined || cell.value === null ? null : ` = ${number(cell.value)}`),
    said.length ? h("ul", { class: "data-plain" }, said) : null,
    cell.series ? rejecting([{ series: cell.series, unit: cell.unit_id, period: cell.period }], { id: "sheet-reject", done: () => tell(mine, cell) }) : null,
  );
}

// Marks change with the document: the open sheet is drawn again once it is saved.
onSession((what) => {
  if (open && (what === "saved" || what === "undo") && open.window) draw(open.cell ? { cell: open.cell } : { row: open.window.top, column: open.window.left });
});
