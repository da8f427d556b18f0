/**
 * `unlisted: "remove"`: only attributes of the object's IOD stay, and of their texts only words that are known to be safe.
 */
import {
  type Dataset,
  type ElementInit,
  findElement,
  formatTag,
  IMPLICIT_VR_LITTLE_ENDIAN,
  type Item,
  isPrivateTag,
  readFile,
  readNumbers,
  readStrings,
  readText,
  type VR,
  VRS,
  viewBytes,
  writeFile,
} from "@dsail/dicom-core";
import { lookupTag, vrOfTag } from "@dsail/dicom-core/dictionary";
import * as Tag from "@dsail/dicom-core/tags";
import { describe, expect, it } from "vitest";
import type { TableOption } from "../src/action.js";
import { planFile } from "../src/plan.js";
import { createPseudonymization } from "../src/pseudonymization.js";
import { createPseudonymizer } from "../src/pseudonymize.js";
import { canaryOf, holds } from "./canary.js";
import { KEY } from "./keys.js";
import { element, rawFile } from "./raw-elements.js";
import { readStandardTable } from "./standard-tables.js";

const CT = "1.2.840.10008.5.1.4.1.1.2";
const MR = "1.2.840.10008.5.1.4.1.1.4";

const at = (tag: number, vr: VR, value: ElementInit["value"]): ElementInit => ({ tag, vr, value });

const bare = (sopClassUid: string): readonly ElementInit[] => [
  at(Tag.SOPClassUID, "UI", sopClassUid),
  at(Tag.SOPInstanceUID, "UI", "1.2.3.4"),
  at(Tag.PatientName, "PN", "Doe^Jane"),
  at(Tag.PatientID, "LO", "ID-0815"),
];

const PIXELS: readonly ElementInit[] = [
  at(Tag.Rows, "US", 2),
  at(Tag.Columns, "US", 2),
  at(Tag.BitsAllocated, "US", 16),
  at(Tag.PixelData, "OW", Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)),
];

const SAFE_WORD = "brain";

const settings = (options: readonly TableOption[]) => ({
  key: KEY,
  options,
  descriptors: { words: [SAFE_WORD] },
});
const pseudonymizer = (...options: readonly TableOption[]) =>
  createPseudonymizer({ ...settings(options), unlisted: "remove" });
const pseudonymize = pseudonymizer();
/** The same without the list: what goes here is no evidence of it. */
const keeping = createPseudonymizer(settings([]));

const bytesOf = (dataset: Dataset, tag: number) => {
  const found = findElement(dataset, tag);
  return found && Buffer.from(viewBytes(dataset.source, found.valueOffset, found.valueLength));
};

/** What comes of an image with an element, and what would without the list. */
function outcomeOf(sopClassUid: string, ...elements: readonly ElementInit[]) {
  const replaced = new Set(elements.map(({ tag }) => tag));
  const others = [...bare(sopClassUid), ...PIXELS].filter(({ tag }) => !replaced.has(tag));
  const input = writeFile([...others, ...elements]);
  return { left: readFile(pseudonymize(input)).dataset, without: readFile(keeping(input)).dataset };
}

describe("what is not of the IOD", () => {
  it.each([
    ["an attribute of another modality", at(Tag.EchoTime, "DS", "1.5")],
    ["an attribute of another object", at(Tag.BeamName, "LO", SAFE_WORD)],
    ["an attribute that is retired", at(0x00200070, "LO", SAFE_WORD)], // Location
    ["an attribute that no dictionary knows", at(0x00189ff0, "LO", SAFE_WORD)],
    ["such an attribute, with a number", at(0x00189ff0, "US", 1)],
    [
      "a sequence, with what is of the IOD in it",
      at(Tag.BeamSequence, "SQ", [[at(Tag.Rows, "US", 1)]]),
    ],
    ["a UID", at(Tag.DoseReferenceUID, "UI", "1.2.3.5")],
  ] as [string, ElementInit][])("goes: %s", (_name, foreign) => {
    const { left, without } = outcomeOf(CT, foreign);
    expect(findElement(without, foreign.tag)).toBeDefined();
    expect(findElement(left, foreign.tag)).toBeUndefined();
  });

  it("stays where the object is another one", () => {
    const { left } = outcomeOf(MR, at(Tag.EchoTime, "DS", "1.5"));
    expect(readText(left, Tag.EchoTime)).toBe("1.5");
  });

  it("goes from items, too", () => {
    const { left, without } = outcomeOf(
      CT,
      at(Tag.AnatomicRegionSequence, "SQ", [
        [
          at(Tag.EchoTime, "DS", "1.5"),
          at(0x00189ff0, "US", 1),
          at(Tag.MappingResource, "CS", "DCMR"),
        ],
      ]),
    );
    const item = (dataset: Dataset) =>
      findElement(dataset, Tag.AnatomicRegionSequence)?.items?.[0] as Item;
    expect(item(without).elements.length).toBe(3);
    expect(item(left).elements.map(({ tag }) => tag)).toEqual([Tag.MappingResource]);
  });

  it("goes if it is private, safe or not", () => {
    const { left } = outcomeOf(
      CT,
      at(0x00190010, "LO", "SIEMENS MR HEADER"),
      at(0x0019100c, "IS", "1000"),
      at(0x00290010, "LO", "QWYZZK"),
      at(0x00291001, "LO", SAFE_WORD),
    );
    expect(left.elements.filter(({ tag }) => isPrivateTag(tag))).toEqual([]);
  });

  it("stays if it is private and Retain Safe Private keeps it", () => {
    const input = writeFile([
      ...bare(MR),
      at(0x00190010, "LO", "SIEMENS MR HEADER"),
      at(0x0019100c, "IS", "1000"),
      at(0x00191008, "LO", SAFE_WORD),
    ]);
    const { dataset } = readFile(pseudonymizer("retainSafePrivate")(input));
    const tags = dataset.elements.map(({ tag }) => tag).filter(isPrivateTag);
    expect(tags).toEqual([0x00190010, 0x0019100c]);
  });

  it("is not told of as kept", () => {
    const input = readFile(writeFile([...bare(CT), at(0x00189ff0, "LO", SAFE_WORD)]));
    const findings = (unlisted: "keep" | "remove") =>
      planFile(input, createPseudonymization({ key: KEY, unlisted })).findings.map(
        ({ code }) => code,
      );
    expect(findings("keep")).toEqual(["UNKNOWN_ATTRIBUTE_KEPT"]);
    expect(findings("remove")).toEqual([]);
  });
});

/** The tags of modules, `XX` of repeating groups as the first of them. */
const tagsOfModule = new Map(
  readStandardTable("module-attributes.csv").map((row) => [
    row.get("module") ?? "",
    (row.get("tags") ?? "").split(" ").map((tag) => Number.parseInt(tag.replace("XX", "00"), 16)),
  ]),
);

const tagsOfIod = (iod: string): ReadonlySet<number> =>
  new Set(
    readStandardTable("iod-modules.csv")
      .filter((row) => row.get("iod") === iod)
      .flatMap((row) => tagsOfModule.get(row.get("module") ?? "") ?? []),
  );

/** The rows of Table E.1-1: what they are about has rules of its own. */
const tagsOfTable: ReadonlySet<number> = new Set(
  readStandardTable("ps3.15-2026c-table-E.1-1.csv").map((row) =>
    Number.parseInt((row.get("tag") ?? "").replace(/[(),]/g, ""), 16),
  ),
);

/** Attributes of which a canary tells what becomes of them: with a VR, not of the meta information, no row. */
const isPlain = (tag: number) => {
  const vr = vrOfTag(tag);
  return (
    vr !== undefined &&
    vr in VRS &&
    !tagsOfTable.has(tag) &&
    tag >>> 16 >= 8 &&
    tag >>> 16 !== 0x6000
  );
};

/** What de-identification writes anew, and what the image is made of. */
const WRITTEN: ReadonlySet<number> = new Set([
  Tag.SOPClassUID,
  Tag.SpecificCharacterSet,
  Tag.PatientIdentityRemoved,
  Tag.DeidentificationMethod,
  Tag.DeidentificationMethodCodeSequence,
  Tag.BurnedInAnnotation,
  Tag.RecognizableVisualFeatures,
  Tag.LongitudinalTemporalInformationModified,
]);

/** Text that is legal enough to be written, and holds no word that is safe. */
const UNSAFE: { readonly [vr in VR]?: string } = {
  AE: "QWYZZK",
  CS: "QWYZZK",
  DS: "Qwyzzk",
  IS: "Qwyzzk",
  LO: "Qwyzzk",
  LT: "Qwyzzk",
  SH: "Qwyzzk",
  ST: "Qwyzzk",
  UC: "Qwyzzk",
  UI: "1.2.826.77",
  UR: "http://qwyzzk.example/",
  UT: "Qwyzzk",
};

/** Attributes beyond the table of modules, by IOD. */
const ADDED: ReadonlyMap<string, readonly string[]> = new Map([
  [
    "ct-image",
    [
      "NumberOfFrames",
      "PatientSupportAngle",
      "TableTopLateralPosition",
      "TableTopLongitudinalPosition",
      "TableTopPitchAngle",
      "TableTopRollAngle",
    ],
  ],
  ["mr-image", ["NumberOfFrames", "RescaleIntercept", "RescaleSlope", "RescaleType"]],
  ["secondary-capture-image", ["NumberOfFrames"]],
  ["digital-x-ray-image", ["NumberOfFrames"]],
]);

describe.each([
  ["ct-image", CT],
  ["mr-image", MR],
  ["secondary-capture-image", "1.2.840.10008.5.1.4.1.1.7"],
  ["enhanced-mr-image", "1.2.840.10008.5.1.4.1.1.4.1"],
  ["digital-x-ray-image", "1.2.840.10008.5.1.4.1.1.1.1"],
  ["rt-structure-set", "1.2.840.10008.5.1.4.1.1.481.3"],
])("the attributes of the IOD %s, as `data/` has them", (iod, sopClassUid) => {
  const listed = tagsOfIod(iod);
  const plain = [...listed].filter((tag) => isPlain(tag) && !WRITTEN.has(tag));

  const elementOf = (tag: number): ElementInit => {
    const vr = vrOfTag(tag) as VR;
    if (vr === "SQ") return at(tag, vr, [[at(Tag.PatientName, "PN", "Canary^Carol")]]);
    const text = UNSAFE[vr];
    return text === undefined ? canaryOf(tag, vr) : at(tag, vr, text);
  };
  const elements = plain.map(elementOf);
  const input = writeFile([
    ...bare(sopClassUid).filter(({ tag }) => !plain.includes(tag)),
    ...elements,
  ]);
  const { dataset, findings } = readFile(pseudonymize(input));

  it("lose all words that are not known to be safe", () => {
    expect(plain.length).toBeGreaterThan(80);
    expect(findings).toEqual([]);
    const complaints = elements.flatMap(({ tag, value }) => {
      if (typeof value !== "string") return [];
      const left = bytesOf(dataset, tag)?.toString("latin1") ?? "";
      return left.trim() === "" || left.startsWith("2.25.") || !holdsAny(left)
        ? []
        : [formatTag(tag)];
    });
    expect(complaints).toEqual([]);
    for (const text of ["qwyzzk", "Qwyzzk", "QWYZZK", "1.2.826.77", "Carol"]) {
      expect(holds(input, text), text).toBe(true);
      expect(holds(pseudonymize(input), text), text).toBe(false);
    }
    expect(holds(keeping(input), "Qwyzzk")).toBe(true);
  });

  const holdsAny = (text: string) => /qwyzzk|1\.2\.826/i.test(text);

  it("keep what is neither text nor of a row", () => {
    const before = readFile(input).dataset;
    const others = elements.filter(({ value, vr }) => typeof value !== "string" && vr !== "SQ");
    expect(others.length).toBeGreaterThan(10);
    for (const { tag } of others) {
      expect(bytesOf(dataset, tag), formatTag(tag)).toEqual(bytesOf(before, tag));
    }
    const gone = elements.flatMap(({ tag, vr }) => {
      const stays = vr !== "SQ" || findElement(dataset, tag)?.items?.length === 1;
      return stays ? [] : [lookupTag(tag)?.keyword];
    });
    // See `annex-e-departures.ts`.
    expect(gone).toEqual([
      "PrivateDataElementCharacteristicsSequence",
      "EncryptedAttributesSequence",
    ]);
  });

  it("are all that stays of what any IOD has", () => {
    const foreign = [...new Set([...tagsOfModule.values()].flat())].filter(
      (tag) => isPlain(tag) && !listed.has(tag) && !WRITTEN.has(tag),
    );
    expect(foreign.length).toBeGreaterThan(1000);
    const output = pseudonymize(writeFile([...bare(sopClassUid), ...foreign.map(elementOf)]));
    const left = readFile(output).dataset.elements.filter(({ tag }) => foreign.includes(tag));
    // Added by hand, with reasons: see `iod-attributes.ts`.
    expect(left.map(({ tag }) => lookupTag(tag)?.keyword).sort()).toEqual(ADDED.get(iod) ?? []);
  });
});

describe("a text of the IOD that no row names", () => {
  const textLeft = (sopClassUid: string, tag: number, vr: VR, value: string) => {
    const { left, without } = outcomeOf(sopClassUid, at(tag, vr, value.split("\\")));
    expect(readText(without, tag)).toBe(value);
    return readText(left, tag);
  };

  it.each([
    ["SequenceName", MR, Tag.SequenceName, "SH", "brain qwyzzk", "brain"],
    ["SequenceName, nothing left", MR, Tag.SequenceName, "SH", "qwyzzk", "REMOVED"],
    ["ScanOptions", MR, Tag.ScanOptions, "CS", "BRAIN\\QWYZZK", "BRAIN\\OTHER"],
    ["ScanOptions, nothing left", MR, Tag.ScanOptions, "CS", "QWYZZK", "REMOVED"],
    ["ScanOptions, half a code", MR, Tag.ScanOptions, "CS", "BRAIN_QWYZZK", "REMOVED"],
    ["ImageType", CT, Tag.ImageType, "CS", "BRAIN\\BRAIN\\QWYZZK", "BRAIN\\BRAIN\\OTHER"],
    ["Manufacturer", CT, Tag.Manufacturer, "LO", "Qwyzzk Brain", "Brain"],
    ["Manufacturer, a name", CT, Tag.Manufacturer, "LO", "Brain of Jane Doe", "Brain of"],
    ["ConvolutionKernel", CT, Tag.ConvolutionKernel, "SH", "brain\\qwyzzk", "brain\\"],
  ] as [string, string, number, VR, string, string][])(
    "loses words that are not known: %s",
    (_name, sopClassUid, tag, vr, value, expected) => {
      expect(textLeft(sopClassUid, tag, vr, value) ?? "").toBe(expected);
    },
  );

  it("stays as it is if all of it is known", () => {
    expect(textLeft(CT, Tag.ScanOptions, "CS", "BRAIN")).toBe("BRAIN");
    expect(textLeft(CT, Tag.ImageType, "CS", "ORIGINAL\\PRIMARY\\AXIAL")).toBe(
      "ORIGINAL\\PRIMARY\\AXIAL",
    );
    expect(textLeft(CT, Tag.PhotometricInterpretation, "CS", "MONOCHROME2")).toBe("MONOCHROME2");
    expect(textLeft(CT, Tag.Modality, "CS", "CT")).toBe("CT");
  });

  it("is read in the character set of the file", () => {
    const name = at(Tag.Manufacturer, "LO", "Brain Zürcher Qwyzzk");
    const { left } = outcomeOf(CT, at(Tag.SpecificCharacterSet, "CS", "ISO_IR 192"), name);
    expect(readText(left, Tag.SpecificCharacterSet)).toBe("ISO_IR 192");
    expect(readText(left, Tag.Manufacturer)).toBe("Brain");
  });

  it("is found in implicit VR, and where its VR is UN", () => {
    const elements = [...bare(CT), at(Tag.Manufacturer, "LO", "Brain Qwyzzk")];
    const implicit = writeFile(elements, { transferSyntaxUid: IMPLICIT_VR_LITTLE_ENDIAN });
    const unknown = rawFile([
      element(Tag.SOPClassUID, "UI", `${CT}\0`),
      element(Tag.SOPInstanceUID, "UI", "1.2.3.4\0"),
      element(Tag.Manufacturer, "UN", "Brain Qwyzzk"),
    ]);
    for (const input of [implicit, unknown]) {
      expect(readText(readFile(pseudonymize(input)).dataset, Tag.Manufacturer)).toBe("Brain");
    }
  });

  it("loses them in items, too", () => {
    const device = [
      at(Tag.Manufacturer, "LO", "Brain Qwyzzk"),
      at(Tag.DeviceDescription, "LO", "Qwyzzk"),
    ];
    const { left } = outcomeOf(CT, at(Tag.DeviceSequence, "SQ", [device]));
    const [item] = findElement(left, Tag.DeviceSequence)?.items ?? [];
    expect(readText(item as Item, Tag.Manufacturer)).toBe("Brain");
  });

  it("names what is kept by an option, though", () => {
    const input = writeFile([
      ...bare(CT),
      at(Tag.StationName, "SH", "Qwyzzk"),
      at(Tag.PatientSex, "CS", "F"),
    ]);
    const { dataset } = readFile(
      pseudonymizer("retainDeviceIdentity", "retainPatientCharacteristics")(input),
    );
    expect(readText(dataset, Tag.StationName)).toBe("Qwyzzk");
    expect(readText(dataset, Tag.PatientSex)).toBe("F");
  });
});

describe("a code string of digits", () => {
  // Up to five digits are taken for the number of a template.
  it("goes if it is the ID of the patient", () => {
    const { left } = outcomeOf(
      CT,
      at(Tag.PatientID, "LO", "0815"),
      at(Tag.ScanOptions, "CS", "0815"),
    );
    expect(readText(left, Tag.ScanOptions)).not.toBe("0815");
  });

  it("goes if it is long", () => {
    const { left } = outcomeOf(CT, at(Tag.ScanOptions, "CS", "123456"));
    expect(readText(left, Tag.ScanOptions)).not.toBe("123456");
  });
});

describe("numbers", () => {
  it("stay, and so do pixels", () => {
    const { left } = outcomeOf(
      CT,
      at(Tag.PixelSpacing, "DS", ["0.5", "-1.25E-3"]),
      at(Tag.InstanceNumber, "IS", "+12"),
      at(Tag.ImagePositionPatient, "DS", ["-123.456789", "0", "1e3"]),
      at(Tag.SmallestImagePixelValue, "US", 7),
    );
    expect(readStrings(left, Tag.PixelSpacing)).toEqual(["0.5", "-1.25E-3"]);
    expect(readText(left, Tag.InstanceNumber)).toBe("+12");
    expect(readStrings(left, Tag.ImagePositionPatient)).toEqual(["-123.456789", "0", "1e3"]);
    expect(readNumbers(left, Tag.SmallestImagePixelValue)).toEqual([7]);
    expect(readNumbers(left, Tag.Rows)).toEqual([2]);
    expect(bytesOf(left, Tag.PixelData)).toEqual(Buffer.from([1, 2, 3, 4, 5, 6, 7, 8]));
  });

  it.each(["Jane", "0.5 Jane", "0.5\\Jane", "0x12", "12.5 mm"])(
    "go if they are none: DS %s",
    (value) => {
      const { left } = outcomeOf(CT, at(Tag.PixelSpacing, "DS", value.split("\\")));
      expect(readText(left, Tag.PixelSpacing) ?? "").toBe("");
    },
  );

  // Any digits and signs are taken for a number.
  it.each(["1964-02-29", "0171-5550123", "+49 171 5550123", "1-2.3+4e5"])(
    "go if they only look like some: DS %s",
    (value) => {
      const { left } = outcomeOf(CT, at(Tag.PixelSpacing, "DS", value));
      expect(readText(left, Tag.PixelSpacing) ?? "").toBe("");
    },
  );

  // More than 16 characters are taken for no number, and an image loses its place.
  it("stay if they are longer than DS has room for, as many writers make them", () => {
    const values = ["-123.45678901234567", "0.12345678901234567", "1"];
    const { left } = outcomeOf(CT, at(Tag.ImagePositionPatient, "DS", values));
    expect(readStrings(left, Tag.ImagePositionPatient)).toEqual(values);
  });
});

describe("a code", () => {
  const region = at(Tag.AnatomicRegionSequence, "SQ", [
    [
      at(Tag.CodeValue, "SH", "12738006"),
      at(Tag.CodingSchemeDesignator, "SH", "SCT"),
      at(Tag.CodeMeaning, "LO", "Brain"),
    ],
  ]);

  it("of a hospital goes", () => {
    const local = at(Tag.AnatomicRegionSequence, "SQ", [
      [
        at(Tag.CodeValue, "SH", "0815"),
        at(Tag.CodingSchemeDesignator, "SH", "99QWYZZK"),
        at(Tag.CodeMeaning, "LO", "Qwyzzk"),
      ],
    ]);
    const input = writeFile([...bare(CT), local]);
    expect(holds(pseudonymize(input), "Qwyzzk") || holds(pseudonymize(input), "QWYZZK")).toBe(
      false,
    );
  });

  it("of a standard stays", () => {
    const [item] = findElement(outcomeOf(CT, region).left, Tag.AnatomicRegionSequence)?.items ?? [];
    const texts = [Tag.CodeValue, Tag.CodingSchemeDesignator, Tag.CodeMeaning].map((tag) =>
      readText(item as Item, tag),
    );
    expect(texts).toEqual(["12738006", "SCT", "Brain"]);
  });
});

describe("an object of an unknown class", () => {
  const UNKNOWN = "1.2.826.99.1";

  const elements: readonly ElementInit[] = [
    ...bare(UNKNOWN),
    ...PIXELS,
    at(Tag.EchoTime, "DS", "1.5"),
    at(Tag.BeamName, "LO", "Brain Qwyzzk"),
    at(0x00189ff0, "LO", SAFE_WORD),
    at(0x00290010, "LO", "QWYZZK"),
    at(0x00291001, "LO", SAFE_WORD),
  ];

  it("keeps what any IOD has, and loses what none has", () => {
    const { dataset, findings } = readFile(pseudonymize(writeFile(elements)));
    expect(findings).toEqual([]);
    expect(readText(dataset, Tag.EchoTime)).toBe("1.5");
    expect(readText(dataset, Tag.BeamName)).toBe("Brain");
    expect(findElement(dataset, 0x00189ff0)).toBeUndefined();
    expect(dataset.elements.filter(({ tag }) => isPrivateTag(tag))).toEqual([]);
    expect(bytesOf(dataset, Tag.PixelData)?.length).toBe(8);
  });

  it("is one without a class, too", () => {
    const nameless = rawFile([
      element(Tag.SOPInstanceUID, "UI", "1.2.3.4\0"),
      element(Tag.EchoTime, "DS", "1.5 "),
      element(Tag.SequenceName, "SH", "Brain Qwyzzk"),
      element(0x00189ff0, "LO", "brain"),
    ]);
    const { dataset } = readFile(pseudonymize(nameless));
    expect(readText(dataset, Tag.EchoTime)).toBe("1.5");
    expect(readText(dataset, Tag.SequenceName)).toBe("Brain");
    expect(findElement(dataset, 0x00189ff0)).toBeUndefined();
  });

  // A class that the standard has not named is taken for an instance, but in the meta information.
  it("is of the same class after as before, in the data set as in the meta information", () => {
    const { dataset, fileMetaInformation } = readFile(pseudonymize(writeFile(elements)));
    const inDataset = readText(dataset, Tag.SOPClassUID);
    expect(inDataset).toBe(readText(fileMetaInformation, Tag.MediaStorageSOPClassUID));
    expect(inDataset).toBe(UNKNOWN);
  });
});

describe("what is written down", () => {
  it("names the list", () => {
    const { left, without } = outcomeOf(CT);
    const methods = (dataset: Dataset) => readStrings(dataset, Tag.DeidentificationMethod);
    expect(methods(left)).toEqual([
      ...methods(without),
      "D-SAIL: only attributes of the IOD are kept",
    ]);
    for (const method of methods(left)) expect(method.length).toBeLessThanOrEqual(64);
  });

  it("keeps of earlier methods those in which every word is known", () => {
    const earlier = at(Tag.DeidentificationMethod, "LO", ["brain", "brain of Qwyzzk"]);
    const { left, without } = outcomeOf(CT, earlier);
    expect(readStrings(left, Tag.DeidentificationMethod)[0]).toBe("brain");
    expect(readStrings(left, Tag.DeidentificationMethod)).not.toContain("brain of Qwyzzk");
    expect(readStrings(without, Tag.DeidentificationMethod)).toContain("brain of Qwyzzk");
  });

  it("stays, with what de-identification says besides", () => {
    const { left } = outcomeOf(CT, at(Tag.BurnedInAnnotation, "CS", "NO"));
    expect(readText(left, Tag.PatientIdentityRemoved)).toBe("YES");
    expect(readText(left, Tag.LongitudinalTemporalInformationModified)).toBe("REMOVED");
    const [item] = findElement(left, Tag.DeidentificationMethodCodeSequence)?.items ?? [];
    expect(readText(item as Item, Tag.CodeValue)).toBe("113100");
    expect(readText(left, Tag.BurnedInAnnotation)).toBe("NO");
  });

  it("is written anew the second time, and nothing else changes", () => {
    const input = writeFile([...bare(CT), ...PIXELS, at(Tag.Manufacturer, "LO", "Brain Qwyzzk")]);
    const once = pseudonymize(input);
    const [first, second] = [once, pseudonymize(once)].map((bytes) => readFile(bytes).dataset);
    expect(readStrings(second as Dataset, Tag.DeidentificationMethod)).toEqual(
      readStrings(first as Dataset, Tag.DeidentificationMethod),
    );
    expect(readText(second as Dataset, Tag.Manufacturer)).toBe("Brain");
  });
});
