// Where files are dropped or chosen. The button does all that dropping does; a zone is no control itself.
import { button, h, icon, replace, unique } from "../dom.js";
import { t } from "../words.js";

const ACCEPTED = ".xls,.xlsx,.xlsm,.xlsb,.ods,.csv,.tsv,.txt,.dta,.parquet,.arrow,.feather,.html,.htm,.mhtml,.xml";

/**
 * Return a zone for files. `add(files, progress)` takes them and calls `progress(file, share)` as they travel; while it works
 * the zone shows how far each has come.
 */
export function dropZone({ id, add, compact = false }) {
  const note = unique("zone");
  const input = h("input", { type: "file", multiple: true, accept: ACCEPTED, class: "unseen", tabindex: "-1", "aria-hidden": "true", id: `${id}-input`, on: { change: () => take([...input.files]) } });
  const choose = button([icon("plus"), h("span", {}, t("studio.data.choose_files"))], () => input.click(), { class: compact ? "" : "primary", id, "aria-describedby": note });
  const help = h("p", { class: "help", id: note }, t("studio.data.accepted"));
  const progress = h("div", { class: "data-progress", role: "status" });
  const words = h("span", {}, t("studio.data.drop_here"));
  const zone = h("div", { class: compact ? "data-zone compact" : "data-zone" }, h("div", { class: "row" }, words, choose, input), help, progress);

  let inside = 0;
  const mark = () => zone.classList.toggle("over", inside > 0);
  zone.addEventListener("dragenter", (event) => ((inside += 1), event.preventDefault(), mark()));
  zone.addEventListener("dragleave", () => ((inside -= 1), mark()));
  zone.addEventListener("dragover", (event) => event.preventDefault());
  zone.addEventListener("drop", async (event) => {
    event.preventDefault();
    inside = 0;
    mark();
    take(await dropped(event.dataTransfer));
  });

  async function take(files) {
    if (!files.length || choose.disabled) return;
    choose.disabled = true;
    const bars = new Map(files.map((file) => [file, h("progress", { max: 1, value: 0, "aria-label": file.name })]));
    replace(progress, files.map((file) => h("p", {}, h("span", {}, file.name), bars.get(file))));
    try {
      await add(files, (file, share) => (bars.get(file).value = share));
    } finally {
      choose.disabled = false;
      input.value = "";
      replace(progress);
    }
  }
  return zone;
}

/** Return the files of a drop; those of a folder are looked for within. */
async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.some((entry) => entry.isDirectory)) return [...transfer.files];
  return (await Promise.all(entries.map(filesOf))).flat();
}

async function filesOf(entry) {
  if (entry.isFile) return [await new Promise((resolve, reject) => entry.file(resolve, reject))];
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    // A reader hands out a folder in parts; an empty one is its end.
    const part = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!part.length) break;
    found.push(...part);
  }
  return (await Promise.all(found.map(filesOf))).flat();
}

// A file that misses the zone must not replace the page.
addEventListener("dragover", (event) => event.preventDefault());
addEventListener("drop", (event) => event.preventDefault());
