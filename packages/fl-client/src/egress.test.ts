import { FlError, type Instruction, type ModelParameters, type Reply } from "@dsail/fl-protocol";
import { describe, expect, it } from "vitest";
import { createEgress, type Departure, type EgressHook } from "./egress.js";
import type { SitePolicy } from "./policy/site-policy.js";
import { createReleaseCounts } from "./release-counts.js";

const GIVEN: ModelParameters = [
  { name: "conv1.weight", dtype: "float32", shape: [2, 3], data: new Float32Array(6) },
  { name: "steps", dtype: "int64", shape: [], data: new BigInt64Array([7n]) },
];
const FIT: Instruction = {
  ...{ kind: "fit", id: "1", round: 1, parameters: GIVEN, config: { epochs: 2n } },
};
const FITTED: Reply<ModelParameters> = {
  ...{ kind: "fit", parameters: GIVEN, numExamples: 100, metrics: { accuracy: 0.5 } },
};
const EVALUATE: Instruction = { ...FIT, kind: "evaluate", config: {} } as Instruction;
const EVALUATED: Reply<ModelParameters> = {
  ...{ kind: "evaluate", loss: 0.7, numExamples: 100, metrics: {} },
};
const ASK_PARAMETERS: Instruction = { kind: "getParameters", id: "2", config: {} };
const ASK_PROPERTIES: Instruction = { kind: "getProperties", id: "3", config: {} };

/** Lets exactly these messages pass. */
const POLICY: SitePolicy = {
  version: 1,
  servers: [{ address: "memory" }],
  instructions: ["getParameters", "getProperties", "fit", "evaluate"],
  config: [{ name: "epochs", types: ["integer"], minimum: 1, maximum: 5 }],
  tensors: [
    { name: "conv*.weight", shapes: [[2, "*"]] },
    { name: "steps", dtypes: ["int64"], shapes: [[]] },
  ],
  maxBytes: 500,
  minExamples: 100,
  maxRounds: 2,
  maxEvaluations: 1,
  maxParameterRequests: 1,
  metrics: [{ name: "accuracy", minimum: 0, maximum: 1 }],
  properties: [{ name: "site", types: ["text"] }],
};

const leaving = (
  instruction: Instruction = FIT,
  reply: Reply<ModelParameters> = FITTED,
  policy: Partial<SitePolicy> = {},
): Promise<Departure> =>
  createEgress({ policy: { ...POLICY, ...policy } }).release({ instruction, reply });

describe("a policy at the gate", () => {
  it("lets pass what it lists", async () => {
    expect(await leaving()).toMatchObject({ reply: FITTED, refusal: undefined, dropped: [] });
    expect(await leaving(EVALUATE, EVALUATED)).toMatchObject({ reply: EVALUATED });
    const asked: Reply<ModelParameters> = { kind: "getParameters", parameters: GIVEN };
    expect(await leaving(ASK_PARAMETERS, asked)).toMatchObject({ reply: asked });
    const told: Reply<ModelParameters> = { kind: "getProperties", properties: { site: "north" } };
    expect(await leaving(ASK_PROPERTIES, told)).toMatchObject({ reply: told });
  });

  const fitted = (change: object) => ({ ...FITTED, ...change }) as Reply<ModelParameters>;
  const withTensor = (change: object) =>
    fitted({ parameters: [{ ...GIVEN[0]!, ...change }, GIVEN[1]!] });
  const asked = (change: object) => ({ ...FIT, ...change }) as Instruction;
  const loose = { sameStructure: false };

  it.each<[string, Partial<SitePolicy>, Instruction, Reply<ModelParameters>]>([
    ["instructions", { instructions: ["evaluate"] }, FIT, FITTED],
    ["instructions", {}, FIT, EVALUATED],
    ["config", {}, asked({ config: { lr: 0.1 } }), FITTED],
    ["config", {}, asked({ config: { epochs: 2 } }), FITTED],
    ["config", {}, asked({ config: { epochs: 6n } }), FITTED],
    ["config", {}, asked({ config: { epochs: 0n } }), FITTED],
    ["tensors", {}, FIT, withTensor({ name: "patients" })],
    ["tensors", {}, FIT, withTensor({ name: "xconv1.weight" })],
    ["tensors", {}, FIT, withTensor({ dtype: "int64", data: new BigInt64Array(6) })],
    ["tensors", {}, FIT, withTensor({ shape: [3, 2] })],
    ["tensors", loose, FIT, withTensor({ shape: [2, 3, 1] })],
    ["tensors", loose, FIT, withTensor({ data: new Float32Array(12) })],
    ["sameStructure", {}, FIT, fitted({ parameters: [...GIVEN, GIVEN[0]!] })],
    ["sameStructure", {}, FIT, withTensor({ shape: [2, 4], data: new Float32Array(8) })],
    ["sameStructure", {}, FIT, fitted({ parameters: [] })],
    ["maxBytes", { maxBytes: 58 }, FIT, FITTED],
    ["minExamples", {}, FIT, fitted({ numExamples: 99 })],
    ["minExamples", {}, EVALUATE, { ...EVALUATED, numExamples: 99 } as Reply<ModelParameters>],
    ["maxRounds", { maxRounds: 0 }, FIT, FITTED],
    ["maxEvaluations", { maxEvaluations: 0 }, EVALUATE, EVALUATED],
    ["metrics", {}, FIT, fitted({ metrics: { names: 1 } })],
    ["metrics", {}, FIT, fitted({ metrics: { accuracy: "4711, Doe" } })],
    ["metrics", {}, FIT, fitted({ metrics: { accuracy: 4711 } })],
    ["metrics", {}, FIT, fitted({ metrics: { accuracy: Number.NaN } })],
    ["properties", {}, ASK_PROPERTIES, { kind: "getProperties", properties: { disk: 1 } }],
    [
      ...(["maxParameterRequests", { maxParameterRequests: 0 }, ASK_PARAMETERS] as const),
      { kind: "getParameters", parameters: GIVEN },
    ],
  ])("refuses by the rule %s (%#)", async (rule, policy, instruction, reply) => {
    const { reply: told, refusal } = await leaving(instruction, reply, policy);
    expect(told).toEqual({
      ...{ kind: "failure", code: "POLICY", message: `the site's policy refuses: ${rule}` },
    });
    expect(refusal?.rule).toBe(rule);
    // The site is told more, but no value.
    expect(refusal?.detail.length).toBeGreaterThan(5);
    expect(refusal?.detail).not.toContain("4711");
  });

  it("lets pass what is at an end of a range", async () => {
    for (const accuracy of [0, 1, 1n]) {
      expect((await leaving(FIT, fitted({ metrics: { accuracy } }))).refusal).toBeUndefined();
    }
    for (const epochs of [1n, 5n]) {
      expect((await leaving(asked({ config: { epochs } }))).refusal).toBeUndefined();
    }
  });

  it.each<[string, object]>([
    ['"conv1.weight" is of dtype int64', { parameters: [{ ...GIVEN[0]!, dtype: "int64" }] }],
    ['"conv1.weight" is of shape [3, 2]', { parameters: [{ ...GIVEN[0]!, shape: [3, 2] }] }],
    ['"p" is not listed', { parameters: [{ ...GIVEN[0]!, name: "p" }] }],
    ['"accuracy": it is of type text', { metrics: { accuracy: "Doe" } }],
    ['"accuracy": it is out of its range', { metrics: { accuracy: 2 } }],
    ['"names": it is not listed', { metrics: { names: "Doe" } }],
  ])("tells the site: %s", async (detail, change) => {
    expect((await leaving(FIT, fitted(change), loose)).refusal?.detail).toBe(detail);
  });

  it("counts the bytes of tensors, names and scalars", async () => {
    // 24 + 12, 8 + 5, 8 + 8
    const exact = 24 + "conv1.weight".length + 8 + "steps".length + "accuracy".length + 8;
    expect(await leaving(FIT, FITTED, { maxBytes: exact })).toMatchObject({ reply: FITTED });
    const { refusal } = await leaving(FIT, FITTED, { maxBytes: exact - 1 });
    expect(refusal).toEqual({ rule: "maxBytes", detail: `${exact} bytes, ${exact - 1} allowed` });
  });

  it("takes off scalars that are not listed, if it is told to", async () => {
    const reply = fitted({ metrics: { accuracy: 0.5, names: "Doe" } });
    const { reply: told, dropped } = await leaving(FIT, reply, { unlistedScalars: "drop" });
    expect(told).toMatchObject({ kind: "fit", metrics: { accuracy: 0.5 } });
    expect(told).not.toHaveProperty("metrics.names");
    expect(dropped).toEqual(["names"]);
  });

  it("lets so many leave, and no more; what is refused does not count", async () => {
    const egress = createEgress({ policy: POLICY });
    const release = (reply: Reply<ModelParameters>) => egress.release({ instruction: FIT, reply });
    const kinds = [];
    for (const reply of [fitted({ numExamples: 1 }), FITTED, FITTED, FITTED]) {
      kinds.push((await release(reply)).refusal?.rule);
    }
    expect(kinds).toEqual(["minExamples", undefined, undefined, "maxRounds"]);
    expect(egress.admit(FIT)?.rule).toBe("maxRounds");
    expect(egress.admit(EVALUATE)).toBeUndefined();
  });

  it("lets nothing leave that could not be counted", async () => {
    const counts = {
      ...createReleaseCounts(),
      add: () => {
        throw Object.assign(new Error("/home/doe/state: no space"), { code: "ENOSPC" });
      },
    };
    const egress = createEgress({ policy: POLICY, counts });
    expect(await egress.release({ instruction: FIT, reply: FITTED })).toMatchObject({
      refusal: { rule: "stateFile", detail: "what leaves could not be counted: ENOSPC" },
      reply: { kind: "failure", code: "POLICY" },
    });
  });

  it("does not change with the object it was made of", async () => {
    const policy = structuredClone(POLICY) as { minExamples: number } & SitePolicy;
    const egress = createEgress({ policy });
    policy.minExamples = 0;
    const reply = fitted({ numExamples: 1 });
    const { refusal } = await egress.release({ instruction: FIT, reply });
    expect(refusal?.rule).toBe("minExamples");
  });

  it("has careful defaults", async () => {
    const careful: SitePolicy = {
      ...{ version: 1, servers: POLICY.servers, tensors: POLICY.tensors },
    };
    const egress = createEgress({ policy: careful });
    const rule = async (instruction: Instruction, reply: Reply<ModelParameters>) =>
      (await egress.release({ instruction, reply })).refusal?.rule;
    const plain = asked({ config: {} });
    expect(await rule(FIT, FITTED)).toBe("config");
    expect(await rule(plain, FITTED)).toBe("metrics");
    expect(await rule(plain, fitted({ numExamples: 99 }))).toBe("minExamples");
    expect(await rule(ASK_PROPERTIES, { kind: "getProperties", properties: {} })).toBe(
      "instructions",
    );
    expect(await rule(plain, fitted({ metrics: {} }))).toBeUndefined();
  });
});

describe("hooks of the gate", () => {
  it("change a reply in their order, before the policy is asked, and record what leaves", async () => {
    const seen: string[] = [];
    const more = (name: string, count: number): EgressHook => ({
      name,
      change: async ({ reply }) => {
        seen.push(`${name} changes`);
        return reply.kind === "fit" ? { ...reply, numExamples: reply.numExamples * count } : reply;
      },
      record: async ({ reply, refusal }) => {
        const what = reply.kind === "fit" ? reply.numExamples : reply.kind;
        seen.push(`${name} records ${what}, ${refusal?.rule}`);
      },
    });
    const egress = createEgress({ policy: POLICY, hooks: [more("a", 2), more("b", 10)] });
    const few = { ...FITTED, numExamples: 5 } as Reply<ModelParameters>;
    expect((await egress.release({ instruction: FIT, reply: few })).reply).toMatchObject({
      numExamples: 100,
    });
    const none = { ...FITTED, numExamples: 1 } as Reply<ModelParameters>;
    await egress.release({ instruction: FIT, reply: none });
    expect(seen).toEqual([
      ...["a changes", "b changes", "a records 100, undefined", "b records 100, undefined"],
      ...["a changes", "b changes"],
      ...["a records failure, minExamples", "b records failure, minExamples"],
    ]);
  });

  it.each([
    ["change", new FlError("POLICY", "epsilon 3 is spent"), "POLICY: epsilon 3 is spent"],
    ["record", new Error("Doe, John: disk full"), "Error"],
  ])("let nothing leave if one fails: %s", async (step, error, detail) => {
    const fail = () => {
      throw error;
    };
    const egress = createEgress({ hooks: [{ name: "audit", [step]: fail }] });
    const { reply, refusal } = await egress.release({ instruction: FIT, reply: FITTED });
    expect(reply).toMatchObject({ message: "the site's policy refuses: hook:audit" });
    expect(refusal).toEqual({ rule: "hook:audit", detail });
  });

  it("see failures and refusals too", async () => {
    const records: Departure[] = [];
    const record = (departure: Departure) => void records.push(departure);
    const egress = createEgress({ hooks: [{ name: "audit", record }] });
    const failure: Reply<ModelParameters> = { kind: "failure", code: "FAILED", message: "Error" };
    await egress.release({ instruction: FIT, reply: failure });
    await egress.refuse(FIT, { rule: "config", detail: "x" });
    expect(records.map(({ reply }) => reply)).toMatchObject([failure, { code: "POLICY" }]);
  });
});
