/**
 * Build the widget into the service's package: loader.js, dialog.js, button.js, one file a
 * language, and manifest.json. The same sources give the same bytes; the build fails when a file is too big.
 */

import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build, transform } from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));
const OUT = join(HERE, "../service/copydesk/static/widget");
const GENERATED = "/* generated */";
// Adopted style sheets set the floor; older browsers stay silent.
const TARGET = ["chrome99", "firefox101", "safari16.4"];
/** Bytes after gzip. A reader pays for the loader on every page, for the rest at the first report. */
const MOST = { "loader.js": 800, "dialog.js": 4096, "button.js": 800, language: 500 };

/** Style sheets come in as minified text, for `CSSStyleSheet.replaceSync`. */
const styleSheets = {
  name: "style-sheets",
  setup(/** @type {import("esbuild").PluginBuild} */ build) {
    build.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const css = await readFile(path, "utf8");
      const { code } = await transform(css, { loader: "css", minify: true, target: TARGET });
      return { contents: code.trim(), loader: "text" };
    });
  },
};

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
    plugins: [styleSheets],
    legalComments: "none",
    // The keys of the messages.
    mangleProps: /^\$/,
    banner: { js: GENERATED },
    ...options,
  });
  return result.outputFiles[0].text;
}

/** A translation is shipped as its values alone, in the order of the English keys. */
async function language(/** @type {string} */ name) {
  const [{ default: own }, { default: english }] = await Promise.all(
    [name, "en.js"].map((file) => import(join(HERE, "src/messages", file))),
  );
  const values = Object.values(own);
  if (Object.keys(own).join() !== Object.keys(english).join()) {
    throw new Error(`messages/${name} must have the keys of en.js in the same order`);
  }
  if (/[|`\\$]/.test(values.join(""))) throw new Error(`messages/${name}: no | \` \\ or $ in texts`);
  return `export default\`${values.join("|")}\``;
}

const files = {};
for (const name of ["button.js", "dialog.js"]) files[name] = await bundle(name, { format: "esm" });
for (const name of (await readdir(join(HERE, "src/messages"))).sort()) {
  if (name !== "en.js") files[name] = await language(name);
}
const hash = createHash("sha256").update(JSON.stringify(files)).digest("hex").slice(0, 12);
files["loader.js"] = await bundle("loader.js", {
  format: "iife",
  define: { LAZY_FOLDER: JSON.stringify(`w/${hash}/`) },
});

const manifest = { hash, files: {} };
let isTooBig = false;
await mkdir(OUT, { recursive: true });
for (const name of Object.keys(files).sort()) {
  const body = Buffer.from(files[name]);
  const gzip = gzipSync(body, { level: 9 }).length;
  const most = MOST[name] ?? MOST.language;
  const sri = "sha384-" + createHash("sha384").update(body).digest("base64");
  // Without the zipped size: another zlib packs a little differently, and CI compares every byte.
  manifest.files[name] = { bytes: body.length, sri };
  isTooBig ||= gzip > most;
  const verdict = gzip > most ? "TOO BIG" : "";
  console.log(`${name.padEnd(10)} ${body.length} B, gzip ${gzip} of ${most} B ${verdict}`.trim());
  await writeFile(join(OUT, name), body);
}
await writeFile(join(OUT, "manifest.json"), JSON.stringify(manifest, null, 2) + "\n");
if (isTooBig) process.exit(1);
