import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readNpz, writeNpz, writeSafetensors } from "@dsail/fl-protocol";
import { flowerClientTransport } from "@dsail/fl-protocol/flower";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type ClientScript, scripted, valuesOf, vector } from "../../test/federation.js";
import { EXIT_FAILED, EXIT_OK, EXIT_STOPPED, EXIT_USAGE } from "./exit-code.js";
import { run } from "./run.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cli-"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** Runs the command, with clients that join over gRPC when it listens. */
async function command(
  args: readonly string[],
  clients: readonly ClientScript[] = [],
  { stopAt }: { readonly stopAt?: string } = {},
): Promise<{ code: number; out: string; error: string }> {
  let [out, error] = ["", ""];
  const stop = new AbortController();
  const joined: Promise<unknown>[] = [];
  const code = await run(
    args,
    {
      out: {
        write: (text) => {
          out += text;
          if (stopAt !== undefined && out.includes(stopAt)) stop.abort();
        },
      },
      error: {
        write: (text) => {
          error += text;
          const address = /"event":"listening","transport":"flower-grpc","address":"([^"]+)"/.exec(
            text,
          )?.[1];
          if (address === undefined) return;
          for (const [i, script] of clients.entries()) {
            const transport = flowerClientTransport({ address, insecure: true, clientId: `c${i}` });
            joined.push(transport.run(scripted(script)).catch(() => undefined));
          }
        },
      },
    },
    { signal: stop.signal, version: "1.2.3" },
  );
  await Promise.all(joined);
  return { code, out, error };
}

const local = ["--address", "127.0.0.1:0", "--insecure"];
const two = ["--min-fit-clients", "2", "--min-eval-clients", "2", "--min-available-clients", "2"];

describe("dsail-fl-server", () => {
  it("leads a federation over Flower's wire, and exits with 0", async () => {
    const path = join(folder, "models");
    const { code, out, error } = await command(
      [...local, "--num-rounds", "2", "--save-path", path],
      [{ step: 1 }, { step: 2 }, { step: 3 }],
    );
    expect(code, error).toBe(EXIT_OK);
    expect(out).toMatch(/listening on 127\.0\.0\.1:\d+ \(flower-grpc\)/);
    expect(out).toMatch(/round 2 of 2: 3 results, 0 failures, loss [\d.]+, [\d.]+ s/);
    expect(out).toMatch(/completed: 2 rounds\n$/);
    expect(valuesOf(readNpz(readFileSync(join(path, "round-2-weights.npz"))))).toEqual([4, 4]);
  });

  it("goes on where it was, and prints one JSON object if asked for", async () => {
    const path = join(folder, "models");
    const args = [...local, ...two, "--save-path", path, "--seed", "1"];
    await command([...args, "--num-rounds", "1"], [{}, {}]);
    const again = await command([...args, "--num-rounds", "2"], [{}, {}]);
    expect(again).toMatchObject({ code: EXIT_USAGE, out: "" });
    expect(again.error).toContain("BAD_CHECKPOINT");
    const { code, out } = await command(
      [...args, "--num-rounds", "2", "--resume", "--json"],
      [{}, {}],
    );
    expect(code).toBe(EXIT_OK);
    expect(JSON.parse(out)).toMatchObject({ status: "completed", rounds: 2, seed: 1 });
    expect(out.trim().split("\n")).toHaveLength(1);
  });

  it.each(["npz", "safetensors"])("begins with parameters of a file: %s", async (ending) => {
    const path = join(folder, `initial.${ending}`);
    writeFileSync(
      path,
      ending === "npz" ? writeNpz(vector(10, 20)) : writeSafetensors(vector(10, 20)),
    );
    const saved = join(folder, "models");
    const args = [
      ...local,
      ...two,
      "--num-rounds",
      "1",
      "--initial-parameters",
      path,
      "--save-path",
      saved,
    ];
    const { code } = await command(args, [{}, {}]);
    expect(code).toBe(EXIT_OK);
    const [tensor] = readNpz(readFileSync(join(saved, "round-1-weights.npz")));
    expect(tensor).toMatchObject({ name: "w", data: Float32Array.of(11, 21) });
  });

  it("exits with 1 if the run fails", async () => {
    const failing: ClientScript = {
      onFit: () => ({ kind: "failure", code: "FAILED", message: "no" }),
    };
    const args = [...local, ...two, "--on-round-failure", "stop"];
    const { code, out } = await command(args, [failing, failing]);
    expect(code).toBe(EXIT_FAILED);
    expect(out).toContain("failed after 0 rounds: TOO_FEW_RESULTS: no client had a result");
  });

  it("exits with 130 if it is stopped", async () => {
    const { code, out } = await command(local, [], { stopAt: "waiting for clients" });
    expect(code).toBe(EXIT_STOPPED);
    expect(out).toContain("waiting for clients: 0 of 3");
    expect(out).toContain("aborted after 0 rounds");
  });

  it("takes options from the command line, the environment, and the config file, in that order", async () => {
    const config = join(folder, "config.json");
    writeFileSync(
      config,
      JSON.stringify({
        numRounds: 9,
        strategy: "fed-adam",
        strategyOptions: { eta: 1 },
        minFitClients: 1,
        minEvalClients: 1,
        minAvailableClients: 5,
        address: "127.0.0.1:0",
        insecure: true,
        json: true,
      }),
    );
    vi.stubEnv("DSAIL_FL_NUM_ROUNDS", "7");
    vi.stubEnv("DSAIL_FL_MIN_AVAILABLE_CLIENTS", "1");
    vi.stubEnv("DSAIL_FL_RESUME", "0");
    const { code, out, error } = await command(
      ["--config", config, "--num-rounds", "1"],
      [{ step: 2 }],
    );
    expect(code, error).toBe(EXIT_OK);
    expect(JSON.parse(out)).toMatchObject({
      rounds: 1,
      history: { rounds: [{ fit: { clients: ["c0"] } }] },
    });
  });

  it.each([
    [["--num-rounds", "many"], "expected a number"],
    [["--num-rounds", "0"], "numRounds"],
    [["--strategy", "none"], "fed-avg"],
    [["--strategy-options", "{"], "expected JSON"],
    [["--strategy-options", '{"eta": 1}'], "BAD_CONFIG"],
    [["--strategy", "fed-prox"], "proximalMu"],
    [
      ["--strategy", "fed-avg-m", "--strategy-options", '{"serverMomentum": "big"}'],
      "has to be a number",
    ],
    [["--resume"], "--checkpoint-path or --save-path"],
    [["--tls-cert", "x"], "go together"],
    [["--initial-parameters", "model.pt"], ".npz or .safetensors"],
    [["--initial-parameters", "/secret/none.npz"], "ENOENT"],
    [["--config", "/secret/none.json"], "ENOENT"],
    [["--what"], "unknown option"],
    [["--insecure", "somewhere"], "any-address"],
  ])("exits with 2 for %o", async (args, why) => {
    const { code, out, error } = await command([...local, ...args]);
    expect(code).toBe(EXIT_USAGE);
    expect(out).toBe("");
    expect(error).toContain(why);
    expect(error).not.toContain("/secret");
  });

  it("exits with 2 without TLS, unless told that it may", async () => {
    expect(await command(["--address", "127.0.0.1:0"])).toMatchObject({ code: EXIT_USAGE });
    expect(await command(["--address", "0.0.0.0:0", "--insecure"])).toMatchObject({
      code: EXIT_USAGE,
    });
    vi.stubEnv("DSAIL_FL_INSECURE", "perhaps");
    expect(await command(["--address", "127.0.0.1:0"])).toMatchObject({ code: EXIT_USAGE });
  });

  it.each([
    [{ numRound: 1 }, "numRound"],
    [{ resume: "yes" }, "resume"],
    [{ numRounds: true }, "numRounds"],
    [{ strategy: "best" }, "strategy"],
    [{ "a\nb": 1 }, "not a name"],
  ])("exits with 2 for a config file of %o", async (config, why) => {
    const path = join(folder, "config.json");
    writeFileSync(path, JSON.stringify(config));
    const { code, error } = await command([...local, "--config", path]);
    expect(code).toBe(EXIT_USAGE);
    expect(error).toContain(`config: `);
    expect(error).toContain(why);
  });

  it("knows its version, and its options", async () => {
    expect(await command(["--version"])).toMatchObject({ code: EXIT_OK, out: "1.2.3\n" });
    const { code, out } = await command(["--help"]);
    expect(code).toBe(EXIT_OK);
    for (const flag of [
      "--fraction-fit",
      "--min-eval-clients",
      "--save-path",
      "DSAIL_FL_NUM_ROUNDS",
    ]) {
      expect(out).toContain(flag);
    }
  });
});
