/**
 * Build the widget into the service's package: the loader, its lazy parts, one file a language, and
 * manifest.json. The same sources give the same bytes; the build fails when a file is too big.
 */

import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build, transform } from "esbuild";
import english from "./src/messages/en.js";

const HERE = dirname(fileURLToPath(import.meta.url));
const OUT = join(HERE, "../service/copydesk/static/widget");
// Adopted style sheets set the floor; older browsers stay silent.
const TARGET = ["chrome99", "firefox101", "safari16.4"];
/**
 * Bytes after gzip: what a file may have at most, and what we are after. A reader pays for the
 * loader on every page, for the rest at the first report.
 */
const GATES = {
  "loader.js": [800, 640],
  "dialog.js": [4096, 3300],
  "extras.js": [2816, 2560],
  "button.js": [1280, 1152],
  "highlight.js": [3072, 2500],
  "judge.js": [2048, 1792],
  "proof.js": [1280, 1152],
  language: [500, 400],
};

/** Style sheets come in as minified text, for `CSSStyleSheet.replaceSync`. */
const styleSheets = {
  name: "style-sheets",
  setup(/** @type {import("esbuild").PluginBuild} */ build) {
    build.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const css = await readFile(path, "utf8");
      const { code } = await transform(css, { loader: "css", minify: true, target: TARGET });
      // Minifying leaves the values of custom properties as they are.
      return { contents: code.trim().replace(/([,:]) /g, "$1"), loader: "text" };
    });
  },
};

const languages = (await readdir(join(HERE, "src/messages"))).sort();
// Messages travel as values alone, and the code asks for them by number: `t[M.title]`.
const define = {
  ENGLISH: JSON.stringify(Object.values(english).join("|")),
  LANGUAGES: JSON.stringify(languages.map((name) => name.slice(0, -3)).join("|")),
};
Object.keys(english).forEach((key, at) => {
  define[`M.${key}`] = `${at}`;
});

/**
 * @param {string} entry
 * @param {import("esbuild").BuildOptions} options
 */
async function bundle(entry, options) {
  const result = await build({
    entryPoints: [join(HERE, "src", entry)],
    absWorkingDir: HERE,
    bundle: true,
    minify: true,
    write: false,
    charset: "utf8",
    target: TARGET,
    // Without "use strict" in the loader: tsc has checked it as a module already.
    tsconfigRaw: {},
    plugins: [styleSheets],
    legalComments: "none",
    ...options,
    define: { ...define, ...options.define },
  });
  return result.outputFiles[0].text;
}

/** A translation is shipped as its values alone, in the order of the English keys. */
async function language(/** @type {string} */ name) {
  const { default: own } = await import(join(HERE, "src/messages", name));
  const values = Object.values(own);
  if (Object.keys(own).join() !== Object.keys(english).join()) {
    throw new Error(`messages/${name} must have the keys of en.js in the same order`);
  }
  if (/[|`\\$]/.test(values.join(""))) throw new Error(`messages/${name}: no | \` \\ or $ in texts`);
  return `export default\`${values.join("|")}\``;
}

const files = {};
for (const part of [
  "button/button.js",
  "dialog/dialog.js",
  "extras/extras.js",
  "highlight/highlight.js",
  "highlight/judge.js",
  "proof/proof.js",
]) {
  files[basename(part)] = await bundle(part, { format: "esm" });
}
for (const name of languages) if (name !== "en.js") files[name] = await language(name);
const hash = createHash("sha256").update(JSON.stringify(files)).digest("hex").slice(0, 12);
files["loader.js"] = await bundle("loader/loader.js", {
  format: "iife",
  define: { LAZY_FOLDER: JSON.stringify(`w/${hash}/`) },
});

const manifest = { hash, files: {} };
let isTooBig = false;
await mkdir(OUT, { recursive: true });
for (const name of Object.keys(files).sort()) {
  const body = Buffer.from(files[name]);
  const gzip = gzipSync(body, { level: 9 }).length;
  const [most, goal] = GATES[name] ?? GATES.language;
  const sri = "sha384-" + createHash("sha384").update(body).digest("base64");
  // Without the zipped size: another zlib packs a little differently, and CI compares every byte.
  manifest.files[name] = { bytes: body.length, sri };
  isTooBig ||= gzip > most;
  const verdict = gzip > most ? "TOO BIG" : gzip > goal ? "" : "goal met";
  console.log(
    `${name.padEnd(12)} ${body.length} B, gzip ${gzip} of ${most} B, goal ${goal} ${verdict}`.trim(),
  );
  await writeFile(join(OUT, name), body);
}
await writeFile(join(OUT, "manifest.json"), JSON.stringify(manifest, null, 2) + "\n");
if (isTooBig) process.exit(1);
