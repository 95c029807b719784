/** The lazy part: a modal dialog over the page, and the page left as it was. */

// In this order, because the file is a few bytes smaller so.
import { describe } from "./describe.js";
import { buildForm } from "./form.js";
import { converse } from "./converse.js";
import { wordsFor } from "../language.js";
import { load } from "../load.js";
import { make } from "../make.js";
import { mount } from "../mount.js";
import css from "./dialog.css";

export { drain } from "./queue.js";

/** @type {Promise<Partial<typeof import("../extras/extras.js")>>} */
const loading = load("extras").catch(() => ({}));

/** @type {HTMLElement | undefined} */
let host;

/**
 * Show the dialog for what is selected; nothing while it is open already.
 * @param {import("../extras/article.js").Options} options the attributes of the script tag
 * @param {Range | 0} selected what was selected when the reader asked
 */
export async function open(options, selected) {
  // Never null in a page that is shown; with its direction, which a range does not have.
  const selection = /** @type {Selection} */ (getSelection());
  const { anchorNode, anchorOffset, focusNode, focusOffset } = selection;
  let range = selected || new Range();
  if (!selected) range.setStart(document.body, 0);
  const node = /** @type {any} */ (range.startContainer);
  const nearest = (node.parentElement || document.documentElement).closest("[lang]");
  const [lang, words] = await wordsFor(options.lang, nearest?.lang, ...navigator.languages);
  let [quote, isShortened] = describe(range);
  if (!quote) {
    // Perhaps it is in a shadow tree, which shows from outside as a point.
    range = (await loading).innermost?.(range) || range;
    [quote, isShortened] = describe(range);
  }
  // From here on nothing waits, so two presses of the hot key can't open two dialogs.
  if (host?.isConnected) return;
  const t = words || ENGLISH.split("|");
  const form = buildForm(t, quote, isShortened);
  const dialog = make("dialog", { ariaLabel: t[M.title] }, form);
  const own = (host = mount(dialog, css, lang, options.theme));
  form.cancel.onclick = () => dialog.close();
  dialog.onclose = () => {
    own.remove();
    if (anchorNode) {
      selection.setBaseAndExtent(
        anchorNode,
        anchorOffset,
        /** @type {Node} */ (focusNode),
        focusOffset,
      );
    }
  };
  dialog.showModal();
  form.suggestion?.select();

  if (!quote) {
    // What can't be selected is reported with the headline: words that the service finds again.
    range.selectNodeContents(document.querySelector("h1") || document.body);
    [quote] = describe(range);
  }
  const known = { site: options.site, url: location.href, quote };
  const enriching = loading.then(({ enrich }) => enrich?.(known, options, range, form, t, lang));
  converse(form, t, known, enriching);
}
