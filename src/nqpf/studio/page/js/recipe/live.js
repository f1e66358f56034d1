// Asking for ranks while something moves: one ask at a time, and of those that wait only the newest.
import { Cancelled, post, session } from "../api.js";
import { state } from "../state.js";
import { model, written } from "./model.js";

/** What the server last said, and what it refused since. */
export const live = { answer: null, error: null, busy: false };

let wanted = null;
let mine = 0;
const listeners = new Set();

/** Be told of every answer: `(live, stamp)`; stamp is what the ask was made with. */
export const onRanks = (listener) => listeners.add(listener);

/** Ask for ranks: of the recipe as it is written, with `weights` in the place of some of its own. */
export function askRanks({ weights = null, stamp = null } = {}) {
  wanted = { weights, stamp };
  if (!live.busy) pump();
}

/** Forget everything: another session is shown. */
export function forget() {
  mine += 1;
  wanted = null;
  Object.assign(live, { answer: null, error: null, busy: false });
}

async function pump() {
  const turn = mine;
  live.busy = true;
  while (wanted && turn === mine) {
    const { weights, stamp } = wanted;
    wanted = null;
    const found = await answered({ recipe: written(), weights, base: model.base, period: model.period, noise: model.noise });
    if (turn !== mine) return;
    Object.assign(live, found);
    live.busy = wanted !== null;
    for (const listener of listeners) listener(live, stamp);
  }
  if (turn === mine) live.busy = false;
}

async function answered(body) {
  try {
    return { answer: await post(session("recipe/rerank"), body), error: null };
  } catch (error) {
    if (error instanceof Cancelled || error.error?.code === "studio_overtaken") return {};
    return { error };
  }
}

/** Whether an ask makes sense: this session's step is shown and its data are there. */
export const canRank = () => state.session !== null && model.about !== null && model.about.problem === null;
