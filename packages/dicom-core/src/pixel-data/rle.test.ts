import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeRle, encodeRle } from "./rle.js";

const refused = expect.objectContaining({ code: "BAD_VALUE" });

/** A frame of these segments, by hand. */
function frameOf(...segments: readonly (readonly number[])[]): Uint8Array {
  const header = new DataView(new ArrayBuffer(64));
  header.setUint32(0, segments.length, true);
  let at = 64;
  for (const [i, { length }] of segments.entries()) {
    header.setUint32(4 + 4 * i, at, true);
    at += length;
  }
  return Uint8Array.from([...new Uint8Array(header.buffer), ...segments.flat()]);
}

describe("decodeRle", () => {
  it("unpacks literal and repeated bytes, and passes over 128 (PS3.5 G.3.2)", () => {
    const frame = frameOf([2, 1, 2, 3, 128, 254, 9], [251, 7, 0]);
    expect([...decodeRle(frame, 2, 6)]).toEqual([1, 2, 3, 9, 9, 9, 7, 7, 7, 7, 7, 7]);
  });

  it("unpacks the example of TIFF 6.0, section 9", () => {
    const packed = [0xfe, 0xaa, 0x02, 0x80, 0x00, 0x2a, 0xfd, 0xaa, 0x03, 0x80, 0x00, 0x2a, 0x22];
    packed.push(0xf7, 0xaa);
    const unpacked = "aa aa aa 80 00 2a aa aa aa aa 80 00 2a 22 aa aa aa aa aa aa aa aa aa aa";
    expect(Buffer.from(decodeRle(frameOf(packed), 1, 24)).toString("hex")).toBe(
      unpacked.replaceAll(" ", ""),
    );
  });

  it.each([
    ["shorter than its header", new Uint8Array(63)],
    ["of another number of segments", frameOf([0, 1], [0, 1])],
    ["with a segment before the header's end", frameOf([0, 1]).with(4, 8)],
    ["with a segment behind its end", frameOf([0, 1]).with(5, 1)],
    ["that ends too early", frameOf([0, 1])],
    ["that ends inside a run", frameOf([254])],
  ])("refuses a frame %s", (_what, frame) => {
    expect(() => decodeRle(frame, 1, 4)).toThrow(refused);
  });

  it("allocates nothing for what so few bytes cannot be", () => {
    const frame = frameOf([0x81, 7]);
    expect(decodeRle(frame, 1, 128)).toEqual(new Uint8Array(128).fill(7));
    expect(() => decodeRle(frame, 1, 2 ** 53 - 1)).toThrow(refused);
  });

  it("ends, and gives as much as it should or an error, whatever the bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(50), (bytes, length) => {
        const frame = frameOf([...bytes]);
        try {
          expect(decodeRle(frame, 1, length).length).toBe(length);
        } catch (error) {
          expect(error).toEqual(refused);
        }
      }),
    );
  });
});

describe("encodeRle", () => {
  it("is undone by decodeRle, row by row, with segments of even length", () => {
    const bytes = fc.oneof(fc.constantFrom(0, 1, 255), fc.nat(255));
    const image = fc
      .tuple(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 4 }), fc.nat(3))
      .chain(([columns, rows, more]) =>
        fc.tuple(
          fc.constant(columns),
          fc.array(fc.array(bytes, { minLength: columns * rows, maxLength: columns * rows }), {
            minLength: 1 + more,
            maxLength: 1 + more,
          }),
        ),
      );
    fc.assert(
      fc.property(image, ([columns, planes]) => {
        const frame = encodeRle(
          planes.map((plane) => Uint8Array.from(plane)),
          columns,
        );
        expect(frame.length % 2).toBe(0);
        expect([...decodeRle(frame, planes.length, planes[0]!.length)]).toEqual(planes.flat());
      }),
      { numRuns: 50 },
    );
  });

  it("packs runs, and does not let others grow by more than a byte for each 128", () => {
    expect(encodeRle([new Uint8Array(1000)], 1000).length).toBeLessThan(64 + 20);
    const noise = Uint8Array.from({ length: 1024 }, (_, i) => (i * 167) & 255);
    expect(encodeRle([noise], 1024).length).toBeLessThanOrEqual(64 + 1024 + 8);
  });

  it.each([0, 16])("refuses %i planes", (count) => {
    const planes = Array.from({ length: count }, () => new Uint8Array(1));
    expect(() => encodeRle(planes, 1)).toThrow(RangeError);
  });
});
