// The ledger: every number that was changed, taken out or read past a sign, with its cell, sorted and filtered by rule.
import { h, labelled, select } from "../dom.js";
import { table } from "../table.js";
import { number, t } from "../words.js";
import { model } from "./model.js";
import { address, showSheet } from "./sheet.js";

let rule = "";

/** Return the ledger; `again` draws it anew. */
export function ledgerPart(again) {
  const { count = 0, rows = [] } = model.understood?.ledger ?? {};
  if (!count) return h("p", { class: "help" }, t("studio.data.ledger_empty"));
  const counts = new Map();
  for (const row of rows) counts.set(row.rule, { title: row.title, count: (counts.get(row.rule)?.count ?? 0) + 1 });
  if (!counts.has(rule)) rule = "";
  const options = [["", t("studio.data.all_rules", { count: rows.length })], ...[...counts].map(([id, one]) => [id, t("studio.data.rule_count", { rule: one.title ?? id, count: one.count })])];
  const shown = rows.filter((row) => !rule || row.rule === rule);
  const columns = [
    { key: "unit", title: t("studio.data.unit_one") },
    { key: "period", title: t("studio.data.year"), kind: "number", cell: (row) => String(row.period ?? "—") },
    { key: "indicator", title: t("studio.data.series_one") },
    { key: "old", title: t("studio.data.old"), kind: "number" },
    { key: "new", title: t("studio.data.new"), kind: "number", cell: (row) => (row.new === null ? t("studio.data.is_missing") : number(row.new)) },
    { key: "title", title: t("studio.data.by_rule") },
    { key: "detail", title: t("studio.data.detail") },
    { key: "cell", title: t("studio.data.cell"), cell: (row) => (row.file ? address(row, showSheet) : "—") },
  ];
  return [
    h("p", { class: "help" }, count > rows.length ? t("studio.data.ledger_first", { count, shown: rows.length }) : t("studio.data.ledger_help")),
    labelled(t("studio.data.filter_rule"), select(options, rule, (value) => ((rule = value), again()), { id: "ledger-rule" })),
    table({ columns, rows: shown, caption: t("studio.data.ledger_caption", { count: shown.length }), most: 100, id: "ledger-table" }),
  ];
}
