/**
 * The text of a page as its readers see it, with a line feed between blocks.
 *
 * `copydesk.articles.text` is the same walk in Python; tests/vectors/describe.json keeps the two
 * together. Blocks go by tag name and not by layout: the service reads no style sheets, and a walk
 * that asks for layout makes the browser compute it.
 */

// Without head and our own host: both stand outside of body, where the walk begins.
export const SKIPPED =
  /^(script|style|noscript|template|title|textarea|input|select|option|datalist|iframe|object|video|audio|canvas|svg)$/i;
export const BLOCK =
  /^(address|article|aside|blockquote|body|br|caption|center|d[dlt]|details|dialog|div|fieldset|figcaption|figure|footer|form|h[1-6r]|header|hgroup|legend|li|main|menu|nav|[ou]l|p|pre|search|section|summary|t[dhr]|table|tbody|tfoot|thead)$/i;

export const INVISIBLE = /[\xad\u200b-\u200f\u2060\ufeff]+/g;
// JavaScript's \s is Unicode's list with U+FEFF, which is gone by then, and without U+0085.
const SPACE = /[\s\x85]+/g;

/**
 * A text node's text as it is compared: composed, nothing invisible, white space as single spaces.
 * @param {string} text */
export const visible = (text) => text.normalize("NFC").replace(INVISIBLE, "").replace(SPACE, " ");

/**
 * Make a run of spaces one space, and a run with a border in it one line feed.
 * @param {string} text
 */
export const tidy = (text) => text.replace(/ {2,}/g, " ").replace(/ ?\n[ \n]*/g, "\n");

/**
 * Make quotes and dashes plain, one character for one, so that offsets keep. For comparing only.
 * @param {string} text
 */
export const fold = (text) =>
  text
    .replace(/[“”„‟«»″]/g, '"')
    .replace(/[‘’‚‛′]/g, "'")
    .replace(/[‐-―−]/g, "-");

/**
 * Collect the clean text of a range, node by node, from its start on or from its end back. The cost
 * grows with `enough`, not with the page.
 *
 * Only the tree is asked, never the layout. A border may lie in a text, at an element, outside of
 * body, or in something that holds no text of the page.
 * @param {Range} range
 * @param {number} enough characters after which to stop
 * @param {boolean} [isBack]
 * @returns {string} tidy, but for its outer ends
 */
export function textOf(range, enough, isBack) {
  const { startContainer, startOffset, endContainer, endOffset } = range;
  const border = isBack ? endContainer : startContainer;
  const inner = border.childNodes[isBack ? endOffset - 1 : startOffset];
  /** @type {any} */
  let node = inner || border;
  let isEntering = inner || node.nodeType == 3;
  let text = "";
  /** @param {string} part */
  const add = (part) => (text = tidy(isBack ? part + text : text + part));

  while (node && text.length < enough) {
    if (!isBack && range.comparePoint(node, isEntering ? 0 : node.childNodes.length) > 0) break;
    if (BLOCK.test(node.nodeName)) add("\n");
    if (isEntering && node.nodeType == 3 && !SKIPPED.test(node.parentNode.nodeName)) {
      const from = node == startContainer ? startOffset : 0;
      add(visible(node.data.slice(from, node == endContainer ? endOffset : undefined)));
    }
    const child =
      isEntering && !SKIPPED.test(node.nodeName) && (isBack ? node.lastChild : node.firstChild);
    isEntering = child || (isBack ? node.previousSibling : node.nextSibling);
    // Backwards it ends in head, which holds no text, or at a shadow root, which has no parent.
    node = isEntering || node.parentNode;
  }
  return text;
}
