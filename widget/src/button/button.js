/**
 * A plain button: for everybody where the site asks for it by `data-button`, and docked at the
 * lower edge for whoever has selected something by touch, far from the system's own menu.
 */

import { wordsFor } from "../language.js";
import { make } from "../make.js";
import { mount } from "../mount.js";
import css from "./button.css";

/** Milliseconds: a system that moves its handles empties the selection for a moment. */
const SETTLED = 400;

/** @type {HTMLElement | undefined} */
let host;

/**
 * Show the button, once; the bar goes when the selection goes.
 *
 * A page that has a link to the service's own form, for browsers too old for us, needs no other:
 * the link becomes the button.
 * @param {import("../extras/article.js").Options} options `button` is the label, when not empty
 */
export async function open({ button, lang, theme }) {
  const [spoken, words] = await wordsFor(lang, document.documentElement.lang, ...navigator.languages);
  if (host?.isConnected) return;
  const isBar = button == null;
  /** @type {HTMLElement | null} */
  const link = document.querySelector(`a[href^="${new URL("../../report", import.meta.url)}"]`);
  const shown =
    (!isBar && link) ||
    make("button", { type: "button" }, button || words?.[M.title] || "Report an error");
  const selection = /** @type {Selection} */ (getSelection());
  /** @type {Range | undefined} */
  let range;

  // A tap may clear what is selected, and a press of the mouse would.
  shown.onpointerdown = shown.onmousedown = (/** @type {Event} */ event) => {
    if (selection.type == "Range") range = selection.getRangeAt(0).cloneRange();
    event.preventDefault();
  };
  shown.onclick = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (range && selection.type != "Range") {
      selection.removeAllRanges();
      selection.addRange(range);
    }
    window.copydesk?.open();
  };
  if (shown == link) return;
  const own = (host = mount(shown, css, spoken, theme));
  if (!isBar) return;
  shown.className = "bar";
  const look = () => {
    setTimeout(() => {
      if (selection.type == "Range") return;
      own.remove();
      document.removeEventListener("selectionchange", look);
    }, SETTLED);
  };
  document.addEventListener("selectionchange", look);
}
