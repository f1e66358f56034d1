// The session's document as the page has it. Every change goes through `edit`; the server keeps each step, so that
// undo and redo are its earlier and later documents.
import { get, post, put, Refused, session, useSession } from "./api.js";
import { alarm, announce } from "./errors.js";
import { t } from "./words.js";

const PAUSE = 300;
const listeners = new Set();

export const state = {
  /** What the server last said of the session: id, title, revision, document, can_undo, can_redo, files, jobs, problems. */
  session: null,
  /** "saved", "waiting", "saving" or "failed". */
  saving: "saved",
};

/** Be told whenever the session has changed: "open", "edit", "saving", "saved", "undo", "problems" or "elsewhere". */
export function onSession(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function tell(what) {
  for (const listener of [...listeners]) listener(what);
}

/** Open a session; null closes it. */
export async function open(id) {
  await flush();
  useSession(id);
  state.session = id === null ? null : await get(session());
  listen(id);
  tell("open");
}

/**
 * Ask the server again what the session is. A change made meanwhile stays; one that another page overtook comes up when
 * it is saved.
 */
export async function refresh(what = "elsewhere") {
  const answer = await get(session());
  const isOurs = state.saving !== "saved";
  if (isOurs && answer.revision > state.session.revision) return;
  state.session = isOurs ? { ...answer, document: state.session.document, can_undo: true, can_redo: false } : answer;
  tell(what);
}

let timer = 0;
let labels = [];
let running = Promise.resolve();

/** Change the document: `edit(t("…"), (document) => { document.seed = 1; })`. The page shows it at once. */
export function edit(label, change) {
  const document = structuredClone(state.session.document);
  change(document);
  if (JSON.stringify(document) === JSON.stringify(state.session.document)) return;
  state.session = { ...state.session, document, can_undo: true, can_redo: false };
  labels.push(label);
  state.saving = "waiting";
  clearTimeout(timer);
  timer = setTimeout(flush, PAUSE);
  tell("edit");
}

/** Wait until everything is saved. */
export function flush() {
  clearTimeout(timer);
  running = running.then(save);
  return running;
}

async function save() {
  if (!labels.length || !state.session) return;
  const sent = state.session.document;
  const label = labels.at(-1);
  labels = [];
  state.saving = "saving";
  tell("saving");
  try {
    take(await put(session("document"), { revision: state.session.revision, document: sent, label }), sent);
    state.saving = labels.length ? "waiting" : "saved";
    tell("saved");
  } catch (error) {
    if (error instanceof Refused && error.status === 409) return elsewhere(label);
    state.saving = "failed";
    labels.unshift(label); // tried again with the next change, or by hand
    tell("saving");
    alarm(error);
  }
}

/** Take the server's answer; what was changed since it was asked stays. */
function take(answer, sent) {
  const newer = state.session.document !== sent;
  state.session = newer ? { ...answer, document: state.session.document, can_redo: false } : answer;
}

/** Another page has changed the study meanwhile: its state is shown, ours (with what was changed since) can be put back. */
async function elsewhere(label) {
  const answer = await get(session());
  conflict = { ours: state.session.document, label: labels.at(-1) ?? label };
  clearTimeout(timer);
  labels = [];
  state.session = answer;
  state.saving = "saved";
  tell("elsewhere");
}

/** The change that another page overtook: `{ours, label}`, or null. */
export let conflict = null;

/** Settle an overtaken change: put ours back over theirs (as a new step), or leave theirs. */
export function settle(keepOurs) {
  const { ours, label } = conflict;
  conflict = null;
  if (keepOurs) edit(label, (document) => replaceAll(document, ours));
  tell("elsewhere");
}

function replaceAll(document, other) {
  for (const key of Object.keys(document)) delete document[key];
  Object.assign(document, structuredClone(other));
}

export const undo = () => step("undo", t("studio.core.undone"));
export const redo = () => step("redo", t("studio.core.redone"));

async function step(which, said) {
  await flush();
  state.saving = "saving";
  try {
    state.session = await post(session(which), { revision: state.session.revision });
    announce(said);
  } catch (error) {
    state.saving = "saved";
    if (error instanceof Refused && error.status === 409) await refresh();
    else alarm(error);
  }
  state.saving = "saved";
  tell("undo");
}

// What happens elsewhere: another page's edits, and jobs.

let source = null;
const onJobs = new Set();

/** Be told of every change of a job. */
export const onJob = (listener) => onJobs.add(listener);

function listen(id) {
  source?.close();
  source = null;
  if (id === null) return;
  source = new EventSource(session("events"));
  source.addEventListener("changed", (event) => {
    const { revision } = JSON.parse(event.data);
    if (revision > state.session.revision && state.saving === "saved") refresh().catch(alarm);
  });
  // What is wrong with the study may take a while to find out; then it comes by itself.
  source.addEventListener("problems", (event) => {
    const { revision, problems } = JSON.parse(event.data);
    if (revision !== state.session.revision) return;
    state.session = { ...state.session, problems };
    tell("problems");
  });
  source.addEventListener("job", (event) => {
    const job = JSON.parse(event.data);
    for (const listener of onJobs) listener(job);
  });
}

addEventListener("beforeunload", (event) => {
  if (state.saving !== "saved") {
    flush();
    event.preventDefault();
  }
});
