// The start: drop files, take a demo with one click, or go on with earlier work.
import { get, post, remove } from "../api.js";
import { go } from "../app.js";
import { add } from "../data/adding.js";
import { dropZone } from "../data/dropzone.js";
import { button, h, icon, replace } from "../dom.js";
import { alarm, announce, waiting } from "../errors.js";
import { open } from "../state.js";
import { lang, say, t } from "../words.js";

/** Fill the page's main part with the start. */
export async function show(main) {
  const demos = h("div", { class: "cards start-demos" }, waiting());
  const sessions = h("div", { id: "start-sessions" }, waiting());
  const removed = h("div", { id: "start-removed" });
  const files = h("div", {}, dropZone({ id: "start-files", add: begin }), h("p", {}, button(t("studio.start.blank"), () => begin([]), { class: "small" })));
  replace(
    main,
    h("h1", {}, t("studio.start.title")),
    h("p", { class: "start-what" }, t("studio.start.what")),
    section("start-new", t("studio.start.new"), files),
    section("start-earlier", t("studio.start.earlier"), [removed, sessions]),
    section("start-demo", t("studio.start.demos"), [h("p", { class: "help" }, t("studio.start.demos_help")), demos]),
    section("start-private", t("studio.start.private"), facts()),
  );
  await Promise.all([drawDemos(demos), drawSessions(sessions, removed)]);
}

function section(id, title, content) {
  return h("section", { "aria-labelledby": id }, h("h2", { id }, title), content);
}

// What becomes of the files: said once, where a reader decides to trust the page with them.
function facts() {
  const fact = (name, ...text) => h("li", {}, icon(name), h("span", {}, text));
  const folder = h("code");
  get("/api/place").then((place) => (folder.textContent = place.folder), alarm);
  return h(
    "ul",
    { class: "start-facts" },
    fact("lock", t("studio.start.offline")),
    fact("file", t("studio.start.where"), " ", t("studio.start.place"), folder),
    fact("undo", t("studio.start.kept")),
    fact("check", t("studio.start.same")),
  );
}

/** Begin a study with these files, and show what was understood of them. */
async function begin(files, progress = () => {}) {
  try {
    const made = await post("/api/sessions", { title: titleOf(files) });
    await open(made.id);
    if (files.length) await add(files, progress);
    go(made.id, "data");
  } catch (error) {
    alarm(error);
  }
}

function titleOf([first, ...others]) {
  if (!first) return t("studio.start.untitled");
  const name = first.name.replace(/\.[^.]+$/, "").slice(0, 120);
  return others.length ? t("studio.start.title_of_files", { name, count: others.length + 1 }) : name;
}

async function drawDemos(box) {
  const demos = await get("/api/demos");
  const card = (demo) =>
    h(
      "article",
      { class: "card start-card" },
      h("h3", {}, say(demo.title)),
      h("p", { class: "start-about" }, say(demo.about)),
      button(t("studio.start.open_demo"), () => openDemo(demo), { class: "small", "aria-label": t("studio.start.open_demo_named", { title: demo.title }), id: `demo-${demo.name}` }),
    );
  replace(box, demos.map(card));
}

async function openDemo(demo) {
  try {
    const made = await post("/api/sessions", { demo: demo.name });
    go(made.id, "data");
  } catch (error) {
    alarm(error);
  }
}

async function drawSessions(box, removed) {
  const found = await get("/api/sessions");
  if (!found.length) {
    replace(box, h("p", { class: "help" }, t("studio.start.none")));
    return;
  }
  const line = (one) =>
    h(
      "li",
      { class: "start-session" },
      h("div", { class: "start-session-text" }, h("a", { href: `#/${encodeURIComponent(one.id)}/data`, id: `session-${one.id}` }, say(one.title)), h("p", { class: "help" }, about(one))),
      button(t("studio.start.resume"), () => go(one.id, "data"), { class: "small", "aria-label": t("studio.start.resume_named", { title: one.title }) }),
      button([icon("bin"), h("span", {}, t("studio.start.remove"))], () => confirmRemoval(one, () => taken(one)), { class: "small", "aria-label": t("studio.start.remove_named", { title: one.title }) }),
    );
  const taken = async (one) => {
    replace(removed, h("p", { class: "notice good", role: "status" }, t("studio.start.removed", { title: one.title, id: one.id })));
    announce(t("studio.start.removed", { title: one.title, id: one.id }));
    await drawSessions(box, removed);
  };
  replace(box, h("ul", { class: "start-list" }, found.map(line)));
}

const about = (one) => t("studio.start.session_about", { when: when(one.changed) });

function when(stamp) {
  const tag = lang() === "zh" ? "zh-CN" : "en-GB";
  return new Intl.DateTimeFormat(tag, { dateStyle: "medium", timeStyle: "short" }).format(new Date(stamp));
}

/** Ask before a study is moved to the trash. */
function confirmRemoval(one, done) {
  const close = () => box.remove();
  const go = async () => {
    try {
      await remove(`/api/sessions/${encodeURIComponent(one.id)}`);
      box.close();
      await done();
    } catch (error) {
      box.close();
      alarm(error);
    }
  };
  const heading = h("h2", { id: "start-confirm" }, t("studio.start.remove_sure", { title: one.title }));
  const choices = h("div", { class: "row" }, button(t("studio.start.remove_yes"), go, { class: "danger", id: "start-remove-yes" }), button(t("studio.start.remove_no"), () => box.close()));
  const box = h("dialog", { class: "start-dialog", "aria-labelledby": "start-confirm", on: { close } }, heading, h("p", {}, t("studio.start.remove_what")), choices);
  document.body.append(box);
  box.showModal();
}
