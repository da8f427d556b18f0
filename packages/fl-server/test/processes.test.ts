/**
 * Real processes, which are killed in the middle of a round.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fingerprintOf, readNpz, writeNpz } from "@dsail/fl-protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createCertificateAuthority, issueCertificate } from "../src/ca/certificate-authority.js";
import { EXIT_OK } from "../src/cli/exit-code.js";
import type { History } from "../src/index.js";
import { vector } from "./federation.js";
import type { ProcessClientOptions } from "./process-client.js";

let folder: string;
let running: Set<ChildProcess>;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "processes-"));
  running = new Set();
  writeFileSync(join(folder, "initial.npz"), writeNpz(vector(1, 2, 3)));
});
afterEach(() => {
  for (const child of running) child.kill("SIGKILL");
  rmSync(folder, { recursive: true });
});

interface Process {
  readonly child: ChildProcess;
  /** All that it wrote. */
  readonly text: () => string;
  /** What it writes that matches, now or later. */
  readonly says: (pattern: RegExp) => Promise<RegExpExecArray>;
  /** Its exit code, or the signal that ended it. */
  readonly end: Promise<number | string>;
  readonly kill: (signal: NodeJS.Signals) => void;
}

function start(script: string, args: readonly string[]): Process {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const node = ["--import", "tsx", "--conditions=@dsail/source", path];
  const cwd = fileURLToPath(new URL("..", import.meta.url));
  const child = spawn(process.execPath, [...node, ...args], { cwd });
  running.add(child);
  let text = "";
  const watchers = new Set<() => void>();
  const look = () => {
    for (const watcher of watchers) watcher();
  };
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (piece: string) => {
      text += piece;
      look();
    });
  }
  const end = new Promise<number | string>((resolve) => {
    child.once("close", (code, signal) => {
      running.delete(child);
      resolve(code ?? signal ?? "unknown");
      look();
    });
  });
  const says = (pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const watcher = () => {
        const found = pattern.exec(text);
        if (found !== null) resolve(found);
        else if (!running.has(child))
          reject(new Error(`${script} ended without ${pattern}: ${text}`));
      };
      watchers.add(watcher);
      watcher();
    });
  return { child, text: () => text, says, end, kill: (signal) => void child.kill(signal) };
}

/** The bin, for three rounds; the model is saved in a folder of this name. */
function server(save: string, args: readonly string[]): Process {
  return start("../src/cli.ts", [
    ...["--initial-parameters", join(folder, "initial.npz"), "--seed", "1"],
    ...["--save-path", join(folder, save), "--wait-timeout", "200", "--log-level", "silent"],
    ...args,
  ]);
}

const addressOf = async (one: Process) => (await one.says(/listening on (\S+)/))[1]!;

const clients = (options: ProcessClientOptions) =>
  start("process-client.ts", [JSON.stringify(options)]);

function historyOf(save: string): History {
  return JSON.parse(readFileSync(join(folder, save, "history.json"), "utf8")) as History;
}

/** Who trained in each round. */
const trainedIn = (save: string) => historyOf(save).rounds.map(({ fit }) => fit.clients.join(""));

const modelOf = (save: string) =>
  fingerprintOf(readNpz(readFileSync(join(folder, save, "round-3-weights.npz"))));

const local = (wire: string) => ["--insecure", "--transport", wire];
const free = ["--address", "127.0.0.1:0"];

/** The model of a run in which nothing happens. */
async function undisturbed(wire: "flower" | "native"): Promise<string> {
  const one = server("undisturbed", [...free, ...local(wire)]);
  const address = await addressOf(one);
  const all = clients({ wire, address, names: ["a", "b", "c"] });
  expect(await one.end, one.text()).toBe(EXIT_OK);
  expect(await all.end).toBe(0);
  return modelOf("undisturbed");
}

describe.each(["flower", "native"] as const)("over the %s wire", (wire) => {
  it("goes on without a client that is killed in a round, and with it when it is back", async () => {
    const one = server("models", [...free, ...local(wire)]);
    const address = await addressOf(one);
    const others = clients({ wire, address, names: ["a", "b"] });
    const victim = clients({ wire, address, names: ["c"], holdIn: 2 });
    await victim.says(/c fit 2/);
    victim.kill("SIGKILL");
    await victim.end;
    const again = clients({ wire, address, names: ["c"] });
    expect(await one.end, one.text()).toBe(EXIT_OK);
    expect(await Promise.all([others.end, again.end])).toEqual([0, 0]);
    expect(trainedIn("models")).toEqual(["abc", "ab", "abc"]);
    expect(historyOf("models").rounds[1]!.fit.failures).toMatchObject([
      { clientId: "c", code: "DISCONNECTED" },
    ]);
  });

  it("tries a round again that needs the client that was killed, and ends with the same bits", async () => {
    const expected = await undisturbed(wire);
    const all = ["--strategy-options", '{"minFitResults": 3}'];
    const one = server("models", [...free, ...local(wire), ...all]);
    const address = await addressOf(one);
    const others = clients({ wire, address, names: ["a", "b"] });
    const victim = clients({ wire, address, names: ["c"], holdIn: 2 });
    await victim.says(/c fit 2/);
    victim.kill("SIGKILL");
    await victim.end;
    const again = clients({ wire, address, names: ["c"] });
    expect(await one.end, one.text()).toBe(EXIT_OK);
    expect(await Promise.all([others.end, again.end])).toEqual([0, 0]);
    expect(one.text()).toMatch(/round 2 failed: TOO_FEW_RESULTS/);
    expect(historyOf("models").rounds.map(({ attempts }) => attempts)).toEqual([1, 2, 1]);
    expect(modelOf("models")).toBe(expected);
  });

  it("goes on after a server that is killed in a round, and ends with the same bits", async () => {
    const expected = await undisturbed(wire);
    const first = server("models", [...free, ...local(wire)]);
    const address = await addressOf(first);
    const others = clients({ wire, address, names: ["a", "b"] });
    const slow = clients({ wire, address, names: ["c"], holdIn: 2 });
    await Promise.all([slow.says(/c fit 2/), others.says(/a fit 2/), others.says(/b fit 2/)]);
    first.kill("SIGKILL");
    expect(await first.end).toBe("SIGKILL");
    const second = server("models", ["--address", address, ...local(wire), "--resume"]);
    await addressOf(second);
    // Late: the server that asked is gone.
    slow.child.stdin!.write("go\n");
    expect(await second.end, second.text()).toBe(EXIT_OK);
    expect(await Promise.all([others.end, slow.end])).toEqual([0, 0]);
    expect(second.text()).toMatch(/resumed after round 1/);
    expect(trainedIn("models")).toEqual(["abc", "abc", "abc"]);
    expect(modelOf("models")).toBe(expected);
  });
});

describe("over the native wire", () => {
  it.skipIf(process.platform === "win32")(
    "does not count the reply of a client that froze, when it is back",
    async () => {
      const one = server("models", [...free, ...local("native"), "--round-timeout", "8"]);
      const address = await addressOf(one);
      const others = clients({ wire: "native", address, names: ["a", "b"] });
      const frozen = clients({ wire: "native", address, names: ["c"], holdIn: 2 });
      await frozen.says(/c fit 2/);
      frozen.child.stdin!.write("go\n");
      frozen.kill("SIGSTOP");
      await one.says(/round 2 of 3/);
      frozen.kill("SIGCONT");
      expect(await one.end, one.text()).toBe(EXIT_OK);
      await Promise.all([others.end, frozen.end]);
      const [, second] = historyOf("models").rounds;
      expect(second!.fit.clients).toEqual(["a", "b"]);
      expect(second!.fit.failures).toMatchObject([{ clientId: "c", code: "TIMEOUT" }]);
    },
  );

  it("refuses strangers and certificates that are over, in the middle of a run", async () => {
    const [authority, stranger] = [join(folder, "ca"), join(folder, "stranger")];
    for (const at of [authority, stranger]) await createCertificateAuthority({ folder: at });
    const hosts = ["127.0.0.1"];
    await issueCertificate({ folder: authority, name: "server", kind: "server", hosts });
    for (const name of ["a", "b", "c"]) {
      await issueCertificate({ folder: authority, name, kind: "client" });
    }
    const now = new Date(Date.now() - 10 * 86_400_000);
    await issueCertificate({ folder: authority, name: "over", kind: "client", days: 1, now });
    await issueCertificate({ folder: stranger, name: "x", kind: "client" });
    // It trusts the server, which does not know it.
    writeFileSync(join(stranger, "ca.crt"), readFileSync(join(authority, "ca.crt")));

    const one = server("models", [...free, "--ca-dir", authority, "--log-level", "info"]);
    const address = await addressOf(one);
    const all = { wire: "native", address, authority } as const;
    const others = clients({ ...all, names: ["a", "b"] });
    const slow = clients({ ...all, names: ["c"], holdIn: 2 });
    await slow.says(/c fit 2/);
    const refused = [
      clients({ ...all, names: ["over"] }),
      clients({ ...all, names: ["x"], authority: stranger }),
    ];
    await Promise.all(refused.map(({ end }) => end));
    expect(refused.map(({ text }) => text())).toEqual(["over UNAUTHORIZED\n", "x UNAUTHORIZED\n"]);
    slow.child.stdin!.write("go\n");
    expect(await one.end, one.text()).toBe(EXIT_OK);
    expect(await Promise.all([others.end, slow.end])).toEqual([0, 0]);
    expect(trainedIn("models")).toEqual(["abc", "abc", "abc"]);
    expect(one.text()).toMatch(/"event":"clientRefused".*client over: .*"/);
  });
});
