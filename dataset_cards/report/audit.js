"use strict";
/* One pair at a time. What was decided is a list of [pair_id, mark] in order, so that undo takes the last one;
   the browser keeps it under the sample's name. Texts of books become text nodes, never markup. */

const DATA = JSON.parse(document.getElementById("data").textContent);
const KEY = `tuwen-audit ${DATA.head.digest} ${DATA.head.size} ${DATA.head.seed}`;
const KEYS = { a: "right", x: "wrong", " ": "skip" };
const byId = (id) => document.getElementById(id);
let made = remembered();

/** What the browser kept; nothing where it kept none, keeps none at all, or keeps what is not ours. */
function remembered() {
  try {
    const known = new Set(DATA.pairs.map((pair) => pair.id));
    return JSON.parse(localStorage.getItem(KEY) || "[]").filter(([id, mark]) => known.has(id) && Object.values(KEYS).includes(mark));
  } catch {
    return [];
  }
}

function keep() {
  try {
    localStorage.setItem(KEY, JSON.stringify(made));
  } catch {
    byId("count").textContent = "浏览器不保存：请勿关闭本页 This browser keeps nothing: do not close the page";
  }
}

const current = () => {
  const decided = new Set(made.map(([id]) => id));
  return DATA.pairs.find((pair) => !decided.has(pair.id));
};

function mark(decision) {
  const pair = current();
  if (!pair) return;
  made.push([pair.id, decision]);
  keep();
  show();
}

function undo() {
  if (!made.length) return;
  made.pop();
  keep();
  show();
}

function picture(source) {
  if (!source) {
    const lost = document.createElement("p");
    lost.className = "lost";
    lost.textContent = "没有图片 No picture";
    return lost;
  }
  const image = document.createElement("img");
  image.alt = "";
  image.src = source;
  return image;
}

function sheet(item) {
  const paper = document.createElement("div");
  paper.className = "sheet";
  paper.append(picture(item.src));
  for (const [name, left, top, width, height] of item.boxes) {
    const box = document.createElement("div");
    box.className = `box ${name}`;
    Object.assign(box.style, { left: `${left * 100}%`, top: `${top * 100}%`, width: `${width * 100}%`, height: `${height * 100}%` });
    paper.append(box);
  }
  return paper;
}

function put(id, text) {
  byId(id).textContent = text;
  byId(id).hidden = !text;
}

function show() {
  const pair = current();
  const counts = { right: 0, wrong: 0, skip: 0 };
  for (const [, decision] of made) counts[decision] += 1;
  byId("count").textContent = `${made.length} / ${DATA.pairs.length}`;
  byId("done").style.width = `${(100 * made.length) / DATA.pairs.length}%`;
  byId("undo").disabled = !made.length;
  for (const button of document.querySelectorAll("[data-mark]")) button.disabled = !pair;
  const file = JSON.stringify({ ...DATA.head, decisions: Object.fromEntries(made) }, null, 1);
  byId("save").href = `data:application/json;charset=utf-8,${encodeURIComponent(file)}`;
  byId("pair").hidden = !pair;
  byId("end").hidden = Boolean(pair);
  put("tally", `对 right ${counts.right} · 错 wrong ${counts.wrong} · 跳过 skipped ${counts.skip}`);
  if (!pair) return;
  byId("pair").dataset.id = pair.id;
  byId("sheets").replaceChildren(...pair.sheets.map(sheet));
  byId("crop").replaceChildren(picture(pair.crop));
  byId("text").scrollTop = 0;
  put("title", pair.title);
  put("description", pair.text);
  put("english", pair.en);
  put("caption", pair.caption && pair.caption !== pair.text ? `图题 Caption: ${pair.caption}` : "");
  put("place", `${pair.book} · 第 ${pair.sheets.map((item) => item.page).join("、")} 页`);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  const help = byId("help");
  if (event.key === "?") help.open ? help.close() : help.showModal();
  else if (help.open) return;
  else if (event.key === "Backspace") undo();
  else if (event.key.toLowerCase() in KEYS) mark(KEYS[event.key.toLowerCase()]);
  else return;
  event.preventDefault();
});
for (const button of document.querySelectorAll("[data-mark]")) {
  button.addEventListener("click", () => {
    mark(button.dataset.mark);
    byId("pair").focus(); // else the space bar would press the button again
  });
}
byId("undo").addEventListener("click", undo);
byId("ask").addEventListener("click", () => byId("help").showModal());
show();
if (!made.length) byId("help").showModal();
