"use strict";
// Living pictures: redrawn for another unit and year as they were drawn for the first, from the numbers given with them;
// what stands behind a box or an arrow is told beside it. The report's page and the studio both use it.
//
// living(picture, live, language): `picture` holds a select, a range with its output, the drawing in both languages and
// a place for details; `live` is what `nqpf.charts.living_live.live` returns; `language()` is "zh" or "en".
const living = (() => {
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const fill = (template, values) => template.replace(/\{(\w+)\}/g, (_, key) => values[key]);
  const signOf = (value, up, down, none) => (value > 0 ? up : value < 0 ? down : none);
  const hundredths = (value) => (Math.abs(value) / 100).toFixed(2);
  const percent = (value) => `${signOf(value, "", "−", "")}${Math.abs(value)}%`;
  const over = (parts, lines) => (lines === 1 ? [parts.join(" ")] : [parts[0], parts.slice(1).join(" ")]);

  // What is known of a box or gauge in a unit and year, and how it is said; the same words as in the picture's source.
  function known(columns, at) {
    if (!columns || columns.value[at] === null) return null;
    return Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, values[at]]));
  }

  function levelLines(cell, words, lines) {
    if (!cell) return over(words.not_measured.split(" "), lines);
    const { value, change } = cell;
    return over([hundredths(value), ...(change === null ? [] : [signOf(change, "▲+", "▼−", "±") + hundredths(change)])], lines);
  }

  function rankLines(cell, words, lines) {
    if (!cell || !cell.rank) return Array(lines).fill("");
    const rank = words.places[cell.rank - 1];
    if (cell.low === null || cell.low === cell.high) return [rank, ...Array(lines - 1).fill("")];
    if (lines === 1) return [fill(words.rank_with, { ...cell, rank })];
    return [rank, fill(words.interval, cell)];
  }

  function cellRows(cell, words) {
    const { terms } = words;
    if (!cell) return [[terms.level, words.not_measured]];
    const { value, change, rank, low, high, tier } = cell;
    const rows = [[terms.level, hundredths(value)]];
    if (change !== null) rows.push([terms.change, signOf(change, "+", "−", "") + hundredths(change)]);
    if (rank) {
      const [own, first, last] = [rank, low, high].map((place) => words.places[place - 1]);
      rows.push([terms.rank, low === null || low === high ? own : fill(words.rank_told, { rank: own, low: first, high: last })]);
    }
    return [...rows, [terms.evidence, words.tiers[tier]]];
  }

  function gaugeTexts(reading, words) {
    if (!reading) return [words.not_measured, ""];
    const { value, low, high, threshold, verdict } = reading;
    const own = percent(value);
    const shown = low === null || high === null ? own : fill(words.gauge_value, { value: own, low: percent(low), high: percent(high) });
    return [shown, fill(words.verdicts[verdict], { threshold: percent(threshold) })];
  }

  function readingRows(box, reading, words, lang) {
    const { terms } = words;
    const what = [terms.gauge, box.gauge[lang]];
    if (!reading) return [what, [terms.level, words.not_measured]];
    return [what, [terms.verdict, gaugeTexts(reading, words).join(words.comma)]];
  }

  function set(element, attributes) {
    for (const [name, value] of Object.entries(attributes)) {
      if (value === null) element.removeAttribute(name);
      else element.setAttribute(name, value);
    }
  }

  const write = (text, lines) => all("tspan", text).forEach((line, k) => (line.textContent = lines[k]));
  const part = (group, name) => group.querySelector(`[data-part="${name}"]`);
  const EMPTY = { fill: "#ffffff", stroke: "#75848d", "stroke-dasharray": "4 3" };
  const edge = (live, filling) => ({ fill: filling, stroke: live.rim, "stroke-dasharray": null });

  function drawCell(group, cell, live, words) {
    const ink = !cell ? live.ink : cell.value >= live.white_from ? "#ffffff" : "#000000";
    set(group.querySelector("rect"), cell ? edge(live, live.fills[cell.value]) : EMPTY);
    set(part(group, "inside"), { fill: ink });
    const [level, rank, moved, tier] = ["value", "rank", "moved", "tier"].map((name) => part(group, name));
    write(level, levelLines(cell, words, level.children.length));
    const ranked = rank ? rankLines(cell, words, rank.children.length) : [];
    if (rank) write(rank, ranked);
    set(moved, { transform: `translate(0 ${ranked.some(Boolean) ? 0 : moved.dataset.drop})` });
    set(tier, { fill: ink, stroke: ink });
    const [discs, lozenge] = tier.children;
    set(discs, { display: cell && cell.tier > 0 ? null : "none" });
    set(lozenge, { display: cell && cell.tier === 0 ? null : "none" });
    [...discs.children].forEach((disc, k) => set(disc, { fill: cell && cell.tier > 0 && k > 3 - cell.tier ? "none" : null }));
  }

  function drawReading(group, reading, live, words, ends) {
    set(group.querySelector("rect"), reading ? edge(live, "#ffffff") : EMPTY);
    const gauge = part(group, "gauge");
    const [shown, verdict] = gaugeTexts(reading, words);
    write(part(group, "value"), [shown]);
    write(part(group, "verdict"), [verdict]);
    set(gauge, { display: reading ? null : "none" });
    if (!reading) return;
    const width = Number(gauge.dataset.width);
    const along = (value) =>
      Math.floor(Math.min(Math.max((value - ends[0]) / (ends[1] - ends[0]), 0), 1) * width * 10 + 0.5) / 10;
    const rounded = (value) => Math.round(value * 10) / 10;
    const { value, threshold } = reading;
    const [low, high] = [along(reading.low ?? value), along(reading.high ?? value)];
    set(part(gauge, "beyond"), { x: along(threshold), width: rounded(width - along(threshold)) });
    set(part(gauge, "band"), { x: low, width: rounded(high - low) });
    set(part(gauge, "threshold"), { x: along(threshold) });
    set(part(gauge, "pointer"), { cx: along(value), fill: value < ends[0] || value > ends[1] ? "#ffffff" : live.ink });
  }

  return function living(picture, live, language) {
    const [select, range] = ["select", "input"].map((name) => picture.querySelector(name));
    const details = picture.querySelector(".details");
    const hint = details.firstElementChild;
    const pictures = Object.fromEntries(["zh", "en"].map((lang) => [lang, picture.querySelector(`.drawing.${lang} svg`)]));
    const items = (svg) => [...all("[data-node]", svg), ...all("[data-edge]", svg)];
    const place = () => Number(select.value) * live.periods.length + Number(range.value);
    const idOf = (item) => item.dataset.node ?? item.dataset.edge;
    let chosen = null;

    function rowsOf(id, lang) {
      const box = live.boxes[id];
      const words = live.words[lang];
      if (!box) return [];
      return box.readings ? readingRows(box, known(box.readings, place()), words, lang) : cellRows(known(box.cells, place()), words);
    }

    function draw() {
      const year = live.periods[range.value];
      picture.querySelector("output").textContent = year;
      range.setAttribute("aria-valuetext", year);
      for (const [lang, svg] of Object.entries(pictures)) {
        const words = live.words[lang];
        for (const group of all("[data-node]", svg)) {
          const box = live.boxes[idOf(group)];
          if (box.readings) drawReading(group, known(box.readings, place()), live, words, box.ends);
          else drawCell(group, known(box.cells, place()), live, words);
          const said = rowsOf(idOf(group), lang).map((row) => row.join(" ")).join(words.comma);
          group.setAttribute("aria-label", fill(words.colon, { term: box.name[lang], text: said }));
        }
        const unit = part(svg, "unit");
        write(unit, [live.units[select.value][lang]]);
        write(part(svg, "period"), [fill(words.shown, { period: year })]);
        narrow(unit);
      }
      tell(chosen);
    }

    // A long name is set smaller, so that it keeps to one line.
    function narrow(text) {
      const { room, size } = text.dataset;
      set(text, { "font-size": size });
      const long = text.getComputedTextLength();
      if (long > room) set(text, { "font-size": (size * room) / long });
    }

    function tell(id) {
      if (!id) return details.replaceChildren(hint);
      const lang = language();
      const { name, about } = live.boxes[id] ?? live.edges[id];
      const made = (tag, text) => Object.assign(document.createElement(tag), { textContent: text });
      const { comma, shown } = live.words[lang];
      const when = live.units[select.value][lang] + comma + fill(shown, { period: live.periods[range.value] });
      const list = document.createElement("dl");
      for (const [term, text] of [...rowsOf(id, lang), ...about[lang]]) {
        const row = document.createElement("div");
        row.append(made("dt", term), made("dd", text));
        list.append(row);
      }
      const heading = made("p", name[lang]);
      if (live.boxes[id]) heading.append(made("span", when));
      details.replaceChildren(heading, list);
    }

    function choose(item) {
      chosen = idOf(item);
      for (const svg of Object.values(pictures)) {
        for (const other of items(svg)) {
          const own = idOf(other) === chosen;
          other.classList.toggle("chosen", own);
          other.setAttribute("tabindex", own ? 0 : -1);
        }
      }
      tell(chosen);
    }

    // What is reached by keyboard is moved out from under the edge of the window and the line of details.
    function show(item) {
      item.focus({ preventScroll: true });
      const { top, bottom } = item.getBoundingClientRect();
      if (top < 0 || bottom > innerHeight - details.offsetHeight) item.scrollIntoView({ block: "center", inline: "nearest" });
    }

    for (const svg of Object.values(pictures)) {
      const every = items(svg);
      for (const item of every) item.querySelector(":scope > title").remove();
      every[0].setAttribute("tabindex", 0);
      svg.addEventListener("focusin", (event) => choose(event.target.closest("[data-node], [data-edge]")));
      svg.addEventListener("click", (event) => event.target.closest("[data-node], [data-edge]")?.focus({ preventScroll: true }));
      svg.addEventListener("pointerover", (event) => {
        const item = event.target.closest("[data-node], [data-edge]");
        if (item) tell(idOf(item));
      });
      svg.addEventListener("pointerleave", () => chosen && tell(chosen));
      svg.addEventListener("keydown", (event) => {
        const now = every.indexOf(event.target);
        const steps = { ArrowRight: now + 1, ArrowDown: now + 1, ArrowLeft: now - 1, ArrowUp: now - 1, Home: 0, End: -1 };
        if (now < 0 || !(event.key in steps)) return;
        event.preventDefault();
        show(every.at(steps[event.key] % every.length));
      });
    }
    select.addEventListener("change", draw);
    range.addEventListener("input", draw);
    picture.addEventListener("speak", draw);
    picture.querySelector(".controls").hidden = details.hidden = false;
    draw();
  };
})();
