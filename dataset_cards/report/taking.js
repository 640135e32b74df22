"use strict";
/* The filtered list taken along: copied as a table, or saved as CSV or JSON lines. Made in the page; nothing is sent anywhere. */

const FORMULA = /^[=+\-@\t\r]/; // what a spreadsheet would take as the beginning of a formula

function pairRow(pair) {
  return {
    pair_id: pair.id, book_title: DATA.books[pair.book].title, page: pair.page, medium: pair.medium, subject: pair.subject, kind: pair.kind,
    number: pair.number, title: pair.title, caption: pair.caption, description: pair.text, description_en: pair.en || "",
    confidence: pair.conf, rule: pair.rule, review: pair.review, split: pair.split, image: pair.img.replace(/^\.\.\//, ""),
  };
}

function unmatchedRow(item) {
  return { type: item.type, book_title: DATA.books[item.book].title, page: item.page, text: item.text, reason: item.reason, image: item.img.replace(/^\.\.\//, "") };
}

function failureRow(failure) {
  return { book_title: DATA.books[failure.book].title, page: failure.page, stage: failure.stage, reason: failure.reason, detail: failure.detail };
}

const ROWS = { pairs: pairRow, unmatched: unmatchedRow, failures: failureRow };

function rowsOf(view, items) {
  return items.map(ROWS[view]);
}

function separated(rows, mark, cell) {
  if (!rows.length) return "";
  return [Object.keys(rows[0]), ...rows.map(Object.values)].map((row) => row.map(cell).join(mark)).join("\r\n") + "\r\n";
}

function csvCell(value) {
  const text = typeof value === "string" && FORMULA.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** CSV that Excel opens with its Chinese as it is. */
function asCsv(rows) {
  return `\ufeff${separated(rows, ",", csvCell)}`;
}

function asJsonLines(rows) {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join("");
}

/** A table to be pasted into a sheet or a letter. */
function asTable(rows) {
  return separated(rows, "\t", (value) => String(value).replace(/[\t\r\n]+/g, " "));
}

function save(text, name, type) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

/** Copy `text`; a page from the disk may lack the newer way. */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = document.createElement("textarea");
    field.value = text;
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done;
  }
}
