// What is wrong with a page as it stands: an expression that returns a list of sentences.
() => {
  const found = [];
  const all = (selector) => [...document.querySelectorAll(selector)];
  const shown = (e) => e.checkVisibility({ visibilityProperty: true }) && e.getClientRects().length > 0;
  const said = (ids) => (ids ?? "").split(/\s+/).map((id) => document.getElementById(id)?.textContent ?? "").join(" ").trim();
  const about = (e) => e.outerHTML.slice(0, 140);
  const given = (e) => e.getAttribute("aria-label")?.trim() || said(e.getAttribute("aria-labelledby"));
  const labelled = (e) => [...(e.labels ?? [])].map((label) => label.textContent).join(" ").trim();
  const isField = (e) => ["INPUT", "SELECT", "TEXTAREA"].includes(e.tagName);
  const name = (e) => given(e) || labelled(e) || (isField(e) ? "" : e.textContent.trim() || e.title);

  // Names
  const controls = all("a[href], button, input, select, textarea, summary, [role=button], [role=tab], [role=treeitem]");
  const used = controls.filter((e) => shown(e) && !e.closest("[aria-hidden=true]") && !e.matches(".skip, .unseen"));
  for (const e of used) if (!name(e)) found.push(`no name: ${about(e)}`);
  for (const e of all("dialog, nav, aside, [role=region], [role=group], [role=tree], [role=tablist]"))
    if (shown(e) && !given(e)) found.push(`no name: ${about(e)}`);
  for (const e of all("table")) if (shown(e) && !e.caption && !given(e)) found.push(`no caption: ${about(e)}`);
  for (const e of all("svg, img"))
    if (shown(e) && !e.closest("[aria-hidden=true], .chart, .results-drawing") && !name(e) && !e.alt) found.push(`no name: ${about(e)}`);

  // Room to press: 24 by 24, or as much room around (WCAG 2.5.8); a link within a sentence may be smaller.
  const inText = (e) => getComputedStyle(e).display === "inline" && e.tagName === "A";
  const inView = (e, { left, top, right, bottom } = e.getBoundingClientRect()) => {
    for (let box = e.parentElement; box; box = box.parentElement) {
      const edge = getComputedStyle(box).overflow === "visible" ? null : box.getBoundingClientRect();
      if (edge && !((left + right) / 2 > edge.left && (left + right) / 2 < edge.right && (top + bottom) / 2 > edge.top && (top + bottom) / 2 < edge.bottom)) return false;
    }
    return true;
  };
  const rooms = used.filter((e) => !inText(e) && inView(e) && !e.closest("svg, .vega-embed")).map((e) => {
    const boxes = [e, ...(e.labels ?? [])].filter(shown).map((one) => one.getBoundingClientRect());
    const [width, height] = [Math.max(...boxes.map((b) => b.width)), Math.max(...boxes.map((b) => b.height))];
    const { left, top, right, bottom } = boxes[0];
    return { e, width, height, left, top, right, bottom, x: (left + right) / 2, y: (top + bottom) / 2, small: Math.min(width, height) < 23.9 };
  });
  for (const one of rooms.filter((room) => room.small)) {
    const near = rooms.find((other) => {
      if (other.e === one.e || other.e.contains(one.e) || one.e.contains(other.e)) return false;
      if (other.small) return Math.hypot(other.x - one.x, other.y - one.y) < 24;
      const [dx, dy] = [Math.max(other.left - one.x, 0, one.x - other.right), Math.max(other.top - one.y, 0, one.y - other.bottom)];
      return Math.hypot(dx, dy) < 12;
    });
    if (near) found.push(`${Math.round(one.width)} by ${Math.round(one.height)} to press: ${about(one.e)} beside ${about(near.e)}`);
  }

  // Ids and what points to them
  const ids = all("[id]").map((e) => e.id);
  for (const id of new Set(ids.filter((one, i) => ids.indexOf(one) !== i))) found.push(`id twice: ${id}`);
  for (const e of all("[aria-describedby], [aria-labelledby], [aria-controls], label[for]"))
    for (const id of ["aria-describedby", "aria-labelledby", "aria-controls", "for"].flatMap((key) => (e.getAttribute(key) ?? "").split(/\s+/)).filter(Boolean))
      if (!document.getElementById(id)) found.push(`points to no ${id}: ${about(e)}`);

  // Headings
  const levels = all("main h1, main h2, main h3, main h4, main h5, main h6").filter(shown).map((e) => Number(e.tagName[1]));
  const first = levels.filter((level) => level === 1).length;
  if (first !== 1) found.push(`${first} headings of the first level`);
  levels.forEach((level, i) => i && level > levels[i - 1] + 1 && found.push(`a heading of level ${level} after one of level ${levels[i - 1]}`));

  // Nothing is wider than the window
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  const scrolls = (e) => e && e !== document.documentElement && (["auto", "scroll", "hidden"].includes(getComputedStyle(e).overflowX) || scrolls(e.parentElement));
  if (wide > 0) {
    const out = all("body *").filter((e) => shown(e) && e.getBoundingClientRect().right > innerWidth + 1 && !scrolls(e));
    found.push(`wider than the window by ${wide}: ${out.slice(-2).map(about).join(" in ")}`);
  }

  // Language, and nothing raw
  if (!["zh-CN", "en"].includes(document.documentElement.lang)) found.push(`language ${document.documentElement.lang}`);
  const raw = document.querySelector("main").innerText.match(/.{0,40}(\bundefined\b|\bNaN\b|\[object |\{\w+\}).{0,40}/);
  if (raw) found.push(`on the page: ${raw[0]}`);
  return found;
}
