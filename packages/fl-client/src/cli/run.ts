/**
 * What `dsail-fl-client` does with its arguments.
 *
 * @module
 */
import { isDpError, pldAccountant } from "@dsail/dp";
import { type LedgerFile, openLedger } from "@dsail/dp/node";
import { FlError, isFlError } from "@dsail/fl-protocol";
import { Command, CommanderError } from "commander";
import { createClient } from "../client.js";
import { type ClientEvent, type ClientResult, formatClientEvent } from "../client-event.js";
import { openSitePolicy } from "../node/site-policy-file.js";
import { createFLClient, type FLClient } from "../tfjs/trainer/fl-client.js";
import { formatTrainerEvent } from "../tfjs/trainer/trainer-event.js";
import { withOptionName } from "../tfjs/trainer/with-option-name.js";
import { withNames } from "../with-names.js";
import { addClientFlags, type ClientFlags, clientFlagsOf } from "./client-flags.js";
import { EXIT_FAILED, EXIT_OK, EXIT_STOPPED, EXIT_USAGE } from "./exit-code.js";
import { flClientOptionsOf } from "./fl-client-options-of.js";
import { createProgress } from "./progress.js";
import { transportOf } from "./transport-of.js";

const NAME = "dsail-fl-client";

/** Where a command writes. */
export interface Streams {
  readonly out: { write(text: string): unknown };
  readonly error: { write(text: string): unknown; readonly isTTY?: boolean };
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
 * @param args - without the names of node and of the bin; D-SAIL's underscores (`--data_path`) are taken too
 * @returns the exit code
 */
export async function run(
  args: readonly string[],
  streams: Streams,
  { signal, version = "unknown" }: CommandOptions = {},
): Promise<number> {
  let exitCode = EXIT_OK;
  const program = new Command(NAME)
    .description("Trains on a site's images, in a federation of D-SAIL's or Flower's server.")
    .version(version)
    .configureOutput({
      writeOut: (text) => streams.out.write(text),
      writeErr: (text) => streams.error.write(text),
    })
    .exitOverride()
    .addHelpText(
      "after",
      [
        "\nExit codes: 0 the server ended the run, 1 it failed or a file could not be written, 2 wrong usage, 130 stopped.",
        "Every option may stand in the environment: DSAIL_FL_DATA_PATH=data, DSAIL_FL_NO_DP=1.",
      ].join("\n"),
    );
  addClientFlags(program);
  program.action(async () => {
    exitCode = await join(clientFlagsOf(program), streams, signal);
  });
  try {
    await program.parseAsync(args.map(withHyphens), { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_OK : EXIT_USAGE;
    if (signal?.aborted && isFlError(error) && error.code === "ABORTED") return EXIT_STOPPED;
    streams.error.write(`${NAME}: ${messageOf(error)}\n`);
    return EXIT_USAGE;
  }
}

async function join(
  flags: ClientFlags,
  streams: Streams,
  signal: AbortSignal | undefined,
): Promise<number> {
  const transport = await transportOf(flags);
  const { policy } = flags;
  const site =
    policy === undefined ? {} : await withOptionName("--policy", () => openSitePolicy(policy));
  const ledger = await withOptionName("--ledger", () => ledgerOf(flags));
  const progress = createProgress(streams.error, flags.progress && flags.json !== true);
  // With --json the result alone is on stdout.
  const tell = (line: string): void => {
    progress.pause();
    (flags.json === true ? streams.error : streams.out).write(`${line}\n`);
  };
  let client: FLClient | undefined;
  let exitCode = EXIT_FAILED;
  try {
    client = await createFLClient({
      ...flClientOptionsOf(flags, ledger),
      onBackend: (line) => {
        tell(line);
        if (flags.check === "decode") tell("looks at every image");
      },
      onProgress: (done, of) => progress.show(done / of, `${done} of ${of} images`),
      ...(signal && { signal }),
      onEvent: (event) => tell(formatTrainerEvent(event)),
      // A path is for this terminal alone.
      onProblem: (path, problem) => {
        const what = problem === "unreadable" ? "can't be read" : "not used";
        streams.error.write(`${what}: ${path}\n`);
      },
    });
    tell(describe(client));
    if (flags.dp && ledger === undefined) {
      tell("warning: without --ledger, epsilon counts from this start only");
    }
    const result = await createClient({
      ...site,
      ...{ transport, trainer: withNames(client) },
      ...(signal && { signal }),
      onEvent: (event) => {
        if (event.type === "progress") progress.show(event.share, event.note ?? "");
        else if (isWorthALine(event)) tell(formatClientEvent(event));
      },
    }).run();
    if (flags.json === true) streams.out.write(`${JSON.stringify(result)}\n`);
    exitCode = exitCodeOf(result);
  } finally {
    progress.end();
    try {
      await client?.close();
    } catch (error) {
      // The run is over, however it ended: no wrong usage.
      streams.error.write(`${NAME}: ${messageOf(error)}\n`);
      if (exitCode === EXIT_OK) exitCode = EXIT_FAILED;
    } finally {
      ledger?.close();
    }
  }
  return exitCode;
}

/** @throws {@link FlError} `BAD_CONFIG` for a limit that nothing keeps */
function ledgerOf(flags: ClientFlags): LedgerFile | undefined {
  const { ledger: path, maxEpsilon, delta, clientId = "site", dp } = flags;
  if (maxEpsilon !== undefined && (path === undefined || !dp)) {
    throw new FlError("BAD_CONFIG", "--max-epsilon needs --ledger, and DP");
  }
  if (path === undefined || !dp) return undefined;
  const header = {
    id: clientId,
    unit: "record",
    neighboringRelation: "add-or-remove-one",
  } as const;
  const budget =
    maxEpsilon === undefined
      ? {}
      : { budget: { epsilon: maxEpsilon, delta, accountant: pldAccountant() } };
  return openLedger(path, header, budget);
}

function describe({ model, data }: FLClient): string {
  const { classes, counts, emptyClasses, skipped } = data;
  const size = model.inputShape.join(" x ");
  const images = `${counts.train} images to train, ${counts.valid} to evaluate`;
  const empty = emptyClasses.map(({ split, label }) => `; none of ${label} in ${split}`).join("");
  const unused = skipped === 0 ? "" : `; files not used: ${skipped}`;
  return `${model.name}, ${size}, ${classes.length} classes, ${images}${empty}${unused}`;
}

/** What a person wants to see who watches. */
function isWorthALine({ type }: ClientEvent): boolean {
  return ["connected", "failed", "refused", "waiting", "ended", "repeated"].includes(type);
}

function exitCodeOf({ status }: ClientResult): number {
  if (status === "completed") return EXIT_OK;
  return status === "stopped" ? EXIT_STOPPED : EXIT_FAILED;
}

/** `--data_path` and `--data_path=x` as `--data-path`, but nothing of a value. */
function withHyphens(argument: string): string {
  return argument.replace(/^--[a-z_]+/, (name) => name.replaceAll("_", "-"));
}

/** Of the file system's errors only the code: they have paths. */
function messageOf(error: unknown): string {
  if (isFlError(error) || isDpError(error)) return `${error.code}: ${error.message}`;
  if (error instanceof RangeError || error instanceof TypeError) return error.message;
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall === undefined) throw error;
  return `a file can't be read or written (${code ?? "unknown"})`;
}
