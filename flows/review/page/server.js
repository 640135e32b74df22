/* Talking to the server: what is read, and what is written: decisions and drafts. */

let writeToken = "";
let digest = "";
let workspace = "";

/** Whether an error says that no server answered. */
export const isOffline = (error) => error instanceof TypeError;

const refused = (why, status = 403) => Object.assign(new Error(why), { status });

async function checked(response) {
  if (response.ok) return response.json();
  throw refused(await response.text(), response.status);
}

const get = async (path) => checked(await fetch(path));

export async function start() {
  const found = await get("/api/start");
  if (workspace && found.workspace !== workspace) throw refused("another workspace is served here now");
  workspace = found.workspace;
  writeToken = found.write;
  digest = digest || found.digest; // pictures are those of the version that is shown, until the page is loaded again
  return found;
}

async function post(path, given, keepalive = false) {
  const send = () => fetch(path, { method: "POST", keepalive, headers: { "content-type": "application/json", "x-tuwen-write": writeToken }, body: JSON.stringify(given) });
  const response = await send();
  if (response.status !== 403 || keepalive) return checked(response);
  await start(); // another run of the server has another token
  return checked(await send());
}

export const queue = (choice) => get(`/api/queue?${new URLSearchParams(choice)}`);
export async function news(seen) {
  const found = await get(`/api/news?seen=${seen}`);
  if (found.workspace !== workspace) throw refused("another workspace is served here now");
  return found;
}
export const textAt = async (book, page, box) => (await get(`/api/text/${book}/${page}?box=${box.join(",")}`)).text;
export const pagePicture = (book, page, level) => `/pictures/${digest}/page/${book}/${page}/${level}`;
export const cropPicture = (id) => `/pictures/${digest}/crop/${encodeURIComponent(id)}`;

/** Keep decisions, all or none, in their order: of each its id and, for an undo, its effect. Throws an Error with the
    server's words when they were not kept. */
export const decide = (decisions) => post("/api/decide", decisions);
export const keepDrafts = (changes, leaving) => post("/api/drafts", changes, leaving);
/** Let the server show the version that is current now. */
export const reopen = () => post("/api/reopen", {});

/* Pages that are likely to be asked for next are read ahead, until a decision changes them. */
const ahead = new Map();

export function page(book, number) {
  const key = `${book}/${number}`;
  const known = ahead.get(key) || get(`/api/page/${key}`);
  ahead.delete(key);
  return known;
}

export function readAhead(book, number) {
  const key = `${book}/${number}`;
  if (ahead.has(key)) return;
  const found = get(`/api/page/${key}`);
  ahead.set(key, found);
  found.then(
    (state) => state.levels.slice(0, 2).forEach((_, level) => { new Image().src = pagePicture(book, number, level); }),
    () => ahead.delete(key),
  );
}

export function forget(book, pages) {
  for (const page of pages) ahead.delete(`${book}/${page}`);
}
