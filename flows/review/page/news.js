/* What happens elsewhere: decisions of others, a new version, a server that stops and comes back. */

import { byId, make } from "./dom.js";
import * as server from "./server.js";
import { say } from "./strings.js";
import { again, app, state, tell } from "./view.js";

const EVERY = 4000; // milliseconds between two looks

let seen = 0; // lines of the corrections that the page knows of
let own = {}; // what the server told when the page began
let lost = "";
let looking = false;

export function watch(start) {
  own = start;
  seen = start.seen;
  setInterval(look, EVERY);
  addEventListener("focus", look);
  document.addEventListener("visibilitychange", () => document.hidden || look());
}

/** Whether something is under way that showing other decisions would disturb. */
const isBusy = () => Boolean(state.mode || app.sheet.following || (document.activeElement && document.activeElement.dataset.field));

async function look() {
  if (looking || document.hidden) return;
  looking = true;
  try {
    const found = await server.news(seen);
    if (lost) await back();
    if (found.version !== own.version || found.digest !== own.digest.slice(0, found.digest.length)) offer(found);
    if (!isBusy()) await take(found);
  } catch (error) {
    leave(error);
  } finally {
    looking = false;
  }
}

async function take(found) {
  seen = found.seen;
  if (found.ids.every((id) => app.decisions.own.has(id))) return;
  for (const page of found.pages) {
    server.forget(page.book, [page.page]);
    app.queue.sync(page);
  }
  const shown = found.pages.some(({ book, page }) => state.pages.some((one) => one.book === book && one.page === page));
  if (shown) await again();
  else app.queue.draw();
}

function leave(error) {
  const why = server.isOffline(error) ? "offline" : error.status === 403 ? "restarted" : "";
  if (!why) return tell(error.message, true);
  if (why !== lost) tell(say()[why], true);
  lost = why;
  document.body.dataset.lost = why;
  return undefined;
}

/** The server is there again, perhaps another run of it. */
async function back() {
  await server.start();
  lost = "";
  delete document.body.dataset.lost;
  tell(say().back);
  await app.drafts.send();
}

/** Another version than the one that is shown is there. */
function offer({ version, digest }) {
  const notice = byId("notice");
  if (!notice.hidden) return;
  const open = make("button", "", say().openVersion);
  open.addEventListener("click", async () => {
    if (digest === own.digest) await server.reopen();
    location.reload();
  });
  notice.replaceChildren(say().newVersion(version), " ", open);
  notice.hidden = false;
}
