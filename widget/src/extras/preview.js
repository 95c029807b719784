/** The correction as the reader types it, in its sentence. */

import { make } from "../make.js";
import { wordDiff } from "./worddiff.js";

/** Characters that an edit of spelling changes at most; one that changes more may be about facts. */
const SMALL = 40;

/**
 * Show the change word by word, and choose the kind by its size until the reader has chosen.
 * @param {any} form
 */
export function preview(form) {
  const { suggestion, kind } = form;
  const mark = form.querySelector("mark");
  const before = mark.textContent;
  let isChosen = false;
  kind.onchange = () => (isChosen = true);
  suggestion.oninput = () => {
    const parts = wordDiff(before, suggestion.value);
    mark.replaceChildren(
      ...parts.flatMap(([tag, text]) => [
        // Between the old word and the new one.
        tag == "ins" ? " " : "",
        tag ? make(tag, {}, text) : text,
      ]),
    );
    // What is wrong is crossed out by now; a wavy line as well would hide it.
    mark.style.textDecoration = parts.some(([tag]) => tag) ? "none" : "";
    const changed = parts.map(([tag, text]) => tag && text).join("");
    if (!isChosen) kind.value = /\d/.test(changed) || changed.length > SMALL ? "fact" : "language";
  };
}
