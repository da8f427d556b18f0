import type { Dtype, TensorSpec } from "@dsail/fl-protocol";
import { BYTES_PER_ELEMENT, elementCount } from "@dsail/fl-protocol";
import fc from "fast-check";
import { expect, it } from "vitest";
import { layoutOf } from "./layout.js";

const dtypes = Object.keys(BYTES_PER_ELEMENT) as Dtype[];
const specs: fc.Arbitrary<TensorSpec[]> = fc.array(
  fc.record({
    name: fc.string(),
    dtype: fc.constantFrom(...dtypes),
    shape: fc.array(fc.nat(5), { maxLength: 3 }),
  }),
  { maxLength: 12 },
);

it("has every element of every tensor once, in order, aligned and within its segment", () => {
  fc.assert(
    fc.property(specs, fc.constantFrom(16, 32, 64, 4096), (all, segmentBytes) => {
      const { segments } = layoutOf(all, segmentBytes);
      const next = all.map(() => 0);
      let last = 0;
      for (const pieces of segments) {
        expect(pieces.length).toBeGreaterThan(0);
        let end = 0;
        for (const { tensorIndex, start, count, position, byteLength } of pieces) {
          expect(tensorIndex).toBeGreaterThanOrEqual(last);
          last = tensorIndex;
          expect(start).toBe(next[tensorIndex]);
          next[tensorIndex]! += count;
          expect(byteLength).toBe(count * BYTES_PER_ELEMENT[all[tensorIndex]!.dtype]);
          expect(position % 8).toBe(0);
          expect(position).toBeGreaterThanOrEqual(end);
          end = position + byteLength;
        }
        expect(end).toBeLessThanOrEqual(segmentBytes);
      }
      expect(next).toEqual(all.map(({ shape }) => elementCount(shape)));
    }),
  );
});
