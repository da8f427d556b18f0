/**
 * Runs an example as `npm start` runs it, for its test.
 *
 * @module
 */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

/** How an example ended, and what it printed. */
export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** An example that runs. */
export interface Running {
  /** Waits until it has printed what fits. */
  readonly says: (pattern: RegExp) => Promise<RegExpExecArray>;
  readonly ended: Promise<Ended>;
}

/**
 * Starts the example.
 *
 * @param test - `import.meta.url` of its test
 * @param args - of the command line
 */
export function startExample(test: string, args: readonly string[] = []): Running {
  const folder = fileURLToPath(new URL("..", test));
  const manifest = JSON.parse(readFileSync(new URL("../package.json", test), "utf8"));
  const { start } = manifest.scripts as { readonly start: string };
  const [program, ...rest] = start.split(" ");
  // Without a shell between, whom a signal would end in its stead.
  if (program !== "tsx") throw new TypeError(`start: expected tsx, got ${program}`);
  const tsx = createRequire(new URL("../package.json", test)).resolve("tsx/cli");
  const child = spawn(process.execPath, [tsx, ...rest, ...args], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill()); // where the test gave up
  const printed = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (printed.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (printed.stderr += text));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status) => resolve({ status, ...printed }));
  });
  const says = (pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const look = () => {
        const match = pattern.exec(printed.stdout);
        if (match !== null) resolve(match);
      };
      child.stdout.on("data", look);
      child.once("close", () => reject(new Error(`it ended before: ${printed.stderr}`)));
      look();
    });
  return { says, ended };
}

/** Runs the example to its end. */
export function runExample(test: string, args: readonly string[] = []): Promise<Ended> {
  return startExample(test, args).ended;
}
