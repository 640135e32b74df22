"use strict";
/* The viewer: the page a pair stands on, with the boxes of figure and caption, or its picture; arrow keys walk the list. */

const SVG = "http://www.w3.org/2000/svg";
const SOURCES = { caption: "图题", plate_description: "图版说明", entry: "条目", refined: "整理", reviewed: "审定" };
const viewing = { list: [], index: 0, picture: false, zoom: null };

function openViewer(list, index) {
  viewing.list = list;
  viewing.index = index;
  drawViewer();
  const dialog = document.getElementById("viewer");
  if (!dialog.open) dialog.showModal();
}

function step(by) {
  const next = viewing.index + by;
  if (next < 0 || next >= viewing.list.length) return;
  viewing.index = next;
  drawViewer();
}

/** A rectangle in points; `title` is shown by the browser when the mouse rests on it. */
function rectangle(box, className, title) {
  const rect = document.createElementNS(SVG, "rect");
  rect.setAttribute("class", className);
  rect.setAttribute("x", box[0]);
  rect.setAttribute("y", box[1]);
  rect.setAttribute("width", Math.max(0, box[2] - box[0]));
  rect.setAttribute("height", Math.max(0, box[3] - box[1]));
  const tip = document.createElementNS(SVG, "title");
  tip.textContent = title;
  rect.append(tip);
  return rect;
}

/** One page with boxes drawn over it; `marks` are [box, class, title]. */
function sheet(item, page, marks) {
  const [path, width, height] = DATA.books[item.book].pages[page] || [null, 0, 0];
  if (!path) return make("p", "lost", `第 ${page} 页没有预览图。No preview of page ${page}.`);
  const image = make("img");
  image.src = path;
  image.alt = `第 ${page} 页`;
  const paper = make("div", "paper", image);
  if (width && height) {
    const overlay = document.createElementNS(SVG, "svg");
    overlay.setAttribute("viewBox", `0 0 ${width} ${height}`);
    overlay.setAttribute("preserveAspectRatio", "none");
    overlay.append(...neighbours(item, page), ...marks.map((mark) => rectangle(...mark)));
    paper.append(overlay);
  }
  return make("div", "sheet", paper);
}

/** The other pairs' figures on the same page; a click goes there where the list holds them. */
function neighbours(item, page) {
  return DATA.pairs.filter((pair) => pair !== item && pair.book === item.book && pair.page === page).map((pair) => {
    const rect = rectangle(pair.box, "other", pair.title || pair.caption);
    const index = viewing.list.indexOf(pair);
    rect.addEventListener("click", () => (index >= 0 ? openViewer(viewing.list, index) : openViewer([pair], 0)));
    return rect;
  });
}

function sheets(item) {
  if (item.type === "caption") return [sheet(item, item.page, [[item.box, "caption", "图题"]])];
  const marks = [[item.box, "figure", "图"]];
  const caption = item.captionBox && [item.captionBox, "caption", "图题"];
  if (!caption || item.captionPage === item.page) return [sheet(item, item.page, caption ? [...marks, caption] : marks)];
  const both = [[item.page, marks], [item.captionPage, [caption]]].sort((a, b) => a[0] - b[0]);
  return both.map(([page, own]) => sheet(item, page, own));
}

/** The pages as large as they fit, side by side. */
function fit() {
  const box = document.querySelector("#viewer .pages");
  const images = box.querySelectorAll(".sheet img");
  for (const image of images) {
    image.style.maxHeight = `${box.clientHeight - 44}px`;
    image.style.maxWidth = `${(box.clientWidth - 44 - 22 * (images.length - 1)) / images.length}px`;
    // Previews are small: let them grow to the room there is.
    const room = [parseFloat(image.style.maxWidth), parseFloat(image.style.maxHeight)];
    const enlarge = () => {
      const scale = Math.min(room[0] / image.naturalWidth, room[1] / image.naturalHeight);
      image.style.width = `${image.naturalWidth * scale}px`;
      image.style.height = `${image.naturalHeight * scale}px`;
    };
    if (image.complete && image.naturalWidth) enlarge();
    else image.addEventListener("load", enlarge, { once: true });
  }
}

function paragraph(label, text, className, key) {
  if (!text) return null;
  const name = make("span", "label", key ? make("span", `key ${key}`) : null, label);
  return make("div", "", name, make("p", className, text));
}

function facts(rows) {
  const list = make("dl");
  for (const [name, value] of rows) {
    if (value !== null && value !== "") list.append(make("dt", "", name), make("dd", "", value));
  }
  return list;
}

function pairText(pair) {
  const image = picture(pair.thumb || pair.img, "crop", nameOf(pair));
  return [
    image,
    make("h2", "", nameOf(pair)),
    paragraph(`文字 Description · ${SOURCES[pair.source]}`, pair.text, "body", ""),
    paragraph("英文 English", pair.en, "en", ""),
    pair.caption === pair.text ? null : paragraph("图题 Caption", pair.caption, "body", "caption"),
    facts([
      ["书 Book", DATA.books[pair.book].title],
      ["页 Page", pageName(pair) + (pair.captionPage && pair.captionPage !== pair.page ? `，图题在第 ${pair.captionPage} 页` : "")],
      ["编号 Number", pair.number],
      ["审定 Review", calledBoth("review", pair.review)],
      ["载体 Medium", calledBoth("medium", pair.medium)],
      ["题材 Subject", calledBoth("subject", pair.subject)],
      ["CulTi 类别 Kind", calledBoth("kind", pair.kind)],
      ["纹样母题 Motifs", pair.motifs.join("、")],
      ["可信度 Confidence", confidence(pair.conf)],
      ["规则 Rule", ruleName(pair.rule)],
      ["读法 Read from", pair.read === "ocr" ? `OCR（${pair.readConf.toFixed(2)}）` : "文字层 text layer"],
      ["划分 Split", pair.split],
      ["图片 Picture", `${pair.size[0]} × ${pair.size[1]} 像素`],
      ["pair_id", pair.id],
    ]),
  ];
}

function unmatchedText(item) {
  return [
    item.img ? picture(item.thumb || item.img, "crop", TYPES[item.type]) : null,
    make("h2", "", `未配对的${item.type === "figure" ? "图片" : "图题"}`),
    paragraph("文字 Text", item.text, "body", item.type === "caption" ? "caption" : ""),
    facts([["原因 Reason", calledBoth("leftover", item.reason)], ["书 Book", DATA.books[item.book].title], ["页 Page", pageName(item)]]),
  ];
}

function drawViewer() {
  const dialog = document.getElementById("viewer");
  const item = viewing.list[viewing.index];
  const whole = viewing.picture && item.img ? [picture(item.img, "whole", item.type ? TYPES[item.type] : nameOf(item))] : sheets(item);
  dialog.querySelector(".pages").replaceChildren(make("div", "spread", ...whole));
  viewing.zoom.back();
  dialog.querySelector("[data-act=picture]").disabled = !item.img;
  dialog.querySelector("[data-act=picture]").textContent = viewing.picture ? "页" : "图";
  const text = item.type ? unmatchedText(item) : pairText(item);
  dialog.querySelector(".text").replaceChildren(...text.filter(Boolean));
  dialog.querySelector(".text").scrollTop = 0;
  dialog.querySelector(".place").textContent = `${viewing.index + 1} / ${viewing.list.length}`;
  dialog.querySelector("[data-step='-1']").disabled = viewing.index === 0;
  dialog.querySelector("[data-step='1']").disabled = viewing.index === viewing.list.length - 1;
  requestAnimationFrame(fit);
  state.open = item.id;
  writeAddress();
}

(function listen() {
  const dialog = document.getElementById("viewer");
  const toggle = () => dialog.classList.toggle("noboxes");
  viewing.zoom = zoomable(dialog.querySelector(".pages"));
  const other = () => {
    viewing.picture = !viewing.picture;
    drawViewer();
  };
  const acts = { boxes: toggle, close: () => dialog.close(), picture: other, larger: () => viewing.zoom.by(STEP), smaller: () => viewing.zoom.by(1 / STEP) };
  for (const [name, act] of Object.entries(acts)) dialog.querySelector(`[data-act=${name}]`).addEventListener("click", act);
  dialog.querySelector(".text").addEventListener("click", (event) => event.target.classList.contains("crop") && other());
  for (const button of dialog.querySelectorAll("[data-step]")) {
    button.addEventListener("click", () => step(Number(button.dataset.step)));
  }
  dialog.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "ArrowLeft") step(-1);
    else if (event.key === "ArrowRight") step(1);
    else if (event.key === "b" || event.key === "B") toggle();
    else if (event.key === "p" || event.key === "P") other();
    else if (event.key === "+" || event.key === "=") acts.larger();
    else if (event.key === "-") acts.smaller();
    else if (event.key === "0") viewing.zoom.back();
    else return;
    event.preventDefault();
  });
  dialog.addEventListener("close", () => {
    state.open = "";
    writeAddress();
  });
  window.addEventListener("resize", () => dialog.open && fit());
})();
