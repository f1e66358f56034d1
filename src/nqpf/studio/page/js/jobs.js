// Long work: started, watched and cancelled. A job lives on the server; a page that was closed finds it again.
import { button, h, replace } from "./dom.js";
import { Cancelled, get, post, Refused, session } from "./api.js";
import { alarm } from "./errors.js";
import { flush, onJob, onSession, state } from "./state.js";
import { onLang, say, t } from "./words.js";

const ENDED = new Set(["done", "failed", "cancelled", "interrupted"]);
const waiting = new Map();
let present = new Map();

/** Whether a job has come to its end. */
export const ended = (job) => ENDED.has(job.state);

/** The session's jobs, oldest first. */
export const jobs = () => [...present.values()];

/** Start a job and wait for its result; rejects with `Refused`, or `Cancelled` when somebody cancels it. */
export async function run(path, body = {}, { onProgress = () => {} } = {}) {
  await flush();
  return follow(await post(session(path), body), onProgress);
}

/** Wait for the end of a job that is under way. */
export function follow(job, onProgress = () => {}) {
  return new Promise((resolve, reject) => {
    waiting.set(job.id, { resolve, reject, onProgress });
    take(present.get(job.id) && ended(present.get(job.id)) ? present.get(job.id) : job);
  });
}

function take(job) {
  present.set(job.id, job);
  draw();
  const who = waiting.get(job.id);
  if (!who) return;
  if (job.progress) who.onProgress(job.progress);
  if (!ended(job)) return;
  waiting.delete(job.id);
  if (job.state === "done") who.resolve(job.result);
  else if (job.state === "cancelled") who.reject(new Cancelled());
  else who.reject(new Refused(422, job.error ?? { code: "interrupted", message: "studio.core.interrupted", todo: "studio.core.interrupted_todo" }));
}

const cancel = (job) => post(session(`jobs/${job.id}/cancel`)).then(take).catch(alarm);

/** The bar at the foot of the page: what is running, with a button to stop it. */
function draw() {
  const bar = document.getElementById("jobs");
  const running = jobs().filter((job) => !ended(job));
  bar.hidden = running.length === 0;
  replace(
    bar,
    running.map((job) =>
      h(
        "div",
        { class: "job" },
        h("progress", { "aria-label": title(job) }),
        h("span", { class: "job-title" }, title(job)),
        h("span", { class: "job-progress", role: "status" }, job.progress ? say(job.progress) : t("studio.core.job_waiting")),
        button(t("studio.core.cancel"), () => cancel(job), { class: "small" }),
      ),
    ),
  );
}

function title(job) {
  return {
    run: t("studio.core.job_run"),
    compare: t("studio.core.job_compare"),
    report: t("studio.core.job_report"),
  }[job.kind] ?? t("studio.core.job_other");
}

export function watchJobs() {
  onJob(take);
  onLang(draw);
  onSession((what) => {
    if (what !== "open") return;
    present = new Map((state.session?.jobs ?? []).map((job) => [job.id, job]));
    draw();
    if (state.session) get(session()).then((answer) => answer.jobs.forEach(take)).catch(alarm);
  });
}
