/**
 * Runs the package on WebGPU under Node, by Dawn: on the machine's graphics card, else on SwiftShader where Debian's
 * `chromium` has brought it. The exit code is 1 if a part failed, and 77 if there is no WebGPU here.
 *
 *     tsx --conditions=@dsail/source test/native/webgpu.ts FOLDER
 *
 * In FOLDER: `npm install webgpu @tensorflow/tfjs-{core,backend-cpu,backend-wasm,backend-webgpu}@4.22.0`.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { runParts } from "./run-parts.js";

/** Vulkan on the processor. */
const SWIFT_SHADER = "/usr/lib/chromium/vk_swiftshader_icd.json";

const [folder = ""] = process.argv.slice(2);
const parts = [
  ["test/native/steps-against-cpu.ts", "webgpu"],
  ["test/native/kernels-against-cpu.ts", "webgpu"],
];
let result = runParts(folder, parts);
if (result === "skipped" && existsSync(SWIFT_SHADER)) {
  console.log("\nAgain, on SwiftShader:");
  result = runParts(folder, parts, { VK_ICD_FILENAMES: SWIFT_SHADER });
}
process.exit({ passed: 0, failed: 1, skipped: 77 }[result]);
