// Files on their way into a study: sent one by one, so that one that is refused holds up no other.
import { Cancelled, post, session, upload } from "../api.js";
import { announce } from "../errors.js";
import { edit, flush, refresh, state } from "../state.js";
import { t } from "../words.js";

/**
 * What is to be said of files that came: `{session, name, error, taken}`, refused with the reason, or taken with a
 * remark. It stays until somebody puts it away.
 */
export const told = [];

const tell = (name, error, taken = false) => told.push({ session: state.session.id, name, error, taken });

/** Send files to the session, then take what they hold into its document. `progress(file, share)` hears how it goes. */
export async function add(files, progress = () => {}) {
  await flush();
  const names = [];
  for (const file of files) {
    try {
      const answer = await upload(session("files"), [file], (share) => progress(file, share));
      names.push(...answer.added.map((one) => one.name));
      for (const { name, notes } of answer.added) for (const note of notes) tell(name, { what: note.text }, true);
    } catch (error) {
      if (error instanceof Cancelled) throw error;
      tell(file.name, error);
    }
  }
  await refresh("files");
  if (names.length) await use(names);
}

/** Take files of the session into its document: their tables, and what is to be known of their series. */
export async function use(names) {
  let answer;
  try {
    answer = await post(session("data/dropped"), { files: names });
  } catch (error) {
    if (names.length > 1) {
      for (const name of names) await use([name]); // so that one file does not keep out the others
      return;
    }
    tell(names[0], error);
    await refresh("files");
    return;
  }
  await takeIn(names, answer);
}

async function takeIn(names, { edit: proposed, problems }) {
  edit(t("studio.data.edit_files", { files: names.join(", ") }), (document) => {
    document.data ??= { tables: [] };
    document.data.tables = [...(document.data.tables ?? []), ...proposed.tables];
    document.data.series = { ...proposed.series, ...document.data.series };
  });
  announce(t("studio.data.files_added", { count: proposed.tables.length }));
  // A table that is taken in says itself what is wrong with it.
  const taken = new Set(proposed.tables.map((one) => one.file));
  const others = problems.filter((one) => !taken.has(one.place?.file));
  for (const error of others) tell(error.place?.file ?? names.join(", "), error);
  await flush();
  if (others.length) await refresh("files");
}
