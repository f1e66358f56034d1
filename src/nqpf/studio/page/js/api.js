// Talking to the server on this computer; nothing else is ever asked.

/** What the server refused: `error` has `what`, `todo` and `where` as pairs {zh, en}. */
export class Refused extends Error {
  constructor(status, error, answer) {
    super(error.code);
    this.status = status;
    this.error = error;
    this.answer = answer;
  }
}

/** Somebody pressed Cancel. */
export class Cancelled extends Error {}

let current = null;

/** Make a session the one that `session()` speaks of. */
export function useSession(id) {
  current = id;
}

/** Return the address of something of the current session: `session("data/understood")`. */
export const session = (path = "") => `/api/sessions/${encodeURIComponent(current)}${path ? "/" + path : ""}`;

export const get = (path, options) => ask("GET", path, undefined, options);
export const post = (path, body = {}, options) => ask("POST", path, body, options);
export const put = (path, body, options) => ask("PUT", path, body, options);
export const remove = (path) => ask("DELETE", path);

async function ask(method, path, body, { signal } = {}) {
  const headers = body === undefined ? {} : { "Content-Type": "application/json" };
  let answer, text;
  try {
    answer = await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body), signal });
    text = await answer.text(); // what is called off may be on its way already
  } catch (error) {
    if (error.name === "AbortError") throw new Cancelled();
    throw new Refused(0, unreachable());
  }
  return read(answer.status, text);
}

function read(status, text) {
  const content = parsed(text);
  if (status < 400) return content;
  throw new Refused(status, content?.error ?? unknown(status), content);
}

function parsed(text) {
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}

// The two things no server can say itself.
const unreachable = () => ({ code: "unreachable", message: "studio.core.unreachable", todo: "studio.core.unreachable_todo" });
const unknown = (status) => ({ code: `http_${status}`, message: "studio.core.unknown", todo: "studio.core.unknown_todo", values: { status } });

/** Send files; `progress` is told the share that has gone. */
export function upload(path, files, progress = () => {}) {
  const form = new FormData();
  for (const file of files) form.append("files", file, file.name);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", path);
    request.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total);
    request.onload = () => {
      try {
        resolve(read(request.status, request.responseText));
      } catch (error) {
        reject(error);
      }
    };
    request.onerror = () => reject(new Refused(0, unreachable()));
    request.send(form);
  });
}
