// The page's texts, in the language of the reader. They are the library's messages, fetched once.

let words = {};
const listeners = new Set();
const MEMORY = "nqpf-studio-language";

/** Fetch the texts; must be done before anything is shown. */
export async function loadWords() {
  words = await (await fetch("/words.json")).json();
  set(remembered() ?? (navigator.language.startsWith("zh") ? "zh" : "en"));
}

export const lang = () => (document.documentElement.lang.startsWith("zh") ? "zh" : "en");

function set(language) {
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
}

/** Change the language; whoever listens draws again. */
export function speak(language) {
  set(language);
  try {
    localStorage.setItem(MEMORY, language);
  } catch {
    // The page works without memory.
  }
  for (const listener of listeners) listener(language);
}

export function onLang(listener) {
  listeners.add(listener);
}

function remembered() {
  try {
    return localStorage.getItem(MEMORY);
  } catch {
    return null;
  }
}

/** Return the text of a message, with `{name}` filled in; numbers are written as the language does. */
export function t(id, values = {}) {
  const text = words[id];
  if (!text) throw new Error(`no text ${id}`);
  return filledIn(text[lang()], values);
}

/** Whether there is a text of this name. */
export const knows = (id) => id in words;

function filledIn(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => {
    const value = values[name];
    if (value === undefined) return whole;
    return typeof value === "number" ? number(value) : say(value);
  });
}

/** Pick the reader's language of a pair {zh, en}; anything else is written as it is. */
export function say(pair) {
  if (pair === null || pair === undefined) return "";
  return typeof pair === "object" && "zh" in pair && "en" in pair ? pair[lang()] : String(pair);
}

/** Write a number: with `digits` decimals, or with up to four significant figures and groups of thousands. */
export function number(value, digits) {
  if (value === null || value === undefined || Number.isNaN(value)) return "—";
  const tag = lang() === "zh" ? "zh-CN" : "en-GB";
  const whole = Number.isInteger(value);
  const how =
    digits !== undefined && digits !== null
      ? { minimumFractionDigits: digits, maximumFractionDigits: digits }
      : whole
        ? { useGrouping: Math.abs(value) >= 10000 }
        : { maximumSignificantDigits: Math.abs(value) >= 1000 ? Math.floor(Math.log10(Math.abs(value))) + 2 : 4 };
  return value.toLocaleString(tag, how).replace("-", "−");
}

export const percent = (share, digits = 0) => (share === null || share === undefined ? "—" : `${number(100 * share, digits)}%`);
