import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ModelParameters, writeSafetensors } from "@dsail/fl-protocol";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../../../../vitest.temporary-folder.js";
import { damageImage, imageSite } from "../../../test/image-site.js";
import type { TrainerContext } from "../../trainer.js";
import { createFLClient, type FLClient } from "./fl-client.js";
import type { FLClientOptions } from "./fl-client-options.js";
import type { TrainerEvent } from "./trainer-event.js";

const SMALL = {
  ...({ arch: "lenet5", imageSize: 28, channels: 1, backend: "wasm" } as const),
  ...({ epochs: 1, bs: 8, workers: 0, privacy: "none" } as const),
} as const satisfies Partial<FLClientOptions>;

const PRIVATE = { noiseMultiplier: 1, delta: 1e-3 } as const;

const context = (): TrainerContext => ({
  ...{ round: 1, onProgress: () => {} },
  signal: new AbortController().signal,
});

/** A client that is closed in the end, and what it told. */
async function using<T>(
  options: Partial<FLClientOptions>,
  use: (client: FLClient, told: readonly TrainerEvent[]) => Promise<T>,
): Promise<T> {
  const told: TrainerEvent[] = [];
  const dataPath = options.dataPath ?? imageSite();
  const onEvent = (event: TrainerEvent) => void told.push(event);
  const client = await createFLClient({ ...SMALL, dataPath, ...options, onEvent });
  try {
    return await use(client, told);
  } finally {
    await client.close().catch(() => undefined);
  }
}

async function fitOnce(client: FLClient): Promise<ModelParameters> {
  const start = await client.getParameters({}, context());
  return (await client.fit(start, {}, context())).parameters;
}

describe("an image whose pixels are cut off", () => {
  it.each([PRIVATE, "none"] as const)(
    "is told before any training, with privacy %j",
    async (privacy) => {
      const dataPath = imageSite();
      damageImage(dataPath, "train/yes/0.png");
      const problems: string[] = [];
      const onProblem = (...problem: readonly string[]) => problems.push(problem.join(": "));
      await expect(
        createFLClient({ ...SMALL, dataPath, privacy, onProblem }),
      ).rejects.toMatchObject({ code: "BAD_DATA", message: expect.stringContaining("1 of 32") });
      expect(problems).toEqual(["train/yes/0.png: unreadable"]);
    },
  );

  it("is left out where that is asked for, and the others train", async () => {
    const dataPath = imageSite();
    damageImage(dataPath, "train/yes/0.png");
    await using({ dataPath, unreadable: "skip" }, async (client) => {
      expect(client.data).toMatchObject({ skipped: 1, counts: { train: 23, valid: 8 } });
      await expect(fitOnce(client)).resolves.toHaveLength(client.model.state.length);
    });
  });

  it("is found by a fit where only headers were looked at", async () => {
    const dataPath = imageSite();
    damageImage(dataPath, "train/yes/0.png");
    await using({ dataPath, check: "header" }, async (client) => {
      await expect(fitOnce(client)).rejects.toMatchObject({ code: "BAD_DATA" });
    });
  });
});

describe("weights to begin with", () => {
  /** A file of a model of two classes. */
  async function fileOf(change: (name: string) => string = (name) => name): Promise<string> {
    const path = join(temporaryFolder(), "weights.safetensors");
    await using({ seed: 1 }, async (client) => {
      const parameters = await client.getParameters({}, context());
      const renamed = parameters.map((tensor) => ({ ...tensor, name: change(tensor.name) }));
      writeFileSync(path, writeSafetensors(renamed));
    });
    return path;
  }

  it("are told of, and train as many epochs as were asked for", async () => {
    const weights = await fileOf((name) => `module.${name}`);
    await using({ weights, epochs: 2 }, async (client, told) => {
      const { length } = client.model.state;
      const counts = { taken: length, missing: 0, unexpected: 0, isHeadNew: false };
      expect(told).toContainEqual({ type: "weights", ...counts });
      await fitOnce(client);
      const epochs = told.flatMap((event) => (event.type === "epoch" ? [event.record] : []));
      expect(epochs.map(({ epoch, epochs }) => [epoch, epochs])).toEqual([
        [1, 2],
        [2, 2],
      ]);
    });
  });

  it("are refused if they are another network's, or not there: by the option, without the path", async () => {
    const weights = await fileOf((name) => name.replace(/conv|fc1/, "other"));
    const options = { ...SMALL, dataPath: imageSite() };
    await expect(createFLClient({ ...options, weights })).rejects.toMatchObject({
      code: "SHAPE_MISMATCH",
    });
    const missing = join(temporaryFolder(), "miller.npz");
    await expect(createFLClient({ ...options, weights: missing })).rejects.toMatchObject({
      code: "BAD_CONFIG",
      message: "weights: a file can't be read or written (ENOENT)",
    });
  });
});

describe("weights of classes", () => {
  it("are used, with privacy and without", async () => {
    for (const privacy of [PRIVATE, "none"] as const) {
      await using({ privacy, classWeights: [1, 4] }, async (client) => {
        await expect(fitOnce(client)).resolves.toHaveLength(client.model.state.length);
      });
    }
    const learned = (options: Partial<FLClientOptions>) =>
      using(
        { balance: "none", ...options },
        async (client) => (await fitOnce(client)).at(-1)!.data,
      );
    const plain = await learned({});
    expect(await learned({ classWeights: [2, 2] })).toEqual(plain);
    expect(await learned({ classWeights: [1, 4] })).not.toEqual(plain);
    // They are balance enough: no sampler besides.
    expect(await learned({ classWeights: [2, 2], balance: "auto" })).toEqual(plain);
  });

  it.each([
    [{ classWeights: [1] }, /classWeights: expected 2 numbers above 0, one for each class, got 1$/],
    [{ classWeights: [1, 2, 3] }, /classWeights: expected 2 numbers/],
    [{ classWeights: [1, 0] }, /classWeights/],
    [{ classWeights: [1, Number.POSITIVE_INFINITY] }, /classWeights/],
    [{ classWeights: [1, 4], balance: "class-weights" }, /classWeights: balance/],
    [
      { balance: "class-weights", privacy: PRIVATE },
      /classWeights of createFLClient, or --class-weights/,
    ],
  ] as const)("are refused: %j", async (options, message) => {
    const dataPath = imageSite();
    await expect(createFLClient({ ...SMALL, dataPath, ...options })).rejects.toThrow(message);
  });
});

describe("files that are written", () => {
  it("are told of at once if they can't be, and end no fit; the end tells, too", async () => {
    const records = temporaryFolder();
    const savePath = join(records, "model.npz");
    const matrixPath = join(records, "matrix.svg");
    for (const path of [savePath, matrixPath]) mkdirSync(path);
    await using({ savePath, matrixPath, csvPath: records }, async (client, told) => {
      const parameters = await fitOnce(client);
      await client.evaluate(parameters, {}, context());
      await expect.poll(() => told.filter(({ type }) => type === "notWritten")).toHaveLength(2);
      const reasons = told.flatMap((event) => (event.type === "notWritten" ? [event] : []));
      expect(reasons.map(({ option }) => option)).toEqual(["savePath", "matrixPath"]);
      expect(reasons[0]!.reason).toMatch(/^E[A-Z]+$/);
      expect(JSON.stringify(reasons)).not.toContain(records);
      await expect(client.close()).rejects.toMatchObject({
        code: "BAD_CONFIG",
        message: expect.stringMatching(/^savePath: a file could not be written \(E[A-Z]+\)$/),
      });
    });
  });

  it("are refused before training where there can be no folder for them", async () => {
    const file = join(temporaryFolder(), "file");
    writeFileSync(file, "");
    const savePath = join(file, "model.npz");
    await expect(
      createFLClient({ ...SMALL, dataPath: imageSite(), savePath }),
    ).rejects.toMatchObject({ code: "BAD_CONFIG", message: expect.stringMatching(/^savePath: /) });
  });

  it("have their table in the folder, with a slash at its end or without", async () => {
    const records = temporaryFolder();
    for (const csvPath of [join(records, "logs"), `${join(records, "logs")}/`]) {
      await using({ csvPath }, fitOnce);
    }
    expect(readdirSync(records)).toEqual(["logs"]);
    const [name] = readdirSync(join(records, "logs"));
    expect(name).toMatch(/^00_.+\.csv$/);
  });
});
