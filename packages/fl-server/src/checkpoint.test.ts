import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fingerprintOf, readNpz, readSafetensors } from "@dsail/fl-protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type ClientScript, play, THREE, valuesOf, vector } from "../test/federation.js";
import { withServerSideFixedClipping } from "./dp/fixed-clipping.js";
import type { RunResult } from "./run-result.js";
import type { ServerOptions } from "./server-options.js";
import { fedAdam } from "./strategies/fed-adam.js";
import { fedAvg } from "./strategies/fed-avg.js";
import type { Strategy } from "./strategy.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "checkpoint-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const initialParameters = vector(0.3, -0.7);
const adam = fedAdam({ initialParameters, fractionFit: 0.7 });
/** Seven clients, of which four are asked in a round: which ones depends on the seed. */
const seven: Readonly<Record<string, ClientScript>> = Object.fromEntries(
  Array.from({ length: 7 }, (_, i) => [`c${i}`, { step: Math.sin(i), numExamples: i + 1 }]),
);
const minAvailable = (strategy: Strategy): Strategy => ({ ...strategy, minAvailableClients: 7 });

/** A run that ends as if the process were killed while clients train in a round. */
async function killedIn(
  round: number,
  options: Omit<ServerOptions, "transports">,
): Promise<RunResult> {
  const stop = new AbortController();
  const { result } = await play(seven, {
    ...options,
    signal: stop.signal,
    onEvent: (event) => {
      if (event.kind === "roundStarted" && event.round === round) stop.abort();
    },
  });
  return result;
}

describe("a run that goes on", () => {
  it.each([1, 2, 4])(
    "from a checkpoint gives the same bits (killed in round %i)",
    async (round) => {
      const strategy = minAvailable(adam);
      const options = { strategy, numRounds: 5, seed: 42 };
      const whole = await play(seven, options);
      const checkpoint = { folder, resume: true };
      // What the process knew is thrown away: only the disk is left.
      expect(await killedIn(round, { ...options, checkpoint })).toMatchObject({
        rounds: round - 1,
      });
      const { seed: _, ...unknown } = options;
      const { result, events } = await play(seven, { ...unknown, seed: 42, checkpoint });
      expect(result).toMatchObject({ status: "completed", rounds: 5 });
      expect(fingerprintOf(result.parameters!)).toBe(fingerprintOf(whole.result.parameters!));
      expect(result.history).toEqual(whole.result.history);
      const resumed = events.filter(({ kind }) => kind === "resumed");
      expect(resumed).toEqual(round === 1 ? [] : [{ kind: "resumed", round: round - 1 }]);
    },
  );

  it("keeps its name and its seed", async () => {
    const first = await play(THREE, {
      strategy: adam,
      numRounds: 1,
      checkpoint: { folder },
      seed: 7,
      runId: "one",
    });
    expect(first.result).toMatchObject({ runId: "one", seed: 7 });
    const { result } = await play(THREE, {
      strategy: adam,
      numRounds: 2,
      checkpoint: { folder, resume: true },
      seed: 7,
    });
    expect(result).toMatchObject({ runId: "one", seed: 7, rounds: 2 });
  });

  it("is complete at once if all rounds are done", async () => {
    const options = { strategy: adam, numRounds: 1, checkpoint: { folder, resume: true } };
    const { result } = await play(THREE, options);
    const again = await play({}, options);
    expect(again.result).toEqual(result);
  });

  it("remembers what was spent of privacy", async () => {
    const strategy = withServerSideFixedClipping(fedAvg({ initialParameters }), {
      noiseMultiplier: 1,
      clippingNorm: 1,
      numSampledClients: 3,
    });
    const checkpoint = { folder, resume: true };
    await play(THREE, { strategy, numRounds: 1, checkpoint });
    const { result } = await play(THREE, { strategy, numRounds: 2, checkpoint });
    const [first, second] = result.history.rounds;
    expect(second!.privacy!.epsilon).toBeGreaterThan(first!.privacy!.epsilon!);
  });
});

describe("a checkpoint", () => {
  const file = () => join(folder, "checkpoint.safetensors");
  const begin = (options: Partial<ServerOptions> = {}) =>
    play(THREE, { strategy: adam, numRounds: 1, checkpoint: { folder }, seed: 1, ...options });
  const refused = async (options: Partial<ServerOptions>, why: string) => {
    await expect(begin({ checkpoint: { folder, resume: true }, ...options })).rejects.toMatchObject(
      {
        code: "BAD_CHECKPOINT",
        message: expect.stringContaining(why) as string,
      },
    );
  };

  it("is one file, for this user, that holds the model", async () => {
    const { result } = await begin();
    expect(readdirSync(folder)).toEqual(["checkpoint.safetensors"]);
    if (process.platform !== "win32") expect(statSync(file()).mode & 0o777).toBe(0o600);
    const { parameters } = readSafetensors(readFileSync(file()));
    expect(parameters.map(({ name }) => name)).toEqual(["model/w", "state/m/w", "state/v/w"]);
    expect(parameters[0]!.data).toEqual(result.parameters![0]!.data);
  });

  it("of another run, seed or strategy is refused", async () => {
    await begin({ runId: "one" });
    await refused({ runId: "two" }, "another run");
    await refused({ seed: 2 }, "another seed");
    await refused({ strategy: fedAvg({ initialParameters }) }, "another strategy");
    await refused({ strategy: fedAdam({ initialParameters, eta: 0.2 }) }, "another strategy");
  });

  it("is not overwritten unless asked for", async () => {
    await begin();
    await refused({ checkpoint: { folder } }, "there is a checkpoint");
    const { result } = await begin({ checkpoint: { folder, overwrite: true } });
    expect(result.status).toBe("completed");
  });

  it("that is broken is refused", async () => {
    await begin();
    truncateSync(file(), statSync(file()).size - 1);
    await refused({}, "broken");
    writeFileSync(file(), "no checkpoint");
    await refused({}, "broken");
  });

  it("that could not be written is told of before the first round", async () => {
    const twice = [...vector(1), ...vector(2)];
    const { result } = await begin({
      strategy: fedAvg({ initialParameters: twice }),
      maxRoundRetries: 0,
    });
    expect(result).toMatchObject({ status: "failed", code: "BAD_TENSOR", rounds: 0 });
  });
});

describe("models that are saved", () => {
  const save = (options: Partial<ServerOptions> = {}) =>
    play(THREE, {
      strategy: fedAvg({ initialParameters }),
      numRounds: 2,
      saveModel: { folder },
      ...options,
    });

  it("are there for each round, with the history", async () => {
    const { result } = await save();
    expect(readdirSync(folder).sort()).toEqual([
      "best-weights.npz",
      "history.json",
      "round-1-weights.npz",
      "round-1.safetensors",
      "round-2-weights.npz",
      "round-2.safetensors",
    ]);
    const last = readNpz(readFileSync(join(folder, "round-2-weights.npz")));
    expect(valuesOf(last)).toEqual(valuesOf(result.parameters));
    expect(JSON.parse(readFileSync(join(folder, "history.json"), "utf8"))).toEqual(result.history);
  });

  it.each([
    ["the least loss", { best: {} }, 2],
    ["the greatest loss", { best: { mode: "max" } }, 3],
    ["the greatest metric", { best: { by: "score" } }, 1],
    ["the least metric", { best: { by: "score", mode: "min" } }, 2],
  ] as const)("tell the best: %s", async (_, options, best) => {
    const losses = [0, 5, 3, 8];
    const scores = [0, 9, 2, 2];
    const strategy = fedAvg({
      initialParameters,
      fractionEvaluate: 0,
      evaluate: (round) => ({ loss: losses[round]!, metrics: { score: scores[round]! } }),
    });
    await save({ strategy, numRounds: 3, saveModel: { folder, ...options } });
    const bytes = (name: string) => readFileSync(join(folder, name));
    expect(bytes("best-weights.npz")).toEqual(bytes(`round-${best}-weights.npz`));
  });

  it("without a loss have no best", async () => {
    await save({ strategy: fedAvg({ initialParameters, fractionEvaluate: 0 }) });
    expect(existsSync(join(folder, "best-weights.npz"))).toBe(false);
  });

  it("are not overwritten by another run unless asked for", async () => {
    await save();
    await expect(save()).rejects.toMatchObject({ code: "BAD_CONFIG" });
    const { result } = await save({ saveModel: { folder, overwrite: true } });
    expect(result.status).toBe("completed");
  });

  it("are made up for if the process ended between the checkpoint and them", async () => {
    const checkpoint = { folder: join(folder, "state"), resume: true };
    await save({ checkpoint });
    rmSync(join(folder, "round-2-weights.npz"));
    await save({ checkpoint });
    expect(existsSync(join(folder, "round-2-weights.npz"))).toBe(true);
  });

  it("are readable by numpy though they are bfloat16", async () => {
    const half = [
      { name: "w", dtype: "bfloat16", shape: [1], data: Uint16Array.of(0x3f80) },
    ] as const;
    await save({ strategy: fedAvg({ initialParameters: half }) });
    const [tensor] = readNpz(readFileSync(join(folder, "round-1-weights.npz")));
    expect(tensor).toMatchObject({ dtype: "float32", data: Float32Array.of(1) });
  });
});
