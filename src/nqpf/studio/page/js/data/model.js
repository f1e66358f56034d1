// What the server understood of the data: asked anew whenever that part of the document has changed.
import { Cancelled, get, session } from "../api.js";
import { state } from "../state.js";

/** The server's answers on the present document; null until the first is there. `error` is why one is not. */
export const model = { of: null, understood: null, coverage: null, checks: null, error: null, loading: false };

let asked = null;
let under = null;

/** Whether what is shown belongs to the document as it is now. */
export const isPresent = () => asked === key();

const key = () => {
  const { id, document, files } = state.session;
  return JSON.stringify([id, document.data, document.framework, files.map((file) => file.path)]);
};

/** Ask what was understood, unless it is known; `draw` is called whenever there is news. */
export async function load(draw) {
  const wanted = key();
  if (wanted === asked) return;
  under?.abort();
  under = new AbortController();
  const { signal } = under;
  if (model.of !== state.session.id) Object.assign(model, { of: state.session.id, understood: null, coverage: null, checks: null });
  Object.assign(model, { loading: true, error: null });
  asked = wanted;
  draw();
  try {
    Object.assign(model, { understood: await get(session("data/understood"), { signal }), error: null, loading: false });
    draw();
    model.coverage = await get(session("data/coverage"), { signal });
    draw();
    model.checks = await get(session("data/checks"), { signal });
  } catch (error) {
    if (error instanceof Cancelled) return;
    asked = null;
    Object.assign(model, { error, loading: false });
  }
  draw();
}
