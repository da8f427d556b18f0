import { FlError, type ModelParameters, type Scalars } from "@dsail/fl-protocol";
import { describe, expect, it } from "vitest";
import type { Trainer, TrainerContext } from "../trainer.js";
import {
  withClientSideAdaptiveClipping,
  withClientSideFixedClipping,
} from "./client-side-clipping.js";

const CONTEXT: TrainerContext = {
  ...{ signal: new AbortController().signal, round: 1, onProgress: () => undefined },
};
const tensors = (a: readonly number[], b: readonly number[], count: bigint): ModelParameters => [
  { name: "a", dtype: "float32", shape: [a.length], data: Float32Array.from(a) },
  { name: "count", dtype: "int64", shape: [], data: new BigInt64Array([count]) },
  { name: "b", dtype: "float64", shape: [b.length], data: Float64Array.from(b) },
];
const GIVEN = tensors([1, 2], [10], 5n);

/** Adds (3, 0) and (4): a step of norm 5. */
let fits = 0;
const TRAINER: Trainer = {
  getParameters: () => GIVEN,
  fit: () => {
    fits += 1;
    return { parameters: tensors([4, 2], [14], 9n), numExamples: 7, metrics: { loss: 0.5 } };
  },
  evaluate: () => ({ loss: 0, numExamples: 1, metrics: {} }),
};

const fit = (trainer: Trainer, config: Scalars) => trainer.fit(GIVEN, config, CONTEXT);

describe("clipping at the client", () => {
  it("scales the step to the server's bound, over all tensors as one", async () => {
    const result = await fit(withClientSideFixedClipping(TRAINER), { clipping_norm: 2.5 });
    const [a, count, b] = result.parameters;
    // Half of (3, 0) and (4), as flwr 1.29's compute_clip_model_update has it.
    expect(a!.data[0]).toBeCloseTo(2.5, 5);
    expect(a!.data[1]).toBe(2);
    expect(b!.data[0]).toBeCloseTo(12, 5);
    expect(count).toEqual(GIVEN[1]);
    expect([result.numExamples, result.metrics]).toEqual([7, { loss: 0.5 }]);
    const norm = Math.hypot(Number(a!.data[0]) - 1, Number(b!.data[0]) - 10);
    expect(norm).toBeLessThanOrEqual(2.5 * (1 + 1e-6));
  });

  it("leaves a step within the bound as it is", async () => {
    for (const clipping_norm of [5.001, 6n]) {
      const result = await fit(withClientSideFixedClipping(TRAINER), { clipping_norm });
      expect(result.parameters[0]!.data).toEqual(new Float32Array([4, 2]));
      expect(result.parameters[2]!.data).toEqual(new Float64Array([14]));
    }
  });

  it.each([
    [{ clipping_norm: 4 }, "within", 0n],
    [{ clipping_norm: 6 }, "within", 1n],
    [{ clipping_norm: 4 }, "clipped", 1n],
    [{ clipping_norm: 6 }, "clipped", 0n],
  ] as const)("tells whether it was needed: %o, %s: %s", async (config, normBit, bit) => {
    const result = await fit(withClientSideAdaptiveClipping(TRAINER, { normBit }), config);
    expect(result.metrics).toEqual({ loss: 0.5, norm_bit: bit });
    const own = await fit(withClientSideFixedClipping(TRAINER), config);
    expect(result.parameters).toEqual(own.parameters);
  });

  it("tells what the paper's update of the bound needs, by default", async () => {
    const result = await fit(withClientSideAdaptiveClipping(TRAINER), { clipping_norm: 4 });
    expect(result.metrics["norm_bit"]).toBe(0n);
  });

  it.each<[string, Scalars]>([
    ["no bound", {}],
    ["a bound of 0", { clipping_norm: 0 }],
    ["a bound that is no number", { clipping_norm: "1" }],
    ["no finite bound", { clipping_norm: Number.POSITIVE_INFINITY }],
  ])("refuses %s before it trains", async (_, config) => {
    const before = fits;
    for (const wrap of [withClientSideFixedClipping, withClientSideAdaptiveClipping]) {
      await expect(fit(wrap(TRAINER), config)).rejects.toMatchObject({ code: "BAD_CONFIG" });
    }
    expect(fits).toBe(before);
  });

  it("gives no step at all for one that is not finite", async () => {
    const broken: Trainer = {
      ...TRAINER,
      fit: () => ({ parameters: tensors([Number.NaN, 2], [14], 9n), numExamples: 7, metrics: {} }),
    };
    const result = await fit(withClientSideFixedClipping(broken), { clipping_norm: 1 });
    expect(result.parameters).toEqual(GIVEN);
  });

  it("refuses what it can't clip, and other shapes", async () => {
    const half: ModelParameters = [
      { name: "h", dtype: "float16", shape: [1], data: new Uint16Array(1) },
    ];
    const trainer = (parameters: ModelParameters): Trainer =>
      withClientSideFixedClipping({
        ...TRAINER,
        fit: () => ({ parameters, numExamples: 1, metrics: {} }),
      });
    const config = { clipping_norm: 1 };
    await expect(trainer(half).fit(half, config, CONTEXT)).rejects.toThrow(FlError);
    await expect(fit(trainer(GIVEN.slice(1)), config)).rejects.toMatchObject({
      code: "SHAPE_MISMATCH",
    });
  });
});
