/**
 * The proof of work that a service may ask of a report: loaded when it does, and by nobody else.
 *
 * In a worker, so that the page goes on. These files are of another origin than the page, and a worker
 * must be of the page's own, so it is made of text; where a strict policy forbids that, the page's own
 * thread does it bit by bit.
 */

import { search } from "./search.js";

/**
 * What ALTCHA calls a challenge.
 * @typedef {{algorithm: string, challenge: string, maxnumber: number, salt: string, signature: string}}
 *   Challenge
 */

/** Milliseconds after which it is given up. */
const PATIENCE = 3e4;
/** Numbers at a time on the page's own thread: 10 ms at most where a hash takes 20 µs. */
const SLICE = 500;

/**
 * Return the solution as a report carries it; rejects where none is found, or not in time.
 * @param {{challenge: Challenge}} refusal what the service said of the report
 */
export async function solve(refusal) {
  const { algorithm, challenge, maxnumber, salt, signature } = refusal.challenge;
  const until = Date.now() + PATIENCE;
  const number = await inWorker(until, salt, challenge, 0, maxnumber).catch(() =>
    inSlices(until, salt, challenge, maxnumber),
  );
  if (number < 0) throw Error("unsolved");
  return btoa(JSON.stringify({ algorithm, challenge, number, salt, signature }));
}

/**
 * @param {number} until
 * @param {Parameters<typeof search>} asked
 * @returns {Promise<number>}
 */
async function inWorker(until, ...asked) {
  const code = `onmessage=e=>postMessage((${search})(...e.data))`;
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  /** @type {Worker | undefined} */
  let worker;
  try {
    // Trusted Types throw here, a policy's script-src comes as an error.
    const made = (worker = new Worker(url));
    return await new Promise((resolve, reject) => {
      setTimeout(reject, until - Date.now());
      made.onmessage = (event) => resolve(event.data);
      made.onerror = (event) => {
        // Else it would be the page's error.
        event.preventDefault();
        reject();
      };
      made.postMessage(asked);
    });
  } finally {
    worker?.terminate();
    URL.revokeObjectURL(url);
  }
}

/**
 * @param {number} until
 * @param {string} salt
 * @param {string} challenge
 * @param {number} most
 */
async function inSlices(until, salt, challenge, most) {
  // A message comes as soon as the page has done what waits; timers of a hidden tab, once a second.
  const { port1, port2 } = new MessageChannel();
  let number = -1;
  for (let from = 0; number < 0 && from <= most && Date.now() < until; from += SLICE) {
    number = search(salt, challenge, from, Math.min(from + SLICE - 1, most));
    await new Promise((resolve) => {
      port1.onmessage = resolve;
      port2.postMessage(0);
    });
  }
  port1.close();
  return number;
}
