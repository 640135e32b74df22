"use strict";
/* Text as it is searched: traditional and simplified forms, full and half width, capitals and spaces do not count. */

const SIMPLE = new Map();
{
  const pairs = [...window.TUWEN.fold];
  for (let i = 0; i < pairs.length; i += 2) SIMPLE.set(pairs[i], pairs[i + 1]);
}

function fold(text) {
  const plain = text.normalize("NFKC").toLowerCase().replace(/[^\S\n]+/g, "");
  return [...plain].map((character) => SIMPLE.get(character) || character).join("");
}

/* A label with its number is one word, however it is spaced: 图 3, 图版 叁, Fig. 3. */
const LABEL = /(图|圖|版|第|figs?\.?|plates?|pls?\.?|no\.?)\s+(?=[0-9〇零一二三四五六七八九十百壹贰貳叁參肆伍陆陸柒捌玖拾])/gi;

/** The words of a query, folded; all of them are looked for. */
function wordsOf(query) {
  return query.normalize("NFKC").replace(LABEL, "$1").split(/\s+/).filter(Boolean).map(fold);
}
