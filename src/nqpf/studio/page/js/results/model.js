// What the step knows of the results: the overview, chapters as they are opened, and where the reader is.
import { get, session } from "../api.js";
import { state } from "../state.js";

export const model = {
  /** Session that the results are of. */
  of: null,
  /** Overview of the last run; null before the first. */
  results: null,
  /** How they stand to the document: "none", "outdated" (of another release), "stale" or "fresh". */
  standing: "none",
};

const files = new Map();

/** Ask the server for the overview. Chapters are kept until the study has been run again. */
export async function load() {
  const asked = state.session.id;
  const { results, standing } = await get(session("results/chapters"));
  if (asked !== state.session?.id) return;
  if (model.of !== asked || model.results?.ran !== results?.ran) files.clear();
  Object.assign(model, { of: asked, results, standing });
}

/** Fetch a part of the results once: `part("chapters/index")`. */
export function part(path) {
  if (!files.has(path)) {
    const asked = get(session(`results/${path}`));
    asked.catch(() => files.delete(path));
    files.set(path, asked);
  }
  return files.get(path);
}

/** Where the address leads: chapter, section that is picked from a list, and anchor; none of them on the overview. */
export function placeNow() {
  const [, chapter = null, anchor = null] = /^#\/[^/]+\/results\/?([^/]*)\/?([^/]*)/.exec(decoded(location.hash)) ?? [];
  if (!chapter || !model.results?.chapters.some((one) => one.id === chapter)) return { chapter: null, section: null, anchor: null };
  return { chapter, anchor: anchor || null, section: model.results.sections[anchor] ?? null };
}

/** The address of a place in the results. */
export function address(place = {}) {
  const path = [place.chapter, place.anchor === place.chapter ? null : place.anchor].filter(Boolean);
  return `#/${[state.session.id, "results", ...path].map(encodeURIComponent).join("/")}`;
}

const decoded = (text) => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};
