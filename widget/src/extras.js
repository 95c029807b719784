/**
 * What the dialog needs when it is seen already: loaded beside it, while the reader looks and
 * types. Without this part a report goes out all the same, only poorer.
 */

import { articleFacts } from "./article.js";
import { count } from "./count.js";
import { make } from "./make.js";
import { preview } from "./preview.js";
import { tell } from "./tell.js";

export { innermost } from "./selection.js";

/**
 * Add to the report what the page says and where the words stand, and to the dialog what it does
 * while the reader types and when it closes.
 * @param {import("./converse.js").Known} known
 * @param {import("./article.js").Options} options
 * @param {Range} range what the report is about
 * @param {any} form
 * @param {import("./form.js").Messages} t
 * @param {string} lang the language of the messages
 */
export function enrich(known, options, range, form, t, lang) {
  stayInView(form.getRootNode().host);
  form.onkeydown = (/** @type {KeyboardEvent} */ event) => {
    if (event.key == "Enter" && event.ctrlKey != event.metaKey && !event.repeat) {
      event.preventDefault();
      form.send.click();
    }
  };
  if (form.suggestion) {
    preview(form);
    form.parentNode.addEventListener("close", () => {
      // Never null in a page that is shown.
      const selection = /** @type {Selection} */ (getSelection());
      const { startContainer, startOffset, endContainer, endOffset } = range;
      selection.setBaseAndExtent(startContainer, startOffset, endContainer, endOffset);
    });
  } else {
    Object.assign(known, { kind: "other", about: "page" });
  }
  // The site's own, for whoever writes to it; last, so that nothing moves under the reader's finger.
  if (options.rules) form.children[1].append(make("small", {}, options.rules));
  if (!options.site) {
    // Nobody should type what nobody takes.
    form.children[1].replaceChildren(t[M.refused] + t[M.refusedSite]);
    form.send.remove();
    console.warn("Copydesk: add data-site to the script tag.");
  }
  Object.assign(known, articleFacts(options, range.startContainer));
  if (known.quote) Object.assign(known.quote, count(range, known.quote));
  return tell(t, lang);
}

/**
 * Tell the style sheet what a keyboard on the screen covers of the page's lower edge.
 * @param {HTMLElement} host
 */
function stayInView(host) {
  const viewport = /** @type {VisualViewport} */ (visualViewport);
  const fit = () => {
    if (!host.isConnected) viewport.removeEventListener("resize", fit);
    const covered = innerHeight - viewport.height - viewport.offsetTop;
    host.style.setProperty("--covered", `${covered}px`);
  };
  viewport.addEventListener("resize", fit);
}
