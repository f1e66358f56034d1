// What the step reads and changes in the document: its part `data`. What says nothing is not kept.
import { edit, state } from "../state.js";

/** Return the document's part on data. */
export const data = () => state.session?.document.data ?? {};

/** Change the part on data; keys that have become empty are taken out. */
export function change(label, work) {
  edit(label, (document) => {
    document.data ??= { tables: [] };
    work(document.data);
    for (const [key, value] of Object.entries(document.data)) if (key !== "tables" && isEmpty(value)) delete document.data[key];
  });
}

const isEmpty = (value) => value === null || value === undefined || (typeof value === "object" && Object.keys(value).length === 0);

/** Put a value under a key of an object of the document, or take the key out where there is none. */
export function put(object, key, value) {
  if (value === null || value === undefined || value === "") delete object[key];
  else object[key] = value;
}

/** Return a list of the document with an entry in it, or without. */
export function having(list, entry, wanted) {
  const others = (list ?? []).filter((one) => one !== entry);
  return wanted ? [...others, entry] : others;
}

/** Write a text that may be one or a pair of languages: a pair keeps its other half. */
export function relabelled(before, text, language) {
  const isPair = before !== null && typeof before === "object";
  return isPair ? { ...before, [language]: text } : text;
}
