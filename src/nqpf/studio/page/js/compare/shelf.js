// What is beside a comparison: alternatives that were kept, and how much of each published system the data can give.
import { button, h, icon, labelled } from "../dom.js";
import { post, remove, session } from "../api.js";
import { alarm, announce } from "../errors.js";
import { flush } from "../state.js";
import { table } from "../table.js";
import { say, t } from "../words.js";

export function drawVariants(choices, again) {
  const name = h("input", { type: "text", id: "compare-name", maxlength: "120", autocomplete: "off" });
  const keep = async (event) => {
    event.preventDefault();
    const title = name.value.trim();
    if (!title) return name.focus();
    await flush();
    await post(session("compare/variants"), { title });
    announce(t("studio.compare.kept", { title }));
    return again();
  };
  const forget = async (one) => {
    await remove(session(`compare/variants/${one.id.replace("variant:", "")}`));
    announce(t("studio.compare.forgotten", { title: one.title }));
    return again();
  };
  const entry = (one) =>
    h("li", {}, say(one.title), h("span", { class: "help" }, ` ${one.when.slice(0, 16).replace("T", " ")} `), button(icon("bin"), () => forget(one).catch(alarm), { class: "quiet", "aria-label": t("studio.compare.forget", { title: one.title }) }));
  return h(
    "section",
    { class: "card compare-shelf" },
    h("h2", {}, t("studio.compare.variants")),
    choices.variants.length ? h("ul", {}, choices.variants.map(entry)) : h("p", { class: "help" }, t("studio.compare.no_variants")),
    h("form", { class: "row", on: { submit: (event) => keep(event).catch(alarm) } }, labelled(t("studio.compare.keep_name"), name, t("studio.compare.keep")), h("button", { type: "submit" }, t("studio.compare.keep_do"))),
  );
}

export function drawSystems(choices) {
  const columns = [
    { key: "title", title: t("studio.compare.system"), kind: "text" },
    { key: "state_title", title: t("studio.compare.state"), kind: "text" },
    { key: "share", title: t("studio.compare.computed"), kind: "text" },
    { key: "refused", title: t("studio.compare.systems_refused"), kind: "text" },
  ];
  const rows = choices.systems.map((one) => ({ ...one, share: `${one.found} / ${one.total}` }));
  return h("details", { class: "compare-systems" }, h("summary", {}, t("studio.compare.systems_about")), table({ columns, rows, caption: t("studio.compare.systems_about") }));
}
