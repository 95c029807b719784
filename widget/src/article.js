/** What the page says of the article that the reader is looking at. */

/**
 * @typedef {{url: string, canonical_url?: string, title: string, byline: string, lang?: string}}
 *   ArticleFacts what is undefined does not travel
 */
/**
 * The attributes of the script tag, without `data-`.
 * @typedef {{[name: string]: string | undefined}} Options
 */

/** Characters that the service takes; what is longer and optional it would drop as a whole. */
const MOST_URL = 2048;
const MOST_TITLE = 500;
const MOST_BYLINE = 300;

/**
 * Read the facts; `range` says where on the page the reader is.
 *
 * They are hints: the service reads the page itself before it writes to anybody.
 * @param {Options} options
 * @param {Range | null} range
 * @returns {ArticleFacts}
 */
export function articleFacts(options, range) {
  const node = /** @type {any} */ (range ? range.startContainer : document.body);
  const article = find(options.article) || document;
  const url = location.href.split("#")[0];
  const byline =
    find(options.byline, article) ||
    find("meta[name=author]") ||
    find("[itemprop=author],[rel=author]", article);
  return {
    // Half an address is another address: one that is too long goes without its query.
    url: url.length > MOST_URL ? url.split("?")[0] : url,
    canonical_url: find("link[rel=canonical]")?.href,
    title: (textOf(find("[property='og:title']")) || document.title).slice(0, MOST_TITLE),
    byline: textOf(byline).slice(0, MOST_BYLINE),
    lang: (node.closest ? node : node.parentElement)?.closest("[lang]")?.lang || options.lang,
  };
}

/** @param {any} element */
const textOf = (element) => (element?.content || element?.textContent || "").trim();

/**
 * Return what a selector finds; null when the site gave none, or one that can't be read.
 * @param {string | undefined} selector
 * @param {ParentNode} [scope]
 * @returns {any}
 */
function find(selector, scope = document) {
  try {
    return scope.querySelector(selector || "");
  } catch {
    return null;
  }
}
