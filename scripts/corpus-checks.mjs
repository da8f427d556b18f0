/**
 * Checks that need real files, or other implementations to compare with. Each prints what it found; the exit code is 1
 * if any failed. What cannot run says why.
 *
 *     DSAIL_CORPUS=FOLDER node scripts/corpus-checks.mjs [--dicom] [--learning] [--training] [--speed] [NAME…]
 *
 * The corpus is a folder of DICOM files; without the variable it is `../shared/corpus`. pydicom is taken from
 * `.venv-oracle`, or from where `DSAIL_PYTHON` points; torch, opacus, dp_accounting, scikit-learn, tensorboard and
 * flwr from `.venv-dp`, or `DSAIL_DP_PYTHON`; tfjs-node from `.tfjs-node`, or `DSAIL_TFJS_NODE`; WebGPU from `.webgpu`, or `DSAIL_WEBGPU`;
 * Flower from `.venv-fl`, `.venv-fl-016` and `.venv-fl-new`, or `DSAIL_FL_PYTHON`, `DSAIL_FL_016_PYTHON` and
 * `DSAIL_FL_NEW_PYTHON`.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir, totalmem } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const corpus = resolve(root, process.env["DSAIL_CORPUS"] ?? "../shared/corpus");
const tools = resolve(root, process.env["DSAIL_TOOLS"] ?? "../shared/tools");
const python = process.env["DSAIL_PYTHON"] ?? join(root, ".venv-oracle/bin/python");
const dpPython = process.env["DSAIL_DP_PYTHON"] ?? join(root, ".venv-dp/bin/python");
// Flower, of three times: what most have, D-SAIL's own, and the newest.
const flPython = process.env["DSAIL_FL_PYTHON"] ?? join(root, ".venv-fl/bin/python");
const flOldPython = process.env["DSAIL_FL_016_PYTHON"] ?? join(root, ".venv-fl-016/bin/python");
const flNewPython = process.env["DSAIL_FL_NEW_PYTHON"] ?? join(root, ".venv-fl-new/bin/python");
// What `scripts/build-tfjs-node.mjs` builds, and what npm installs of WebGPU.
const tfjsNode = resolve(process.env["DSAIL_TFJS_NODE"] ?? join(root, ".tfjs-node"));
const webgpu = resolve(process.env["DSAIL_WEBGPU"] ?? join(root, ".webgpu"));
const core = join(root, "packages/dicom-core");
const converter = join(root, "packages/converter");
const dp = join(root, "packages/dp");
const flClient = join(root, "packages/fl-client");
const flProtocol = join(root, "packages/fl-protocol");
const flServer = join(root, "packages/fl-server");
const pseudonymizer = join(root, "packages/pseudonymizer");
/** Exit code of a check that can't run here, and says why. */
const SKIPPED = 77;
const work = mkdtempSync(join(tmpdir(), "dsail-checks-"));

/** Of the DICOM half: need real files. */
const DICOM_CHECKS = [
  {
    name: "values and JSON equal pydicom's",
    needs: [corpus, python],
    run: () =>
      sh(core, python, ["test/corpus/pydicom_values.py", corpus, join(work, "values")]) &&
      sh(root, "node_modules/.bin/vitest", ["run", "packages/dicom-core/test/corpus"], {
        DSAIL_PYDICOM_VALUES: join(work, "values"),
      }),
  },
  {
    name: "rewriting changes what was asked for, and nothing else",
    needs: [corpus, python],
    run: () =>
      tsx(core, "test/corpus/rewrite-corpus.ts", [join(work, "rewritten")]) &&
      sh(core, python, ["test/corpus/rewrite_against_pydicom.py", corpus, join(work, "rewritten")]),
  },
  {
    name: "frames equal pydicom's",
    needs: [corpus, python],
    run: () => tsx(core, "test/corpus/frames-against-pydicom.ts", [python]),
  },
  {
    name: "transcoded frames are the same, to pydicom too",
    needs: [corpus, python],
    run: () => tsx(core, "test/corpus/transcode-corpus.ts", [python]),
  },
  {
    name: "damaged frames harm nothing but themselves",
    needs: [corpus, join(core, "dist/codec-worker.js")],
    run: () => sh(core, process.execPath, ["test/corpus/fuzz-frames.mjs"]),
  },
  {
    name: "rendering equals dcmtk's and pydicom's",
    needs: [corpus, python, "/usr/bin/dcmj2pnm"],
    run: () => tsx(converter, "test/corpus/rendering-against-dcmtk.ts", [python]),
  },
  {
    name: "what is decomposed and composed is the same, and no less valid to dciodvfy",
    needs: [corpus, "/usr/bin/dciodvfy"],
    run: () =>
      tsx(converter, "test/corpus/decompose-compose.ts", [join(work, "composed")]) &&
      ["stored", "json", "rendered"].every((way) =>
        tsx(pseudonymizer, "test/corpus/new-dciodvfy-errors.ts", [join(work, "composed", way)]),
      ),
  },
  {
    name: "damaged files give errors, soon",
    needs: [corpus],
    run: () => tsx(core, "test/corpus/fuzz.ts"),
  },
  {
    name: "planted identifiers are gone",
    needs: [corpus, python, join(tools, "plant.py")],
    run: () => tsx(pseudonymizer, "test/corpus/planted-identifiers.ts", [python, tools]),
  },
  ...["basic", "research", "private", "most", "allow-list", "dsail"].map((profile) => ({
    name: `no object becomes less valid, to dciodvfy (${profile})`,
    needs: [corpus, "/usr/bin/dciodvfy"],
    run: () =>
      tsx(pseudonymizer, "test/corpus/pseudonymize-corpus.ts", [join(work, profile), profile]) &&
      tsx(pseudonymizer, "test/corpus/new-dciodvfy-errors.ts", [join(work, profile)]),
  })),
  {
    name: "a multi-frame image of 400 MB takes less than 250 MB",
    needs: [join(core, "dist/node.js"), join(converter, "dist/node.js")],
    run: () => sh(converter, process.execPath, ["test/corpus/large-multiframe.mjs"]),
  },
  {
    name: "a file of 5 GB takes less than 100 MB",
    needs: [join(core, "dist/node.js"), join(pseudonymizer, "dist/node.js")],
    run: () => sh(pseudonymizer, process.execPath, ["test/corpus/large-file.mjs"]),
  },
];

/** Of the learning half: need other implementations. */
const LEARNING_CHECKS = [
  {
    name: "accountants equal opacus's and dp_accounting's",
    needs: [dpPython],
    run: () => tsx(dp, "test/oracle/against-python.ts", [dpPython]),
  },
  {
    name: "npy, npz and float16 equal numpy's",
    needs: [python],
    run: () => tsx(flProtocol, "test/oracle/against-numpy.ts", [python]),
  },
  ...[flPython, flOldPython, flNewPython].map((flower) => ({
    name: `Flower's clients join our server, and ours join Flower's (${flower.replace(root, "")})`,
    needs: [flower],
    run: () => tsx(flProtocol, "test/oracle/against-flower.ts", [flower]),
  })),
  {
    name: "the same with a model of 600 MB",
    needs: [flPython, ...(totalmem() < 16e9 ? ["16 GB of memory"] : [])],
    run: () => tsx(flProtocol, "test/oracle/against-flower.ts", [flPython, "--large", "large"]),
  },
  {
    name: "our clients learn under Flower's own server",
    needs: [flPython],
    run: () => tsx(flClient, "test/oracle/under-flower-server.ts", [flPython]),
  },
  {
    name: "strategies are Flower's, but for what is documented",
    needs: [flPython],
    run: () => tsx(flServer, "test/oracle/against-flower.ts", [flPython]),
  },
  {
    name: "a federation of Python's clients and ours",
    needs: [flPython],
    run: () => tsx(flServer, "test/oracle/python-clients.ts", [flPython]),
  },
];

/** Of training: need PyTorch, and other backends. */
const TRAINING_CHECKS = [
  {
    name: "gradients of whole models equal PyTorch's",
    needs: [dpPython],
    run: () => tsx(flClient, "test/oracle/gradients-against-torch.ts", [dpPython]),
  },
  {
    name: "per-sample norms and clipped sums equal Opacus'",
    needs: [dpPython],
    run: () => tsx(flClient, "test/oracle/opacus-gradients.ts", [dpPython]),
  },
  {
    name: "images are decoded and resized as Pillow does",
    needs: [python],
    run: () => tsx(flClient, "test/oracle/data-against-pillow.ts", [python]),
  },
  {
    name: "metrics equal scikit-learn's",
    needs: [dpPython],
    run: () => tsx(flClient, "test/oracle/metrics-against-sklearn.ts", [dpPython]),
  },
  {
    name: "TensorBoard reads our events",
    needs: [dpPython],
    run: () => tsx(flClient, "test/oracle/events-against-tensorboard.ts", [dpPython]),
  },
  {
    name: "a federation with PyTorch and Flower learns as much",
    needs: [dpPython],
    run: () => tsx(join(root, "examples/three-hospitals-grpc"), "mixed.ts", [dpPython]),
  },
  {
    name: "WebGPU",
    needs: [webgpu],
    run: () => tsx(flClient, "test/native/webgpu.ts", [webgpu]),
  },
];

/** Of times, too: nothing else may run beside it. */
const SPEED_CHECKS = [
  {
    name: "TensorFlow itself, under tfjs-node",
    needs: [dpPython, tfjsNode],
    run: () => tsx(flClient, "test/native/tensorflow.ts", [tfjsNode, dpPython]),
  },
];

const wanted = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const GROUPS = {
  dicom: DICOM_CHECKS,
  learning: LEARNING_CHECKS,
  training: TRAINING_CHECKS,
  speed: SPEED_CHECKS,
};
const groups = Object.entries(GROUPS).filter(([name]) => process.argv.includes(`--${name}`));
const checks = (groups.length > 0 ? groups : Object.entries(GROUPS)).flatMap(([, group]) => group);
const chosen = checks.filter(
  ({ name }) => wanted.length === 0 || wanted.some((word) => name.includes(word)),
);
let failed = 0;
try {
  if (chosen.length === 0) throw new Error("no check has such a name");
  for (const { name, needs, run } of chosen) {
    console.log(`\n# ${name}`);
    const missing = needs.filter((path) => !existsSync(path));
    if (missing.length > 0) {
      console.log(
        `skipped: there is no ${missing.map((path) => path.replace(root, "")).join(", ")}`,
      );
      continue;
    }
    const began = performance.now();
    if (!run()) {
      console.log(`failed: ${name}`);
      failed++;
    }
    console.log(`(${Math.round((performance.now() - began) / 1000)} s)`);
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
process.exitCode = failed === 0 ? 0 : 1;

/**
 * Runs a command, and shows what it prints.
 *
 * @param {string} cwd
 * @param {string} command
 * @param {string[]} args
 * @param {Record<string, string>} env
 * @returns {boolean} whether it went well
 */
function sh(cwd, command, args, env = {}) {
  const { status } = spawnSync(command, args, {
    cwd,
    env: { ...process.env, DSAIL_CORPUS: corpus, ...env },
    stdio: "inherit",
  });
  if (status === SKIPPED) console.log("skipped: see above");
  return status === 0 || status === SKIPPED;
}

/**
 * Runs a script on the sources.
 *
 * @param {string} cwd
 * @param {string} script
 * @param {string[]} args
 */
function tsx(cwd, script, args = []) {
  return sh(cwd, "node_modules/.bin/tsx", ["--conditions=@dsail/source", script, ...args]);
}
