/**
 * Runs the package on TensorFlow itself: tfjs-node in a folder that `scripts/build-tfjs-node.mjs` made. The exit code is 1 if
 * a part failed.
 *
 *     tsx --conditions=@dsail/source test/native/tensorflow.ts FOLDER PYTHON
 *
 * PYTHON has PyTorch.
 *
 * @module
 */
import { runParts } from "./run-parts.js";

/** One of each kind; all of them take minutes. */
const MODELS = ["lenet5", "cnn", "resnet8", "resnet18", "densenet_small", "mobilenet_v2"];

const [folder = "", python = ""] = process.argv.slice(2);
const result = runParts(folder, [
  ["test/native/kernels-against-cpu.ts", "tensorflow"],
  ["test/oracle/gradients-against-torch.ts", python, "--backend", "tensorflow", ...MODELS],
  ["test/native/cnn-step-against-torch.ts", "tensorflow", python],
  ["test/native/resnet-epoch.ts", "tensorflow"],
]);
process.exit(result === "passed" ? 0 : 1);
