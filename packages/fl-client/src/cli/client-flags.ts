/**
 * The options of `dsail-fl-client`: on the command line, else from the environment (`DSAIL_FL_DATA_PATH`), else D-SAIL's
 * defaults.
 *
 * @module
 */
import { FlError } from "@dsail/fl-protocol";
import { type Command, InvalidArgumentError, Option } from "commander";
import type { ConnectionFlags } from "./transport-of.js";

/** All options, as they were understood. */
export interface ClientFlags extends ConnectionFlags {
  readonly dataPath: string;
  readonly classes?: readonly string[];
  readonly imageSize: number;
  readonly grey?: boolean;
  readonly augment?: boolean;
  readonly balance: "none" | "sampler" | "class-weights" | "auto";
  readonly classWeights?: readonly number[];
  readonly workers?: number;
  readonly check: "header" | "decode";
  readonly unreadable: "refuse" | "skip";
  readonly evaluateOn: "valid" | "test";
  readonly arch: string;
  readonly normalization: "auto" | "batch" | "group";
  readonly head: "plain" | "fastai";
  readonly weights?: string;
  readonly lr: number;
  readonly epochs: number;
  readonly bs: number;
  readonly microBatchSize?: number;
  readonly optimizer: "adam" | "adamw" | "sgd" | "fastai-adam";
  readonly schedule: "constant" | "one-cycle" | "fine-tune" | "auto";
  readonly labelSmoothing: number;
  readonly patience?: number;
  readonly monitor?: string;
  readonly bestWeights?: boolean;
  readonly seed: number;
  readonly dp: boolean;
  readonly noiseMultiplier: number;
  readonly maxGradNorm: number;
  readonly delta: number;
  readonly alphas?: readonly number[];
  readonly clipping: "flat" | "per-layer" | "adaptive";
  readonly ledger?: string;
  readonly maxEpsilon?: number;
  readonly backend: string;
  readonly policy?: string;
  readonly checkpointPath?: string;
  readonly csvPath?: string;
  readonly matrixPath?: string;
  readonly rocPath?: string;
  readonly calibrationPath?: string;
  readonly curvesPath?: string;
  readonly tensorboardPath?: string;
  readonly savePath?: string;
  readonly progress: boolean;
  readonly json?: boolean;
}

/** Adds the options to a command. */
export function addClientFlags(command: Command): void {
  const add = (
    flags: string,
    description: string,
    refine: (option: Option) => Option = (o) => o,
  ) => {
    const option = refine(new Option(flags, description));
    // commander would take DSAIL_FL_GREY=0 for yes: flags are read below.
    command.addOption(option.required ? option.env(environmentName(option)) : option);
  };
  const number = (fallback?: number) => (option: Option) => {
    const parsed = option.argParser(numberOf);
    return fallback === undefined ? parsed : parsed.default(fallback);
  };
  const oneOf =
    (fallback: string, ...choices: readonly string[]) =>
    (option: Option) =>
      option.choices([fallback, ...choices]).default(fallback);

  add("--server <host:port>", "the server to join", (option) => option.makeOptionMandatory());
  add("--transport <name>", "what it speaks", oneOf("flower", "native"));
  add("--tls-ca <file>", "who signs the server's certificate, PEM (default: those Node trusts)");
  add("--tls-cert <file>", "certificate of this client, PEM");
  add("--tls-key <file>", "its key, PEM");
  add("--insecure [where]", "without TLS: to this machine only, or any-address", (option) =>
    option.choices(["any-address"]),
  );
  add(
    "--client-id <name>",
    "what this client calls itself, where no certificate tells, and its ledger",
  );
  add("--policy <file>", "what may leave this site, JSON");

  add("--data-path <folder>", "{train,valid,test}/CLASS/IMAGE", (option) =>
    option.makeOptionMandatory(),
  );
  add("--classes <names>", "with commas, the same at all sites (default: the folders)", (option) =>
    option.argParser(namesOf),
  );
  add("--image-size <pixels>", "rows and columns that images are resized to", number(64));
  add("--grey", "one channel (default: three)");
  add("--augment", "shifts and turns images at random while training");
  add(
    "--balance <how>",
    "for rare classes (auto: sampler, as D-SAIL; none with DP)",
    oneOf("auto", "none", "sampler", "class-weights"),
  );
  add(
    "--class-weights <numbers>",
    "what each class counts, as 1,4: known to all, so that DP allows it",
    (option) => option.argParser(numbersOf),
  );
  add("--workers <number>", "threads that decode images (default: 1)", number());
  add(
    "--check <how>",
    "images before it joins: all is decoded, or headers alone",
    oneOf("decode", "header"),
  );
  add("--unreadable <what>", "images that the check can't read", oneOf("refuse", "skip"));
  add("--evaluate-on <part>", "what evaluation looks at", oneOf("valid", "test"));

  add("--arch <name>", "the model", (option) => option.default("resnet18"));
  add("--normalization <kind>", "auto: group with DP, else batch", oneOf("auto", "batch", "group"));
  add("--head <kind>", "plain, or fastai's (concat pooling, dropout)", oneOf("plain", "fastai"));
  add("--weights <file>", "to begin with, .safetensors or .npz, names as torchvision's");
  add("--lr <number>", "learning rate", number(6e-4));
  add("--epochs <number>", "epochs a round, in all", number(5));
  add("--bs <number>", "batch size; with DP the expected one", number(64));
  add(
    "--micro-batch-size <number>",
    "images computed at once (default: all of a batch; with DP as many as memory lets)",
    number(),
  );
  add(
    "--optimizer <name>",
    "how gradients change weights",
    oneOf("fastai-adam", "adam", "adamw", "sgd"),
  );
  add(
    "--schedule <name>",
    "of the learning rate (auto: fine-tune with --weights, else one-cycle)",
    oneOf("auto", "constant", "one-cycle", "fine-tune"),
  );
  add("--label-smoothing <share>", "0 to 1", number(0));
  add("--patience <epochs>", "stop a round after as many that were no better", number());
  add("--monitor <name>", "what better means: loss, or a metric of the validation set");
  add("--best-weights", "send those of the best epoch (default: of the last)");
  add(
    "--seed <integer>",
    "for first weights; without DP also for orders, augmentation and dropout",
    number(42),
  );

  add("--no-dp", "train without differential privacy");
  add("--noise-multiplier <number>", "noise over the clipping bound", number(0.5));
  add("--max-grad-norm <number>", "the bound each image's gradient is clipped to", number(1));
  add("--delta <number>", "of (epsilon, delta)", number(1e-5));
  add("--alphas <orders>", "Rényi orders, as 2-31 or 1.5,2,3 (default: a tighter way)", (option) =>
    option.argParser(ordersOf),
  );
  add("--clipping <how>", "what the bound bounds", oneOf("flat", "per-layer", "adaptive"));
  add("--ledger <file>", "what was spent, kept over rounds and restarts");
  add("--max-epsilon <number>", "refuse to train beyond (needs --ledger)", number());

  add(
    "--backend <name>",
    "what computes",
    oneOf("auto", "tensorflow-gpu", "tensorflow", "webgpu", "wasm", "cpu"),
  );
  add("--checkpoint-path <file>", "goes on within a round after a restart");
  add("--csv-path <folder>", "logs of epochs, CSV");
  add("--matrix-path <file>", "confusion matrix, .svg or .png");
  add("--roc-path <file>", "ROC curves, .svg or .png");
  add("--calibration-path <file>", "reliability diagram, .svg or .png");
  add("--curves-path <file>", "learning curves, .svg or .png");
  add("--tensorboard-path <folder>", "events for TensorBoard");
  add("--save-path <file>", "the model after each round, .safetensors or .npz");
  add("--no-progress", "no progress bar");
  add("--json", "how it ended as one JSON object on stdout, and nothing else there");
}

/** `--no-dp` is DSAIL_FL_NO_DP. */
function environmentName(option: Option): string {
  return `DSAIL_FL_${option.name().replaceAll("-", "_").toUpperCase()}`;
}

/**
 * All options of a command that was parsed, with those of the environment.
 *
 * @throws {@link FlError} `BAD_CONFIG` for an environment that is wrong
 */
export function clientFlagsOf(command: Command): ClientFlags {
  for (const option of command.options) {
    if (option.name() !== "version") applyEnvironment(command, option);
  }
  return command.opts<ClientFlags>();
}

/** Flags, which have no value, or need none. */
function applyEnvironment(command: Command, option: Option): void {
  const key = option.attributeName();
  const name = environmentName(option);
  const text = process.env[name];
  if (option.required || text === undefined || command.getOptionValueSource(key) === "cli") return;
  if (["", "0", "false"].includes(text)) return;
  const isYes = text === "1" || text === "true";
  if (!isYes && option.argChoices?.includes(text) !== true) {
    const expected = `1, 0 or ${option.argChoices?.join(", ") ?? "nothing"}`;
    throw new FlError("BAD_CONFIG", `${name}: expected ${expected}`);
  }
  command.setOptionValueWithSource(key, isYes ? !option.negate : text, "env");
}

function numberOf(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) {
    throw new InvalidArgumentError("expected a number");
  }
  return value;
}

function namesOf(text: string): readonly string[] {
  const names = text.split(",").map((name) => name.trim());
  if (names.includes("")) throw new InvalidArgumentError("expected names with commas between them");
  return names;
}

function numbersOf(text: string): readonly number[] {
  return text.split(",").map(numberOf);
}

/** `2-31`, or numbers with commas. */
function ordersOf(text: string): readonly number[] {
  const range = /^(\d+)-(\d+)$/.exec(text.trim());
  if (range === null) return numbersOf(text);
  const [first, last] = [Number(range[1]), Number(range[2])];
  if (!(first < last && last - first < 10_000)) throw new InvalidArgumentError("expected a range");
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
