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
