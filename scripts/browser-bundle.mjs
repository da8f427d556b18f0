/**
 * Entries as a page's bundle: what it weighs, and that nothing of Node is in it.
 *
 * @module
 */
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

/** Brought by who uses the entry; not part of its weight. */
const PEERS = { "@dsail/tfjs-wasm-train": ["@tensorflow/*"] };

/** The codecs' loaders name these in a branch that browsers do not take. */
const CODECS_LEAVE_EMPTY = ["fs", "path"];

/** Entries that promise to run in a browser, with the built-ins of Node that a bundler has to leave empty. */
export const BROWSER_ENTRIES = new Map([
  ["@dsail/dicom-core", []],
  ["@dsail/dicom-core/pixel-data", CODECS_LEAVE_EMPTY],
  ["@dsail/dicom-core/dictionary", []],
  ["@dsail/dicom-core/tags", []],
  ["@dsail/pseudonymizer", []],
  ["@dsail/pseudonymizer/rules", []],
  ["@dsail/converter", []],
  ["@dsail/converter/compose", []],
  ["@dsail/converter/label", []],
  ["@dsail/converter/render", CODECS_LEAVE_EMPTY],
  ["@dsail/converter/image", CODECS_LEAVE_EMPTY],
  ["@dsail/converter/compress", CODECS_LEAVE_EMPTY],
  ["@dsail/dp", []],
  ["@dsail/dp/testing", []],
  ["@dsail/tfjs-wasm-train", []],
]);

/**
 * Bundles all that an entry exports.
 *
 * @param {string} entry
 * @param {string} folder - where the entry is installed
 * @returns bytes, minified: of what a page loads first, the same as gzip, and of what it loads when it needs it
 * @throws {Error} if the bundle needs a module that it does not hold
 */
export async function bundle(entry, folder) {
  const peers = PEERS[/** @type {keyof typeof PEERS} */ (entry)] ?? [];
  const { metafile, outputFiles } = await build({
    stdin: { contents: `export * from "${entry}";`, resolveDir: folder },
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    minify: true,
    write: false,
    metafile: true,
    logLevel: "silent",
    outdir: "out",
    external: peers,
    plugins: [empty(BROWSER_ENTRIES.get(entry) ?? [])],
  });
  const outputs = new Map(Object.entries(metafile.outputs));
  const first = new Set(["out/stdin.js"]);
  for (const file of first) {
    for (const { path, kind, external } of outputs.get(file)?.imports ?? []) {
      if (kind === "import-statement" && !external) first.add(path);
    }
  }
  const outside = [...outputs.values()]
    .flatMap(({ imports }) => imports)
    .filter(({ path, external }) => external && !path.startsWith("@tensorflow/"));
  if (outside.length > 0) throw new Error(`left outside: ${outside.map(({ path }) => path)}`);

  const sizes = { minified: 0, gzip: 0, later: 0 };
  for (const { path, contents } of outputFiles) {
    const name = path.replaceAll("\\", "/");
    const isFirst = [...first].some((file) => name.endsWith(file.slice("out".length)));
    if (isFirst) {
      sizes.minified += contents.length;
      sizes.gzip += gzipSync(contents).length;
    } else {
      sizes.later += contents.length;
    }
  }
  return sizes;
}

/**
 * @param {readonly string[]} builtIns
 * @returns {import("esbuild").Plugin}
 */
function empty(builtIns) {
  return {
    name: "empty",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^[a-z]+$/ }, ({ path }) =>
        builtIns.includes(path) ? { path, namespace: "empty" } : undefined,
      );
      onLoad({ filter: /.*/, namespace: "empty" }, () => ({ contents: "" }));
    },
  };
}
