/** What an edit changes, word by word. */

/**
 * Return the parts of both texts in reading order, by the longest common subsequence of their
 * words. A mark is a word of its own; a space belongs to the word before it, or else two texts that
 * share nothing but spaces would come out shuffled.
 * @param {string} before
 * @param {string} after
 * @returns {[tag: "del" | "ins" | "", text: string][]} neighbours never have the same tag
 */
export function wordDiff(before, after) {
  const [old, now] = [before, after].map((text) => text.match(/([\p{L}\p{M}\p{N}]+|[^])\s*/gu) || []);
  // common[i][j]: words in common from word i and word j on.
  const common = [...old, 0].map(() => [...now, 0].map(() => 0));
  for (let i = old.length; i--; ) {
    for (let j = now.length; j--; ) {
      common[i][j] =
        old[i] == now[j] ? 1 + common[i + 1][j + 1] : Math.max(common[i + 1][j], common[i][j + 1]);
    }
  }
  /** @type {[tag: "del" | "ins" | "", text: string][]} */
  const parts = [];
  for (let i = 0, j = 0; i < old.length || j < now.length; ) {
    const tag =
      old[i] == now[j] ? "" : j == now.length || common[i + 1]?.[j] >= common[i][j + 1] ? "del" : "ins";
    const word = tag == "ins" ? now[j] : old[i];
    if (tag != "ins") i++;
    if (tag != "del") j++;
    const last = parts[parts.length - 1];
    if (last?.[0] == tag) last[1] += word;
    else parts.push([tag, word]);
  }
  return parts;
}
