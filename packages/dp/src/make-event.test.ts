import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DpError, isDpError } from "./errors.js";
import type { DpEvent } from "./event.js";
import {
  checkEvent,
  composed,
  gaussian,
  laplace,
  repeated,
  sampledAdaptiveGaussian,
  sampledGaussian,
  treeAggregation,
} from "./make-event.js";

const step = sampledGaussian({ noiseMultiplier: 1.1, sampleRate: 0.01 });

describe("constructors", () => {
  it("make plain data", () => {
    expect(repeated(composed(step, laplace({ noiseMultiplier: 2 })), 3)).toEqual({
      kind: "repeated",
      count: 3,
      event: {
        kind: "composed",
        events: [
          {
            kind: "poisson-sampled",
            sampleRate: 0.01,
            event: { kind: "gaussian", noiseMultiplier: 1.1 },
          },
          { kind: "laplace", noiseMultiplier: 2 },
        ],
      },
    });
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY, "1" as unknown as number])(
    "refuse noise multiplier %s",
    (noiseMultiplier) => {
      expect(() => gaussian({ noiseMultiplier })).toThrow(RangeError);
      expect(() => laplace({ noiseMultiplier })).toThrow(RangeError);
      expect(() => sampledGaussian({ noiseMultiplier, sampleRate: 0.1 })).toThrow(RangeError);
      expect(() => treeAggregation({ noiseMultiplier, stepsPerTree: [1] })).toThrow(RangeError);
    },
  );

  it.each([-1e-9, 1.0001, Number.NaN])("refuse sample rate %s", (sampleRate) => {
    expect(() => sampledGaussian({ noiseMultiplier: 1, sampleRate })).toThrow(
      `sampleRate: expected 0 <= x <= 1, got ${sampleRate}`,
    );
  });

  it.each([-1, 0.5, Number.NaN, 2 ** 53])("refuse count %s", (count) => {
    expect(() => repeated(step, count)).toThrow(RangeError);
  });

  it.each([[[]], [[0]], [[3, 1.5]], [[3, -1]]])("refuse steps per tree %j", (stepsPerTree) => {
    expect(() => treeAggregation({ noiseMultiplier: 1, stepsPerTree })).toThrow(RangeError);
  });
});

describe("checkEvent", () => {
  const noises = fc.double({ min: 0, noDefaultInfinity: true, noNaN: true });
  const { event: events } = fc.letrec<{ event: DpEvent; leaf: DpEvent }>((tie) => ({
    leaf: fc.oneof(
      fc.constantFrom<DpEvent>({ kind: "none" }, { kind: "non-private" }),
      noises.map((noiseMultiplier) => gaussian({ noiseMultiplier })),
      noises.map((noiseMultiplier) => laplace({ noiseMultiplier })),
      fc
        .array(fc.integer({ min: 1 }), { minLength: 1 })
        .map((stepsPerTree) => treeAggregation({ noiseMultiplier: 1, stepsPerTree })),
    ),
    event: fc.oneof(
      { depthSize: "small" },
      tie("leaf"),
      fc.array(tie("event"), { maxLength: 4 }).map((each) => composed(...each)),
      fc.tuple(tie("event"), fc.nat()).map(([event, count]) => repeated(event, count)),
      fc
        .tuple(tie("event"), fc.double({ min: 0, max: 1, noNaN: true }))
        .map(([event, sampleRate]): DpEvent => ({ kind: "poisson-sampled", sampleRate, event })),
    ),
  }));

  it("takes any event that was written as JSON, as a copy", () => {
    fc.assert(
      fc.property(events, (event) => {
        const read: unknown = JSON.parse(JSON.stringify(event));
        const checked = checkEvent(read);
        expect(checked).toEqual(read);
        expect(checked).not.toBe(read);
      }),
    );
  });

  it("refuses anything else by its own error, and never by another", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const refused = refusalOf(value);
        expect(refused.code).toBe("UNSUPPORTED_EVENT");
      }),
    );
  });

  it.each<[string, unknown, string]>([
    ["a kind", { kind: "discrete-gaussian" }, "event: kind discrete-gaussian is not known"],
    ["a field", { kind: "none", sampleRate: 1 }, "event: field sampleRate is not known"],
    ["no kind", {}, "event: of a kind that is not known"],
    ["a list", [], "event: expected an event"],
    [
      "noise",
      { kind: "gaussian" },
      "event: noiseMultiplier: expected a finite number >= 0, got undefined",
    ],
    [
      "text",
      { kind: "gaussian", noiseMultiplier: "a\nb" },
      "event: noiseMultiplier: expected a finite number >= 0, got string",
    ],
    ["no list", { kind: "composed", events: { length: 1 } }, "event: events: expected a list"],
    ["a hole", { kind: "composed", events: new Array(1) }, "event: expected an event"],
  ])("says what it refuses: %s", (_, value, message) => {
    expect(refusalOf(value).message).toBe(message);
    expect(refusalOf({ kind: "repeated", count: 1, event: value }).message).toBe(message);
  });

  it.each(["a\nforged line", "\u202E", "x".repeat(41), "__proto__ "])(
    "repeats no kind or field that could mislead: %j",
    (text) => {
      expect(refusalOf({ kind: text }).message).not.toContain(text);
      expect(refusalOf({ kind: "none", [text]: 1 }).message).not.toContain(text);
    },
  );

  it("takes 32 levels and no more", () => {
    const deep = (levels: number): unknown => {
      let event: unknown = { kind: "none" };
      for (let level = 1; level < levels; level += 1) event = { kind: "composed", events: [event] };
      return event;
    };
    expect(checkEvent(deep(32))).toEqual(deep(32));
    expect(refusalOf(deep(33)).message).toBe("event: events in each other more than 32 deep");
    expect(refusalOf(deep(100_000)).code).toBe("UNSUPPORTED_EVENT");
  });

  it("ignores what is inherited", () => {
    const value: unknown = JSON.parse('{"__proto__": {"kind": "none"}}');
    expect(refusalOf(value).code).toBe("UNSUPPORTED_EVENT");
  });
});

function refusalOf(value: unknown): DpError {
  try {
    checkEvent(value);
  } catch (error) {
    if (isDpError(error)) return error;
    throw error;
  }
  throw new Error("not refused");
}

describe("sampledAdaptiveGaussian", () => {
  it("holds the sum, and the count with its sensitivity of a half, on one sample", () => {
    expect(
      sampledAdaptiveGaussian({ sumNoiseMultiplier: 1.5, countNoise: 10, sampleRate: 0.1 }),
    ).toEqual({
      kind: "poisson-sampled",
      sampleRate: 0.1,
      event: {
        kind: "composed",
        events: [
          { kind: "gaussian", noiseMultiplier: 1.5 },
          { kind: "gaussian", noiseMultiplier: 20 },
        ],
      },
    });
    expect(() =>
      sampledAdaptiveGaussian({ sumNoiseMultiplier: 1.5, countNoise: Number.NaN, sampleRate: 0.1 }),
    ).toThrow(RangeError);
  });
});
