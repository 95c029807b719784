/** For sites that ask for it by `data-button`: a plain button at the page's edge. */

import css from "./button.css";
import { make } from "./make.js";

/** Here once more, so that a page with the button loads no language file before anybody asks. */
const LABELS = new Map([["ru", "Сообщить об ошибке"]]);

/**
 * Show the button.
 * @param {string} _base
 * @param {import("./article.js").Options} options its `button` is the label, when not empty
 */
export function open(_base, { button, lang = document.documentElement.lang, theme }) {
  const label = button || LABELS.get(lang.slice(0, 2).toLowerCase()) || "Report an error";
  const shown = make("button", {
    type: "button",
    // A press would otherwise clear what the reader has just selected.
    onmousedown: (/** @type {Event} */ event) => event.preventDefault(),
    onclick: () => window.copydesk?.open(),
  });
  shown.append(label);
  const host = make("copydesk-widget", {});
  host.style.colorScheme = theme || "light dark";
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [sheet];
  root.append(shown);
  document.documentElement.append(host);
}
