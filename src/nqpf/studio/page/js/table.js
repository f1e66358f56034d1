// Tables: real ones, with a caption, that sort by a click on a heading and scroll in a box of their own.
import { button, h, replace } from "./dom.js";
import { number, percent, say, t } from "./words.js";

const collators = { zh: new Intl.Collator("zh-CN", { numeric: true }), en: new Intl.Collator("en", { numeric: true }) };

/**
 * Return a table.
 *
 * columns: `[{key, title, kind, digits, cell}]`; kind is text, number, integer or percent; `cell(row)` may return an
 * element instead of the text. rows: objects; a value may be a pair {zh, en}. `onCell(row, column)` makes numbers
 * buttons. `mark(row)` returns classes of a row. `most` rows are shown at first.
 */
export function table({ columns, rows, caption, sortable = true, onCell = null, mark = null, most = 200, id = null }) {
  let order = null;
  let shown = most;
  const body = h("tbody");
  const heads = columns.map((column) => heading(column));
  const more = h("p", { class: "more" });

  function heading(column) {
    const title = say(column.title);
    const inside = sortable ? button(title, () => sort(column), { class: "sort" }) : title;
    return h("th", { scope: "col", class: column.kind ?? "text", "aria-sort": sortable ? "none" : null }, inside);
  }

  function sort(column) {
    const down = order?.key === column.key ? !order.down : isNumber(column);
    order = { key: column.key, down };
    heads.forEach((head, i) => head.setAttribute("aria-sort", columns[i] === column ? (down ? "descending" : "ascending") : "none"));
    draw();
  }

  function sorted() {
    if (!order) return rows;
    const sign = order.down ? -1 : 1;
    return [...rows].sort((a, b) => compared(a[order.key], b[order.key], sign));
  }

  function draw() {
    const all = sorted();
    replace(body, all.slice(0, shown).map((row) => h("tr", { class: mark?.(row) }, columns.map((column, i) => cell(row, column, i)))));
    more.hidden = all.length <= shown;
    replace(more, t("studio.core.rows_shown", { shown, count: all.length }), " ", button(t("studio.core.rows_all"), () => ((shown = all.length), draw()), { class: "small" }));
  }

  function cell(row, column, i) {
    const text = written(row[column.key], column);
    const made = column.cell?.(row);
    const inside = made ?? (onCell && isNumber(column) && row[column.key] !== null ? button(text, () => onCell(row, column), { class: "number-button" }) : text);
    const tag = i === 0 ? "th" : "td";
    return h(tag, { scope: i === 0 ? "row" : null, class: column.kind ?? "text" }, inside);
  }

  draw();
  const head = h("thead", {}, h("tr", {}, heads));
  // A box that scrolls must be reachable by the keyboard.
  const box = h("div", { class: "table-box", tabindex: "0", role: "region", "aria-label": say(caption) });
  box.append(h("table", { id }, h("caption", {}, say(caption)), head, body));
  return h("div", { class: "table" }, box, more);
}

const isNumber = (column) => ["number", "integer", "percent"].includes(column.kind);

function written(value, column) {
  if (value === null || value === undefined) return "—";
  if (column.kind === "percent") return percent(value, column.digits ?? 0);
  if (column.kind === "integer") return number(value, 0);
  if (column.kind === "number") return number(value, column.digits);
  return say(value);
}

// What is absent stands at the end, whichever way is sorted.
function compared(a, b, sign) {
  const [left, right] = [a, b].map((value) => (typeof value === "object" && value !== null ? say(value) : value));
  if (left === null || left === undefined) return right === null || right === undefined ? 0 : 1;
  if (right === null || right === undefined) return -1;
  if (typeof left === "number" && typeof right === "number") return sign * (left - right);
  const collator = document.documentElement.lang.startsWith("zh") ? collators.zh : collators.en;
  return sign * collator.compare(String(left), String(right));
}
