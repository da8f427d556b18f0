/**
 * Runs each strategy and Flower's own (flwr 1.29) on the same random updates, over several rounds. Prints the largest
 * difference of each, in units of float32's rounding of the largest number; the exit code is 1 if one is too large, or a
 * difference that docs/differences-from-flower.md tells of is not there.
 *
 *     tsx --conditions=@dsail/source test/oracle/against-flower.ts PYTHON [WORD…]
 *
 * @module
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { ModelParameters, NamedTensor } from "@dsail/fl-protocol";
import * as ours from "../../src/index.js";
import { createRandom } from "../../src/random.js";
import { aggregateWith, type GivenReply } from "../aggregate-with.js";

interface Case {
  readonly name: string;
  readonly strategy: ours.Strategy;
  /** Flower's class, and what it is told. */
  readonly theirs: string;
  readonly kwargs?: object;
  readonly wrapper?: string;
  readonly wrapperKwargs?: object;
  readonly loss?: number;
  readonly clients?: number;
  readonly rounds?: number;
  readonly equalExamples?: boolean;
  /** The most units of rounding by which they may differ; of a documented difference what there has to be. */
  readonly most?: number;
  readonly isDifferent?: (ours: Models, theirs: Answer) => boolean;
  /** Adds an integer tensor. */
  readonly hasCounter?: boolean;
  /** Whether there is a tensor of no dimension. Default true. */
  readonly hasNumber?: boolean;
}

type Models = readonly (readonly (readonly number[])[])[];

interface Answer {
  readonly models: Models;
  readonly dtypes: readonly string[];
  readonly clippingNorm?: number;
  readonly error?: string;
}

const TENSORS = [[7, 11], [13], []] as const;

const CASES: readonly Case[] = [
  { name: "FedAvg", strategy: ours.fedAvg(), theirs: "FedAvg" },
  {
    name: "FedAvg, not in place",
    strategy: ours.fedAvg(),
    theirs: "FedAvg",
    kwargs: { inplace: false },
  },
  {
    name: "FedProx",
    strategy: ours.fedProx({ proximalMu: 0.1 }),
    theirs: "FedProx",
    kwargs: { proximal_mu: 0.1 },
  },
  { name: "FedAvgM, defaults", strategy: ours.fedAvgM(), theirs: "FedAvgM" },
  {
    name: "FedAvgM",
    strategy: ours.fedAvgM({ serverLearningRate: 0.7, serverMomentum: 0.9 }),
    theirs: "FedAvgM",
    kwargs: { server_learning_rate: 0.7, server_momentum: 0.9 },
    most: 8,
  },
  { name: "FedAdam", strategy: ours.fedAdam(), theirs: "FedAdam", most: 64 },
  {
    name: "FedAdam, other rates",
    strategy: ours.fedAdam({ eta: 0.03, beta1: 0.5, beta2: 0.9, tau: 1e-3 }),
    theirs: "FedAdam",
    kwargs: { eta: 0.03, beta_1: 0.5, beta_2: 0.9, tau: 1e-3 },
    most: 8,
  },
  { name: "FedYogi", strategy: ours.fedYogi(), theirs: "FedYogi", most: 64 },
  { name: "FedAdagrad", strategy: ours.fedAdagrad(), theirs: "FedAdagrad", most: 64 },
  {
    name: "FaultTolerantFedAvg",
    strategy: ours.faultTolerantFedAvg(),
    theirs: "FaultTolerantFedAvg",
  },
  {
    name: "QFedAvg",
    strategy: ours.qFedAvg({ evaluate: () => ({ loss: 1.7 }) }),
    theirs: "QFedAvg",
    loss: 1.7,
    most: 8,
  },
  {
    name: "QFedAvg, q 1",
    strategy: ours.qFedAvg({ qParam: 1, qfflLearningRate: 0.5, evaluate: () => ({ loss: 0.3 }) }),
    theirs: "QFedAvg",
    kwargs: { q_param: 1, qffl_learning_rate: 0.5 },
    loss: 0.3,
    most: 8,
  },
  { name: "FedMedian, odd", strategy: ours.fedMedian(), theirs: "FedMedian", clients: 7 },
  { name: "FedMedian, even", strategy: ours.fedMedian(), theirs: "FedMedian", clients: 8 },
  {
    name: "FedMedian, 50",
    strategy: ours.fedMedian(),
    theirs: "FedMedian",
    clients: 50,
    rounds: 1,
  },
  { name: "FedTrimmedAvg", strategy: ours.fedTrimmedAvg(), theirs: "FedTrimmedAvg", clients: 11 },
  {
    name: "FedTrimmedAvg, 0.45",
    strategy: ours.fedTrimmedAvg({ beta: 0.45 }),
    theirs: "FedTrimmedAvg",
    kwargs: { beta: 0.45 },
    clients: 10,
  },
  {
    name: "Krum",
    strategy: ours.krum({ numMaliciousClients: 2 }),
    theirs: "Krum",
    kwargs: { num_malicious_clients: 2 },
    clients: 9,
    most: 0,
  },
  { name: "Krum, nobody against", strategy: ours.krum(), theirs: "Krum", clients: 5, most: 0 },
  {
    name: "MultiKrum",
    strategy: ours.multiKrum({ numMaliciousClients: 2, numClientsToKeep: 4 }),
    theirs: "Krum",
    kwargs: { num_malicious_clients: 2, num_clients_to_keep: 4 },
    clients: 9,
  },
  {
    name: "Bulyan",
    strategy: ours.bulyan({ numMaliciousClients: 2 }),
    theirs: "Bulyan",
    kwargs: { num_malicious_clients: 2, to_keep: 0 },
    clients: 12,
  },
  {
    name: "Bulyan, odd",
    strategy: ours.bulyan({ numMaliciousClients: 1 }),
    theirs: "Bulyan",
    kwargs: { num_malicious_clients: 1, to_keep: 0 },
    clients: 9,
  },
  {
    name: "server-side fixed clipping, without noise",
    strategy: ours.withServerSideFixedClipping(ours.fedAvg(), {
      noiseMultiplier: 0,
      clippingNorm: 2,
      numSampledClients: 6,
    }),
    theirs: "FedAvg",
    wrapper: "DifferentialPrivacyServerSideFixedClipping",
    wrapperKwargs: { noise_multiplier: 0, clipping_norm: 2, num_sampled_clients: 6 },
    equalExamples: true,
    hasNumber: false,
    most: 8,
  },
  // Documented differences.
  {
    name: "different: integers are 0 in Flower, and the mean here",
    strategy: ours.fedAvg(),
    theirs: "FedAvg",
    hasCounter: true,
    rounds: 1,
    isDifferent: (mine, { models }) => models[0]![3]![0] === 0 && mine[0]![3]![0]! > 100,
  },
  {
    name: "different: FedOpt leaves out its step in Flower",
    strategy: ours.fedOpt(),
    theirs: "FedOpt",
    rounds: 1,
    isDifferent: (mine, { models }) => {
      // Flower's is the mean; a tenth of the way to it is ours.
      const [initial] = modelsOf(1)[0]!.data as Float32Array;
      const [at, mean] = [mine[0]![0]![0]!, models[0]![0]![0]!];
      return Math.abs(at - (initial! + 0.1 * (mean - initial!))) < 1e-6;
    },
  },
  {
    name: "different: the model of FedAdam becomes float64 in Flower",
    strategy: ours.fedAdam(),
    theirs: "FedAdam",
    rounds: 2,
    isDifferent: (_, { dtypes }) => dtypes[0] === "float64",
  },
  {
    name: "different: a tensor of no dimension is not clipped in Flower",
    strategy: ours.withServerSideFixedClipping(ours.fedAvg(), {
      noiseMultiplier: 0,
      clippingNorm: 1e-3,
      numSampledClients: 6,
    }),
    theirs: "FedAvg",
    wrapper: "DifferentialPrivacyServerSideFixedClipping",
    wrapperKwargs: { noise_multiplier: 0, clipping_norm: 1e-3, num_sampled_clients: 6 },
    equalExamples: true,
    rounds: 1,
    isDifferent: (mine, { models }) => {
      const [initial] = modelsOf(1)[2]!.data as Float32Array;
      const steps = [mine, models].map((each) => Math.abs(each[0]![2]![0]! - initial!));
      return steps[0]! < 1e-3 && steps[1]! > 1e-2;
    },
  },
  {
    name: "different: the adaptive norm shrinks in Flower when all are clipped",
    strategy: ours.fedAvg(),
    theirs: "FedAvg",
    wrapper: "DifferentialPrivacyServerSideAdaptiveClipping",
    wrapperKwargs: { noise_multiplier: 0, num_sampled_clients: 6, initial_clipping_norm: 0.5 },
    rounds: 3,
    equalExamples: true,
    isDifferent: (_, { clippingNorm }) => clippingNorm! < 0.4,
  },
];

const [python, ...words] = process.argv.slice(2);
if (python === undefined) throw new Error("which Python?");
const chosen = CASES.filter(
  ({ name }) => words.length === 0 || words.some((word) => name.includes(word)),
);
const inputs = chosen.map(inputOf);
const answers = askPython(chosen.map((one, i) => JSON.stringify(requestOf(one, inputs[i]!))));

let failed = 0;
for (const [i, one] of chosen.entries()) {
  const answer = answers[i]!;
  const mine = await run(one.strategy, inputs[i]!);
  let isRight: boolean;
  let told = "";
  if (answer.error !== undefined) [isRight, told] = [false, answer.error];
  else if (one.isDifferent !== undefined) isRight = one.isDifferent(mine, answer);
  else {
    const units = difference(mine, answer.models);
    isRight = units <= (one.most ?? 4);
    told = `${units.toPrecision(3)} roundings, ${one.most ?? 4} allowed`;
  }
  if (!isRight) failed += 1;
  console.log(`${isRight ? "ok     " : "FAILED "} ${one.name}${told === "" ? "" : `: ${told}`}`);
}
process.exitCode = failed === 0 ? 0 : 1;

/** A random model: the same for the same seed. */
function modelsOf(seed: number, { hasCounter = false, hasNumber = true } = {}): NamedTensor[] {
  const random = createRandom(7, "model", seed);
  const shapes = TENSORS.filter(({ length }) => hasNumber || length > 0);
  const tensors: NamedTensor[] = shapes.map((shape, i) => {
    const count = shape.reduce((product: number, size) => product * size, 1);
    const data = Float32Array.from({ length: count }, () => 4 * random() - 2);
    return { name: String(i), dtype: "float32", shape, data };
  });
  if (!hasCounter) return tensors;
  const steps = BigInt64Array.of(100n + BigInt(Math.floor(100 * random())));
  return [...tensors, { name: "3", dtype: "int64", shape: [], data: steps }];
}

interface Input {
  readonly initial: ModelParameters;
  readonly rounds: readonly (readonly Required<Omit<GivenReply, "metrics">>[])[];
}

function inputOf(one: Case): Input {
  const { clients = 6, rounds = 4, equalExamples = false } = one;
  const random = createRandom(7, "examples");
  return {
    initial: modelsOf(1, one),
    rounds: Array.from({ length: rounds }, (_, round) =>
      Array.from({ length: clients }, (_, client) => ({
        numExamples: equalExamples ? 50 : 1 + Math.floor(500 * random()),
        parameters: modelsOf(1000 * (round + 1) + client, one),
      })),
    ),
  };
}

function requestOf({ theirs, kwargs = {}, ...others }: Case, { initial, rounds }: Input): object {
  const { wrapper, wrapperKwargs, loss } = others;
  const plain = (parameters: ModelParameters) =>
    parameters.map(({ dtype, shape, data }) => ({
      dtype,
      shape,
      data: Array.from(data as Iterable<number | bigint>, Number),
    }));
  return {
    strategy: theirs,
    kwargs,
    ...(wrapper !== undefined && { wrapper, wrapperKwargs }),
    ...(loss !== undefined && { loss }),
    initial: plain(initial),
    rounds: rounds.map((replies) =>
      replies.map(({ numExamples, parameters }) => ({ numExamples, tensors: plain(parameters) })),
    ),
  };
}

async function run(strategy: ours.Strategy, { initial, rounds }: Input): Promise<Models> {
  let [parameters, state]: [ModelParameters, ours.StrategyState] = [initial, {}];
  const models: (readonly number[])[][] = [];
  for (const [i, replies] of rounds.entries()) {
    const given = { parameters, state, round: i + 1 };
    ({ parameters, state } = await aggregateWith(strategy, replies, given));
    models.push(
      parameters.map(({ data }) => Array.from(data as Iterable<number | bigint>, Number)),
    );
  }
  return models;
}

function askPython(lines: readonly string[]): readonly Answer[] {
  const script = fileURLToPath(new URL("flower.py", import.meta.url));
  const options = { input: lines.join("\n"), encoding: "utf8", maxBuffer: 2 ** 28 } as const;
  const { stdout, stderr, status } = spawnSync(python!, [script], options);
  if (status !== 0) throw new Error(`python failed: ${stderr.slice(-800)}`);
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Answer);
}

/** The largest difference of any number in any round, in units of 2^-24 of the largest number. */
function difference(mine: Models, theirs: Models): number {
  const a = mine.flat(2);
  const b = theirs.flat(2);
  if (a.length !== b.length) return Infinity;
  const largest = b.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return (
    a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0) / (largest * 2 ** -24)
  );
}
