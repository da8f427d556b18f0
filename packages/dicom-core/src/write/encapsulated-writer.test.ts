import { describe, expect, it } from "vitest";
import { type Bytes, bytesOf, EXPLICIT, UNDEFINED } from "../../test/bytes-of.js";
import { findElement } from "../dataset.js";
import { readFragments } from "../read/fragments.js";
import { readFile } from "../read/part10.js";
import * as Tag from "../tags.js";
import { ByteWriter } from "./byte-writer.js";
import { datasetToElements } from "./dataset-to-elements.js";
import type { EncapsulatedInit } from "./element-init.js";
import { writeEncapsulated } from "./encapsulated-writer.js";
import { writeFile } from "./part10.js";

const RLE = "1.2.840.10008.1.2.5";
const ENCODING = { explicitVR: true, littleEndian: true };

function written(init: EncapsulatedInit): Uint8Array {
  const writer = new ByteWriter(true);
  writeEncapsulated(writer, Tag.PixelData, init, ENCODING);
  return writer.bytes.slice();
}

const { element, item, long, sequenceEnd } = EXPLICIT;
const pixelData = (...items: readonly Bytes[]) =>
  bytesOf(element(Tag.PixelData, "OB", items, { length: UNDEFINED }), sequenceEnd);

describe("compressed pixel data", () => {
  const fragments = [Uint8Array.of(1, 2, 3), new Uint8Array(0), Uint8Array.of(4, 5)];

  it("is a table, fragments of even length, and an end", () => {
    expect(written({ fragments })).toEqual(
      pixelData(item([]), item([1, 2, 3, 0]), item([]), item([4, 5])),
    );
    expect(written({ fragments: [] })).toEqual(pixelData(item([])));
  });

  it("tells where frames begin, from the first fragment's header", () => {
    expect(written({ fragments, firstFragments: [0, 2] })).toEqual(
      pixelData(item([long(0), long(20)]), item([1, 2, 3, 0]), item([]), item([4, 5])),
    );
  });

  it("has no frames at fragments that it does not have", () => {
    for (const first of [3, -1, 0.5]) {
      expect(() => written({ fragments, firstFragments: [first] })).toThrow(RangeError);
    }
  });

  it("is explicit VR little endian", () => {
    for (const encoding of [
      { explicitVR: false, littleEndian: true },
      { explicitVR: true, littleEndian: false },
    ]) {
      const write = () =>
        writeEncapsulated(new ByteWriter(true), Tag.PixelData, { fragments }, encoding);
      expect(write).toThrow(expect.objectContaining({ code: "UNSUPPORTED_TRANSFER_SYNTAX" }));
    }
  });

  it("is in files of its transfer syntaxes, and in no others", () => {
    const value = { fragments };
    for (const [init, transferSyntaxUid] of [
      [value, "1.2.840.10008.1.2.1"],
      [value, "1.2.840.10008.1.2"],
      [new Uint8Array(2), RLE],
      [value, "1.2.3.4"],
    ] as const) {
      expect(() =>
        writeFile([{ tag: Tag.PixelData, vr: "OB", value: init }], { transferSyntaxUid }),
      ).toThrow(expect.objectContaining({ code: "UNSUPPORTED_TRANSFER_SYNTAX" }));
    }
  });

  it("comes back as it was written, and so once more", () => {
    const value = { fragments, firstFragments: [0, 2] };
    const bytes = writeFile([{ tag: Tag.PixelData, value }], { transferSyntaxUid: RLE });
    const { dataset, findings } = readFile(bytes);
    expect(findings).toEqual([]);
    const read = readFragments(dataset, findElement(dataset, Tag.PixelData)!);
    expect(read.basicOffsetTable).toEqual([0, 20]);
    expect(read.fragments.map(({ length }) => length)).toEqual([4, 0, 2]);
    const again = writeFile(datasetToElements(dataset), { transferSyntaxUid: RLE });
    expect(again).toEqual(bytes);
  });

  it("loses a table whose offsets lead nowhere", () => {
    const dataset = pixelData(item([long(0), long(7)]), item([1, 2]), item([3, 4]));
    const head = writeFile([], { transferSyntaxUid: RLE });
    const file = readFile(bytesOf(head, dataset));
    expect(datasetToElements(file.dataset)).toEqual([
      {
        tag: Tag.PixelData,
        vr: "OB",
        value: { fragments: [Uint8Array.of(1, 2), Uint8Array.of(3, 4)], firstFragments: [] },
      },
    ]);
  });
});
