// What the last run has written: reports to download, a preview, the other files, and the study that reproduces them.
import { button, h, replace } from "../dom.js";
import { get, session } from "../api.js";
import { alarm, announce, notice } from "../errors.js";
import { flush, state } from "../state.js";
import { table } from "../table.js";
import { lang, number, t } from "../words.js";

const what = (kind) =>
  ({ html: t("studio.report.what_html"), docx: t("studio.report.what_docx"), pdf: t("studio.report.what_pdf"), xlsx: t("studio.report.what_xlsx") })[kind];
const address = (name) => session(`report/download/${name.split("/").map(encodeURIComponent).join("/")}`);

function sized(bytes) {
  return bytes < 2 ** 20 ? `${number(Math.ceil(bytes / 1024))} KB` : `${number(bytes / 2 ** 20, 1)} MB`;
}

export function drawFiles(box, files, stale) {
  const reports = ["html", "docx", "pdf", "xlsx"].flatMap((kind) => files.filter((one) => one.name === `report.${kind}`));
  const others = files.filter((one) => !reports.includes(one));
  const link = (one) => h("a", { class: "button", href: address(one.name), download: "" }, t("studio.report.download", { what: what(one.kind) }), h("span", { class: "help" }, sized(one.size)));
  const columns = [
    { key: "name", title: t("studio.report.file"), kind: "text", cell: (row) => h("a", { href: address(row.name), download: "" }, row.name) },
    { key: "kind", title: t("studio.report.kind"), kind: "text" },
    { key: "size", title: t("studio.report.size"), kind: "number", cell: (row) => sized(row.size) },
  ];
  const rest = others.length ? h("details", {}, h("summary", { id: "report-others" }, t("studio.report.other_files", { count: others.length })), table({ columns, rows: others, caption: t("studio.report.other_files", { count: others.length }) })) : null;
  replace(box, h("h2", {}, t("studio.report.files")), h("div", { id: "report-stale" }), files.length ? h("div", { class: "row report-downloads" }, reports.map(link)) : h("p", { class: "help" }, t("studio.report.no_files")), rest);
  showStale(stale);
}

/** Say that the files are of an earlier study; nothing where they are of the present one. */
export function showStale(stale) {
  const box = document.getElementById("report-stale");
  if (box) replace(box, stale ? notice(t("studio.report.stale"), { severity: "info" }) : null);
}

/** The report as a page, in a frame that shares nothing with the studio. */
export function drawPreview(files) {
  if (!files.some((one) => one.name === "report.html")) return h("section", {}, h("h2", {}, t("studio.report.preview")), h("p", { class: "help" }, t("studio.report.preview_none")));
  const holder = h("div", { id: "report-preview" });
  const toggle = button(t("studio.report.preview_show"), () => {
    const shown = holder.firstChild !== null;
    // The address is new with every run: a frame must not show an earlier report.
    const frame = () => h("iframe", { class: "report-frame", sandbox: "allow-scripts", title: t("studio.report.preview_frame"), src: `${session("report/preview")}?of=${files.find((one) => one.name === "report.html").size}#lang=${lang()}` });
    replace(holder, shown ? null : frame());
    toggle.textContent = shown ? t("studio.report.preview_show") : t("studio.report.preview_hide");
    toggle.setAttribute("aria-expanded", String(!shown));
  }, { class: "small", "aria-expanded": "false", id: "report-preview-toggle" });
  return h("section", {}, h("h2", {}, t("studio.report.preview")), h("p", { class: "help" }, t("studio.report.preview_about")), toggle, holder);
}

/** study.yaml: shown, copied, downloaded alone or with its files; and the command that runs it. */
export function drawStudy(box) {
  const stated = state.session.document.report?.lang;
  const command = `nqpf run study.yaml --out out${stated ? "" : ` --lang ${lang()}`}`;
  const text = h("pre", { class: "report-study", tabindex: "0", "aria-label": "study.yaml" });
  const shown = h("details", {}, h("summary", { id: "report-study-show" }, t("studio.report.study_show")), h("div", { class: "row" }, copier(() => text.textContent, "report-copy-study")), text);
  shown.addEventListener("toggle", () => shown.open && fill(text).catch(alarm));
  const link = (path, title) => h("a", { class: "button", href: session(path), download: "" }, title);
  const wasOpen = box.querySelector("details")?.open;
  replace(
    box,
    h("h2", {}, t("studio.report.study")),
    h("p", {}, t("studio.report.study_about")),
    h("div", { class: "row report-command" }, h("code", { tabindex: "0", "aria-label": t("studio.report.command") }, command), copier(() => command, "report-copy-command")),
    h("div", { class: "row" }, link("report/package", t("studio.report.download_package")), link("report/study.yaml", t("studio.report.download_study"))),
    shown,
  );
  if (wasOpen) shown.open = true;
}

async function fill(text) {
  await flush();
  text.textContent = (await get(session("report/study"))).text;
}

function copier(what, id) {
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(what());
      announce(t("studio.report.copied"));
      made.textContent = t("studio.report.copied");
      setTimeout(() => (made.textContent = t("studio.report.copy")), 2000);
    } catch {
      announce(t("studio.report.not_copied"));
      made.textContent = t("studio.report.not_copied");
    }
  };
  const made = button(t("studio.report.copy"), copy, { class: "small", id });
  return made;
}
