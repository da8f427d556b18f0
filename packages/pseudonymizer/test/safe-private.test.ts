/**
 * The Retain Safe Private Option (PS3.15 E.3.10): private elements that the table of the standard, the file itself or the
 * user calls safe stay, with their creators, and nothing else of what is private.
 */
import {
  type Dataset,
  type ElementInit,
  findElement,
  formatTag,
  IMPLICIT_VR_LITTLE_ENDIAN,
  isPrivateTag,
  isVR,
  readFile,
  readStrings,
  readText,
  type VR,
  viewBytes,
  writeFile,
} from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import { describe, expect, it } from "vitest";
import type { TableOption } from "../src/action.js";
import { createPseudonymizer } from "../src/pseudonymize.js";
import type { PrivateElement } from "../src/safe-private.js";
import { canaryOf, holds, holdsCanary } from "./canary.js";
import { KEY } from "./keys.js";
import {
  type Bytes,
  element,
  implicitElement,
  item,
  rawFile,
  rawImplicitFile,
} from "./raw-elements.js";
import { readStandardTable } from "./standard-tables.js";

const at = (tag: number, vr: VR, value: ElementInit["value"]): ElementInit => ({ tag, vr, value });

const BARE: readonly ElementInit[] = [
  at(Tag.SOPClassUID, "UI", "1.2.840.10008.5.1.4.1.1.4"),
  at(Tag.SOPInstanceUID, "UI", "1.2.3.4"),
  at(Tag.PatientName, "PN", "Doe^Jane"),
  at(Tag.PatientID, "LO", "ID-0815"),
];

const pseudonymizer = (
  options: readonly TableOption[] = ["retainSafePrivate"],
  safePrivate: readonly PrivateElement[] = [],
) => createPseudonymizer({ key: KEY, options, safePrivate });

const pseudonymize = pseudonymizer();

/** The data set that comes of BARE and some elements. */
const outputOf = (...elements: readonly ElementInit[]): Dataset =>
  readFile(pseudonymize(writeFile([...BARE, ...elements]))).dataset;

const privateTags = (dataset: Dataset) =>
  dataset.elements.flatMap(({ tag }) => (isPrivateTag(tag) ? [formatTag(tag)] : []));

const bytesOf = (dataset: Dataset, tag: number) => {
  const found = findElement(dataset, tag);
  return found && Buffer.from(viewBytes(dataset.source, found.valueOffset, found.valueLength));
};

interface TableElement {
  readonly creator: string;
  readonly group: number;
  readonly element: number;
  readonly vr: VR;
}

const TABLE: readonly TableElement[] = readStandardTable("ps3.15-2026c-table-E.3.10-1.csv").map(
  (row) => {
    const match = /^\(([0-9A-F]{4}),xx([0-9A-F]{2})\)$/i.exec(row.get("Data Element") ?? "");
    const letters = (row.get("VR") ?? "").replace("OW/OB", "OW");
    return {
      creator: row.get("Private Creator") ?? "",
      group: Number.parseInt(match?.[1] ?? "", 16),
      element: Number.parseInt(match?.[2] ?? "", 16),
      vr: isVR(letters) ? letters : "UN", // of five the table does not tell
    };
  },
);

/** A creator, and an element of its block. */
function blockOf(
  { creator, group, element: last, vr }: TableElement,
  block: number,
): readonly ElementInit[] {
  const tag = ((group << 16) | (block << 8) | last) >>> 0;
  const value = vr === "SQ" ? at(tag, vr, [[canaryOf(Tag.Rows, "US")]]) : canaryOf(tag, vr);
  return [at(((group << 16) | block) >>> 0, "LO", creator), value];
}

/** What is wrong with what comes of an element of the table. */
function complaintsOf(
  row: TableElement,
  block: number,
  transferSyntaxUid?: string,
): readonly string[] {
  const elements = blockOf(row, block);
  const [creator, { tag }] = elements as [ElementInit, ElementInit];
  const input = writeFile(
    [...BARE, ...elements],
    transferSyntaxUid === undefined ? {} : { transferSyntaxUid },
  );
  const output = pseudonymize(input);
  const { dataset, findings } = readFile(output);
  const name = `${formatTag(tag)} ${row.creator} ${row.vr}`;
  const canaryVR = row.vr === "SQ" ? "US" : row.vr;
  if (!holdsCanary(input, canaryVR)) return [`${name}: it is not in the input`];
  if (holdsCanary(pseudonymizer([])(input), canaryVR))
    return [`${name}: it stays without the option`];
  const left = privateTags(dataset);
  if (left.join() !== [creator.tag, tag].map(formatTag).join()) return [`${name}: it is gone`];
  if (findings.length > 0) return [`${name}: the output is read with findings`];
  if (readText(dataset, creator.tag) !== row.creator) return [`${name}: the creator has changed`];
  if (row.vr === "UI") {
    const isMapped = !holdsCanary(output, "UI") && holds(output, "2.25.");
    return isMapped ? [] : [`${name}: the UID is not replaced`];
  }
  return holdsCanary(output, canaryVR) ? [] : [`${name}: its value has changed`];
}

describe("an element of Table E.3.10-1", () => {
  it("is read from the table of the standard", () => {
    expect(TABLE.length).toBe(479);
    expect(
      TABLE.filter(({ group, element: last }) => Number.isNaN(group) || Number.isNaN(last)),
    ).toEqual([]);
    expect(new Set(TABLE.map(({ creator }) => creator)).size).toBe(20);
    expect(TABLE.filter(({ vr }) => vr === "UN").length).toBe(5);
  });

  it("stays with its creator, in explicit VR", () => {
    expect(TABLE.flatMap((row) => complaintsOf(row, 0x10))).toEqual([]);
  });

  it("stays in another block", () => {
    expect(TABLE.flatMap((row) => complaintsOf(row, 0x11))).toEqual([]);
    expect(TABLE.flatMap((row) => complaintsOf(row, 0xff))).toEqual([]);
  });

  it("stays in implicit VR, in which nobody tells its VR", () => {
    const rows = TABLE.filter(({ vr }) => !TEXT_VRS.has(vr));
    expect(rows.length).toBeGreaterThan(200);
    expect(rows.flatMap((row) => complaintsOf(row, 0x10, IMPLICIT_VR_LITTLE_ENDIAN))).toEqual([]);
  });

  // Whether it names somebody is asked of text, and UN is none: it goes.
  it("stays in implicit VR if it is text", () => {
    const rows = TABLE.filter(({ vr }) => TEXT_VRS.has(vr));
    expect(rows.flatMap((row) => complaintsOf(row, 0x10, IMPLICIT_VR_LITTLE_ENDIAN))).toEqual([]);
  });
});

const TEXT_VRS: ReadonlySet<string> = new Set(["CS", "DS", "IS", "LO", "LT", "SH", "ST"]);

/** (0019,xx0C) IS B value, (0019,xx0D) CS, (0019,xx0E) FD: of Table E.3.10-1. */
const SIEMENS = "SIEMENS MR HEADER";
/** (2001,xx5F) SQ Stack Sequence, (2001,xx2D) SS Stack Number Of Slices, (2001,xx03) FL, (2001,xx08) IS. */
const PHILIPS = "Philips Imaging DD 001";

describe("a creator", () => {
  it("goes if nothing of its block stays, and stays if something does", () => {
    const dataset = outputOf(
      at(0x00190010, "LO", SIEMENS),
      at(0x00190011, "LO", SIEMENS),
      at(0x00190012, "LO", "QWYZZK"),
      at(0x0019100c, "IS", "1000"),
      at(0x00191008, "CS", "UNKNOWN"), // of a known block, but not in the table
      at(0x00191108, "CS", "UNKNOWN"),
      at(0x0019120c, "IS", "1000"), // in the table, but of another creator
      at(0x00291010, "OB", Uint8Array.of(1, 2)), // of no creator
    );
    expect(privateTags(dataset)).toEqual(["(0019,0010)", "(0019,100C)"]);
    expect(readText(dataset, 0x0019100c)).toBe("1000");
  });

  it("is the same however it is padded, and another in another group", () => {
    const dataset = outputOf(
      at(0x00190010, "LO", ` ${SIEMENS} `),
      at(0x0019100c, "IS", "1000"),
      at(0x00210010, "LO", SIEMENS),
      at(0x0021100c, "IS", "1000"),
    );
    expect(privateTags(dataset)).toEqual(["(0019,0010)", "(0019,100C)"]);
  });

  it("is another in other letters, or with anything behind it", () => {
    for (const creator of [SIEMENS.toLowerCase(), `${SIEMENS} Doe`, "SIEMENS MR"]) {
      const dataset = outputOf(at(0x00190010, "LO", creator), at(0x0019100c, "IS", "1000"));
      expect(privateTags(dataset), creator).toEqual([]);
    }
  });

  it("is not that of an item around, since each data set has its own (PS3.5 7.8.1)", () => {
    const dataset = outputOf(
      at(0x00190010, "LO", SIEMENS),
      at(0x0019100c, "IS", "1000"),
      at(Tag.AnatomicRegionSequence, "SQ", [[at(0x0019100c, "IS", "1000")]]),
    );
    expect(privateTags(dataset)).toEqual(["(0019,0010)", "(0019,100C)"]);
    expect(findElement(dataset, Tag.AnatomicRegionSequence)?.items?.[0]?.elements).toEqual([]);
  });

  it("stays in an item with what is safe there", () => {
    const dataset = outputOf(
      at(Tag.AnatomicRegionSequence, "SQ", [
        [
          at(0x00190010, "LO", SIEMENS),
          at(0x0019100c, "IS", "1000"),
          at(0x00191008, "LO", "UNKNOWN"),
          at(0x00210010, "LO", "QWYZZK"),
          at(0x00211001, "LO", "QWYZZK"),
        ],
      ]),
    );
    const [inner] = findElement(dataset, Tag.AnatomicRegionSequence)?.items ?? [];
    expect(privateTags(inner!)).toEqual(["(0019,0010)", "(0019,100C)"]);
  });
});

describe("a private sequence that stays", () => {
  const NAME = "Canary^Carol";
  const inner: readonly ElementInit[] = [
    at(Tag.PatientName, "PN", NAME),
    at(Tag.StudyDate, "DA", "19640229"),
    at(Tag.Rows, "US", 512),
    at(0x00190010, "LO", "QWYZZK"),
    at(0x00191001, "LO", NAME),
    at(0x20010010, "LO", PHILIPS),
    at(0x20011003, "FL", 1000),
    at(0x200110fe, "LO", NAME), // not in the table
    at(0x2001105f, "SQ", [[at(Tag.PatientName, "PN", NAME), at(Tag.Columns, "US", 256)]]),
  ];
  const elements = [...BARE, at(0x20010010, "LO", PHILIPS), at(0x2001105f, "SQ", [inner])];

  const expectWalked = (input: Uint8Array) => {
    expect(holds(input, NAME)).toBe(true);
    const output = pseudonymize(input);
    for (const text of [NAME, "QWYZZK", "19640229"]) expect(holds(output, text), text).toBe(false);
    const [stack] = findElement(readFile(output).dataset, 0x2001105f)?.items ?? [];
    expect(privateTags(stack!)).toEqual(["(2001,0010)", "(2001,1003)", "(2001,105F)"]);
    expect(bytesOf(stack!, 0x20011003)).toEqual(Buffer.from(Float32Array.of(1000).buffer));
    expect(findElement(stack!, Tag.Rows)).toBeDefined();
    const [nested] = findElement(stack!, 0x2001105f)?.items ?? [];
    expect(findElement(nested!, Tag.Columns)).toBeDefined();
    expect(readText(nested!, Tag.PatientName)).not.toMatch("Carol");
  };

  it.each([false, true])(
    "is walked, in explicit VR (undefined lengths: %s)",
    (undefinedLengths) => {
      expectWalked(writeFile(elements, { undefinedLengths }));
    },
  );

  it.each([false, true])(
    "is walked, in implicit VR (undefined lengths: %s)",
    (undefinedLengths) => {
      expectWalked(
        writeFile(elements, { undefinedLengths, transferSyntaxUid: IMPLICIT_VR_LITTLE_ENDIAN }),
      );
    },
  );

  const instance: Bytes = [element(Tag.SOPInstanceUID, "UI", "1.2.3.4\0")];
  const creator = element(0x20010010, "LO", PHILIPS);

  it("is walked where its VR is UN (PS3.5 6.2.2)", () => {
    const content = item(implicitElement(Tag.PatientName, NAME), implicitElement(Tag.Rows, [1, 2]));
    const input = rawFile([instance, creator, element(0x2001105f, "UN", content)]);
    expect(holds(input, NAME)).toBe(true);
    const output = pseudonymize(input);
    expect(holds(output, NAME)).toBe(false);
    const [stack] = findElement(readFile(output).dataset, 0x2001105f)?.items ?? [];
    expect(findElement(stack!, Tag.Rows)).toBeDefined();
  });

  // The table says SQ, the file UN: the bytes stay as they are.
  it("goes where its VR is UN and it cannot be read as one", () => {
    const input = rawFile([instance, creator, element(0x2001105f, "UN", `${NAME} is no item`)]);
    expect(holds(pseudonymize(input), NAME)).toBe(false);
  });

  // The same.
  it("goes in implicit VR where it cannot be read as one", () => {
    const input = rawImplicitFile([
      implicitElement(Tag.SOPInstanceUID, "1.2.3.4\0"),
      implicitElement(0x20010010, PHILIPS),
      implicitElement(0x2001105f, `${NAME} is no item`),
    ]);
    expect(holds(input, NAME)).toBe(true);
    expect(holds(pseudonymize(input), NAME)).toBe(false);
  });
});

describe("a UID of an element that is safe", () => {
  const UIDS: readonly ElementInit[] = [
    at(0x00990010, "LO", "NQHeader"),
    at(0x00991001, "UI", "1.2.826.1"),
    at(0x00991002, "UI", "1.2.3.5"),
    at(Tag.SeriesInstanceUID, "UI", "1.2.3.5"),
  ];

  it("is replaced by that which it has elsewhere", () => {
    const dataset = outputOf(...UIDS);
    expect(readText(dataset, 0x00991001)).toMatch(/^2\.25\./);
    expect(readText(dataset, 0x00991002)).toMatch(/^2\.25\./);
    expect(readText(dataset, 0x00991002)).toBe(readText(dataset, Tag.SeriesInstanceUID));
  });

  it("is replaced in implicit VR, too", () => {
    const input = writeFile([...BARE, ...UIDS], { transferSyntaxUid: IMPLICIT_VR_LITTLE_ENDIAN });
    const { dataset } = readFile(pseudonymize(input));
    const series = readText(dataset, Tag.SeriesInstanceUID);
    expect(bytesOf(dataset, 0x00991002)?.toString("latin1").replace(/\0$/, "")).toBe(series);
  });

  it("stays under Retain UIDs", () => {
    const output = pseudonymizer(["retainSafePrivate", "retainUids"])(
      writeFile([...BARE, ...UIDS]),
    );
    expect(readText(readFile(output).dataset, 0x00991001)).toBe("1.2.826.1");
    expect(readText(readFile(output).dataset, 0x00991002)).toBe("1.2.3.5");
  });
});

describe("text of an element that is safe", () => {
  const textLeft = (text: string, ...more: readonly ElementInit[]) =>
    readText(
      outputOf(at(0x00190010, "LO", "GEMS_ACQU_01"), at(0x0019109e, "LO", text), ...more),
      0x0019109e,
    );

  it("stays if it names nobody", () => {
    expect(textLeft("EFGRE3D")).toBe("EFGRE3D");
    expect(textLeft("Dober jan 08451")).toBe("Dober jan 08451");
  });

  it.each([
    "Doe",
    "for JANE",
    "jane_doe",
    "3D\\DOE",
    "series 0815",
    "Döe,Jané",
    "ID-0815",
    "JaneDoe2",
    "x19750312",
  ])("goes if it has the name or the ID of the patient in it: %s", (text) => {
    const dataset = outputOf(
      at(Tag.SpecificCharacterSet, "CS", "ISO_IR 192"),
      at(0x00190010, "LO", "GEMS_ACQU_01"),
      at(0x0019109e, "LO", text.split("\\")),
    );
    expect(privateTags(dataset)).toEqual([]);
  });

  it("goes if it names anybody else of whom the file tells, at any depth", () => {
    const physician = at(Tag.ReferringPhysicianName, "PN", "Miller^Mary");
    const nested = at(Tag.AnatomicRegionSequence, "SQ", [
      [at(Tag.OperatorsName, "PN", "Smith^Sue")],
    ]);
    expect(textLeft("MARY 3D", physician, nested)).toBeUndefined();
    expect(textLeft("sue", physician, nested)).toBeUndefined();
    expect(textLeft("mary sue", physician)).toBeUndefined();
    expect(textLeft("maria", physician, nested)).toBe("maria");
  });

  it("goes from an item, too", () => {
    const dataset = outputOf(
      at(Tag.AnatomicRegionSequence, "SQ", [
        [at(0x00190010, "LO", "GEMS_ACQU_01"), at(0x0019109e, "LO", "Doe")],
      ]),
    );
    expect(findElement(dataset, Tag.AnatomicRegionSequence)?.items?.[0]?.elements).toEqual([]);
  });
});

describe("a value that is not of the VR of the table", () => {
  const NAME = "Doe^Jane";
  // (0019,xx0E) is FD in the table.
  const withVR = (vr: VR, value: string | Uint8Array) =>
    writeFile([
      ...BARE.filter(({ tag }) => tag !== Tag.PatientName),
      at(Tag.PatientName, "PN", "Doe^Jane "),
      at(0x00190010, "LO", SIEMENS),
      at(0x0019100e, vr, value),
    ]);

  const valueLeft = (input: Uint8Array) =>
    bytesOf(readFile(pseudonymize(input)).dataset, 0x0019100e);

  it.each(["LO", "UT", "CS"] as const)("goes if it is %s, with the name in it", (vr) => {
    expect(valueLeft(withVR(vr, vr === "CS" ? "DOE_JANE" : NAME))).toBeUndefined();
  });

  it("goes if it is PN, or a date", () => {
    expect(valueLeft(withVR("PN", "Nobody"))).toBeUndefined();
    expect(valueLeft(withVR("DA", "19640229"))).toBeUndefined();
    expect(valueLeft(withVR("DT", "19640229"))).toBeUndefined();
  });

  it("is replaced if it is UI", () => {
    expect(valueLeft(withVR("UI", "1.2.3.5"))?.toString("latin1")).toMatch(/^2\.25\./);
  });

  // What the table says is FD is not looked into.
  it.each(["OB", "UN"] as const)("goes if it is %s, with the name in it", (vr) => {
    expect(valueLeft(withVR(vr, Buffer.from(NAME)))).toBeUndefined();
  });
});

describe("the declaration of the file itself, (0008,0300)", () => {
  const CREATOR = "QWYZZK";

  const declared = (
    creator: string,
    group: number,
    status: string,
    ...elements: readonly number[]
  ) => [
    at(Tag.PrivateGroupReference, "US", group),
    at(Tag.PrivateCreatorReference, "LO", creator),
    at(Tag.BlockIdentifyingInformationStatus, "CS", status),
    ...(elements.length === 0 ? [] : [at(Tag.NonidentifyingPrivateElements, "US", elements)]),
  ];

  const block: readonly ElementInit[] = [
    at(0x00330010, "LO", CREATOR),
    at(0x00331001, "LO", "EFGRE3D"),
    at(0x00331002, "FD", 1.5),
    at(0x00331003, "LO", "for Jane"),
    at(0x00331004, "OB", Buffer.from("Jane")),
    at(0x00331005, "UN", Buffer.from("Jane")),
    at(0x00331006, "DA", "19640229"),
    at(0x00331007, "PN", "Nobody"),
    at(0x00331008, "UI", "1.2.3.5"),
    at(0x00331009, "SQ", [[at(Tag.PatientName, "PN", "Canary^Carol"), at(Tag.Rows, "US", 1)]]),
    at(0x0033100a, "OW", Buffer.from("Jane")),
  ];

  const left = (...items: readonly (readonly ElementInit[])[]) =>
    privateTags(outputOf(at(Tag.PrivateDataElementCharacteristicsSequence, "SQ", items), ...block));

  it("keeps a block that it calls SAFE, but for bytes, names, dates and what names somebody", () => {
    expect(left(declared(CREATOR, 0x0033, "SAFE"))).toEqual(
      ["0010", "1001", "1002", "1008", "1009"].map((text) => `(0033,${text})`),
    );
  });

  it("keeps, of a MIXED block, what it calls safe", () => {
    expect(left(declared(CREATOR, 0x0033, "MIXED", 0x02, 0x03, 0x04, 0x06))).toEqual([
      "(0033,0010)",
      "(0033,1002)",
    ]);
    expect(left(declared(CREATOR, 0x0033, "MIXED", 0x03))).toEqual([]);
    expect(left(declared(CREATOR, 0x0033, "MIXED"))).toEqual([]);
  });

  it("keeps nothing of what it calls UNSAFE, or nothing", () => {
    expect(left(declared(CREATOR, 0x0033, "UNSAFE", 0x02))).toEqual([]);
    expect(left(declared(CREATOR, 0x0033, "safe"))).toEqual([]);
    expect(left(declared(CREATOR, 0x0033, ""))).toEqual([]);
    expect(left()).toEqual([]);
  });

  it("is about one group and creator", () => {
    expect(left(declared("QWYZZ", 0x0033, "SAFE"), declared(CREATOR, 0x0035, "SAFE"))).toEqual([]);
    expect(left(declared("", 0x0033, "SAFE"), declared("", 0x0033, "SAFE"))).toEqual([]);
  });

  it("maps UIDs, and has what is in a sequence walked", () => {
    const declaration = at(Tag.PrivateDataElementCharacteristicsSequence, "SQ", [
      declared(CREATOR, 0x0033, "SAFE"),
    ]);
    const output = pseudonymize(writeFile([...BARE, declaration, ...block]));
    const { dataset } = readFile(output);
    expect(readText(dataset, 0x00331008)).toMatch(/^2\.25\./);
    expect(readText(dataset, 0x00331001)).toBe("EFGRE3D");
    const [inner] = findElement(dataset, 0x00331009)?.items ?? [];
    expect(findElement(inner!, Tag.Rows)).toBeDefined();
    expect(holds(output, "Carol")).toBe(false);
  });

  it("says nothing without the option", () => {
    const declaration = at(Tag.PrivateDataElementCharacteristicsSequence, "SQ", [
      declared(CREATOR, 0x0033, "SAFE"),
    ]);
    const output = pseudonymizer([])(writeFile([...BARE, declaration, ...block]));
    expect(privateTags(readFile(output).dataset)).toEqual([]);
  });

  it("of an item says nothing of the file", () => {
    const declaration = at(Tag.PrivateDataElementCharacteristicsSequence, "SQ", [
      declared(CREATOR, 0x0033, "SAFE"),
    ]);
    const dataset = outputOf(at(Tag.AnatomicRegionSequence, "SQ", [[declaration]]), ...block);
    expect(privateTags(dataset)).toEqual([]);
  });
});

describe("a list of the user's", () => {
  const CREATOR = "QWYZZK";
  const list: readonly PrivateElement[] = [
    { creator: CREATOR, group: 0x0033, element: 0x01 },
    { creator: CREATOR, group: 0x0033, element: 0x02 },
    { creator: CREATOR, group: 0x0033, element: 0x03 },
    { creator: CREATOR, group: 0x0033, element: 0x04 },
  ];
  const block: readonly ElementInit[] = [
    at(0x00330011, "LO", CREATOR),
    at(0x00331101, "LO", "EFGRE3D"),
    at(0x00331102, "OB", Uint8Array.of(1, 2, 3, 4)),
    at(0x00331103, "LO", "for Jane"),
    at(0x00331104, "DA", "20240229"),
    at(0x00331105, "LO", "EFGRE3D"), // not in it
  ];
  const left = (options: readonly TableOption[], safePrivate = list) =>
    readFile(pseudonymizer(options, safePrivate)(writeFile([...BARE, ...block]))).dataset;

  it("keeps what it names, bytes too, in any block, but nothing that names somebody", () => {
    const dataset = left(["retainSafePrivate"]);
    expect(privateTags(dataset)).toEqual(["(0033,0011)", "(0033,1101)", "(0033,1102)"]);
    expect(bytesOf(dataset, 0x00331102)).toEqual(Buffer.from([1, 2, 3, 4]));
  });

  it("keeps dates as the options for dates say", () => {
    const full = left(["retainSafePrivate", "retainLongitudinalFullDates"]);
    expect(readText(full, 0x00331104)).toBe("20240229");
    const modified = left(["retainSafePrivate", "retainLongitudinalModifiedDates"]);
    expect(readText(modified, 0x00331104)).toMatch(/^20[12]\d{5}$/);
    expect(readText(modified, 0x00331104)).not.toBe("20240229");
  });

  it("adds to the table", () => {
    const dataset = readFile(
      pseudonymizer(
        ["retainSafePrivate"],
        list,
      )(
        writeFile([...BARE, ...block, at(0x00190010, "LO", SIEMENS), at(0x0019100c, "IS", "1000")]),
      ),
    ).dataset;
    expect(readStrings(dataset, 0x0019100c)).toEqual(["1000"]);
    expect(privateTags(dataset).length).toBe(5);
  });

  it("keeps nothing without the option", () => {
    expect(() => left([])).toThrow(expect.objectContaining({ code: "BAD_OPTION" }));
    expect(privateTags(left(["retainSafePrivate"], []))).toEqual([]);
  });
});

describe("a tag that occurs twice", () => {
  // The rule of the last one is that of both.
  it("stays only where each of the values may stay", () => {
    const instance = element(Tag.SOPInstanceUID, "UI", "1.2.3.4\0");
    const input = rawFile([
      instance,
      element(Tag.PatientName, "PN", "Doe^Jane"),
      element(0x00190010, "LO", SIEMENS),
      element(0x0019100d, "LO", "for JANE"),
      element(0x0019100d, "CS", "DIRECTIONAL"),
    ]);
    expect(holds(input, "JANE")).toBe(true);
    expect(holds(pseudonymize(input), "JANE")).toBe(false);
  });

  // The first one is looked at, and both stay.
  it("of a creator, with another text, does not stay", () => {
    const input = rawFile([
      element(Tag.SOPInstanceUID, "UI", "1.2.3.4\0"),
      element(0x00190010, "LO", SIEMENS),
      element(0x00190010, "LO", "CANARY"),
      element(0x0019100c, "IS", "1000"),
    ]);
    expect(holds(pseudonymize(input), "CANARY")).toBe(false);
  });
});
