// Where a framework begins: the catalogue, a published system, or blank; what there is can always be kept.
import { get, session } from "../api.js";
import { button, h, keepingFocus, replace, select } from "../dom.js";
import { announce, notice, waiting } from "../errors.js";
import { edit } from "../state.js";
import { say, t } from "../words.js";
import { choose, desk, fetchSystems } from "./desk.js";

const chosen = { reading: "element", only: true, system: null, text: "", level: 2 };
const heading = (text, deeper = 0) => h(`h${chosen.level + deeper}`, {}, text);

/** Draw the beginnings into a box; `done` is called when one was taken, `fresh` says that there is no tree yet. */
export function drawStart(box, done, fresh) {
  chosen.level = fresh ? 2 : 3;
  const take = (options) => begin(options, done).catch((error) => box.prepend(notice(error)));
  const feeds = Object.values(desk.answer?.feeds ?? {}).filter((one) => one.formula).length;
  replace(
    box,
    fresh ? null : h("p", { class: "help" }, t("studio.framework.start_replaces")),
    h("div", { class: "frame-starts" }, ofCatalogue(take, feeds), blank(take)),
    h("section", { class: "card", id: "frame-systems" }, waiting()),
  );
  return fetchSystems().then((found) => drawSystems(document.getElementById("frame-systems"), found, take));
}

async function begin(options, done) {
  const query = new URLSearchParams(options);
  const { framework, indicators, computed } = await get(session(`framework/start?${query}`));
  edit(t("studio.framework.edit_start"), (document) => {
    document.framework = framework;
  });
  choose([]);
  announce(t("studio.framework.started", { indicators, computed }));
  done();
}

function ofCatalogue(take, feeds) {
  const readings = Object.entries(desk.tags).map(([tag, { title }]) => [tag, say(title)]);
  const reading = select(readings, chosen.reading, (value) => (chosen.reading = value), { id: "frame-reading" });
  const only = h("input", { type: "checkbox", id: "frame-start-only", checked: chosen.only && feeds > 0, disabled: feeds === 0, on: { change: (event) => (chosen.only = event.target.checked) } });
  return h(
    "section",
    { class: "card" },
    heading(t("studio.framework.start_catalogue")),
    h("p", {}, t("studio.framework.start_catalogue_help", { count: desk.catalogue.length, feeds })),
    h("div", { class: "field" }, h("label", { for: reading.id }, t("studio.framework.start_reading")), reading),
    h("label", { for: only.id, class: "frame-only" }, only, t("studio.framework.only_feeds")),
    h("p", {}, button(t("studio.framework.start_here"), () => take({ source: "catalogue", reading: chosen.reading, only: only.checked }), { class: "primary", id: "frame-start-catalogue" })),
  );
}

const blank = (take) =>
  h("section", { class: "card" }, heading(t("studio.framework.start_blank")), h("p", {}, t("studio.framework.start_blank_help")), h("p", {}, button(t("studio.framework.start_here"), () => take({ source: "blank" }), { id: "frame-start-blank" })));

// Published systems: all of them, with how far each was checked.

function drawSystems(box, { systems, states }, take) {
  const list = h("ul", { class: "frame-systems", tabindex: "0", "aria-label": t("studio.framework.systems") });
  const detail = h("div", { class: "frame-system", id: "frame-system", "aria-live": "polite" });
  const tone = { verified: "good", seen: "info", recalled: "warning" };
  const found = () => systems.filter((one) => [one.id, one.cite.zh, one.cite.en].join(" ").toLowerCase().includes(chosen.text.trim().toLowerCase()));
  const row = (one) =>
    h(
      "li",
      {},
      button([h("span", {}, say(one.cite)), h("span", { class: "row" }, h("span", { class: `tag ${tone[one.state]}` }, say(states[one.state])), h("span", { class: "help" }, extent(one)))], () => ((chosen.system = one.id), draw()), {
        id: `frame-system-${one.id}`,
        "aria-pressed": String(chosen.system === one.id),
        class: "frame-system-row",
      }),
    );
  const draw = () => keepingFocus(() => (replace(list, found().map(row)), replace(detail, ofSystem(systems.find((one) => one.id === chosen.system), states, tone, take))));
  const search = h("input", { type: "search", id: "frame-system-search", value: chosen.text, "aria-label": t("studio.framework.search_systems"), placeholder: t("studio.framework.search_systems"), on: { input: (event) => ((chosen.text = event.target.value), draw()) } });
  replace(box, heading(t("studio.framework.start_system")), h("p", {}, t("studio.framework.start_system_help")), h("div", { class: "row" }, search), h("div", { class: "frame-two" }, list, detail));
  draw();
}

function extent(one) {
  if (one.indicators.length) return t("studio.framework.system_extent", { indicators: one.indicators.length, computed: desk.answer?.systems[one.id] ?? 0 });
  return one.dimensions.length ? t("studio.framework.system_dimensions", { count: one.dimensions.length }) : t("studio.framework.system_nothing");
}

function ofSystem(one, states, tone, take) {
  if (!one) return h("p", { class: "help" }, t("studio.framework.system_choose"));
  const line = (title, value) => (value ? h("div", {}, h("dt", {}, title), h("dd", {}, value)) : null);
  const parts = Object.entries(one.parts).map(([part, state]) => h("li", {}, h("span", { class: `tag ${tone[state]}` }, say(states[state])), " ", partWord(part)));
  const address = one.address ? h("a", { href: one.address, target: "_blank", rel: "noopener noreferrer" }, one.address) : t("studio.framework.no_address");
  const empty = !one.indicators.length && !one.dimensions.length;
  return [
    heading(say(one.cite), 1),
    one.state === "recalled" ? h("p", { class: "frame-caution" }, t("studio.framework.recalled")) : null,
    h(
      "dl",
      {},
      line(t("studio.framework.address"), address),
      line(t("studio.framework.checked"), say(one.checked)),
      line(t("studio.framework.sample"), say(one.sample)),
      line(t("studio.framework.method"), say(one.method)),
      line(t("studio.framework.caution"), say(one.caution)),
      line(t("studio.framework.dimensions"), one.dimensions.map((each) => say(each.title)).join(t("studio.framework.comma"))),
      line(t("studio.framework.indicators"), one.indicators.map((each) => say(each.title)).join(t("studio.framework.comma"))),
    ),
    h("p", { class: "help" }, t("studio.framework.parts")),
    h("ul", { class: "frame-parts" }, parts),
    empty ? h("p", { class: "frame-caution" }, t("studio.framework.system_nothing_help")) : null,
    !empty && !one.indicators.length ? h("p", { class: "help" }, t("studio.framework.system_dimensions_help")) : null,
    h("p", {}, button(t("studio.framework.start_here"), () => take({ source: "system", system: one.id }), { class: "primary", id: "frame-start-system", disabled: empty })),
  ];
}

const partWord = (part) =>
  ({
    citation: t("studio.framework.part_citation"),
    sample: t("studio.framework.sample"),
    method: t("studio.framework.method"),
    dimensions: t("studio.framework.dimensions"),
    indicators: t("studio.framework.indicators"),
    formulas: t("studio.framework.part_formulas"),
    weights: t("studio.framework.part_weights"),
  })[part];
