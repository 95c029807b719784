/** Selections within open shadow roots, which the page's own range shows from outside only. */

/**
 * Return the range as it stands in the innermost open shadow root, where the browser tells.
 *
 * From outside such a selection begins at the host. So the host is entered, root by root,
 * instead of a search for all roots of the page.
 * @param {Range} range
 * @returns {Range}
 */
export function innermost(range) {
  const selection = /** @type {Selection} */ (getSelection());
  /** @type {ShadowRoot[]} */
  const shadowRoots = [];
  while (selection.getComposedRanges) {
    const host = /** @type {any} */ (range.startContainer.childNodes[range.startOffset]);
    if (!host?.shadowRoot || shadowRoots.includes(host.shadowRoot)) break;
    shadowRoots.push(host.shadowRoot);
    const [found] = selection.getComposedRanges({ shadowRoots });
    range = new Range();
    range.setStart(found.startContainer, found.startOffset);
    range.setEnd(found.endContainer, found.endOffset);
  }
  return range;
}
