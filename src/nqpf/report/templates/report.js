"use strict";
// The report's page: language, charts, tables, choosers, contents, hints and printing. Nothing is loaded.
(() => {
  const root = document.documentElement;
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const byId = (id) => document.getElementById(id);
  const language = () => root.lang.slice(0, 2);
  let page;

  // An error is shown where a reader can report it, and marked where a test can see it.
  function fail(error) {
    const message = String((error && error.message) || error);
    root.dataset.error = message;
    const line = byId("_error");
    line.hidden = false;
    line.textContent = `${page ? page.words[language()].script_error : ""} ${message}`;
  }
  addEventListener("error", (event) => fail(event.error || event.message));
  addEventListener("unhandledrejection", (event) => fail(event.reason));

  page = JSON.parse(byId("_data").textContent);

  // Language: from the address, else from the reader's last choice for this report, else as the page came.
  const memory = `nqpf-language:${location.pathname}`;
  const inAddress = () => (/^#lang=(zh|en)$/.exec(location.hash) || [])[1];

  function remembered() {
    try {
      return localStorage.getItem(memory);
    } catch {
      return null; // storage is switched off
    }
  }

  function remember(lang) {
    try {
      localStorage.setItem(memory, lang);
      if (!location.hash || inAddress()) history.replaceState(null, "", `#lang=${lang}`);
    } catch {
      // The page works without memory.
    }
  }

  function speak(lang) {
    root.lang = lang === "zh" ? "zh-CN" : "en";
    for (const element of all("[data-zh]")) {
      const text = element.dataset[lang];
      if (element.dataset.to) element.setAttribute(element.dataset.to, text);
      else element.textContent = text;
    }
    for (const button of all("[data-language]")) {
      button.setAttribute("aria-pressed", String(button.dataset.language === lang));
    }
    redraw();
    for (const picture of all(".live")) picture.dispatchEvent(new Event("speak"));
  }

  // Charts are drawn when they come near the window, and again in the other language.
  const NEAR = 400;
  const drawings = new Map();
  const near = new IntersectionObserver(
    (entries) => entries.forEach((entry) => entry.isIntersecting && draw(entry.target)),
    { rootMargin: `${NEAR}px 0px` },
  );

  function isNear(box) {
    const { top, bottom, width } = box.getBoundingClientRect();
    return width > 0 && bottom > -NEAR && top < innerHeight + NEAR;
  }

  function specification(id, lang) {
    // A view writes into its rows, so each gets its own copy.
    const copy = (value) => JSON.parse(JSON.stringify(value));
    const { spec, config, datasets } = page.charts[id][lang];
    const rows = Object.entries(datasets).map(([name, part]) => [name, copy(page.parts[part])]);
    return { ...copy(spec), config: copy(page.parts[config]), datasets: Object.fromEntries(rows) };
  }

  async function draw(box) {
    if (typeof vegaEmbed !== "function") return;
    const lang = language();
    if (box.dataset.drawn === lang) return;
    box.dataset.drawn = lang;
    near.unobserve(box);
    box.style.minHeight = `${box.offsetHeight || parseInt(box.style.minHeight, 10)}px`;
    const words = page.words[lang];
    try {
      const result = await vegaEmbed(box, specification(box.dataset.chart, lang), {
        mode: "vega-lite",
        renderer: "svg",
        ast: true, // expressions are interpreted: the page's policy forbids code made from strings
        actions: { export: { svg: true, png: true }, source: false, compiled: false, editor: false },
        i18n: { CLICK_TO_VIEW_ACTIONS: words.save_menu, SVG_ACTION: words.save_svg, PNG_ACTION: words.save_png },
        downloadFileName: `${box.dataset.chart}.${lang}`,
        scaleFactor: { png: 2 },
      });
      if (box.dataset.drawn !== lang) return result.finalize();
      drawings.get(box)?.finalize();
      drawings.set(box, result);
      fit(box.querySelector("svg"));
      name(box, words.save_menu);
      box.style.minHeight = "";
    } catch (error) {
      fail(error);
    }
  }

  // What Vega leaves without a name: the menu gets one; marks of which nothing is said are left out of what is read.
  function name(box, menu) {
    box.querySelector("summary").setAttribute("aria-label", menu);
    for (const marks of all("[role='graphics-symbol']:not([aria-label])", box)) {
      marks.removeAttribute("role");
      marks.removeAttribute("aria-roledescription");
      marks.setAttribute("aria-hidden", "true");
    }
  }

  function redraw() {
    for (const box of all("[data-chart]")) {
      if (box.dataset.drawn === language()) continue;
      near.unobserve(box);
      if (isNear(box)) draw(box);
      else near.observe(box);
    }
  }

  // A picture shrinks with the window down to a width at which its words can still be read, then it scrolls.
  function fit(svg) {
    const natural = svg.viewBox.baseVal?.width || parseFloat(svg.getAttribute("width")) || 0;
    const least = svg.closest(".live") ? 760 : 500;
    svg.style.minWidth = `${Math.min(natural, least)}px`;
  }

  // Tables: a click on a heading sorts, a second one the other way, a third restores the order.
  function sortable(table) {
    const body = table.tBodies[0];
    const original = [...body.rows];
    const headings = all("thead th", table);
    headings.forEach((heading, column) => {
      const first = heading.classList.contains("num") ? "descending" : "ascending";
      const second = first === "ascending" ? "descending" : "ascending";
      heading.querySelector("button").addEventListener("click", () => {
        const now = heading.getAttribute("aria-sort");
        const next = now === first ? second : now === second ? null : first;
        headings.forEach((other) => other.removeAttribute("aria-sort"));
        if (next) heading.setAttribute("aria-sort", next);
        body.append(...(next ? sorted(original, column, next) : original));
      });
    });
  }

  function sorted(rows, column, direction) {
    const sign = direction === "ascending" ? 1 : -1;
    const words = new Intl.Collator(root.lang, { numeric: true });
    const gaps = [];
    const keyed = [];
    for (const row of rows) {
      const cell = row.cells[column];
      const shown = cell.querySelector(`.${language()}`) || cell;
      const text = shown.textContent.trim();
      if (cell.dataset.v === undefined && text === "—") gaps.push(row);
      else keyed.push({ row, text, number: Number((cell.dataset.v ?? "NaN").replace("inf", "Infinity")) });
    }
    const order = (a, b) =>
      Number.isNaN(a.number) || Number.isNaN(b.number) ? words.compare(a.text, b.text) : a.number - b.number;
    keyed.sort((a, b) => sign * order(a, b));
    return [...keyed.map((entry) => entry.row), ...gaps];
  }

  // Choosers: one of many sections at a time, picked from a list, by name, or step by step.
  function chooser(section) {
    const choices = all(":scope > .choice", section);
    const picker = section.querySelector(":scope > .picker");
    const select = picker.querySelector("select");
    const search = picker.querySelector("input");
    const show = (id) => {
      select.value = id;
      for (const choice of choices) choice.hidden = choice.id !== id;
      redraw();
    };
    const named = (option) => `${option.dataset.zh}\n${option.dataset.en}`.toLowerCase();
    select.addEventListener("change", () => show(select.value));
    search.addEventListener("input", () => {
      const wanted = search.value.trim().toLowerCase();
      const found = [...select.options].find((option) => named(option).includes(wanted));
      search.classList.toggle("none", !found);
      search.setAttribute("aria-invalid", String(!found));
      if (wanted && found) show(found.value);
    });
    for (const button of all("[data-step]", picker)) {
      button.addEventListener("click", () => {
        const count = select.options.length;
        show(select.options[(select.selectedIndex + Number(button.dataset.step) + count) % count].value);
      });
    }
    section.addEventListener("reveal", (event) => show(event.detail));
    picker.hidden = false;
    if (choices.length) show(choices[0].id);
  }

  // A link may lead into a section that is not chosen at the moment.
  function reveal() {
    const target = location.hash.length > 1 && byId(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    for (let at = target.closest(".choice"); at; at = at.parentElement.closest(".choice")) {
      at.parentElement.dispatchEvent(new CustomEvent("reveal", { detail: at.id }));
    }
    target.scrollIntoView();
  }

  // Contents: the part being read is marked; on a narrow screen the list folds away.
  function contents() {
    const fold = document.querySelector("nav details");
    const narrow = matchMedia("(max-width: 68rem)");
    const place = () => (fold.open = !narrow.matches);
    narrow.addEventListener("change", place);
    place();
    fold.querySelector("summary").addEventListener("click", (event) => narrow.matches || event.preventDefault());
    const links = new Map(all("a", fold).map((link) => [byId(decodeURIComponent(link.hash.slice(1))), link]));
    fold.addEventListener("click", (event) => event.target.closest("a") && narrow.matches && (fold.open = false));
    const visible = new Set();
    const spy = new IntersectionObserver((entries) => {
      entries.forEach((entry) => visible[entry.isIntersecting ? "add" : "delete"](entry.target));
      const reading = [...links.keys()].filter((part) => visible.has(part)).pop();
      links.forEach((link, part) => {
        link.classList.toggle("current", part === reading);
        if (part === reading) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
      });
    }, { rootMargin: "-12% 0px -80% 0px" });
    links.forEach((_, part) => spy.observe(part));
  }

  // Hints: the title of a node of a drawing, at once and styled; the browser's slow one is taken away meanwhile.
  function hints() {
    const tip = byId("_tip");
    let held = null;
    const leave = () => {
      if (!held) return;
      held.node.prepend(held.title);
      held = null;
      tip.hidden = true;
    };
    const enter = (event) => {
      const node = event.target.closest?.(".drawing:not(.live *) [data-node]");
      if (held && held.node === node) return;
      leave();
      const title = node?.querySelector(":scope > title");
      if (!title) return;
      held = { node, title };
      node.setAttribute("aria-label", title.textContent);
      title.remove();
      tip.textContent = title.textContent;
      tip.hidden = false;
      const box = node.getBoundingClientRect();
      const x = Math.min(Math.max(box.left + box.width / 2 - tip.offsetWidth / 2, 8), innerWidth - tip.offsetWidth - 8);
      const below = box.bottom + 8 + tip.offsetHeight < innerHeight;
      tip.style.left = `${x}px`;
      tip.style.top = `${below ? box.bottom + 8 : Math.max(box.top - tip.offsetHeight - 8, 8)}px`;
    };
    document.addEventListener("pointerover", enter);
    document.addEventListener("focusin", enter);
    document.addEventListener("focusout", leave);
    document.addEventListener("keydown", (event) => event.key === "Escape" && leave());
    addEventListener("scroll", leave, { passive: true, capture: true });
  }

  for (const button of all("[data-language]")) {
    button.addEventListener("click", () => {
      speak(button.dataset.language);
      remember(button.dataset.language);
    });
  }
  speak(inAddress() || remembered() || language());
  all("table").forEach(sortable);
  all(".chooser").forEach(chooser);
  all(".drawing svg").forEach(fit);
  all(".live").forEach((picture) => living(picture, page.live[picture.dataset.live], language));
  contents();
  hints();
  addEventListener("hashchange", () => (inAddress() ? speak(inAddress()) : reveal()));
  addEventListener("beforeprint", () => all("[data-chart]").forEach(draw));
  // The chart script stands below this one, so drawing starts when the whole page has been read.
  document.addEventListener("DOMContentLoaded", () => {
    if (Object.keys(page.charts).length && typeof vegaEmbed !== "function") fail("vegaEmbed");
    redraw();
    reveal();
  });
})();
