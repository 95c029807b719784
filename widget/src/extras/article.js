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
 * Read the facts; they are hints: the service reads the page itself before it writes to anybody.
 *
 * Where articles follow one another, the address is that of the article the reader is in: as it
 * names itself, or as the page was loaded for the first, else the tab's.
 * @param {Options} options
 * @param {any} node where on the page the reader is
 * @returns {ArticleFacts}
 */
export function articleFacts(options, node) {
  // A shadow tree has no part in the page's articles, its host has.
  for (let host; (host = node.getRootNode().host); ) node = host;
  const element = node.closest ? node : node.parentElement;
  const articles = find(options.article || "article");
  const own = articles[1] && articles.find((article) => article.contains(element));
  const scope = own || articles[0];
  const [heading] = [...find("h1", scope), ...find("h2", scope), ...find("h1")];
  const loaded = performance.getEntriesByType("navigation")[0]?.name || location.href;
  const url = resolve(own && (nameOf(own, textOf(heading)) || (own == articles[0] && loaded)));
  const canonical = find("link[rel=canonical]")[0]?.href;
  const [byline] = [
    ...find(options.byline, scope),
    ...find("meta[name=author]"),
    ...find("[itemprop=author],[rel=author]", scope),
  ];
  url.hash = "";
  // Half an address is another address: one that is too long goes without its query.
  if (url.href.length > MOST_URL) url.search = "";
  return {
    url: url.href,
    // Scripts that change the tab's address often leave the first article's link in the head.
    canonical_url: [loaded, canonical].some((one) => resolve(one).pathname == url.pathname)
      ? canonical
      : undefined,
    title: (textOf(own ? heading : find("[property='og:title']")[0]) || document.title).slice(
      0,
      MOST_TITLE,
    ),
    byline: textOf(byline).slice(0, MOST_BYLINE),
    lang: element.closest("[lang]")?.lang || options.lang,
  };
}

/**
 * @param {any} article
 * @param {string} headline
 * @returns {string | undefined} the address by which it calls itself
 */
function nameOf(article, headline) {
  const [link] = find("link[rel=canonical],[itemprop=mainEntityOfPage]", article);
  for (const { text } of find("script[type$='ld+json']")) {
    try {
      const data = JSON.parse(text);
      const item = [data, data["@graph"]].flat().find((one) => one?.headline == headline);
      const page = item?.mainEntityOfPage || item?.url;
      if (page) return page["@id"] || page;
    } catch {
      // Not the only page whose JSON-LD can't be read.
    }
  }
  return article.dataset.url || link?.href || link?.content;
}

/**
 * @param {any} address
 * @returns {URL} on this host; else, or if there is none, the tab's
 */
function resolve(address) {
  try {
    const url = new URL(address || location, location.href);
    if (url.host == location.host) return url;
  } catch {
    // Below.
  }
  return new URL(location.href);
}

/** @param {any} element */
const textOf = (element) => (element?.content || element?.textContent || "").trim();

/**
 * Return what a selector finds; nothing when the site gave none, or one that can't be read.
 * @param {string | undefined} selector
 * @param {ParentNode} [scope]
 * @returns {any[]}
 */
function find(selector, scope = document) {
  try {
    return [...scope.querySelectorAll(selector || "")];
  } catch {
    return [];
  }
}
