/**
 * The options of `dsail-fl-server`: on the command line, else from the environment (`DSAIL_FL_NUM_ROUNDS`), else from the
 * config file (`numRounds`), else D-SAIL's defaults.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { FlError } from "@dsail/fl-protocol";
import { type Command, InvalidArgumentError, Option } from "commander";
import { STRATEGY_NAMES } from "./strategy-of.js";

/** All options, as they were understood. */
export interface ServerFlags {
  readonly fractionFit: number;
  readonly fractionEvaluate: number;
  readonly minFitClients: number;
  readonly minEvalClients: number;
  readonly minAvailableClients: number;
  readonly numRounds: number;
  readonly address: string;
  readonly transport?: "flower" | "native";
  readonly nativeAddress?: string;
  readonly insecure?: true | "any-address";
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsCa?: string;
  readonly requireClientCertificate?: boolean;
  readonly caDir?: string;
  readonly allowedClients?: readonly string[];
  readonly strategy: string;
  readonly strategyOptions: Readonly<Record<string, unknown>>;
  readonly initialParameters?: string;
  readonly savePath?: string;
  readonly checkpointPath?: string;
  readonly bestBy: string;
  readonly bestMode?: "min" | "max";
  readonly resume?: boolean;
  readonly overwrite?: boolean;
  readonly roundTimeout?: number;
  readonly waitTimeout?: number;
  readonly onRoundFailure: "retry" | "stop";
  readonly maxUpdateNorm?: number;
  readonly maxMessageBytes?: number;
  readonly seed?: number;
  readonly runId?: string;
  readonly logLevel: string;
  readonly json?: boolean;
}

/** Adds the options to a command. */
export function addServerFlags(command: Command): void {
  const add = (
    flags: string,
    description: string,
    refine: (option: Option) => Option = (o) => o,
  ) => {
    const option = refine(new Option(flags, description));
    // commander would take DSAIL_FL_RESUME=0 for yes: flags are read below.
    command.addOption(option.required ? option.env(environmentName(option)) : option);
  };
  const number = (fallback?: number) => (option: Option) => {
    const parsed = option.argParser(numberOf);
    return fallback === undefined ? parsed : parsed.default(fallback);
  };
  add("--num-rounds <number>", "how many rounds", number(3));
  add("--fraction-fit <number>", "share of the clients that train in a round", number(1));
  add("--fraction-evaluate <number>", "share of the clients that evaluate; 0: none", number(1));
  add("--min-fit-clients <number>", "clients that train at least", number(3));
  add("--min-eval-clients <number>", "clients that evaluate at least", number(3));
  add("--min-available-clients <number>", "clients that have to be connected", number(3));
  add("--strategy <name>", "how results become the next model", (option) =>
    option.choices(STRATEGY_NAMES).default("fed-avg"),
  );
  add("--strategy-options <json>", "options of the strategy itself", (option) =>
    option.argParser(jsonObjectOf).default({}, "none"),
  );
  add("--initial-parameters <file>", ".npz or .safetensors; else those of one client");
  add("--save-path <folder>", "models of each round, the best one, and the history");
  add("--best-by <name>", "loss, or the metric that tells which model is best", (option) =>
    option.default("loss"),
  );
  add("--best-mode <mode>", "min: less is better; max (default: min for loss)", (option) =>
    option.choices(["min", "max"]),
  );
  add("--checkpoint-path <folder>", "what a restart needs (default: checkpoint in --save-path)");
  add("--resume", "go on after the last round on the disk, or begin if there is none");
  add("--overwrite", "replace models and checkpoint of another run");
  add("--address <host:port>", "where to listen", (option) => option.default("127.0.0.1:8080"));
  add(
    "--transport <name>",
    "what is spoken there (default: flower; native with --ca-dir)",
    (option) => option.choices(["flower", "native"]),
  );
  add("--native-address <host:port>", "where to listen besides for the native transport");
  add(
    "--ca-dir <folder>",
    "made by ca init: the server's certificate, whose clients join, who is revoked",
  );
  add("--insecure [where]", "without TLS: on this machine only, or any-address", (option) =>
    option.choices(["any-address"]),
  );
  add("--tls-cert <file>", "certificate of the server, PEM");
  add("--tls-key <file>", "its key, PEM");
  add("--tls-ca <file>", "authorities of the clients' certificates, PEM");
  add("--require-client-certificate", "refuse clients without a certificate (needs --tls-ca)");
  add("--allowed-clients <names>", "with commas: others may not join (native)", (option) =>
    option.argParser(namesOf),
  );
  add(
    "--round-timeout <seconds>",
    "without a sign of a client, after which it has failed (default: 600; a day on Flower's wire, where none is given)",
    number(),
  );
  add("--wait-timeout <seconds>", "to wait for enough clients (default: a day)", number());
  add("--on-round-failure <what>", "retry: up to twice; or stop", (option) =>
    option.choices(["retry", "stop"]).default("retry"),
  );
  add("--max-update-norm <number>", "refuse updates that move the model further", number());
  add("--max-message-bytes <number>", "refuse messages that are longer", number());
  add("--seed <integer>", "for the choice of clients (default: random)", number());
  add("--run-id <text>", "names the run (default: random)");
  add("--log-level <level>", "of the log on stderr", (option) =>
    option.choices(["debug", "info", "warn", "error", "silent"]).default("info"),
  );
  add("--json", "the result as one JSON object on stdout, and nothing else there");
  command.option("--config <file>", "JSON of these options, in camelCase");
}

function environmentName(option: Option): string {
  const snake = option.attributeName().replace(/[A-Z]/g, (letter) => `_${letter}`);
  return `DSAIL_FL_${snake.toUpperCase()}`;
}

/**
 * All options of a command that was parsed, with those of the environment and of its config file.
 *
 * @throws {@link FlError} `BAD_CONFIG` for an environment or a file that is wrong
 */
export function serverFlagsOf(command: Command): ServerFlags {
  for (const option of command.options) applyEnvironment(command, option);
  const { config } = command.opts<{ readonly config?: string }>();
  if (config !== undefined) applyConfig(command, readJson(config));
  return command.opts<ServerFlags>();
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
    throw new FlError(
      "BAD_CONFIG",
      `${name}: expected 1, 0 or ${option.argChoices?.join(", ") ?? "nothing"}`,
    );
  }
  command.setOptionValueWithSource(key, isYes ? true : text, "env");
}

function applyConfig(command: Command, config: Readonly<Record<string, unknown>>): void {
  for (const [key, value] of Object.entries(config)) {
    const option = command.options.find((one) => one.attributeName() === key);
    if (option === undefined || key === "config") {
      throw new FlError("BAD_CONFIG", `config: an option that is not known (${printable(key)})`);
    }
    // A command line and an environment come before.
    if (!["default", undefined].includes(command.getOptionValueSource(key))) continue;
    command.setOptionValueWithSource(key, configValue(option, value), "config");
  }
}

/** A value of the file, as the same text on a command line would be. */
function configValue(option: Option, value: unknown): unknown {
  const bad = () =>
    new FlError("BAD_CONFIG", `config: ${option.attributeName()}: not what is expected`);
  if (option.isBoolean() || value === true) {
    const mayBeTrue = option.isBoolean() || option.optional;
    if (typeof value !== "boolean" || !mayBeTrue) throw bad();
    return value;
  }
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  // A list becomes a text with commas.
  const text = isObject ? JSON.stringify(value) : String(value);
  try {
    const { parseArg } = option;
    return parseArg === undefined ? text : parseArg(text, undefined);
  } catch (error) {
    if (error instanceof InvalidArgumentError) throw bad();
    throw error;
  }
}

function readJson(path: string): Readonly<Record<string, unknown>> {
  try {
    return jsonObjectOf(readFileSync(path, "utf8"));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const why = cause instanceof InvalidArgumentError ? "not a JSON object" : String(code);
    throw new FlError("BAD_CONFIG", `config: the file can't be read (${why})`, { cause });
  }
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

function jsonObjectOf(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new InvalidArgumentError("expected JSON");
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new InvalidArgumentError("expected a JSON object");
}

/** A key from a file, for a message. */
function printable(key: string): string {
  return /^\w{1,40}$/.test(key) ? key : "not a name";
}
