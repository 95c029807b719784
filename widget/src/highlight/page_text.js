/** The clean text of the whole page, and the way back from it to the page. */

import { BLOCK, SKIPPED, tidy, visible } from "../text.js";
import { narrow } from "./find.js";

/**
 * Return the page's clean text, and what finds a piece of it in the page again.
 *
 * White space comes and goes between a text node and the clean text, every other character stays:
 * so a place is known by how many of these stand before it.
 * @returns {[text: string, rangeOf: (start: number, end: number) => Range]} offsets in characters
 */
export function pageText() {
  /** @type {[node: Text, barely: number][]} */
  const nodes = [];
  let text = "";
  let count = 0;
  const bare = (/** @type {string} */ some) => some.replace(/\s/g, "").length;
  const walk = (/** @type {any} */ node) => {
    if (node.nodeType == 3) {
      const seen = narrow(visible(node.data));
      text += seen;
      count += bare(seen);
      nodes.push([node, count]);
    } else if (!SKIPPED.test(node.nodeName)) {
      const border = BLOCK.test(node.nodeName) ? "\n" : "";
      text += border;
      node.childNodes.forEach(walk);
      text += border;
    }
  };
  walk(document.body);
  text = tidy(text).trim();

  /**
   * Return the node of a character, and the offset behind it.
   * @param {number} number of the character, from 1, without white space
   * @returns {[node: Text, offset: number]}
   */
  const behind = (number) => {
    const [node, upTo] = /** @type {[Text, number]} */ (nodes.find(([, upTo]) => upTo >= number));
    const { data } = node;
    let [low, high] = [1, data.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const rest = bare(narrow(visible(data.slice(middle))));
      if (upTo - rest < number) low = middle + 1;
      else high = middle;
    }
    return [node, low];
  };
  return [
    text,
    (start, end) => {
      const range = new Range();
      const [node, offset] = behind(bare(text.slice(0, start)) + 1);
      // A character of two units begins one earlier.
      range.setStart(node, offset - (/** @type {any} */ (node.data.codePointAt(offset - 2)) > 65535 ? 2 : 1));
      range.setEnd(...behind(bare(text.slice(0, end))));
      return range;
    },
  ];
}
