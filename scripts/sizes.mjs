/**
 * What each package weighs: as a tarball, installed by npm with all that it needs, and in a page. Writes
 * docs/sizes.md.
 *
 * Usage: node scripts/sizes.mjs   (after `pnpm build`; pnpm must be on PATH)
 *
 * @module
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BROWSER_ENTRIES, bundle } from "./browser-bundle.mjs";
import { pack, packages, root, run } from "./packed-packages.mjs";

const temporary = mkdtempSync(join(tmpdir(), "dsail-sizes-"));
process.on("exit", () => rmSync(temporary, { recursive: true, force: true }));

/** Paths of the tarballs, by name of the package. */
const tarballs = new Map(packages.map(({ name, folder }) => [name, pack(folder, temporary)]));

/**
 * A package and those of the workspace that it depends on, however far.
 *
 * @param {string} name
 * @returns {string[]}
 */
function needed(name) {
  const { dependencies = {} } = packages.find((each) => each.name === name) ?? {};
  const ours = Object.keys(dependencies).filter((each) => tarballs.has(each));
  return [...new Set([name, ...ours.flatMap(needed)])];
}

/**
 * Bytes of all files below a folder.
 *
 * @param {string} folder
 */
function weigh(folder) {
  let bytes = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) bytes += statSync(join(entry.parentPath, entry.name)).size;
  }
  return bytes;
}

/**
 * Installs packages, and what they need, into an empty folder.
 *
 * @param {readonly string[]} names
 */
function install(names) {
  const folder = mkdtempSync(join(temporary, "installed-"));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true }));
  const files = names.map((name) => /** @type {string} */ (tarballs.get(name)));
  run(folder, "npm", ["install", "--no-audit", "--no-fund", "--omit=peer", ...files]);
  const modules = join(folder, "node_modules");
  // npm's own list of what it installed.
  const lock = JSON.parse(readFileSync(join(modules, ".package-lock.json"), "utf8"));
  return { folder, all: weigh(modules), count: Object.keys(lock.packages).length };
}

/** @param {number} bytes */
const kB = (bytes) => `${(bytes / 1000).toFixed(bytes < 10_000 ? 1 : 0)} kB`;
/** @param {number} bytes */
const MB = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;

const installed = packages.map(({ name }) => {
  const { folder, all, count } = install(needed(name));
  const tarball = statSync(/** @type {string} */ (tarballs.get(name))).size;
  const own = weigh(join(folder, "node_modules", name));
  return `| \`${name}\` | ${kB(tarball)} | ${MB(own)} | ${MB(all)} | ${count} |`;
});
const everything = install([...tarballs.keys()]);
installed.push(`| all of them | | | ${MB(everything.all)} | ${everything.count} |`);

const inPages = [];
for (const entry of BROWSER_ENTRIES.keys()) {
  const { minified, gzip, later } = await bundle(entry, everything.folder);
  const rest = later === 0 ? "" : kB(later);
  inPages.push(`| \`${entry}\` | ${kB(minified)} | ${kB(gzip)} | ${rest} |`);
}

writeFileSync(
  join(root, "docs", "sizes.md"),
  `# What the packages weigh

Written by \`pnpm sizes\` (after \`pnpm build\`), on ${process.platform} ${process.arch} with Node ${process.versions.node}.

## Installed

Each alone by npm from its tarball into an empty folder, without peers. Source maps and declarations are part of a package.

| package | tarball | unpacked | with all it needs | packages |
|---|---:|---:|---:|---:|
${installed.join("\n")}

## In a page

All that an entry exports, bundled and minified by esbuild with all it needs but TensorFlow.js. A page that imports less gets less. "Later"
is loaded when an image needs a codec, and does not count the codec's WebAssembly. \`pnpm size\` holds the gzipped sizes to limits;
\`pnpm packages\` bundles the same entries by Vite too, and opens them in Chromium.

| entry | minified | gzip | later |
|---|---:|---:|---:|
${inPages.join("\n")}
`,
);
