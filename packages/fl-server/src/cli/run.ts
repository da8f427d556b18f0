/**
 * What `dsail-fl-server` does with its arguments.
 *
 * @module
 */
import { isFlError } from "@dsail/fl-protocol";
import { Command, CommanderError } from "commander";
import { type DestinationStream, pino } from "pino";
import type { RunResult } from "../run-result.js";
import { runServer } from "../server.js";
import type { ServerEvent } from "../server-event.js";
import { addCaCommands } from "./ca-commands.js";
import { EXIT_FAILED, EXIT_OK, EXIT_STOPPED, EXIT_USAGE } from "./exit-code.js";
import { addServerFlags, type ServerFlags, serverFlagsOf } from "./server-flags.js";
import { serverOptionsOf } from "./server-options-of.js";

const NAME = "dsail-fl-server";

/** Where a command writes. */
export interface Streams {
  readonly out: { write(text: string): unknown };
  readonly error: { write(text: string): unknown };
}

/** What a command may be told besides its arguments. */
export interface CommandOptions {
  /** Ends the run. */
  readonly signal?: AbortSignal;
  /** What `--version` prints. */
  readonly version?: string;
}

/**
 * Runs a command.
 *
 * @param args - without the names of node and of the bin
 * @returns the exit code
 */
export async function run(
  args: readonly string[],
  streams: Streams,
  { signal, version = "unknown" }: CommandOptions = {},
): Promise<number> {
  let exitCode = EXIT_OK;
  const program = new Command(NAME)
    .description("Leads a federation: clients of D-SAIL and of Flower join it.")
    .version(version)
    .configureOutput({
      writeOut: (text) => streams.out.write(text),
      writeErr: (text) => streams.error.write(text),
    })
    .exitOverride()
    // Some options of the subcommands have the names of others here.
    .enablePositionalOptions()
    .addHelpText(
      "after",
      "\nExit codes: 0 all rounds are done, 1 the run failed, 2 wrong usage, 130 stopped.",
    );
  addServerFlags(program);
  addCaCommands(program, streams);
  program.action(async () => {
    exitCode = await serve(serverFlagsOf(program), streams, signal);
  });
  try {
    await program.parseAsync(args, { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_OK : EXIT_USAGE;
    streams.error.write(`${NAME}: ${messageOf(error)}\n`);
    return EXIT_USAGE;
  }
}

async function serve(
  flags: ServerFlags,
  { out, error }: Streams,
  signal: AbortSignal | undefined,
): Promise<number> {
  const options = await serverOptionsOf(flags);
  const destination: DestinationStream = { write: (line) => error.write(line) };
  const log = pino({ name: NAME, level: flags.logLevel, base: null }, destination);
  const result = await runServer({
    ...options,
    log,
    ...(signal && { signal }),
    onEvent: (event) => {
      const line = flags.json === true ? undefined : statusOf(event, options.numRounds);
      if (line !== undefined) out.write(`${line}\n`);
    },
  });
  if (flags.json === true) out.write(`${JSON.stringify(summaryOf(result))}\n`);
  return { completed: EXIT_OK, failed: EXIT_FAILED, aborted: EXIT_STOPPED }[result.status];
}

/** What somebody wants to see who watches. */
function statusOf(event: ServerEvent, numRounds: number): string | undefined {
  switch (event.kind) {
    case "listening":
      return `listening on ${event.address} (${event.transport})`;
    case "waitingForClients":
      return `waiting for clients: ${event.have} of ${event.need}`;
    case "resumed":
      return `resumed after round ${event.round}`;
    case "roundFailed":
      return `round ${event.round} failed: ${event.code}: ${event.message}`;
    case "roundFinished": {
      const { round, fit, evaluate } = event.record;
      const seconds = (event.milliseconds / 1000).toFixed(1);
      const loss = evaluate?.loss ?? undefined;
      const told = loss === undefined ? "" : `, loss ${loss.toPrecision(6)}`;
      return `round ${round} of ${numRounds}: ${fit.clients.length} results, ${fit.failures.length} failures${told}, ${seconds} s`;
    }
    case "finished":
      return event.status === "completed"
        ? `completed: ${event.rounds} rounds`
        : `${event.status} after ${event.rounds} rounds: ${event.code}: ${event.message}`;
    default:
      return undefined;
  }
}

/** All but the model. */
function summaryOf({ parameters: _, cause: __, ...summary }: RunResult): object {
  return summary;
}

/** Of the file system's errors only the code: they have paths. */
function messageOf(error: unknown): string {
  if (isFlError(error)) return `${error.code}: ${error.message}`;
  if (error instanceof RangeError) return error.message;
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall === undefined) throw error;
  return `a file can't be read or written (${code ?? "unknown"})`;
}
