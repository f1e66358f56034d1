// Figures of results: charts that are drawn when they come near, drawings, and the living logic diagram.
import { lazyChart, pickedUnit } from "../chart.js";
import { h, replace, unique } from "../dom.js";
import { alarm, waiting } from "../errors.js";
import { lang, say, t } from "../words.js";
import { model, part } from "./model.js";

/** Return a figure of a file of results with its title and caption. */
export function figure(block, file) {
  const drawing = block.live ? living(block) : block.svg ? drawn(block.svg[lang()]) : charted(block, file);
  const caption = h("figcaption", {}, h("span", { class: "results-title" }, h("span", { class: "results-label" }, say(block.label)), " ", say(block.title)), h("span", { class: "results-caption" }, say(block.caption)));
  return h("figure", { id: block.shownAs ?? block.anchor, class: "results-figure" }, drawing, caption);
}

function charted(block, file) {
  const { spec, config, datasets } = file.charts[block.anchor][lang()];
  const whole = () => ({ ...spec, config: file.parts[config], datasets: Object.fromEntries(Object.entries(datasets).map(([name, rows]) => [name, file.parts[rows]])) });
  const box = lazyChart(whole, { name: block.anchor });
  box.style.setProperty("--height", `${block.height}px`); // the page does not jump when it is drawn
  return box;
}

/** Return a drawing as an element; it is the library's own, with nothing in it that runs. */
function drawn(text, name = null) {
  const picture = new DOMParser().parseFromString(text, "text/html").querySelector("svg");
  const width = picture.viewBox.baseVal?.width || parseFloat(picture.getAttribute("width")) || 0;
  picture.style.minWidth = `${Math.min(width, name ? 760 : 500)}px`;
  return h("div", { class: `results-drawing drawing ${name ?? ""}`, lang: name === "zh" ? "zh-CN" : name }, document.importNode(picture, true));
}

/** The living logic diagram: fetched and set to work when it comes near. */
function living(block) {
  const box = h("div", { class: "results-living" }, waiting());
  const near = new IntersectionObserver(
    (entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      near.disconnect();
      bringToLife(box, block.anchor).catch(alarm);
    },
    { rootMargin: "400px 0px" },
  );
  near.observe(box);
  return box;
}

async function bringToLife(box, anchor) {
  const [data, script] = await Promise.all([part(`living?figure=${encodeURIComponent(anchor)}`), import("/api/results/living.js")]);
  const { live, svg } = data;
  const [unit, period] = [unique("living"), unique("living")];
  const select = h("select", { id: unit }, live.units.map((name, i) => h("option", { value: i, selected: i === pickedIn(live) }, name[lang()])));
  const range = h("input", { id: period, type: "range", min: 0, max: live.periods.length - 1, step: 1, value: live.period });
  const years = h("span", { class: "years", hidden: live.periods.length < 2 }, h("label", { for: period }, t("studio.results.period")), range, h("output", { for: period }, live.periods[live.period]));
  const controls = h("div", { class: "controls", role: "group", "aria-label": t("studio.results.living_controls"), hidden: true }, h("label", { for: unit }, t("studio.results.unit")), select, years);
  const details = h("div", { class: "details", role: "region", "aria-live": "polite", tabindex: "0", "aria-label": t("studio.results.living_details"), hidden: true }, h("p", {}, t("studio.results.living_hint")));
  const pictures = ["zh", "en"].map((code) => drawn(svg[code], code));
  const picture = h("div", { class: "live" }, controls, h("div", { class: "results-paper", tabindex: "0", role: "region", "aria-label": t("studio.results.living_picture") }, pictures), details);
  replace(box, picture);
  script.living(picture, live, lang);
  picture.addEventListener("pick", () => {
    select.value = String(pickedIn(live));
    select.dispatchEvent(new Event("change"));
  });
}

/** Which of a living diagram's units is picked; the one it begins with where none is. */
function pickedIn(live) {
  const title = model.results.units.find((one) => one.id === pickedUnit())?.title;
  const at = title ? live.units.findIndex((name) => name.zh === title.zh && name.en === title.en) : -1;
  return at < 0 ? live.unit : at;
}
