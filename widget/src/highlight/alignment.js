/** Lay the context of a quote over the place in a page where it most likely stands. */

/**
 * Characters that are equal: where in the window, where in the page, how many, and how many it takes.
 * @typedef {[at: number, there: number, length: number, least: number]} Run
 */

/** Characters that may have been put in or taken out within one window. */
const REACH = 300;

/** The longest first, and of equal ones the first in the page.
 * @param {Run[]} runs
 * @param {number} most
 */
const ranked = (runs, most) =>
  runs
    .sort((one, other) => other[2] - one[2] || one[1] - other[1] || one[0] - other[0])
    .slice(0, most);

/**
 * Return the maximal runs that both texts share and that hold a piece of the text.
 * @param {string} page
 * @param {string} text
 * @param {number} size of a piece
 * @param {number} step from one piece to the next
 * @param {number} most places of one piece in the page that are looked at
 */
function sharedRuns(page, text, size, step, most) {
  /**
   * Where a piece stands in the text; its first element counts its places in the page.
   * @type {{[piece: string]: number[]}}
   */
  const index = Object.create(null);
  // Most of a long page is passed over by a hash of the last `size` characters, or less.
  const isKnown = new Uint8Array(65536);
  const bits = Math.ceil(16 / size);
  /**
   * Call `meet` with the start of each piece and its hash.
   * @param {string} text
   * @param {(at: number, hash: number) => void} meet
   */
  const each = (text, meet) => {
    for (let at = 1 - size, hash = 0; at + size <= text.length; at++) {
      hash = ((hash << bits) ^ text.charCodeAt(at + size - 1)) & 65535;
      if (at >= 0) meet(at, hash);
    }
  };
  each(text, (at, hash) => {
    if (at % step) return;
    isKnown[hash] = 1;
    (index[text.substr(at, size)] ??= [0]).push(at);
  });
  /** @type {Run[]} */
  const found = [];
  /** @type {{[shift: number]: number}} */
  const reached = {};
  each(page, (there, hash) => {
    const known = isKnown[hash] && index[page.substr(there, size)];
    if (known && known[0]++ < most) {
      for (let at of known.slice(1)) {
        const shift = there - at;
        if (!(reached[shift] > at)) {
          let end = at + size;
          while (at && text[at - 1] == page[shift + at - 1]) at--;
          while (end < text.length && text[end] == page[shift + end]) end++;
          reached[shift] = end;
          found.push([at, shift + at, end - at, size]);
        }
      }
    }
  });
  return found;
}

/**
 * Return the longest 64 runs that both texts share; pieces at every second half of `size` find them.
 * @param {string} page
 * @param {string} text
 * @param {number} size
 */
export const longestRuns = (page, text, size) => ranked(sharedRuns(page, text, size, size >> 1, 64), 64);

/**
 * Return for each character of a window where it stands in the page, if anywhere; the quote's own
 * are laid nowhere.
 * @param {string} page
 * @param {string} text the window's
 * @param {number} start the quote's
 * @param {number} end
 * @param {number} shift about how much further things stand in the page
 */
export function align(page, text, start, end, shift) {
  /** @type {number[]} */
  const places = Array(text.length).fill(-1);
  const low = Math.max(0, shift - REACH);
  const region = page.slice(low, shift + text.length + REACH);
  /** A side that is shorter than five characters takes all of them.
   * @param {number} from
   * @param {number} to
   */
  const side = (from, to) =>
    sharedRuns(region, text.slice(from, to), Math.min(5, to - from), 1, 1e9).map(
      ([at, there, length, least]) => /** @type {Run} */ ([at + from, there + low, length, least]),
    );
  const runs = ranked([...side(0, start), ...side(end, text.length)], 4096);
  /**
   * The longest run first, then what stands before it and after it in the same way. A run pays for
   * each character that it jumps away from its neighbours. What lies outside of the piece is cut off.
   * @param {number} fromAt
   * @param {number} fromThere
   * @param {number} toAt
   * @param {number} toThere
   * @param {number} left the neighbours' shifts
   * @param {number} right
   * @param {boolean} [isFirst] the place's own run then: what a moved block left behind is longer
   */
  const lay = (fromAt, fromThere, toAt, toThere, left, right, isFirst) => {
    let most = 0;
    let best;
    for (const [at, there, all, least] of runs) {
      const own = there - at;
      const cut = Math.max(0, fromAt - at, fromThere - there);
      const length = Math.min(all, toAt - at, toThere - there) - cut;
      const worth =
        isFirst && own == shift
          ? 1e9
          : length - Math.min(120, Math.abs(own - left), Math.abs(own - right)) / 4;
      if (length >= least && worth > most) {
        most = worth;
        best = [at + cut, there + cut, length];
      }
    }
    if (best) {
      const [at, there, length] = best;
      const own = there - at;
      lay(fromAt, fromThere, at, there, left, own);
      lay(at + length, there + length, toAt, toThere, own, right);
      for (let one = 0; one < length; one++) places[at + one] = there + one;
    }
  };
  lay(0, 0, 1e9, 1e9, shift, shift, true);
  return places;
}
