// What went wrong, where, and what to do: the library's own words, shown where a reader looks.
import { h, button, icon } from "./dom.js";
import { Cancelled, Refused } from "./api.js";
import { say, t } from "./words.js";

/** Return an error as its three texts in the reader's language. */
export function told(error) {
  if (error instanceof Refused) return told(error.error);
  if (error instanceof Error) return { what: t("studio.core.fault", { message: error.message }), todo: t("studio.core.fault_todo"), where: "" };
  if (error.message) return { what: t(error.message, error.values), todo: t(error.todo), where: "" };
  return { what: say(error.what ?? error), todo: say(error.todo), where: say(error.where) };
}

/** A box that says what happened and what to do; `severity` is error, warning, info or good. */
export function notice(error, { severity = "error", action = null, dismiss = null } = {}) {
  const { what, todo, where } = typeof error === "string" ? { what: error } : told(error);
  return h(
    "div",
    { class: `notice ${severity}`, role: severity === "error" ? "alert" : "status" },
    h("p", { class: "notice-kind" }, kind(severity)),
    h("div", { class: "notice-text" }, where ? h("p", { class: "where" }, where) : null, h("p", {}, what), todo ? h("p", { class: "todo" }, todo) : null, action),
    dismiss ? button(icon("close"), dismiss, { class: "quiet", "aria-label": t("studio.core.dismiss") }) : null,
  );
}

function kind(severity) {
  return {
    error: t("studio.core.severity_error"),
    warning: t("studio.core.severity_warning"),
    info: t("studio.core.severity_info"),
    good: t("studio.core.severity_good"),
  }[severity];
}

/** Show an error at the head of the page until it is put away; what was cancelled is no error. */
export function alarm(error) {
  if (error instanceof Cancelled) return;
  const place = document.getElementById("alarms");
  const box = notice(error, { dismiss: () => box.remove() });
  place.append(box);
}

/** Say something to whoever listens to the page instead of looking at it. */
export function announce(text) {
  document.getElementById("said").textContent = text;
}

/** A waiting line. */
export const waiting = (text = t("studio.core.waiting")) => h("p", { class: "waiting", role: "status" }, text);

addEventListener("unhandledrejection", (event) => alarm(event.reason));
