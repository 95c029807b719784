/** How a part of ours gets into a page that knows nothing of it. */

import { make } from "./make.js";

/**
 * Put `part` into the page, out of reach of its styles.
 * @param {HTMLElement} part
 * @param {string} css
 * @param {string} lang
 * @param {string} [theme] "light" or "dark"
 * @returns {HTMLElement} the host; what removes it removes the part
 */
export function mount(part, css, lang, theme) {
  const host = make("copydesk-widget", {
    lang,
    dir: lang == "ar" ? "rtl" : "ltr",
    // Inline and important: a page may hide what it never defined, `:not(:defined)`, and a modal
    // dialog that nobody sees would still lock the page.
    style: `all:initial!important;color-scheme:${theme || "light dark"}!important`,
  });
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [sheet];
  root.append(part);
  // Beside body, not in it: no page styles its own last child by accident, no framework sweeps us.
  document.documentElement.append(host);
  return host;
}
