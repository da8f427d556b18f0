/**
 * How long training takes on the wasm backend with this package's kernels:
 *
 * - kernels: each against the one it replaces, or, where there is none, against the cpu backend
 * - steps: whole training steps of four networks, beside PyTorch on one thread in the same run, in turns
 *
 * Steps are in processor time, all threads together, which other work on the machine hardly changes; kernels in wall time.
 *
 * Python is `DSAIL_TORCH_PYTHON`, or `.venv-torch`; without it steps are timed alone.
 *
 *   pnpm bench [--rounds 20] [--networks lenet5,cnn] [--cpu] [--json] [--smoke]
 *
 * `--cpu` adds a step of the first network on tfjs's cpu backend, which takes seconds.
 *
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { arch, cpus, platform } from "node:os";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { registerGradients, registerTrainingKernels } from "../src/index.js";
import { timeKernels } from "./kernel-times.js";
import { type Network, networks } from "./networks.js";
import { createTrainingStep } from "./training-step.js";

const { values: flags } = parseArgs({
  options: {
    rounds: { type: "string", default: "20" },
    networks: { type: "string", default: networks.map(({ name }) => name).join(",") },
    cpu: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    smoke: { type: "boolean", default: false },
  },
});
const rounds = flags.smoke ? 1 : Number(flags.rounds);
const chosen = networks
  .filter(({ name }) => flags.networks.split(",").includes(name))
  .map((network) => (flags.smoke ? { ...network, batch: 2 } : network));

/** Milliseconds of a step in processor time, medians; and the median of the ratios of neighbours in time. */
interface StepTime {
  readonly network: string;
  readonly parameters: number;
  readonly milliseconds: number;
  readonly pytorch?: { readonly milliseconds: number; readonly ratio: number };
  readonly cpuMilliseconds?: number;
}

registerGradients(); // All but kernels: the composed group norm of before needs them.
// Before ours are registered: afterwards the stock ones are out of reach.
const kernels = await timeKernels(rounds, registerTrainingKernels);
const steps: StepTime[] = [];
for (const network of chosen) steps.push(await timeSteps(network));
report();

async function timeSteps(network: Network): Promise<StepTime> {
  await tf.setBackend("wasm");
  const training = createTrainingStep(network);
  const python = flags.smoke ? undefined : await startPython(network.name);
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = -3; round < rounds; round++) {
    const start = process.cpuUsage();
    training.step();
    const { user, system } = process.cpuUsage(start);
    const time = (user + system) / 1000;
    const peer = await python?.step();
    if (round < 0) continue; // V8 compiles, and oneDNN chooses.
    ours.push(time);
    if (peer !== undefined) theirs.push(peer);
  }
  python?.stop();
  training.dispose();
  const cpuMilliseconds =
    flags.cpu && network.name === chosen[0]?.name ? await timeOnCpu(network) : undefined;
  return {
    network: `${network.name} b${network.batch}`,
    parameters: training.parameters,
    milliseconds: median(ours),
    ...(theirs.length > 0 && {
      pytorch: {
        milliseconds: median(theirs),
        ratio: median(ours.map((time, i) => time / theirs[i]!)),
      },
    }),
    ...(cpuMilliseconds !== undefined && { cpuMilliseconds }),
  };
}

async function timeOnCpu(network: Network): Promise<number> {
  await tf.setBackend("cpu");
  const training = createTrainingStep(network);
  const start = process.cpuUsage();
  training.step();
  const { user, system } = process.cpuUsage(start);
  training.dispose();
  return (user + system) / 1000;
}

async function startPython(
  name: string,
): Promise<{ step: () => Promise<number>; stop: () => void } | undefined> {
  const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
  const program = process.env["DSAIL_TORCH_PYTHON"] ?? here("../../../.venv-torch/bin/python");
  const child: ChildProcess = spawn(program, [here("pytorch.py"), name, "1"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const spawned = await once(child, "spawn").then(
    () => true,
    () => false,
  );
  if (!spawned) return undefined;
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  const read = async (): Promise<string> => {
    const { value, done } = await lines.next();
    if (done) throw new Error("python ended early");
    return value as string;
  };
  await read(); // The number of parameters: it is ready.
  return {
    step: async () => {
      child.stdin!.write("1\n");
      return (JSON.parse(await read()) as number[])[0]!;
    },
    stop: () => child.stdin!.end(),
  };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function report(): void {
  const machine = `${cpus()[0]?.model ?? "?"} x ${cpus().length}, ${platform()} ${arch()}, Node ${process.version}`;
  if (flags.json) {
    console.log(JSON.stringify({ machine, rounds, kernels, steps }, undefined, 2));
    return;
  }
  console.log(`${machine}; medians of ${rounds}`);
  for (const { name, milliseconds, other, against } of kernels) {
    const ratio = (other / milliseconds).toFixed(1);
    console.log(
      `${name.padEnd(44)} ${milliseconds.toFixed(2).padStart(8)} ms, ${against} ${other.toFixed(2).padStart(9)} ms = ${ratio} x`,
    );
  }
  if (!steps.some(({ pytorch }) => pytorch)) {
    console.log("PyTorch is not there: set DSAIL_TORCH_PYTHON");
  }
  for (const { network, parameters, milliseconds, pytorch, cpuMilliseconds } of steps) {
    console.log(
      `${network.padEnd(18)} ${parameters} parameters ${milliseconds.toFixed(1).padStart(8)} ms` +
        (pytorch
          ? `, PyTorch ${pytorch.milliseconds.toFixed(1)} ms: ${pytorch.ratio.toFixed(2)} times as long`
          : "") +
        (cpuMilliseconds ? `, cpu ${cpuMilliseconds.toFixed(0)} ms` : ""),
    );
  }
}
