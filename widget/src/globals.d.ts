/** A style sheet that the build reads as text, minified. */
declare module "*.css" {
  const text: string;
  export default text;
}

/** Where the lazy files of this build stand under the service: `w/<hash>/`. */
declare const LAZY_FOLDER: string;

interface Window {
  /** Set once by the loader; absent while it has not run. */
  copydesk?: { open: () => void };
}
