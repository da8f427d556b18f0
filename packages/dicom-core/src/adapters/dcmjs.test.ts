import { describe, expect, it } from "vitest";
import { dcmjs } from "../../test/adapters/real-dcmjs.js";
import { findElement } from "../dataset.js";
import { readFragments } from "../read/fragments.js";
import { readFile } from "../read/part10.js";
import {
  DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
  EXPLICIT_VR_BIG_ENDIAN,
  EXPLICIT_VR_LITTLE_ENDIAN,
  IMPLICIT_VR_LITTLE_ENDIAN,
} from "../transfer-syntax.js";
import { readBytes } from "../values/read-bytes.js";
import { readNumbers } from "../values/read-numbers.js";
import { readStrings, readText } from "../values/read-text.js";
import type { ElementInit } from "../write/element-init.js";
import { writeFile } from "../write/part10.js";
import { datasetToDcmjs, dcmjsToElements, fromDcmjs, toDcmjs } from "./dcmjs.js";
import type { DcmjsElement } from "./dcmjs-model.js";

const { DicomMessage, DicomMetaDictionary } = dcmjs.data;
const JPEG = "1.2.840.10008.1.2.4.50";

const dictOf = (elements: readonly ElementInit[], transferSyntaxUid = EXPLICIT_VR_LITTLE_ENDIAN) =>
  datasetToDcmjs(readFile(writeFile(elements, { transferSyntaxUid })).dataset);

const writtenByDcmjs = (elements: readonly ElementInit[], transferSyntaxUid?: string) => {
  const file = readFile(writeFile(elements, transferSyntaxUid ? { transferSyntaxUid } : {}));
  return readFile(new Uint8Array(toDcmjs(file, dcmjs).write()));
};

/** The only element of what an element of dcmjs becomes. */
const elementOf = (tag: string, element: DcmjsElement) => dcmjsToElements({ [tag]: element })[0];

const bufferOf = (...bytes: number[]) => Uint8Array.from(bytes).buffer;

/** What is in the buffers of a value: two buffers would be equal whatever they hold. */
const contentOf = (element: DcmjsElement | undefined) =>
  ((element?.Value ?? []) as readonly ArrayBuffer[]).map((buffer) => [...new Uint8Array(buffer)]);

describe("datasetToDcmjs", () => {
  it("gives what dcmjs can naturalize", () => {
    const dict = dictOf([
      { tag: 0x00100010, value: "Doe^Jane=ドウ^ジェーン" },
      { tag: 0x00081110, value: [[{ tag: 0x00081155, value: "1.2.3" }]] },
      { tag: 0x00280010, value: 512 },
      { tag: 0x00180050, value: "2.50" },
      { tag: 0x00080008, value: ["ORIGINAL", "PRIMARY"] },
    ]);
    expect(DicomMetaDictionary.naturalizeDataset(dict)).toMatchObject({
      PatientName: [{ Alphabetic: "Doe^Jane", Ideographic: "ドウ^ジェーン" }],
      ReferencedStudySequence: [{ ReferencedSOPInstanceUID: "1.2.3" }],
      Rows: 512,
      SliceThickness: 2.5,
      ImageType: ["ORIGINAL", "PRIMARY"],
      SpecificCharacterSet: "ISO_IR 192",
    });
  });

  it("keeps the exact text of numbers, which dcmjs writes again", () => {
    const file = writtenByDcmjs([{ tag: 0x00180050, value: ["2.50", "+1e1"] }]);
    expect(readStrings(file.dataset, 0x00180050)).toEqual(["2.50", "+1e1"]);
  });

  it("says that text is UTF-8 where the file did not say what it is", () => {
    const bytes = writeFile([{ tag: 0x00100010, value: "Doe^Jane" }]);
    bytes[bytes.length - 1] = 0xe9;
    const dict = datasetToDcmjs(readFile(bytes).dataset);
    expect(dict["00080005"]).toEqual({ vr: "CS", Value: ["ISO_IR 192"] });
    expect(dictOf([{ tag: 0x00100010, value: "Doe^Jane" }])["00080005"]).toBeUndefined();
  });

  it.each([
    ["SV", [-1n], [255, 255, 255, 255, 255, 255, 255, 255]],
    ["OL", Uint8Array.of(1, 2, 3, 4), [1, 2, 3, 4]],
    ["OV", Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8), [1, 2, 3, 4, 5, 6, 7, 8]],
  ] as const)("gives a VR that dcmjs does not know as UN: %s", (vr, value, bytes) => {
    const element = dictOf([{ tag: 0x00091001, vr, value }])["00091001"];
    expect(element?.vr).toBe("UN");
    expect(contentOf(element)).toEqual([bytes]);
  });

  it("leaves empty elements empty when dcmjs writes them", () => {
    const empty = [
      [0x00080060, "CS"],
      [0x00081110, "SQ"],
      [0x00100010, "PN"],
      [0x00180050, "DS"],
      [0x00280009, "AT"],
      [0x00280010, "US"],
      [0x0040a160, "UT"],
      [0x00420011, "OB"],
    ] as const;
    const { dataset } = writtenByDcmjs(empty.map(([tag, vr]) => ({ tag, vr, value: [] })));
    expect(dataset.elements.map(({ tag, vr, valueLength }) => [tag, vr, valueLength])).toEqual(
      empty.map(([tag, vr]) => [tag, vr, 0]),
    );
  });

  it("leaves out group lengths, which dcmjs would keep, and stray delimiters", () => {
    const bytes = Uint8Array.of(
      ...writeFile([]),
      ...[0x08, 0, 0, 0, 0x55, 0x4c, 4, 0, 99, 0, 0, 0],
      ...[0xfe, 0xff, 0x0d, 0xe0, 0, 0, 0, 0],
    );
    expect(datasetToDcmjs(readFile(bytes).dataset)).toEqual({});
  });
});

describe("toDcmjs", () => {
  const words = { tag: 0x7fe00010, vr: "OW", value: Uint8Array.of(1, 2, 3, 4) } as const;

  it.each([
    [IMPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN],
    [EXPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN],
    [EXPLICIT_VR_BIG_ENDIAN, EXPLICIT_VR_BIG_ENDIAN],
    [DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN],
  ])("keeps the transfer syntax, but for deflated: %s", (given, expected) => {
    const file = writtenByDcmjs([{ tag: 0x00280010, value: 512 }, words], given);
    expect(file.findings).toEqual([]);
    expect(file.transferSyntax.uid).toBe(expected);
    expect(readNumbers(file.dataset, 0x00280010)).toEqual([512]);
    const swapped = expected === EXPLICIT_VR_BIG_ENDIAN ? [2, 1, 4, 3] : [1, 2, 3, 4];
    expect(readBytes(file.dataset, 0x7fe00010)).toEqual(Uint8Array.from(swapped));
  });

  it("names a transfer syntax where the file has none", () => {
    const bytes = writeFile([{ tag: 0x00080060, value: "CT" }]);
    const bare = readFile(bytes.subarray(readFile(bytes).datasetOffset));
    expect(toDcmjs(bare, dcmjs).meta).toEqual({
      "00020010": { vr: "UI", Value: [EXPLICIT_VR_LITTLE_ENDIAN] },
    });
  });
});

describe("compressed pixel data", () => {
  const frames = [bufferOf(1, 2), bufferOf(3, 4, 5), bufferOf(6, 7)];
  const compressed = (Value: unknown, numberOfFrames: number) =>
    fromDcmjs({
      meta: { "00020010": { vr: "UI", Value: [JPEG] } },
      dict: {
        "00280008": { vr: "IS", Value: [numberOfFrames] },
        "7FE00010": { vr: "OB", Value },
        FFFCFFFC: { vr: "OB", Value: [bufferOf(0, 0)] },
      },
    });
  const fragmentsOf = ({ dataset }: ReturnType<typeof fromDcmjs>) => {
    const { fragments, basicOffsetTable } = readFragments(
      dataset,
      findElement(dataset, 0x7fe00010)!,
    );
    const bytes = dataset.source.parts[0]!.bytes;
    return {
      basicOffsetTable,
      fragments: fragments.map((f) => [...bytes.subarray(f.byteOffset, f.byteOffset + f.length)]),
    };
  };

  it("comes from dcmjs as one fragment a frame, of even length, and a table", () => {
    const file = compressed(frames, 3);
    expect(file.findings).toEqual([]);
    expect(file.dataset.elements.map(({ tag }) => tag)).toEqual([
      0x00280008, 0x7fe00010, 0xfffcfffc,
    ]);
    expect(fragmentsOf(file)).toEqual({
      basicOffsetTable: [0, 10, 22],
      fragments: [
        [1, 2],
        [3, 4, 5, 0],
        [6, 7],
      ],
    });
  });

  it("comes without a table where dcmjs has fragments, not frames", () => {
    expect(fragmentsOf(compressed(frames, 1)).basicOffsetTable).toEqual([]);
  });

  it("comes with the fragments of each frame where dcmjs keeps them apart", () => {
    expect(fragmentsOf(compressed([[frames[0], frames[1]], [frames[2]]], 2))).toMatchObject({
      basicOffsetTable: [0, 22],
      fragments: [
        [1, 2],
        [3, 4, 5, 0],
        [6, 7],
      ],
    });
  });

  it("goes to dcmjs frame by frame where the file tells frames", () => {
    const file = compressed([[frames[0], frames[1]], [frames[2]]], 2);
    expect(contentOf(toDcmjs(file, dcmjs).dict["7FE00010"])).toEqual([
      [1, 2, 3, 4, 5, 0],
      [6, 7],
    ]);
  });

  it("goes to dcmjs as a whole if it is one frame, and else by fragments", () => {
    const one = toDcmjs(compressed(frames, 1), dcmjs).dict["7FE00010"];
    expect(contentOf(one)).toEqual([[1, 2, 3, 4, 5, 0, 6, 7]]);
    const many = toDcmjs(compressed(frames, 2), dcmjs).dict["7FE00010"];
    expect(contentOf(many)).toEqual([
      [1, 2],
      [3, 4, 5, 0],
      [6, 7],
    ]);
  });

  it("is refused among elements, which have no fragments", () => {
    expect(() => elementOf("7FE00010", { vr: "OB", Value: frames })).toThrow(
      expect.objectContaining({ code: "BAD_VALUE", at: "(7FE0,0010)" }),
    );
  });
});

describe("dcmjsToElements", () => {
  it.each([
    ["00100010", { vr: "PN", Value: [{ Alphabetic: "Doe^Jane", Phonetic: "d" }] }, ["Doe^Jane==d"]],
    ["00100010", { vr: "PN", Value: [[{ Alphabetic: "A" }], [{}]] }, ["A", ""]],
    ["00100010", { vr: "PN", Value: "Doe^Jane" }, ["Doe^Jane"]],
    ["00100010", { vr: "PN", Value: new String("Doe") }, ["Doe"]],
    ["00100020", { vr: "LO" }, []],
    ["00100020", { vr: "LO", Value: null }, []],
    ["00080008", { vr: "CS", Value: ["A", null, "B"] }, ["A", "", "B"]],
    ["00204000", { vr: "LT", Value: ["a", "b"] }, "a\\b"],
    ["00180050", { vr: "DS", Value: [1.5], _rawValue: ["1.50 "] }, ["1.50 "]],
    ["00180050", { vr: "DS", Value: [2], _rawValue: ["1.50 "] }, [2]],
    ["00180050", { vr: "DS", Value: [null], _rawValue: ["?"] }, ["?"]],
    ["00080018", { vr: "UI", Value: ["1.2"], _rawValue: ["1.2a"] }, ["1.2a"]],
    ["00280106", { vr: "xs", Value: [1] }, [1]],
    ["00280009", { vr: "AT", Value: ["00181063", 0x00181065] }, [0x00181063, 0x00181065]],
    ["00091001", { vr: "UV", Value: [2n ** 64n - 1n] }, [2n ** 64n - 1n]],
    ["00091001", { vr: "OB", Value: new Uint8Array([1, 2]) }, Uint8Array.of(1, 2)],
    ["00091001", { vr: "OB", InlineBinary: "AQI=" }, Uint8Array.of(1, 2)],
    [
      "00081110",
      { vr: "SQ", Value: [{ "00080060": { vr: "CS", Value: ["CT"] } }, {}] },
      [[{ tag: 0x00080060, vr: "CS", value: ["CT"] }], []],
    ],
  ] as const)("takes what dcmjs has as value: %s %o", (tag, element, value) => {
    expect(elementOf(tag, element as unknown as DcmjsElement)?.value).toEqual(value);
  });

  it("decides VRs that dcmjs leaves open", () => {
    expect(elementOf("00280106", { vr: "xs", Value: [-1] })?.vr).toBe("SS");
    expect(elementOf("00280106", { vr: "xs", Value: [1] })?.vr).toBe("US");
    expect(elementOf("7FE00010", { vr: "ox", Value: [bufferOf(1, 2)] })?.vr).toBe("OW");
  });

  it.each([
    ["a VR that is none", { vr: "ZZ", Value: [] }, "BAD_VR"],
    ["a number for a text of other VRs", { vr: "PN", Value: [1] }, "BAD_VALUE"],
    ["a text for a number", { vr: "US", Value: ["1"] }, "BAD_VALUE"],
    ["a text for bytes", { vr: "OB", Value: ["1"] }, "BAD_VALUE"],
    ["bytes that are not base64", { vr: "OB", InlineBinary: "?" }, "BAD_VALUE"],
  ])("refuses %s", (_what, element, code) => {
    expect(() => elementOf("00091001", element)).toThrow(
      expect.objectContaining({ code, at: "(0009,1001)" }),
    );
  });

  it("refuses a key that is no tag, and tells where", () => {
    const item = { PatientName: { vr: "PN", Value: ["Doe"] } };
    expect(() => elementOf("00081110", { vr: "SQ", Value: [item] })).toThrow(
      expect.objectContaining({ code: "BAD_VALUE", at: "(0008,1110)[0]" }),
    );
  });
});

describe("fromDcmjs", () => {
  it("turns a file that was read, changed and not written into ours", () => {
    const written = writeFile([
      { tag: 0x00080018, value: "1.2.3" },
      { tag: 0x00100010, value: "Doe^Jane" },
      { tag: 0x00180050, value: "2.50" },
    ]);
    const dicomDict = DicomMessage.readFile(written.buffer);
    const dataset = DicomMetaDictionary.naturalizeDataset(dicomDict.dict);
    dataset["PatientName"] = "Müller";
    dicomDict.dict = DicomMetaDictionary.denaturalizeDataset(dataset);
    const file = fromDcmjs(dicomDict);
    expect(readText(file.dataset, 0x00100010)).toBe("Müller");
    expect(readText(file.dataset, 0x00080005)).toBe("ISO_IR 192");
    expect(readNumbers(file.dataset, 0x00180050)).toEqual([2.5]);
  });

  it("turns the words of a big endian file round", () => {
    const elements = [{ tag: 0x7fe00010, vr: "OW", value: Uint8Array.of(1, 2, 3, 4) }] as const;
    const bytes = writeFile(elements, { transferSyntaxUid: EXPLICIT_VR_BIG_ENDIAN });
    const { dataset } = fromDcmjs(DicomMessage.readFile(bytes.buffer));
    expect(dataset.encoding.littleEndian).toBe(false);
    expect(readBytes(dataset, 0x7fe00010)).toEqual(Uint8Array.of(2, 1, 4, 3));
  });

  it("builds the meta information, from the data set rather than from the old one", () => {
    const meta = {
      "00020002": { vr: "UI", Value: ["1.2.840.10008.5.1.4.1.1.2"] },
      "00020003": { vr: "UI", Value: ["9.9"] },
      "00020016": { vr: "AE", Value: ["SENDER"] },
    };
    const { fileMetaInformation, transferSyntax } = fromDcmjs({
      meta,
      dict: { "00080018": { vr: "UI", Value: ["1.2.3"] } },
    });
    expect(transferSyntax.uid).toBe(EXPLICIT_VR_LITTLE_ENDIAN);
    expect(readText(fileMetaInformation, 0x00020002)).toBe("1.2.840.10008.5.1.4.1.1.2");
    expect(readText(fileMetaInformation, 0x00020003)).toBe("1.2.3");
    expect(readText(fileMetaInformation, 0x00020016)).toBeUndefined();
  });
});
