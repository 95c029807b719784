/**
 * What the dialog needs when it is seen already: loaded beside it, while the reader looks and
 * types. Without this part a report goes out all the same, only poorer.
 */

import { articleFacts } from "./article.js";
import { count } from "./count.js";
import { make } from "../make.js";
import { preview } from "./preview.js";
import { tell } from "./tell.js";

export { innermost } from "./selection.js";

/**
 * Add to the report what the page says and where the words stand, and to the dialog what it does
 * while the reader types and when it closes.
 * @param {import("../dialog/converse.js").Known} known
 * @param {import("./article.js").Options} options
 * @param {Range} range what the report is about
 * @param {any} form
 * @param {import("../dialog/form.js").Messages} t
 * @param {string} lang the language of the messages
 */
export function enrich(known, options, range, form, t, lang) {
  const { host } = form.getRootNode();
  // Closed before this file had come.
  if (!host.isConnected) return undefined;
  const { startContainer, startOffset, endContainer, endOffset } = range;
  const stops = [stayInView(host), keepToOneself(host, () => form.send.click())];
  form.parentNode.addEventListener("close", () => {
    for (const stop of stops) stop();
    // From outside a selection in a shadow tree can't be set again.
    if (startContainer.getRootNode() != document) {
      getSelection()?.setBaseAndExtent(startContainer, startOffset, endContainer, endOffset);
    }
  });
  if (form.suggestion) preview(form);
  else {
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
 * @returns what ends it
 */
function stayInView(host) {
  const viewport = /** @type {VisualViewport} */ (visualViewport);
  const fit = () => {
    const covered = innerHeight - viewport.height - viewport.offsetTop;
    host.style.setProperty("--covered", `${covered}px`);
  };
  viewport.addEventListener("resize", fit);
  return () => viewport.removeEventListener("resize", fit);
}

/**
 * Keep what is typed and copied in the dialog from the page, also from listeners in the capturing
 * phase, to which an event in a shadow tree looks like none in a field. So it ends at the window,
 * and what we do with it, too, is done there; what the browser does goes on.
 * @param {HTMLElement} host
 * @param {() => void} send
 * @returns what ends it
 */
function keepToOneself(host, send) {
  const types = ["keydown", "keyup", "keypress", "copy", "cut", "paste"];
  const stop = (/** @type {any} */ event) => {
    if (event.target != host) return;
    event.stopImmediatePropagation();
    if (event.type != "keydown" || event.key != "Enter" || event.repeat) return;
    if (event.ctrlKey != event.metaKey) {
      event.preventDefault();
      send();
    }
  };
  for (const type of types) addEventListener(type, stop, true);
  return () => {
    for (const type of types) removeEventListener(type, stop, true);
  };
}
