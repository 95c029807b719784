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

const INVISIBLE = /[\xad\u200b-\u200f\u2060\ufeff]+/g;
// JavaScript's \s is Unicode's list with U+FEFF, which is gone by then, and without U+0085.
const SPACE = /[\s\x85]+/g;

/** @param {string} text */
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
 * Return the text of `root` before a range, in it and after it, the parts not yet tidied.
 *
 * Only text nodes are asked where they stand, so it is all one whether the range begins in a text,
 * at an element, or outside of `root`.
 * @param {Node} root
 * @param {Range} range
 */
export function cutText(root, range) {
  let text = "";
  let start = -1;
  let end = -1;

  /** @param {Node} node */
  const walk = (node) => {
    if (node.nodeType == 3) {
      const { data } = /** @type {Text} */ (node);
      const upTo = (/** @type {number} */ offset) =>
        text.length + visible(data.slice(0, offset)).length;
      const side = end < 0 ? range.comparePoint(node, 0) : 1;
      if (start < 0 && side >= 0) start = text.length;
      if (end < 0 && side > 0) end = text.length;
      if (node == range.startContainer) start = upTo(range.startOffset);
      if (node == range.endContainer) end = upTo(range.endOffset);
      text += visible(data);
    } else if (!SKIPPED.test(node.nodeName)) {
      const border = BLOCK.test(node.nodeName) ? "\n" : "";
      text += border;
      node.childNodes.forEach(walk);
      text += border;
    }
  };

  walk(root);
  if (end < 0) end = text.length;
  if (start < 0) start = end;
  return [text.slice(0, start), text.slice(start, end), text.slice(end)];
}
