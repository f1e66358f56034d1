// The formula field: proposes series while one types, and says at once what the formula gives or what is wrong.
import { Cancelled, post, session } from "../api.js";
import { button, debounced, h, keepingFocus, replace } from "../dom.js";
import { announce, told } from "../errors.js";
import { number, percent, say, t } from "../words.js";
import { desk, entry, framework } from "./desk.js";
import { field, leave, write } from "./fields.js";
import { at } from "./model.js";

const MOST = 8;
/** What the server last said of a formula: a field that is drawn again shows it until the whole is asked anew. */
let latest = null;
const WORD = /"?[\p{L}\p{N}_&%.]*$/u;

/** Return the field of the chosen node's formula, and below it what it gives. The field outlives other fields' changes. */
export function formulaField(node, worth) {
  const current = () => at(framework(), desk.chosen) ?? node;
  const question = (formula) => {
    const now = current();
    return { formula: formula || now.id, id: now.id ?? "", unit: now.unit ?? entry(now.catalogue)?.unit ?? null, mixed_vintages: now.mixed_vintages ?? false, mixed_scopes: now.mixed_scopes ?? false };
  };
  const list = h("ul", { class: "frame-suggestions", role: "listbox", id: "frame-suggestions", "aria-label": t("studio.framework.series"), hidden: true });
  const result = h("div", { class: "frame-worth", id: "frame-worth" });
  const text = h("textarea", {
    rows: 2,
    class: "code",
    spellcheck: "false",
    autocapitalize: "off",
    placeholder: node.id,
    "aria-autocomplete": "list",
    "aria-controls": list.id,
    value: node.formula ?? "",
    on: { input: () => (propose(), check()), keydown: keyed, blur: () => hide(), change: () => leave("formula", text.value.trim()) },
  });
  let offered = [];
  let picked = -1;
  let asked = null;

  function propose() {
    const word = wordBefore();
    const wanted = word.replace(/^"/, "").toLowerCase();
    offered = wanted ? (desk.answer?.series ?? []).filter((one) => [one.id, one.title.zh, one.title.en].some((name) => name.toLowerCase().includes(wanted))).slice(0, MOST) : [];
    if (offered.length === 1 && offered[0].reference === word) offered = [];
    picked = -1;
    draw();
    if (offered.length) announce(t("studio.framework.proposed", { count: offered.length }));
  }

  const wordBefore = () => WORD.exec(text.value.slice(0, text.selectionStart))?.[0] ?? "";

  function draw() {
    list.hidden = offered.length === 0;
    replace(list, offered.map(option));
    if (picked >= 0) text.setAttribute("aria-activedescendant", `frame-option-${picked}`);
    else text.removeAttribute("aria-activedescendant");
  }

  function option(one, i) {
    const name = say(one.title);
    return h(
      "li",
      { role: "option", id: `frame-option-${i}`, "aria-selected": String(i === picked), on: { pointerdown: (event) => (event.preventDefault(), accept(one)) } },
      h("code", {}, one.reference),
      h("span", {}, [name === one.id ? null : name, one.unit].filter(Boolean).join(" · ")),
    );
  }

  function accept(one) {
    const end = text.selectionStart;
    const begin = end - wordBefore().length;
    text.setRangeText(one.reference, begin, end, "end");
    hide();
    text.focus();
    check();
  }

  function hide() {
    offered = [];
    picked = -1;
    draw();
  }

  function keyed(event) {
    if (event.key === "Enter" && picked < 0) {
      event.preventDefault();
      hide();
      return leave("formula", text.value.trim());
    }
    if (!offered.length) return;
    const to = { ArrowDown: picked + 1, ArrowUp: picked - 1 }[event.key];
    if (to !== undefined) picked = (to + offered.length + 1) % (offered.length + 1) === offered.length ? -1 : (to + offered.length) % offered.length;
    else if (event.key === "Escape") return hide();
    else if (["Enter", "Tab"].includes(event.key) && picked >= 0) accept(offered[picked]);
    else return;
    event.preventDefault();
    event.stopPropagation();
    draw();
  }

  const check = debounced(async () => {
    asked?.abort();
    asked = new AbortController();
    const wanted = question(text.value.trim());
    try {
      const worth = await post(session("framework/formula"), wanted, { signal: asked.signal });
      latest = { of: JSON.stringify(wanted), worth };
      show(worth, true);
    } catch (error) {
      if (!(error instanceof Cancelled)) replace(result, h("p", { class: "frame-fault" }, told(error).what));
    }
  }, 250);

  function show(given, fresh = false) {
    const mend = (mended) => {
      text.value = mended;
      write("formula", mended);
    };
    keepingFocus(() => replace(result, worthOf(given, mend)));
    text.setAttribute("aria-invalid", String(Boolean(given?.errors.length)));
    if (fresh) announce(given.errors.length ? told(given.errors[0]).what : given.stats ? t("studio.framework.formula_good") : "");
  }

  // What the server says of the node as it is written; while something else is being typed, that is spoken of.
  const refresh = (later) => {
    const now = current();
    if (text.value.trim() !== (now.formula ?? "")) return;
    if (later?.formula === (now.formula ?? now.id)) show(later);
    else show(later === null ? null : latest?.of === JSON.stringify(question(now.formula)) ? latest.worth : undefined);
  };
  refresh(worth);
  const help = h("span", {}, node.formula ? "" : t("studio.framework.formula_default", { id: node.id ?? "" }), " ", t("studio.framework.formula_help"));
  const box = field("formula", t("studio.framework.formula"), text, help);
  box.classList.add("frame-formula");
  text.setAttribute("aria-describedby", `${text.getAttribute("aria-describedby") ?? ""} frame-worth`.trim());
  text.after(list);
  return { box: h("div", {}, box, result), refresh };
}

/** What a formula gives: its faults, or its values at a glance. */
function worthOf(worth, mend) {
  if (worth === undefined) return [h("p", { class: "waiting" }, t("studio.framework.is_waiting"))];
  if (!worth) return [h("p", { class: "help" }, t("studio.framework.not_read"))];
  const faults = worth.errors.map((error) => fault(error, worth.mended, mend));
  if (!worth.stats) return faults.length ? faults : [h("p", { class: "help" }, t("studio.framework.no_data_yet"))];
  return [...faults, summary(worth.stats), dimension(worth), firstValues(worth.stats)];
}

function fault(error, mended, mend) {
  const { what, todo } = told(error);
  const place = [say(error.place.unit), error.place.period].filter(Boolean).join(" · ");
  const action = mended ? button(t("studio.framework.use_mended", { formula: mended }), () => mend(mended), { class: "small", id: "frame-mend" }) : null;
  return h("div", { class: "frame-fault" }, place ? h("p", { class: "where" }, place) : null, h("p", {}, what), h("p", { class: "todo" }, todo), action);
}

function summary(stats) {
  if (!stats.present) return h("p", { class: "frame-fault" }, t("studio.framework.all_missing"));
  const figure = (title, value, place) => h("div", {}, h("dt", {}, title), h("dd", { title: place ? `${say(place.unit)} ${place.period}` : null }, value));
  return h(
    "dl",
    { class: "frame-figures" },
    figure(t("studio.framework.min"), number(stats.min), stats.lowest),
    figure(t("studio.framework.median"), number(stats.median)),
    figure(t("studio.framework.max"), number(stats.max), stats.highest),
    figure(t("studio.framework.coverage"), percent(stats.coverage, stats.coverage < 1 && stats.coverage > 0.99 ? 1 : 0)),
    stats.constant ? h("p", { class: "frame-fault" }, t("studio.framework.constant")) : null,
  );
}

function dimension(worth) {
  if (!worth.made) return h("p", { class: "help" }, t("studio.framework.unit_unknown"));
  const made = say(worth.made);
  return h("p", { class: "help" }, worth.checked && !worth.errors.length ? t("studio.framework.unit_agrees", { made }) : t("studio.framework.unit_made", { made }));
}

function firstValues(stats) {
  if (!stats.first.length) return null;
  const cells = stats.first.map((one) => h("li", {}, h("span", {}, say(one.unit)), h("b", {}, number(one.value))));
  return h("div", {}, h("p", { class: "help" }, t("studio.framework.first_values", { period: String(stats.first[0].period), years: stats.years, units: stats.units })), h("ul", { class: "frame-first" }, cells));
}
