/**
 * Installs `@tensorflow/tfjs-node` into a folder of its own and builds its addon against the TensorFlow of a wheel from
 * PyPI (`tensorflow-cpu`), for machines where the package's own download does not work, or where TensorFlow 2.21 is wanted
 * in the place of its 2.9.1. Linux x64.
 *
 *     node scripts/build-tfjs-node.mjs FOLDER [CACHE]
 *
 * Needs npm, Python 3.10 or newer with pip (`PYTHON` names another than `python3`), g++ and make; about 1.4 GB in FOLDER.
 * The wheel (274 MB) is kept in CACHE, or `DSAIL_TFJS_NODE_CACHE`; without one it is thrown away. Beside tfjs-node comes
 * tfjs-backend-wasm, so that a program that has both finds one tfjs-core in FOLDER. What is built already is left as it is.
 *
 * @module
 */
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";

const TFJS = "4.22.0";
const TENSORFLOW = "2.21.0";
/** Any will do, since no Python runs it; one, so that every machine has the same wheel. */
const WHEEL_PYTHON = "3.11";

const python = process.env["PYTHON"] ?? "python3";
const [target, cacheArgument = process.env["DSAIL_TFJS_NODE_CACHE"]] = process.argv.slice(2);
if (target === undefined) {
  fail("Usage: node scripts/build-tfjs-node.mjs FOLDER [CACHE]");
}
const folder = resolve(target);
const addon = join(folder, "node_modules/@tensorflow/tfjs-node");
const tensorflow = join(folder, "tensorflow");

checkMachine();
const temporary = mkdtempSync(join(tmpdir(), "tfjs-node-"));
try {
  step("npm packages", installPackages);
  step(`TensorFlow ${TENSORFLOW}`, unpackTensorflow);
  step("addon", buildAddon);
  step("one product of matrices", tryIt);
} finally {
  rmSync(temporary, { recursive: true, force: true });
}

/** Says all that is missing at once, before anything is fetched. */
function checkMachine() {
  const missing = [];
  if (process.platform !== "linux" || process.arch !== "x64") {
    fail(`Only for Linux on x64, this is ${process.platform} on ${process.arch}.`);
  }
  if (!succeeds("npm", ["--version"])) missing.push("npm");
  if (!succeeds("g++", ["--version"])) missing.push("g++");
  if (!succeeds("make", ["--version"])) missing.push("make");
  if (!succeeds(python, ["-c", "import sys; sys.exit(sys.version_info < (3, 10))"])) {
    missing.push(`Python 3.10 or newer (${python}; PYTHON names another)`);
  } else if (!succeeds(python, ["-m", "pip", "--version"])) {
    missing.push(`pip of ${python}`);
  }
  if (missing.length > 0) fail(`Missing: ${missing.join(", ")}.`);
}

/** Without its install script, which would fetch another TensorFlow, and ends `npm install` where it can't. */
function installPackages() {
  if (existsSync(join(folder, "node_modules/.package-lock.json")) && existsSync(addon)) {
    return "here already";
  }
  mkdirSync(folder, { recursive: true });
  const manifest = join(folder, "package.json");
  if (!existsSync(manifest)) writeFileSync(manifest, '{ "private": true }\n');
  run("npm", [
    "install",
    ...["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
    `@tensorflow/tfjs-node@${TFJS}`,
    `@tensorflow/tfjs-backend-wasm@${TFJS}`,
  ]);
  return undefined;
}

/** Of the wheel only what a C program needs: the headers and two libraries. */
function unpackTensorflow() {
  if (existsSync(tensorflow)) return "here already";
  const cache = cacheArgument === undefined ? temporary : resolve(cacheArgument);
  mkdirSync(cache, { recursive: true });
  const name = () =>
    readdirSync(cache).find((entry) => entry.startsWith(`tensorflow_cpu-${TENSORFLOW}-`));
  if (name() === undefined) {
    run(python, [
      ...["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"],
      ...["--only-binary=:all:", `--python-version=${WHEEL_PYTHON}`, `--dest=${cache}`],
      `tensorflow-cpu==${TENSORFLOW}`,
    ]);
  }
  const unpack = [
    "import sys, zipfile",
    "with zipfile.ZipFile(sys.argv[1]) as wheel:",
    "    for name in wheel.namelist():",
    "        if name.startswith(('tensorflow/include/', 'tensorflow/libtensorflow_')):",
    "            wheel.extract(name, sys.argv[2])",
  ].join("\n");
  // Named so only when all of it is there.
  const unpacked = join(folder, "unpacked");
  rmSync(unpacked, { recursive: true, force: true });
  run(python, ["-c", unpack, join(cache, name() ?? ""), unpacked]);
  rmSync(tensorflow, { recursive: true, force: true });
  renameSync(join(unpacked, "tensorflow"), tensorflow);
  rmSync(unpacked, { recursive: true });
  return undefined;
}

function buildAddon() {
  const binary = join(addon, "lib/napi-v8/tfjs_binding.node");
  if (existsSync(binary)) return "here already";
  const deps = join(addon, "deps");
  rmSync(deps, { recursive: true, force: true });
  mkdirSync(join(deps, "lib"), { recursive: true });
  link(join(tensorflow, "include"), join(deps, "include"));
  // Under the names that they are asked for when running, and those that the linker and the install script look for.
  for (const name of ["libtensorflow_cc.so.2", "libtensorflow.so", "libtensorflow.so.2.9.1"]) {
    link(join(tensorflow, "libtensorflow_cc.so.2"), join(deps, "lib", name));
  }
  for (const name of ["libtensorflow_framework.so.2", "libtensorflow_framework.so"]) {
    link(join(tensorflow, "libtensorflow_framework.so.2"), join(deps, "lib", name));
  }
  const headers = nodeHeaders();
  const gyp = [
    "rebuild",
    // Without headers on this machine node-gyp fetches those of this Node from nodejs.org.
    ...(headers === undefined ? [] : [`--nodedir=${headers}`]),
    "--loglevel=warn",
    "--module_name=tfjs_binding",
    `--module_path=${dirname(binary)}`,
    "--napi_build_version=8",
  ];
  const nodeGyp = bundledNodeGyp();
  if (nodeGyp === undefined) run("npm", ["exec", "--yes", "--", "node-gyp@11", ...gyp], addon);
  else run(process.execPath, [nodeGyp, ...gyp], addon);
  return undefined;
}

/** The folder whose `include/node` has the headers of a Node: any will do, since the addon uses Node-API alone. */
function nodeHeaders() {
  const prefixes = [dirname(dirname(process.execPath)), "/usr", "/usr/local"];
  return prefixes.find((prefix) => existsSync(join(prefix, "include/node/node_api.h")));
}

/** npm brings node-gyp along: beside the npm that is called, or the Node that runs. */
function bundledNodeGyp() {
  const prefix = join(dirname(dirname(process.execPath)), "lib");
  const which = spawnSync("sh", ["-c", "command -v npm"], { encoding: "utf8" }).stdout.trim();
  const roots = [join(prefix, "node_modules/npm")];
  if (which !== "") roots.push(dirname(dirname(realpathSync(which)))); // …/npm/bin/npm-cli.js
  return roots
    .map((root) => join(root, "node_modules/node-gyp/bin/node-gyp.js"))
    .find((path) => existsSync(path));
}

/** In a process of its own: the sum of [[1, 2], [3, 4]]² is 54. */
function tryIt() {
  const program = [
    // Gone since Node 23, and called by 4.22.0.
    "require('util').isNullOrUndefined ??= (value) => value === null || value === undefined;",
    "const tf = require('@tensorflow/tfjs-node');",
    "const x = tf.tensor2d([[1, 2], [3, 4]]);",
    "const sum = tf.sum(tf.matMul(x, x)).dataSync()[0];",
    "if (tf.getBackend() !== 'tensorflow' || sum !== 54) throw new Error('wrong result: ' + sum);",
  ].join("\n");
  run(process.execPath, ["-e", program], folder);
}

/** @param {string} to @param {string} from */
function link(to, from) {
  symlinkSync(relative(dirname(from), to), from);
}

/** @param {string} what @param {() => string | undefined | void} work */
function step(what, work) {
  const begin = Date.now();
  const note = work();
  console.log(`${what}: ${note ?? `${((Date.now() - begin) / 1000).toFixed(1)} s`}`);
}

/** @param {string} program @param {string[]} args */
function succeeds(program, args) {
  return spawnSync(program, args, { stdio: "ignore" }).status === 0;
}

/** Shows what a program said only if it failed. @param {string} program @param {string[]} args */
function run(program, args, cwd = folder) {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd,
    encoding: "utf8",
    maxBuffer: 2 ** 28,
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: "2" },
  });
  if (status === 0) return;
  console.error(`${stdout ?? ""}${stderr ?? ""}${error?.message ?? ""}`.slice(-4000));
  rmSync(temporary, { recursive: true, force: true });
  fail(`Failed: ${program} ${args.slice(0, 3).join(" ")} …`);
}

/** @param {string} message @returns {never} */
function fail(message) {
  console.error(message);
  process.exit(1);
}
