/**
 * A page that uses the packages as installed: bundled by Vite, and run in Chromium where there is one.
 *
 * @module
 */
import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { build, createLogger, preview } from "vite";
import { BROWSER_ENTRIES } from "./browser-bundle.mjs";

/** Uses every entry, and trains: the title says how that ended. */
const PAGE = `
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import plain from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url";
import simd from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url";
import threaded from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url";
import * as tf from "@tensorflow/tfjs-core";
import { registerTrainingKernels, sgdStep } from "@dsail/tfjs-wasm-train";
${[...BROWSER_ENTRIES.keys()].map((entry, i) => `import * as api${i} from "${entry}";`).join("\n")}

const exported = [${[...BROWSER_ENTRIES.keys()].map((_, i) => `api${i}`)}].map((api) => Object.keys(api).length);

function lossOfStep(filter, images) {
  return tf.tidy(() => {
    const { value, grads } = tf.variableGrads(() => {
      const y = tf.maxPool(tf.conv2d(images, filter, 1, "same"), 2, 2, "valid");
      return tf.mean(tf.square(tf.sub(y, 1)));
    });
    sgdStep({ parameter: filter, gradient: grads[filter.name], learningRate: 0.1 });
    return value.dataSync()[0];
  });
}

try {
  if (exported.includes(0)) throw new Error("an entry exports nothing");
  setWasmPaths({
    "tfjs-backend-wasm.wasm": plain,
    "tfjs-backend-wasm-simd.wasm": simd,
    "tfjs-backend-wasm-threaded-simd.wasm": threaded,
  });
  registerTrainingKernels();
  await tf.setBackend("wasm");
  const filter = tf.variable(tf.randomNormal([3, 3, 1, 8], 0, 0.3, "float32", 1));
  const images = tf.randomUniform([4, 16, 16, 1], 0, 1, "float32", 2);
  const losses = Array.from({ length: 5 }, () => lossOfStep(filter, images));
  if (losses.some((loss, i) => i > 0 && !(loss < losses[i - 1]))) throw new Error("learns nothing: " + losses);
  document.title = "works";
} catch (error) {
  document.title = "fails: " + error;
}
`;

/**
 * Bundles the page.
 *
 * @param {string} consumer - folder where the packages are installed
 * @returns {Promise<number>} bytes of JavaScript, minified
 * @throws {Error} if Vite warns of a built-in of Node
 */
export async function bundlePage(consumer) {
  const root = join(consumer, "page");
  mkdirSync(root, { recursive: true });
  writeFileSync(join(root, "main.js"), PAGE);
  writeFileSync(
    join(root, "index.html"),
    `<!doctype html><title>loading</title><script type="module" src="./main.js"></script>`,
  );
  /** @type {string[]} */
  const warnings = [];
  const customLogger = createLogger("warn");
  customLogger.warn = customLogger.warnOnce = (message) => warnings.push(message);
  await build({
    root,
    configFile: false,
    logLevel: "warn",
    customLogger,
    build: { target: "es2022", chunkSizeWarningLimit: 10_000 },
  });
  // Loaders of codecs name fs and path in a branch that browsers do not take.
  const wrong = warnings.filter((warning) => !/"(fs|path)".*@cornerstonejs/s.test(warning));
  if (wrong.length > 0) throw new Error(wrong.join("\n"));

  const assets = join(root, "dist", "assets");
  return readdirSync(assets)
    .filter((file) => file.endsWith(".js"))
    .reduce((sum, file) => sum + statSync(join(assets, file)).size, 0);
}

/**
 * Opens the bundled page in headless Chromium.
 *
 * @param {string} consumer
 * @param {string} chromium - path of the program
 * @throws {Error} with the page's title, if the page says that something fails
 */
export async function openPage(consumer, chromium) {
  const server = await preview({
    root: join(consumer, "page"),
    configFile: false,
    logLevel: "silent",
    preview: { port: 0, host: "127.0.0.1" },
  });
  try {
    const address = server.resolvedUrls?.local[0];
    if (address === undefined) throw new Error("the server has no address");
    const options = ["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=30000"];
    const { stdout } = await promisify(execFile)(chromium, [...options, "--dump-dom", address], {
      timeout: 120_000,
      maxBuffer: 1e8,
    });
    const title = /<title>(.*?)<\/title>/s.exec(stdout)?.[1];
    if (title !== "works") throw new Error(`the page ${title}`);
  } finally {
    await server.close();
  }
}
