/**
 * What `dsail-dp` does with its arguments.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import type { Accountant } from "../accountant.js";
import { calibrateNoise, calibrateSteps } from "../calibrate.js";
import { isDpError } from "../errors.js";
import type { DpEvent, NeighboringRelation } from "../event.js";
import { gdpAccountant } from "../gdp-accountant.js";
import { eventOfLedger, lastHash, parseLedger } from "../ledger/ledger.js";
import { repeated, sampledGaussian } from "../make-event.js";
import { pldAccountant } from "../pld-accountant.js";
import { rdpAccountant } from "../rdp-accountant.js";
import { csvOf, curveOf, tableOf } from "./curve.js";
import { PlotError, writePlot } from "./plot.js";

export const EXIT_OK = 0;
/** A ledger is broken, or a target cannot be reached. */
export const EXIT_FAILED = 1;
export const EXIT_USAGE = 2;

/** Where a command writes. */
export interface Streams {
  readonly out: { write(text: string): unknown };
  readonly error: { write(text: string): unknown };
}

interface Shared {
  readonly accountant: "pld" | "rdp" | "gdp";
  readonly json?: true;
}

/** Runs a command. @returns the exit code */
export async function run(
  args: readonly string[],
  streams: Streams,
  version = "0.0.0",
): Promise<number> {
  const program = programOf(streams, version);
  try {
    await program.parseAsync(args, { from: "user" });
    return EXIT_OK;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_OK : EXIT_USAGE;
    if (isDpError(error)) {
      streams.error.write(`dsail-dp: ${error.code}: ${error.message}\n`);
      return EXIT_FAILED;
    }
    if (error instanceof RangeError || error instanceof PlotError) {
      streams.error.write(`dsail-dp: ${error.message}\n`);
      return EXIT_USAGE;
    }
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (syscall === undefined) throw error;
    streams.error.write(`dsail-dp: the file cannot be read or written (${code ?? "unknown"})\n`);
    return EXIT_USAGE;
  }
}

function programOf(streams: Streams, version: string): Command {
  const program = new Command("dsail-dp")
    .description("What differentially private training costs, and what it may cost.")
    .version(version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => streams.out.write(text),
      writeErr: (text) => streams.error.write(text),
    });

  const command = (name: string, description: string, parent: Command = program) =>
    parent
      .command(name)
      .description(description)
      .exitOverride()
      .addOption(
        new Option("--accountant <name>", "pld: tight; rdp: as Opacus; gdp: only near the truth")
          .choices(["pld", "rdp", "gdp"])
          .default("pld"),
      )
      .option("--json", "one JSON object");

  const noise = [
    "--noise-multiplier <number>",
    "standard deviation of the noise, in clipping bounds",
  ];
  const rate = [
    "--sample-rate <number>",
    "probability of a record to be in a batch, above 0 up to 1",
  ];
  const steps = ["--steps <number>", "how many batches"];
  const delta = ["--delta <number>", "above 0, below 1; far less than 1 / records"];
  const epsilon = ["--epsilon <number>", "at least 0"];
  const withNumbers = (target: Command, ...options: readonly (readonly string[])[]) => {
    for (const [flags = "", description = ""] of options) {
      target.requiredOption(flags, description, numberOf);
    }
    return target;
  };
  const print = (
    options: Shared,
    values: Readonly<Record<string, unknown>>,
    warnings: readonly string[],
  ) => {
    const { accountant } = options;
    if (options.json === true) {
      streams.out.write(`${JSON.stringify({ ...values, accountant, warnings })}\n`);
      return;
    }
    for (const [name, value] of Object.entries(values))
      streams.out.write(`${name} ${String(value)}\n`);
    for (const warning of warnings) streams.error.write(`dsail-dp: ${warning}\n`);
  };

  withNumbers(command("epsilon", "the epsilon of a training"), noise, rate, steps, delta).action(
    (options: Shared & Training & { readonly delta: number }) => {
      const bound = accountantOf(options).epsilon(eventOf(options), options.delta);
      const { warnings, ...values } = bound;
      print(options, values, [...warnings, ...warningsOf(bound.epsilon)]);
    },
  );

  withNumbers(command("delta", "the delta of a training"), noise, rate, steps, epsilon).action(
    (options: Shared & Training & { readonly epsilon: number }) => {
      const bound = accountantOf(options).delta(eventOf(options), options.epsilon);
      print(options, { delta: bound.delta }, bound.warnings);
    },
  );

  withNumbers(command("noise", "the least noise for a target"), rate, steps, epsilon, delta).action(
    (options: Shared & Target & Omit<Training, "noiseMultiplier">) => {
      const accountant = accountantOf(options);
      const noiseMultiplier = calibrateNoise({
        eventOf: (multiplier) => eventOf({ ...options, noiseMultiplier: multiplier }),
        accountant,
        epsilon: options.epsilon,
        delta: options.delta,
      });
      const reached = accountant.epsilon(eventOf({ ...options, noiseMultiplier }), options.delta);
      print(options, { noiseMultiplier, epsilon: reached.epsilon }, reached.warnings);
    },
  );

  withNumbers(command("steps", "the most steps for a target"), noise, rate, epsilon, delta).action(
    (options: Shared & Target & Omit<Training, "steps">) => {
      const accountant = accountantOf(options);
      const most = calibrateSteps({
        eventOf: (count) => eventOf({ ...options, steps: count }),
        accountant,
        epsilon: options.epsilon,
        delta: options.delta,
      });
      const reached = accountant.epsilon(eventOf({ ...options, steps: most }), options.delta);
      print(options, { steps: most, epsilon: reached.epsilon }, reached.warnings);
    },
  );

  withNumbers(command("curve", "epsilon against steps, or noise"), noise, rate, steps, delta)
    .addOption(
      new Option("--against <what>", "steps: from none to --steps; noise: from --noise-multiplier")
        .choices(["steps", "noise"])
        .default("steps"),
    )
    .option("--to-noise-multiplier <number>", "the last noise (default: four times)", numberOf)
    .option("--points <number>", "how many, 2 to 1000", numberOf, 20)
    .option("--csv", "comma-separated values in the place of a table")
    .option("--plot <file>", "also a picture: .svg (needs vega) or .png (see the README)")
    .action(async (options: Shared & CurveFlags) => {
      const curve = curveOf({
        ...options,
        accountant: accountantOf(options),
        toNoiseMultiplier: options.toNoiseMultiplier ?? 4 * options.noiseMultiplier,
        pointCount: options.points,
        eventOf: (noiseMultiplier, count) => eventOf({ ...options, noiseMultiplier, steps: count }),
      });
      if (options.plot !== undefined) await writePlot(options.plot, curve);
      if (options.json === true) print(options, { ...curve }, []);
      else streams.out.write(options.csv === true ? csvOf(curve) : tableOf(curve));
    });

  ledgerCommands(program, command, print);
  return program;
}

function ledgerCommands(
  program: Command,
  command: (name: string, description: string, parent: Command) => Command,
  print: (
    options: Shared,
    values: Readonly<Record<string, unknown>>,
    warnings: readonly string[],
  ) => void,
): void {
  const group = program.command("ledger").description("ledgers of what was spent").exitOverride();
  command("show", "what a ledger says was spent", group)
    .argument("<file>", "ledger")
    .requiredOption("--delta <number>", "above 0, below 1", numberOf)
    .action((file: string, options: Shared & { readonly delta: number }) => {
      const ledger = parseLedger(readFileSync(file, "utf8"));
      const { unit, neighboringRelation } = ledger.header;
      const accountant = accountantOf({ ...options, neighboringRelation });
      const bound = accountant.epsilon(eventOfLedger(ledger), options.delta);
      const { warnings, ...values } = bound;
      print(options, { entries: ledger.entries.length, unit, neighboringRelation, ...values }, [
        ...warnings,
        ...warningsOf(bound.epsilon),
      ]);
    });
  command("verify", "whether a ledger is as it was written", group)
    .argument("<file>", "ledger")
    .action((file: string, options: Shared) => {
      const ledger = parseLedger(readFileSync(file, "utf8"));
      print(options, { entries: ledger.entries.length, lastHash: lastHash(ledger) }, []);
    });
}

interface Training {
  readonly noiseMultiplier: number;
  readonly sampleRate: number;
  readonly steps: number;
}

interface CurveFlags extends Training {
  readonly delta: number;
  readonly against: "steps" | "noise";
  readonly toNoiseMultiplier?: number;
  readonly points: number;
  readonly csv?: true;
  readonly plot?: string;
}

interface Target {
  readonly epsilon: number;
  readonly delta: number;
}

function eventOf({ noiseMultiplier, sampleRate, steps }: Training): DpEvent {
  return repeated(sampledGaussian({ noiseMultiplier, sampleRate }), steps);
}

function accountantOf({
  accountant,
  neighboringRelation = "add-or-remove-one",
}: Pick<Shared, "accountant"> & {
  readonly neighboringRelation?: NeighboringRelation;
}): Accountant {
  switch (accountant) {
    case "pld":
      return pldAccountant({ neighboringRelation });
    case "rdp":
      return rdpAccountant({ neighboringRelation });
    case "gdp":
      return gdpAccountant({ neighboringRelation });
  }
}

/** Above this, a likelihood ratio of more than 22,000 is allowed: next to no promise. */
const MEANINGFUL_EPSILON = 10;

function warningsOf(epsilon: number): readonly string[] {
  return epsilon > MEANINGFUL_EPSILON
    ? ["epsilon is above 10: hardly a promise; more noise, fewer steps, or more records"]
    : [];
}

function numberOf(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || Number.isNaN(value))
    throw new InvalidArgumentError("expected a number");
  return value;
}
