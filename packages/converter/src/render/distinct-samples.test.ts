import type { Frame, Samples } from "@dsail/dicom-core/pixel-data";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { distinctSamples } from "./distinct-samples.js";
import type { FrameTransforms } from "./frame-transforms.js";
import { type RenderMode, renderFrame } from "./render-frame.js";

const TYPES = [Uint8Array, Int8Array, Uint16Array, Int16Array];

/** Enough samples for a table, repeated from a few. */
const samples: fc.Arbitrary<Samples> = fc
  .tuple(
    fc.constantFrom(...TYPES),
    fc.array(fc.integer({ min: -0x8000, max: 0xffff }), { minLength: 1 }),
  )
  .map(
    ([type, some]) =>
      new type(Array.from({ length: 1024 }, (_, i) => some[i % some.length] as number)),
  );

const transforms: fc.Arbitrary<FrameTransforms> = fc.record({
  modality: fc.constantFrom(
    undefined,
    { slope: -1.7, intercept: 11.3 },
    { slope: 2, intercept: -5 },
  ),
  voi: fc.constantFrom(
    undefined,
    { function: "LINEAR", center: 40, width: 400 } as const,
    { function: "SIGMOID", center: 40, width: 4000 } as const,
    { lut: { firstMapped: -3, bits: 4, entries: Uint16Array.of(9, 15, 0, 3) } },
  ),
  padding: fc.constantFrom(undefined, { min: -9, max: 30 }),
  presentationLut: fc.constantFrom(undefined, {
    firstMapped: 0,
    bits: 10,
    entries: Uint16Array.from({ length: 256 }, (_, i) => (i * i) >> 6),
  }),
});

describe("distinctSamples", () => {
  it("finds each value once, and spreads what becomes of it", () => {
    const image = Int16Array.from({ length: 1500 }, (_, i) => [-300, 7, 0][i % 3] as number);
    const { values, spread } = distinctSamples(image) as NonNullable<
      ReturnType<typeof distinctSamples>
    >;
    expect(values).toEqual(Int16Array.of(0, 7, -300));
    const pixels = spread(Uint8Array.of(10, 20, 30));
    expect([...pixels.subarray(0, 4), pixels.length]).toEqual([30, 20, 10, 30, 1500]);
  });

  it("leaves few samples, and wide ones", () => {
    expect(distinctSamples(new Uint8Array(1023))).toBeUndefined();
    expect(distinctSamples(new Float32Array(5000))).toBeUndefined();
    expect(distinctSamples(new Uint32Array(5000))).toBeUndefined();
  });

  it("changes no pixel of any mode", () => {
    const modes = fc.constantFrom<RenderMode>("voi", "dsail", "full");
    fc.assert(
      fc.property(samples, transforms, modes, fc.boolean(), (stored, steps, mode, isInverted) => {
        const frame = (values: Samples): Frame => ({
          rows: 1,
          columns: values.length,
          samplesPerPixel: 1,
          photometricInterpretation: isInverted ? "MONOCHROME1" : "MONOCHROME2",
          bitsStored: 8 * stored.BYTES_PER_ELEMENT,
          samples: values,
        });
        // Fewer than 1024 go the direct way; the values repeat, so the range is the same.
        const direct = renderFrame(frame(stored.slice(0, 1023)), steps, { mode }).pixels;
        const byTable = renderFrame(frame(stored), steps, { mode }).pixels;
        expect(byTable.subarray(0, 1023)).toEqual(direct);
      }),
    );
  });
});
