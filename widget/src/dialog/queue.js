/**
 * Reports that wait on this device until the service has them, in the site's localStorage.
 *
 * A report is put down before it is sent and taken away when the service has answered, so a tab
 * that is closed in between loses nothing; its id makes a repeat harmless. Each stands under a key
 * of its own: two tabs that write at the same moment can't undo each other.
 */

import { PATIENCE, send } from "./send.js";

/** @typedef {{id: string, [name: string]: unknown}} Report */
/**
 * `at` is since when it waits, `due` when to send it again.
 * @typedef {{report: Report, at: number, due: number}} Item
 */

/** The loader looks for it, too. */
const KEY = "copydesk:";

/**
 * Use the storage; nothing where it is forbidden or full.
 * @template T
 * @param {(storage: Storage) => T} use
 */
const stored = (use) => {
  try {
    return use(localStorage);
  } catch {
    return undefined;
  }
};

/** @param {string} id */
const forget = (id) => stored((storage) => storage.removeItem(KEY + id));

/** @returns {Item[]} oldest first */
const items = () =>
  stored((storage) =>
    Object.keys(storage)
      .filter((key) => key.startsWith(KEY))
      .flatMap((key) => stored(() => JSON.parse(storage[key])) || [])
      .sort((one, other) => one.at - other.at),
  ) || [];

/** @param {Item} item */
const keep = (item) =>
  stored((storage) => {
    storage[KEY + item.report.id] = JSON.stringify(item);
    // Twenty at most.
    for (const { report } of items().slice(0, -20)) forget(report.id);
    return true;
  });

/**
 * Send a report, and keep it until the service has answered.
 * @param {Report} report
 * @param {number} [at]
 * @returns the HTTP status, 0 without an answer; the receipt; whether it was too early or too much
 *   for the service; and whether the report waits here
 */
export async function deliver(report, at = Date.now()) {
  // Not due while this try lasts: another tab leaves it alone.
  keep({ report, at, due: Date.now() + PATIENCE });
  const [status, receipt, seconds] = await send(report);
  const isLate = !status || status == 429 || status > 499;
  // A minute when the service names no time.
  const wait = (seconds || 60) * 1000;
  // Without an answer it is due as soon as the network is back.
  const isKept = isLate && keep({ report, at, due: status && Date.now() + wait });
  if (isKept) setTimeout(drain, wait);
  if (!isLate) forget(report.id);
  if (receipt) {
    document.dispatchEvent(
      new CustomEvent("copydesk:sent", {
        detail: { id: report.id, reports: receipt.erratum?.reports },
      }),
    );
  }
  return /** @type {const} */ ([status, receipt, isLate, isKept]);
}

/** Send what is due, in one tab at a time where the browser has locks. */
export function drain() {
  const run = async (/** @type {unknown} */ lock) => {
    for (const { report, at, due } of lock ? items() : []) {
      // Seven days.
      if (at + 6048e5 < Date.now()) forget(report.id);
      else if (due <= Date.now() && !(await deliver(report, at))[0]) break;
    }
  };
  return navigator.locks?.request(KEY, { ifAvailable: true }, run) || run(true);
}
