/** How a part of ours gets into a page that knows nothing of it. */

import { make } from "./make.js";
import css from "./dialog.css";

const sheet = new CSSStyleSheet();
sheet.replaceSync(css);

/**
 * Put `part` into the page, out of reach of its styles.
 * @param {HTMLElement} part
 * @param {import("./article.js").Options} options
 * @param {string} language
 * @returns {HTMLElement} the host
 */
export function mount(part, { theme = "" }, language) {
  const host = make("copydesk-widget", { lang: language, "data-theme": theme });
  const root = host.attachShadow({ mode: "open" });
  root.adoptedStyleSheets = [sheet];
  root.append(part);
  // Beside body, not in it: no page styles its own last child by accident, no framework sweeps us.
  document.documentElement.append(host);
  return host;
}
