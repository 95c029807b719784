/** Looking for a number by its hash: SHA-256 (FIPS 180-4), written for size. */

/**
 * Return the first number `from` … `to` that, behind `salt`, has the hash `wanted`; -1: none has.
 *
 * A SHA-256 of our own, because `crypto.subtle` is missing on pages without https, and because its
 * promise for each hash takes longer than the hash. The function stands by itself: its text is what
 * the worker runs.
 * @param {string} salt ASCII
 * @param {string} wanted 64 digits, hexadecimal
 * @param {number} from
 * @param {number} to
 */
export function search(salt, wanted, from, to) {
  const hash = (wanted.match(/.{8}/g) || []).map((digits) => parseInt(digits, 16) | 0);
  // §4.2.2 and §5.3.3: the first 32 bits of the fractions of roots of the first primes.
  /** @type {number[]} */
  const roots = [];
  /** @type {number[]} */
  const start = [];
  for (let n = 2; roots.length < 64; n++) {
    let divisor = 2;
    while (n % divisor) divisor++;
    if (divisor == n) {
      start.push((n ** 0.5 * 2 ** 32) | 0);
      roots.push((n ** (1 / 3) * 2 ** 32) | 0);
    }
  }
  /** @type {(word: number, by: number) => number} */
  const turn = (word, by) => (word >>> by) | (word << (32 - by));
  const words = new Int32Array(64);

  for (let number = from; number <= to; number++) {
    const text = salt + number;
    const end = text.length;
    // §5.1.1: behind the text a bit, and in the last 64 bits its length.
    const blocks = ((end + 8) >> 6) + 1;
    const padded = new Int32Array(blocks * 16);
    for (let at = 0; at <= end; at++) {
      padded[at >> 2] |= (at < end ? text.charCodeAt(at) : 128) << (24 - (at % 4) * 8);
    }
    padded[blocks * 16 - 1] = end * 8;

    const state = start.slice(0, 8);
    for (let block = 0; block < blocks; block++) {
      let [a, b, c, d, e, f, g, h] = state;
      for (let at = 0; at < 64; at++) {
        if (at < 16) words[at] = padded[block * 16 + at];
        else {
          const early = words[at - 15];
          const late = words[at - 2];
          words[at] =
            words[at - 16] +
            (turn(early, 7) ^ turn(early, 18) ^ (early >>> 3)) +
            words[at - 7] +
            (turn(late, 17) ^ turn(late, 19) ^ (late >>> 10));
        }
        const one =
          h +
          (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) +
          ((e & f) ^ (~e & g)) +
          roots[at] +
          words[at];
        const two = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
        h = g;
        g = f;
        f = e;
        e = (d + one) | 0;
        d = c;
        c = b;
        b = a;
        a = (one + two) | 0;
      }
      [a, b, c, d, e, f, g, h].forEach((word, at) => (state[at] = (state[at] + word) | 0));
    }
    if (state.every((word, at) => word == hash[at])) return number;
  }
  return -1;
}
