import type { ModelParameters } from "@dsail/fl-protocol";
import { describe, expect, it } from "vitest";
import { createTrainer, initialParameters } from "../test/softmax-trainer.js";
import type { Trainer, TrainerContext } from "./trainer.js";
import { nameParameters, withNames } from "./with-names.js";

const OWN = initialParameters();
const UNNAMED: ModelParameters = OWN.map((tensor, i) => ({ ...tensor, name: String(i) }));
const CONTEXT: TrainerContext = {
  ...{ signal: new AbortController().signal, round: 1, onProgress: () => undefined },
};

describe("nameParameters", () => {
  it("names by position what has no names, and leaves what has the right ones", () => {
    expect(nameParameters(UNNAMED, OWN)).toEqual(OWN);
    expect(nameParameters(OWN, OWN)).toEqual(OWN);
    expect(nameParameters([], [])).toEqual([]);
  });

  it.each<[string, ModelParameters]>([
    ["a tensor less", UNNAMED.slice(1)],
    ["another shape", [{ ...UNNAMED[0]!, shape: [12] }, UNNAMED[1]!]],
    [
      "another dtype",
      [UNNAMED[0]!, { name: "1", dtype: "float32", shape: [3], data: new Float32Array(3) }],
    ],
    ["other names", [OWN[1]!, OWN[0]!]],
    ["names for some", [UNNAMED[0]!, OWN[1]!]],
    [
      "positions in another order",
      [
        { ...OWN[0]!, name: "1" },
        { ...OWN[1]!, name: "0" },
      ],
    ],
  ])("refuses %s", (_, parameters) => {
    const mismatch = expect.objectContaining({ code: "SHAPE_MISMATCH" });
    expect(() => nameParameters(parameters, OWN)).toThrow(mismatch);
  });
});

describe("withNames", () => {
  it("asks the trainer once for its names, and gives it its own", async () => {
    const inner = createTrainer({ seed: 1, examples: 9 });
    const seen: string[][] = [];
    let asked = 0;
    const spy: Trainer = {
      ...inner,
      getParameters: (...args) => {
        asked += 1;
        return inner.getParameters(...args);
      },
      fit: (parameters, ...rest) => {
        seen.push(parameters.map(({ name }) => name));
        return inner.fit(parameters, ...rest);
      },
    };
    const trainer = withNames(spy);
    const fitted = await trainer.fit(UNNAMED, {}, CONTEXT);
    expect(fitted).toEqual(await inner.fit(OWN, {}, CONTEXT));
    await trainer.fit(OWN, {}, CONTEXT);
    expect(await trainer.evaluate(UNNAMED, {}, CONTEXT)).toEqual(
      await inner.evaluate(OWN, {}, CONTEXT),
    );
    expect([seen, asked]).toEqual([
      [
        ["weight", "bias"],
        ["weight", "bias"],
      ],
      1,
    ]);
    await withNames(spy, OWN).fit(UNNAMED, {}, CONTEXT);
    expect(asked).toBe(1);
  });
});
