/**
 * The bins of D-SAIL, each in a process of its own.
 *
 * @module
 */
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";

/** A program that runs. */
export interface RunningBin {
  /** Waits for a line that fits. Rejects if the program ends before. */
  readonly says: (pattern: RegExp) => Promise<RegExpExecArray>;
  /** Rejects if it fails. */
  readonly done: Promise<void>;
}

/** Where a bin lies, by its name. Here the source, which needs no build; `npx BIN` in a project of yours. */
const SOURCES = {
  "dsail-fl-server": "@dsail/fl-server",
  "dsail-fl-client": "@dsail/fl-client",
} as const;

/**
 * Starts a bin, and shows each line it prints with a name before it. It ends with this program.
 *
 * @param args - of the command line
 */
export function startBin(
  bin: keyof typeof SOURCES,
  name: string,
  args: readonly string[],
): RunningBin {
  const manifest = createRequire(import.meta.url).resolve(`${SOURCES[bin]}/package.json`);
  const source = join(dirname(manifest), "src", "cli.ts");
  // As this program was started itself: by tsx.
  const child = spawn(process.execPath, [...process.execArgv, source, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const stop = () => void child.kill();
  process.once("exit", stop);

  const lines: string[] = [];
  const watchers = new Set<(line: string) => void>();
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (line) => {
      console.log(`${name.padEnd(11)} ${line}`);
      lines.push(line);
      for (const watcher of watchers) watcher(line);
    });
  }
  const done = new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      process.off("exit", stop);
      if (code === 0) resolve();
      else reject(new Error(`${name} ended with ${code ?? signal}`));
    });
  });
  const says = (pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const watcher = (line: string) => {
        const match = pattern.exec(line);
        if (match !== null) resolve(match);
      };
      watchers.add(watcher);
      for (const line of lines) watcher(line);
      done.then(() => reject(new Error(`${name} ended too soon`)), reject);
    });
  return { says, done };
}

/** Runs a bin to its end. */
export async function runBin(bin: keyof typeof SOURCES, args: readonly string[]): Promise<void> {
  console.log(`$ npx ${bin} ${args.join(" ")}`);
  await startBin(bin, "", args).done;
}
