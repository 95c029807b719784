/** The lazy part: a modal dialog over the page, and the page left as it was. */

import { articleFacts } from "./article.js";
import { converse } from "./converse.js";
import { describe } from "./describe.js";
import { buildForm } from "./form.js";
import { make } from "./make.js";
import { messagesFor } from "./messages.js";
import css from "./dialog.css";

/** @typedef {import("./article.js").Options} Options */

const sheet = new CSSStyleSheet();
sheet.replaceSync(css);

/** @type {HTMLElement | undefined} */
let host;

/**
 * Show the dialog for what is selected; nothing while it is open already.
 * @param {string} base the service's address, with a slash at the end
 * @param {Options} options the attributes of the script tag
 * @param {Range | null} range what was selected when the reader asked
 */
export async function open(base, options, range) {
  const facts = articleFacts(options, range);
  const [t, lang] = await messagesFor(options.lang || facts.lang);
  // From here on nothing waits, so two presses of the hot key can't open two dialogs.
  if (host?.isConnected) return;
  const [quote, isShortened] = range ? describe(range) : [];
  const form = buildForm(t, quote, isShortened);
  const dialog = make("dialog", { ariaLabel: t.$title }, form);
  const own = (host = mount(dialog, lang, options.theme));
  form.cancel.onclick = () => dialog.close();
  dialog.onclose = () => {
    own.remove();
    // Never null in a page that is shown.
    const selection = /** @type {Selection} */ (getSelection());
    if (range) {
      selection.removeAllRanges();
      selection.addRange(range);
    }
  };
  dialog.showModal();
  if (quote) converse(form, t, base, { site: options.site, ...facts, quote });
}

/**
 * Put the dialog into the page, out of reach of its styles and its keyboard shortcuts.
 * @param {HTMLElement} dialog
 * @param {string} lang
 * @param {string} [theme] "light" or "dark"
 * @returns {HTMLElement} its host
 */
function mount(dialog, lang, theme = "light dark") {
  const own = make("copydesk-widget", { lang });
  own.style.colorScheme = theme;
  const root = own.attachShadow({ mode: "open" });
  root.adoptedStyleSheets = [sheet];
  root.append(dialog);
  own.onkeydown = own.onkeyup = own.onkeypress = (/** @type {Event} */ event) =>
    event.stopPropagation();
  // Beside body, not in it: no page styles its own last child by accident, no framework sweeps us.
  document.documentElement.append(own);
  return own;
}
