/** The clean text of the whole page, and the way back from it to the page. */

import { BLOCK, SKIPPED, tidy, visible } from "./text.js";

/**
 * Return the page's clean text and what finds a piece of it in the page.
 *
 * White space comes and goes between a text node and the clean text, all other characters stay: so
 * a place is told by how many of these stand before it.
 * @returns {[text: string, rangeOf: (start: number, end: number) => Range]} offsets in UTF-16 units
 */
export function pageText() {
  /** @type {[node: Text, bare: number][]} */
  const nodes = [];
  let all = "";
  const walk = (/** @type {Node} */ node) => {
    if (node.nodeType == 3) {
      const { data } = /** @type {Text} */ (node);
      all += visible(data)
      nodes.push(node)
    }
  };
  return [text, rangeOf];
}
