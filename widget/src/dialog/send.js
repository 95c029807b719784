/** One try to hand a report to the service, and what came of it. */

import { load } from "../load.js";

/**
 * @typedef {{erratum?: {state?: string, reports?: number, note?: string}, status_url?: string}}
 *   Receipt
 */

/** Milliseconds until a silent service counts as none. */
export const PATIENCE = 2e4;

/**
 * Send `report` and say what the service said; never throws.
 *
 * These files stand under `w/<hash>/` of the service. A string goes as text/plain, which needs no preflight request; `keepalive` lets it finish when
 * the tab closes; without credentials the service can't set or see a cookie.
 * @param {object} report
 * @param {string} [altcha] the proof of work that the service has asked for; with it, it asks no more
 * @returns {Promise<[status: number, receipt?: Receipt | null, seconds?: number]>} the HTTP status,
 *   0 when nobody answered; the receipt once stored; and after how many seconds to try again
 */
export async function send(report, altcha) {
  try {
    const response = await fetch(new URL("../../api/v1/reports", import.meta.url), {
      method: "POST",
      // Without NUL and halves of surrogate pairs: a page's scripts leave them in texts, a cut
      // through an emoji makes them, and the service refuses them.
      body: JSON.stringify(
        { ...report, altcha },
        (_, value) => value?.replace?.(/[\0\ud800-\udfff]/gu, "") ?? value,
      ),
      credentials: "omit",
      keepalive: true,
      // Browsers from before the summer of 2022 wait as long as the network lets them.
      signal: AbortSignal.timeout?.(PATIENCE),
    });
    // Once stored the report is safe, even if the rest of the answer is lost on its way.
    const said = (await response.json().catch(() => 0)) || {};
    if (response.status == 428) {
      return altcha ? [0] : send(report, await (await load("proof")).solve(said));
    }
    // The header's other form, a date (RFC 9110 §10.2.3), is not what our service sends.
    return [response.status, response.ok ? said : null, +(response.headers.get("Retry-After") || 0)];
  } catch {
    return [0];
  }
}
