/** Lay the context of a quote over the place in a page where it most likely stands. */

/**
 * Return the longest maximal runs of `size` or more characters that both texts share, the longest
 * first: where in `text`, where in `page`, how long.
 * @param {string} page
 * @param {string} text
 * @param {number} size
 * @returns {[at: number, there: number, length: number][]}
 */
export function longestRuns(page, text, size) {
  /**
   * Where a gram stands in the text; its first element counts its places in the page.
   * @type {{[gram: string]: number[]}}
   */
  const index = Object.create(null);
  // Most of a long page is passed over by a hash of the last `size` characters, or less.
  const isKnown = new Uint8Array(65536);
  const bits = Math.ceil(16 / size);
  /**
   * Call `meet` with the start of each gram and its hash.
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
    isKnown[hash] = 1;
    const known = (index[text.substr(at, size)] ??= [0]);
    // What stands more often says little and would cost much.
    if (known.length < 65) known.push(at);
  });
  /** @type {[at: number, there: number, length: number][]} */
  const found = [];
  /** @type {{[shift: number]: number}} */
  const reached = {};
  each(page, (there, hash) => {
    const known = isKnown[hash] && index[page.substr(there, size)];
    if (known && known[0]++ < 64) {
      for (const at of known.slice(1)) {
        if (!(reached[there - at] > there)) {
          let length = size;
          while (at + length < text.length && text[at + length] == page[there + length]) length++;
          reached[there - at] = there + length;
          found.push([at, there, length]);
        }
      }
    }
  });
  return found.sort((one, other) => other[2] - one[2]).slice(0, 64);
}

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
  const size = Math.min(5, start || 5, text.length - end || 5);
  text = text.slice(0, start) + "\0".repeat(end - start) + text.slice(end);
  /**
   * The longest run first, then what stands before it and after it in the same way. A run pays for
   * each character that it jumps away from its neighbours.
   * @param {number} from
   * @param {number} to
   * @param {number} low
   * @param {number} high
   * @param {number} left the neighbours' shifts
   * @param {number} right
   */
  const lay = (from, to, low, high, left, right) => {
    let most = 0;
    let best;
    for (const [at, there, length] of longestRuns(page.slice(low, high), text.slice(from, to), size)) {
      const own = low + there - from - at;
      const worth = length - Math.min(120, Math.abs(own - left), Math.abs(own - right)) / 4;
      if (worth > most) {
        most = worth;
        best = [from + at, low + there, length, own];
      }
    }
    if (best) {
      let [at, there, length, own] = best;
      lay(from, at, low, there, left, own);
      lay(at + length, to, there + length, high, own, right);
      while (length--) places[at + length] = there + length;
    }
  };
  lay(0, text.length, Math.max(0, shift - 400), Math.max(0, shift + text.length + 400), shift, shift);
  return places;
}
