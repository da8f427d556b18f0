/**
 * A Python of the other side.
 *
 * @module
 */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { fileURLToPath } from "node:url";
import type { FlowerDialect } from "../../src/flower/dialect.js";

/** Where Python is, and which Flower it has. */
export interface Peer {
  readonly interpreter: string;
  /** Of flwr. */
  readonly version: string;
  readonly dialect: FlowerDialect;
}

export function peerOf(interpreter: string): Peer {
  const ask = "import importlib.metadata; print(importlib.metadata.version('flwr'))";
  const version = execFileSync(interpreter, ["-c", ask], { encoding: "utf8" }).trim();
  return {
    interpreter,
    version,
    dialect: version.startsWith("0.") ? "flower.transport" : "flwr.proto",
  };
}

/** One that runs. */
export interface PythonProcess {
  /** Lines of JSON it prints, as they come. */
  readonly lines: AsyncIterableIterator<Record<string, unknown>>;
  /** Its exit status (a negative signal number as Python's), and the end of what it had to complain of. */
  readonly exited: Promise<{ readonly status: number | null; readonly log: string }>;
  readonly kill: () => void;
}

/** Runs a script of this folder. */
export function python(
  { interpreter }: Peer,
  script: string,
  args: readonly string[],
): PythonProcess {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const child = spawn(interpreter, [path, ...args], {
    env: { ...process.env, FLWR_TELEMETRY_ENABLED: "0", GRPC_VERBOSITY: "NONE" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  child.stderr.on("data", (text) => {
    log = `${log}${text}`.slice(-4000);
  });
  const exited = once(child, "close").then(([status]) => ({
    status: status as number | null,
    log,
  }));
  async function* lines() {
    let rest = "";
    for await (const text of child.stdout) {
      const parts = `${rest}${text}`.split("\n");
      rest = parts.pop()!;
      for (const line of parts) if (line.startsWith("{")) yield JSON.parse(line);
    }
  }
  return { lines: lines(), exited, kill: () => child.kill("SIGKILL") };
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
