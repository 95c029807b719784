/** A style sheet that the build reads as text, minified. */
declare module "*.css" {
  const text: string;
  export default text;
}

/** Where the lazy files of this build stand under the service: `w/<hash>/`. */
declare const LAZY_FOLDER: string;
/** The languages that we speak, as alternatives of a pattern: `ar|be|…`. */
declare const LANGUAGES: string;
/** What messages/en.js says, as a file of a language does; and the number of each message in all. */
declare const ENGLISH: string;
declare const M: Record<keyof typeof import("./messages/en.js").default, number>;

interface Window {
  /** Set once by the loader; absent while it has not run. */
  copydesk?: { open: () => Promise<void> };
}

interface Selection {
  // Newer than TypeScript's own list in some of its releases.
  getComposedRanges(options?: { shadowRoots?: ShadowRoot[] }): StaticRange[];
}
