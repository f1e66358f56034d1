// A part of the study as YAML: everything can be written here, and the library says on which line something is wrong.
import { button, h, labelled, replace } from "./dom.js";
import { get, post, session } from "./api.js";
import { alarm, announce, notice } from "./errors.js";
import { folded } from "./form/several.js";
import { edit, flush } from "./state.js";
import { t } from "./words.js";

export function yamlBox(part, desk) {
  const id = `yaml:${part.id}`;
  const inside = h("div");
  const box = folded(t("studio.analyses.yaml"), id, desk, () => inside);
  const fill = () => box.open && !inside.firstChild && load(part, desk, inside).catch(alarm);
  box.addEventListener("toggle", fill);
  if (box.open) queueMicrotask(fill);
  return box;
}

async function load(part, desk, inside) {
  await flush();
  const { text } = await get(`${session("analyses/yaml")}?part=${encodeURIComponent(part.id)}`);
  const field = h("textarea", { class: "code form-yaml", rows: Math.min(24, text.split("\n").length + 2), spellcheck: "false", wrap: "off", value: text });
  const said = h("div", { role: "status" });
  const keys = othersOf(part.field);
  const others = keys.length ? h("p", { class: "help" }, t("studio.analyses.yaml_keys", { keys: keys.join(t("studio.form.comma")) })) : null;
  const apply = button(t("studio.analyses.yaml_apply"), () => use(part, desk, field, said), { class: "small" });
  replace(inside, labelled(desk.title, field, t("studio.analyses.yaml_about")), others, apply, said);
}

/** Keys of a field and of what lies in it that have no field of their own: `plan.gate`. */
function othersOf(field, path = "") {
  const inside = [...(field.ways ?? []), ...(field.item ? [field.item] : [])].flatMap((one) => othersOf(one, path));
  const below = (field.fields ?? []).flatMap((one) => othersOf(one, `${path}${one.key}.`));
  return [...(field.others ?? []).map((key) => path + key), ...inside, ...below];
}

async function use(part, desk, field, said) {
  field.removeAttribute("aria-invalid");
  try {
    const content = await post(session("analyses/yaml"), { part: part.id, text: field.value });
    edit(t("studio.analyses.yaml_applied", { part: desk.title }), (document) => {
      document[part.id] = content;
    });
    announce(t("studio.analyses.yaml_fits"));
    desk.redraw();
  } catch (error) {
    field.setAttribute("aria-invalid", "true");
    const line = error.error?.place?.line;
    if (line) select(field, line);
    replace(said, notice(error));
  }
}

/** Put the caret on the line that is wrong. */
function select(field, line) {
  const lines = field.value.split("\n");
  const from = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
  field.focus();
  field.setSelectionRange(from, from + (lines[line - 1] ?? "").length);
}
