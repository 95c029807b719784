/**
 * Lay a short text over the place in a long one where it most likely stood.
 *
 * `copydesk.articles.alignment` is the same in Python and says why. A run is
 * `[at, there, length]`: so many equal characters, from `at` in the window and `there` in the page.
 *
 * @typedef {[at: number, there: number, length: number]} Run
 * @typedef {import("./window.js").Window} Window
 */

const RUN = 5;
const MOST = 64;

/**
 * Return equal pieces in order, without overlaps; where a change may as well lie in the quote as
 * beside it, it is taken to lie in the quote.
 * @param {string} page
 * @param {Window} window
 * @param {number} low the least shift, page offset minus window offset
 * @param {number} high the greatest
 */
export function align(page, { text, start, end }, low, high) {
  /** @type {Run[]} */
  const pieces = [];
  for (let [at, there, length] of chain(runs(page, text, low, high))) {
    const left = pieces.at(-1);
    if (left) {
      const [leftAt, leftThere, leftLength] = left;
      const overlap = Math.max(0, leftAt + leftLength - at, leftThere + leftLength - there);
      // How many of the overlapping characters stay with the left run.
      let cut = 0;
      let most = -1 / 0;
      for (let stay = 0; stay <= overlap; stay++) {
        const from = leftAt + leftLength - overlap + stay;
        const to = at + stay;
        // Without a loss in the window text was put in at this point of it.
        const inQuote =
          from == to ? +(start < from && from < end) : Math.min(end, to) - Math.max(start, from);
        if (inQuote >= most) [most, cut] = [inQuote, stay];
      }
      if (overlap) {
        left[2] += cut - overlap;
        at += cut;
        there += cut;
        length -= cut;
      }
    }
    pieces.push([at, there, length]);
  }
  // In the gaps that touch the quote the shortest edit decides.
  return pieces.flatMap((piece, number) => {
    const from = piece[0] + piece[2];
    const thereFrom = piece[1] + piece[2];
    const next = pieces[number + 1];
    return !next || from > end || next[0] < start
      ? [piece]
      : [
          piece,
          ...kept(text.slice(from, next[0]), page.slice(thereFrom, next[1])).map(
            ([at, there]) => /** @type {Run} */ ([from + at, thereFrom + there, 1]),
          ),
        ];
  });
}

/**
 * Return the longest maximal common runs, in the order of the window.
 * @param {string} page
 * @param {string} text
 * @param {number} low
 * @param {number} high
 */
function runs(page, text, low, high) {
  /** @type {Map<string, number[]>} */
  const index = new Map();
  for (let at = 0; at + RUN <= text.length; at++) {
    const gram = text.substr(at, RUN);
    const known = index.get(gram);
    if (known) known.push(at);
    else index.set(gram, [at]);
  }
  /** @type {Run[]} */
  const found = [];
  /** @type {{[shift: number]: number}} */
  const reached = {};
  const last = Math.min(page.length, high + text.length) - RUN;
  for (let there = Math.max(0, low); there <= last; there++) {
    for (const at of index.get(page.substr(there, RUN))?.slice(0, MOST) || []) {
      const shift = there - at;
      if (low <= shift && shift <= high && !(reached[shift] > there)) {
        let length = RUN;
        while (at + length < text.length && text[at + length] == page[there + length]) length++;
        reached[shift] = there + length;
        found.push([at, there, length]);
      }
    }
  }
  return found
    .sort((one, other) => other[2] - one[2])
    .slice(0, MOST)
    .sort((one, other) => one[0] - other[0] || one[1] - other[1]);
}

/**
 * Choose the runs in order that cover most, with a price for each break.
 * @param {Run[]} runs
 */
function chain(runs) {
  /** @type {number[]} */
  const best = [];
  /** @type {number[]} */
  const before = [];
  let last = -1;
  runs.forEach(([at, there, length], number) => {
    best[number] = length;
    before[number] = -1;
    for (let left = 0; left < number; left++) {
      const [leftAt, leftThere, leftLength] = runs[left];
      const overlap = Math.max(0, leftAt + leftLength - at, leftThere + leftLength - there);
      const price = Math.abs(there - at - leftThere + leftAt) / 2;
      const score = best[left] + length - overlap - 3 - Math.min(30, price);
      if (leftThere < there && overlap < length && overlap < leftLength && score > best[number]) {
        best[number] = score;
        before[number] = left;
      }
    }
    if (last < 0 || best[number] > best[last]) last = number;
  });
  const chosen = [];
  for (; last >= 0; last = before[last]) chosen.unshift(runs[last]);
  return chosen;
}

/**
 * Return which characters the shortest edit of `one` into `other` keeps.
 *
 * Among equally short edits it takes the one that rapidfuzz takes in Python: a deletion where there
 * can be one, seen from the end, then an insertion.
 * @param {string} one
 * @param {string} other
 * @returns {[number, number][]}
 */
export function kept(one, other) {
  /** @type {[number, number][]} */
  const pairs = [];
  let head = 0;
  let tail = 0;
  const least = Math.min(one.length, other.length);
  while (head < least && one[head] == other[head]) pairs.push([head, head++]);
  while (tail < least - head && one.at(-1 - tail) == other.at(-1 - tail)) {
    pairs.push([one.length - ++tail, other.length - tail]);
  }
  let at = one.length - tail - head;
  let there = other.length - tail - head;
  const width = at + 1;
  const costs = new Uint16Array(width * (there + 1));
  for (let row = 0; row <= there; row++) {
    for (let column = 0; column < width; column++) {
      const cell = row * width + column;
      const isOther = +(one.charCodeAt(head + column - 1) != other.charCodeAt(head + row - 1));
      costs[cell] =
        row && column
          ? Math.min(
              costs[cell - width - 1] + isOther,
              costs[cell - 1] + 1,
              costs[cell - width] + 1,
            )
          : row + column;
    }
  }
  while (at && there) {
    const cell = there * width + at;
    if (costs[cell] > costs[cell - 1]) at--;
    else {
      there--;
      if (costs[cell - width] >= costs[cell - width - 1]) {
        at--;
        if (costs[cell] == costs[cell - width - 1]) pairs.push([head + at, head + there]);
      }
    }
  }
  return pairs.sort(([a], [b]) => a - b);
}
