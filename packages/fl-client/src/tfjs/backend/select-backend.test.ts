import { createRequire } from "node:module";
import { join } from "node:path";
import {
  findBackend,
  findBackendFactory,
  getBackend,
  registerBackend,
  removeBackend,
  sum,
  tensor1d,
  version_core,
} from "@tensorflow/tfjs-core";
import { afterEach, expect, test } from "vitest";
import { temporaryFolder, writeFiles } from "../../../../../vitest.temporary-folder.js";
import { type BackendEvent, selectBackend } from "./select-backend.js";
import { describeBackend } from "./selected-backend.js";

const GPU_ABSENT = "@tensorflow/tfjs-node-gpu is not installed";
const WASM = "WebAssembly with kernels for training, on one core";
/** What tfjs-node 4.22.0 does when its install script was not run: the start of its index.js. */
const WITHOUT_ADDON = `throw new Error("The Node.js native addon module (tfjs_binding.node) can not " +
  "be found at path: " + __dirname + ". \\nPlease run command 'npm rebuild @tensorflow/tfjs-node'");`;

afterEach(() => {
  if (findBackend("tensorflow") !== null) removeBackend("tensorflow");
});

test("is wasm by itself where nothing else is installed", async () => {
  const events: BackendEvent[] = [];
  const selected = await selectBackend({
    importModule: installed({}),
    onEvent: (event) => events.push(event),
  });
  const skipped = [
    { name: "tensorflow-gpu", why: GPU_ABSENT },
    { name: "tensorflow", why: "@tensorflow/tfjs-node is not installed" },
  ] as const;
  expect(selected).toEqual({ name: "wasm", reason: WASM, skipped });
  expect(events).toEqual([
    { type: "skipped", ...skipped[0] },
    { type: "skipped", ...skipped[1] },
    { type: "selected", ...selected },
  ]);
  expect(describeBackend(selected)).toBe(
    `backend: wasm (${WASM}); not tensorflow-gpu (${GPU_ABSENT}); not tensorflow (@tensorflow/tfjs-node is not installed)`,
  );
  expect(getBackend()).toBe("wasm");
  expect(sum(tensor1d([1, 2])).dataSync()).toEqual(Float32Array.of(3));
});

test("goes by a package that is broken, and tells why without a path", async () => {
  const folder = temporaryFolder();
  const importModule = installed({ "tfjs-node": WITHOUT_ADDON }, folder);
  const { name, skipped } = await selectBackend({ importModule });
  expect(name).toBe("wasm");
  expect(skipped.map((one) => one.name)).toEqual(["tensorflow-gpu", "tensorflow"]);
  expect(skipped[1]?.why).toBe(
    "@tensorflow/tfjs-node is installed without its native addon (tfjs_binding.node), as when its install script failed or was not run",
  );
  const error: unknown = await selectBackend({ backend: "tensorflow", importModule }).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({ name: "FlError", code: "BAD_CONFIG" });
  expect((error as Error).message).toMatch(
    /^backend tensorflow can't be had: .*\(tfjs_binding\.node\).*; install @tensorflow\/tfjs-node 4\.22\.0 with its native addon, or ask for "auto"$/,
  );
  expect((error as Error).message).not.toContain(folder);
  expect((error as Error).cause).toBeInstanceOf(Error);
});

test("prefers a GPU, and TensorFlow on the processor to wasm", async () => {
  const onGpu = installed({ "tfjs-node": standIn(false), "tfjs-node-gpu": standIn(true) });
  expect(await selectBackend({ importModule: onGpu })).toEqual({
    name: "tensorflow-gpu",
    reason: "TensorFlow of @tensorflow/tfjs-node-gpu, on a GPU",
    skipped: [],
  });
  expect(getBackend()).toBe("tensorflow");
  removeBackend("tensorflow"); // another process
  const onProcessor = installed({ "tfjs-node": standIn(false) });
  expect(await selectBackend({ importModule: onProcessor })).toEqual({
    name: "tensorflow",
    reason: "TensorFlow of @tensorflow/tfjs-node, on the processor",
    skipped: [{ name: "tensorflow-gpu", why: GPU_ABSENT }],
  });
});

test("takes the package for GPUs without a GPU, unless a GPU is asked for", async () => {
  const importModule = installed({ "tfjs-node-gpu": standIn(false) });
  const why = "@tensorflow/tfjs-node-gpu sees no GPU";
  expect(await selectBackend({ importModule })).toEqual({
    name: "tensorflow",
    reason: "TensorFlow of @tensorflow/tfjs-node-gpu, on the processor",
    skipped: [{ name: "tensorflow-gpu", why }],
  });
  await expect(selectBackend({ backend: "tensorflow-gpu", importModule })).rejects.toThrow(
    `backend tensorflow-gpu can't be had: ${why}; install`,
  );
});

test("refuses tensors of another version of tfjs-core", async () => {
  const importModule = installed({ "tfjs-node": standIn(false, "4.21.0") });
  const { name, skipped } = await selectBackend({ importModule });
  expect(name).toBe("wasm");
  expect(getBackend()).toBe("wasm");
  expect(skipped[1]?.why).toBe(
    "@tensorflow/tfjs-node brings along another @tensorflow/tfjs-core (4.21.0, here it is 4.22.0), whose tensors and kernels do not fit",
  );
});

test("gives what is asked for by name, whatever else is installed", async () => {
  const importModule = installed({ "tfjs-node": standIn(false) });
  const wasm = await selectBackend({ backend: "wasm", importModule });
  expect(wasm).toEqual({ name: "wasm", reason: WASM, skipped: [] });
  expect(getBackend()).toBe("wasm");
  const cpu = await selectBackend({ backend: "cpu", importModule });
  expect(cpu).toMatchObject({ name: "cpu", skipped: [] });
  expect(getBackend()).toBe("cpu");
});

test("says what is missing for WebGPU, and never takes it by itself", async () => {
  await expect(selectBackend({ backend: "webgpu", importModule: installed({}) })).rejects.toThrow(
    "backend webgpu can't be had: @tensorflow/tfjs-backend-webgpu is not installed; install",
  );
  const half = installed({ "tfjs-backend-webgpu": "exports.WebGPUBackend = class {};" });
  await expect(selectBackend({ backend: "webgpu", importModule: half })).rejects.toThrow(
    "backend webgpu can't be had: webgpu is not installed; install",
  );
  expect((await selectBackend({ importModule: half })).name).toBe("wasm");
});

test("gives the same to two callers at a time, also of a backend that is starting", async () => {
  await import("@tensorflow/tfjs-backend-wasm");
  const factory = findBackendFactory("wasm");
  removeBackend("wasm");
  registerBackend("wasm", factory);
  const importModule = installed({});
  const [one, other] = await Promise.all([
    selectBackend({ importModule }),
    selectBackend({ importModule }),
  ]);
  expect(one).toEqual(other);
  expect(one.name).toBe("wasm");
});

test("refuses a name that is none", async () => {
  await expect(selectBackend({ backend: "webgl" as "wasm" })).rejects.toThrow(
    new TypeError(
      "backend: expected one of auto, tensorflow-gpu, tensorflow, webgpu, wasm, cpu, got webgl",
    ),
  );
});

/** Loads from a folder with these packages of `@tensorflow` and no others, by their index.js. */
function installed(
  packages: Readonly<Record<string, string>>,
  folder: string = temporaryFolder(),
): (specifier: string) => Promise<unknown> {
  const path = (name: string): string => `node_modules/@tensorflow/${name}/index.js`;
  writeFiles(
    folder,
    Object.fromEntries(Object.entries(packages).map(([name, text]) => [path(name), text])),
  );
  const load = createRequire(join(folder, "program.js"));
  return async (specifier) => load(specifier) as unknown;
}

/** A package that brings a backend along as tfjs-node does, of plain JavaScript. */
function standIn(isUsingGpuDevice: boolean, version: string = version_core): string {
  const here = createRequire(import.meta.url);
  const path = (name: string): string => JSON.stringify(here.resolve(`@tensorflow/${name}`));
  return `
    const core = require(${path("tfjs-core")});
    const { MathBackendCPU } = require(${path("tfjs-backend-cpu")});
    core.registerBackend("tensorflow", () =>
      Object.assign(new MathBackendCPU(), { isUsingGpuDevice: ${isUsingGpuDevice} }), 3);
    core.setBackend("tensorflow");
    module.exports = { ...core, version_core: "${version}" };`;
}
