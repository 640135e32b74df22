/* Talking to the server: what is read, and the one request that writes. */

let writeToken = "";
let digest = "";

async function get(path) {
  const response = await fetch(path);
  if (!response.ok) throw new Error(await response.text());
  return response.json();
}

export async function start() {
  const found = await get("/api/start");
  writeToken = found.write;
  digest = found.digest;
  return found;
}

export const queue = (choice) => get(`/api/queue?${new URLSearchParams(choice)}`);
export const textAt = async (book, page, box) => (await get(`/api/text/${book}/${page}?box=${box.join(",")}`)).text;
export const captionFields = (text) => get(`/api/fields?${new URLSearchParams({ text })}`);
export const pagePicture = (book, page, level) => `/pictures/${digest}/page/${book}/${page}/${level}`;
export const cropPicture = (id) => `/pictures/${digest}/crop/${encodeURIComponent(id)}`;

/** Keep a decision; its id. Throws an Error with the server's words when it was not kept. */
export async function decide(decision) {
  const headers = { "content-type": "application/json", "x-tuwen-write": writeToken };
  const response = await fetch("/api/decide", { method: "POST", headers, body: JSON.stringify(decision) });
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()).id;
}

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
