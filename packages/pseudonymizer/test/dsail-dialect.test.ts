/**
 * Where the dialect departs from D-SAIL: a test for each row of docs/d-sail-dialect.md that is about one file.
 */
import {
  type ElementInit,
  type ElementValueInit,
  findElement,
  readFile,
  type VR,
  VRS,
  vrOfTag,
  writeFile,
} from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import {
  ALL_TAGS,
  anonymizeDataset,
  type DsailActions,
  dsailRules,
  generateActions,
  regexp,
  replace,
} from "@dsail/pseudonymizer/dsail";
import { describe, expect, it } from "vitest";
import { parseDsailTag } from "../src/dsail/tag.js";
import { canaryOf, holds, holdsCanary } from "./canary.js";
import { KEY, OTHER_KEY } from "./keys.js";
import { itemsOf, pseudonymized, refused, textAt } from "./pseudonymized.js";

const NONE: DsailActions = new Map();

const CT = "1.2.840.10008.5.1.4.1.1.2";

/** A file of a CT with these elements besides, by the dialect. */
function treated(
  elements: readonly ElementInit[],
  actions: DsailActions = NONE,
  deletePrivateTags = true,
) {
  const bytes = writeFile([
    { tag: Tag.SOPClassUID, value: CT },
    { tag: Tag.SOPInstanceUID, value: "1.2.3.4" },
    ...elements,
  ]);
  return pseudonymized(bytes, { rules: dsailRules(actions, deletePrivateTags) });
}

const actionFor = (tag: string, name: string) => generateActions([tag], name);

describe("UIDs", () => {
  const UIDS: readonly ElementInit[] = [
    { tag: Tag.StudyInstanceUID, value: "1.2.3" },
    { tag: Tag.FailedSOPInstanceUIDList, value: ["1.2.3.4", "1.2.3.5"] },
    {
      tag: Tag.ReferencedInstanceSequence,
      value: [
        [
          { tag: Tag.ReferencedSOPClassUID, value: CT },
          { tag: Tag.ReferencedSOPInstanceUID, value: "1.2.3.4" },
        ],
      ],
    },
  ];

  it("are legal ones, of several values too", () => {
    const { dataset } = treated(UIDS);
    const uids = [
      ...(textAt(dataset, "(0020,000D)") ?? []),
      ...(textAt(dataset, "(0008,0058)") ?? []),
      ...(textAt(dataset, "(0008,0018)") ?? []),
    ];
    expect(uids.length).toBe(4);
    for (const uid of uids) expect(uid).toMatch(/^2\.25\.[1-9]\d{1,38}$/);
  });

  it("refer to what they did, in the meta information, too", () => {
    const { dataset, bytes } = treated(UIDS);
    const [own] = textAt(dataset, "(0008,0018)") ?? [];
    expect(textAt(dataset, "(0008,0058)")?.[0]).toBe(own);
    expect(textAt(dataset, "(0008,114A)[0].(0008,1155)")).toEqual([own]);
    expect(textAt(dataset, "(0008,114A)[0].(0008,1150)")).toEqual([CT]);
    expect(textAt(readFile(bytes).fileMetaInformation, "(0002,0003)")).toEqual([own]);
    expect(holds(bytes, "1.2.3.4")).toBe(false);
  });
});

describe("dates", () => {
  it("do not stay under X, where D-SAIL wrote the year 1 over them", () => {
    const { dataset } = treated([
      { tag: Tag.AdmittingDate, value: "20200131" },
      { tag: Tag.LastMenstrualDate, value: "20200131" },
    ]);
    expect(findElement(dataset, Tag.AdmittingDate)).toBeUndefined();
    expect(findElement(dataset, Tag.LastMenstrualDate)).toBeUndefined();
  });

  it("are empty under Z", () => {
    const { dataset } = treated([
      { tag: Tag.StudyDate, value: "20200131" },
      { tag: Tag.StudyTime, value: "112233" },
    ]);
    expect(textAt(dataset, "(0008,0020)")).toEqual([]);
    expect(textAt(dataset, "(0008,0030)")).toEqual([]);
  });

  it("are, where there has to be one, one that validators take", () => {
    const { dataset } = treated(
      [{ tag: Tag.StudyDate, value: "20200131" }],
      actionFor("(0008,0020)", "replace"),
    );
    expect(textAt(dataset, "(0008,0020)")).toEqual(["19000101"]);
  });
});

describe("sequences", () => {
  const nested: readonly ElementInit[] = [
    {
      tag: Tag.ReferencedSeriesSequence,
      value: [
        [
          { tag: Tag.PatientName, value: "Canary^Carol" },
          { tag: Tag.StudyDescription, value: "Canary" },
        ],
      ],
    },
  ];

  it("are entered, at any depth", () => {
    const { dataset, bytes } = treated([
      { tag: Tag.SourceImageSequence, value: [nested] },
      ...nested,
    ]);
    expect(itemsOf(dataset, Tag.ReferencedSeriesSequence)?.length).toBe(1);
    expect(holds(bytes, "Canary")).toBe(false);
  });

  it("that have to stay lose their texts, names, dates and UIDs when replaced; not their form", () => {
    const { dataset } = pseudonymized(
      [
        { tag: Tag.SOPClassUID, value: "1.2.840.10008.5.1.4.1.1.11.1" },
        { tag: Tag.SOPInstanceUID, value: "1.2.3.4" },
        {
          tag: Tag.GraphicAnnotationSequence,
          value: [
            [
              { tag: Tag.GraphicLayer, value: "LAYER" },
              {
                tag: Tag.TextObjectSequence,
                value: [
                  [
                    { tag: Tag.UnformattedTextValue, value: "Canary" },
                    { tag: Tag.AnchorPointVisibility, value: "N" },
                  ],
                ],
              },
            ],
          ],
        },
      ],
      { rules: dsailRules(NONE, true) },
    );
    const item = "(0070,0001)[0]";
    expect(textAt(dataset, `${item}.(0070,0002)`)).toEqual(["LAYER"]);
    expect(textAt(dataset, `${item}.(0070,0008)[0].(0070,0006)`)).toEqual(["Anonymized"]);
    expect(textAt(dataset, `${item}.(0070,0008)[0].(0070,0015)`)).toEqual(["N"]);
  });

  it("of reports keep an item that says nothing, since a report without content is none", () => {
    const { dataset } = pseudonymized(
      [
        { tag: Tag.SOPClassUID, value: "1.2.840.10008.5.1.4.1.1.88.11" },
        { tag: Tag.SOPInstanceUID, value: "1.2.3.4" },
        { tag: Tag.ValueType, value: "CONTAINER" },
        {
          tag: Tag.ContentSequence,
          value: [
            [
              { tag: Tag.RelationshipType, value: "CONTAINS" },
              { tag: Tag.ValueType, value: "TEXT" },
              { tag: Tag.TextValue, value: "Canary" },
            ],
          ],
        },
      ],
      { rules: dsailRules(NONE, true) },
    );
    expect(textAt(dataset, "(0040,A730)[0].(0040,A160)")).toEqual(["REMOVED"]);
  });
});

describe("Patient ID and Accession Number", () => {
  const of = (...elements: readonly ElementInit[]) => treated(elements).dataset;
  const ID = { tag: Tag.PatientID, value: "4711" };
  const ACCESSION = { tag: Tag.AccessionNumber, value: "A1" };

  it("become pseudonyms of 16 characters, which SH allows", () => {
    const dataset = of(ID, ACCESSION);
    expect(textAt(dataset, "(0010,0020)")?.[0]).toMatch(/^[0-9A-Z]{16}$/);
    expect(textAt(dataset, "(0008,0050)")?.[0]).toMatch(/^[0-9A-Z]{16}$/);
  });

  it.each([
    ["without Accession Number, on which D-SAIL crashed", [ID]],
    ["without Patient ID, where D-SAIL left the Accession Number", [ACCESSION]],
    ["without either", []],
  ])("of a file %s", (_what, elements) => {
    const dataset = of(...elements);
    expect(textAt(dataset, "(0010,0020)")?.[0] ?? "").not.toBe("4711");
    expect(textAt(dataset, "(0008,0050)")?.[0] ?? "").not.toBe("A1");
  });

  it("replaceAndKeepCorrespondence is refused for other attributes", () => {
    const actions = actionFor("(0008,1030)", "replace_and_keep_correspondence");
    const elements = [{ tag: Tag.StudyDescription, value: "Canary" }];
    expect(() => treated(elements, actions)).toThrow(refused("BAD_RULE"));
  });
});

describe("values of every VR", () => {
  const values: { readonly [vr in VR]?: ElementValueInit } = {
    AE: "CANARY",
    AS: "077Y",
    AT: 1,
    CS: "CANARY",
    DS: "31.4",
    FD: 31.4,
    FL: 31.4,
    IS: "314",
    LT: "Canary",
    OB: Uint8Array.of(1, 2),
    OW: Uint8Array.of(1, 2),
    SL: 314,
    SS: 314,
    ST: "Canary",
    UC: "Canary",
    UL: 314,
    UR: "http://canary.example/",
    US: 314,
    UT: "Canary",
  };
  it.each(Object.entries(values))(
    "%s is replaced, where D-SAIL aborted or left it",
    (vr, value) => {
      const tag = 0x00081fff; // in no dictionary: the file's VR counts
      const element: ElementInit = { tag, vr: vr as VR, value };
      const { dataset, plan } = treated([element], actionFor("(0008,1FFF)", "replace"));
      const written = findElement(dataset, tag);
      expect(written?.vr).toBe(vr);
      expect(written?.valueLength).toBeGreaterThan(0);
      const edit = plan.decisions.find(({ path }) => path[0] === tag)?.edit;
      expect(edit).toMatchObject({ kind: "set" });
      expect(edit).not.toMatchObject({ value });
    },
  );
});

describe("what the object has to have", () => {
  it("decides on X/Z and its kin, of which D-SAIL took the weakest", () => {
    // Type 3 in a CT, all of them.
    const { dataset } = treated([
      { tag: Tag.ProtocolName, value: "Canary" },
      { tag: Tag.InstitutionName, value: "Canary" },
      { tag: Tag.AcquisitionDate, value: "20200131" },
    ]);
    for (const tag of [Tag.ProtocolName, Tag.InstitutionName, Tag.AcquisitionDate]) {
      expect(findElement(dataset, tag)).toBeUndefined();
    }
  });

  it("is left to it, also where a user would delete it", () => {
    const { dataset } = treated(
      [{ tag: Tag.StudyInstanceUID, value: "1.2.3" }],
      actionFor("(0020,000D)", "delete"),
    );
    expect(textAt(dataset, "(0020,000D)")?.[0]).toMatch(/^2\.25\./);
  });
});

describe("attributes that D-SAIL's table lacks", () => {
  it("are treated by that of 2026c", () => {
    const { dataset, bytes } = treated([
      { tag: Tag.InstanceCreationDate, value: "20200131" },
      { tag: Tag.PatientAlternativeCalendar, value: "CANARY" },
      { tag: Tag.ClinicalTrialSubjectID, value: "Canary" },
      { tag: Tag.OtherPatientIDs, value: "Canary" },
    ]);
    expect(holds(bytes, "Canary")).toBe(false);
    expect(findElement(dataset, Tag.InstanceCreationDate)).toBeUndefined();
  });
});

describe("private elements", () => {
  const PRIVATE: readonly ElementInit[] = [
    { tag: 0x00110010, vr: "LO", value: "ACME" },
    { tag: 0x00111001, vr: "LO", value: "a setting" },
    { tag: 0x00111002, vr: "PN", value: "Canary^Carol" },
    { tag: 0x00111003, vr: "UI", value: "1.2.3.4" },
    { tag: 0x00111004, vr: "DA", value: "19640229" },
    { tag: 0x00111005, vr: "SQ", value: [[{ tag: Tag.PatientName, value: "Canary" }]] },
  ];

  it("go", () => {
    expect(treated(PRIVATE).dataset.elements.some(({ tag }) => tag >>> 16 === 0x0011)).toBe(false);
  });

  it("stay in their places if asked for, but for names, UIDs and dates", () => {
    const { dataset, bytes } = treated(PRIVATE, NONE, false);
    expect(textAt(dataset, "(0011,0010)")).toEqual(["ACME"]);
    expect(textAt(dataset, "(0011,1001)")).toEqual(["a setting"]);
    expect(findElement(dataset, 0x00111002)).toBeUndefined();
    expect(textAt(dataset, "(0011,1003)")).toEqual(textAt(dataset, "(0008,0018)"));
    expect(textAt(dataset, "(0011,1004)")).toEqual(["19000101"]);
    expect(holds(bytes, "Canary")).toBe(false);
  });

  it("stay one by one, with their creator", () => {
    const { dataset } = treated(PRIVATE, actionFor("(0x0011, 0x1001)", "keep"));
    expect(textAt(dataset, "(0011,1001)")).toEqual(["a setting"]);
    expect(textAt(dataset, "(0011,0010)")).toEqual(["ACME"]);
    expect(findElement(dataset, 0x00111003)).toBeUndefined();
  });
});

describe("actions of the user", () => {
  const SERIES = { tag: Tag.SeriesDescription, value: "Dr. Canary chest" };

  it("come before the table", () => {
    const { dataset } = treated([SERIES], actionFor("(0008,103E)", "keep"));
    expect(textAt(dataset, "(0008,103E)")).toEqual(["Dr. Canary chest"]);
  });

  it("regexp: what is not looked at is cleaned, where D-SAIL left it", () => {
    const actions = generateActions(["(0008,103E)"], "regexp", { find: "Dr\\. ", replace: "" });
    expect(textAt(treated([SERIES], actions).dataset, "(0008,103E)")).toEqual(["chest"]);
  });

  it("regexp: where nothing is found, the table decides, where D-SAIL left all", () => {
    const actions = new Map([["(0008,103E)", regexp({ find: "Prof", replace: "" })]]);
    expect(findElement(treated([SERIES], actions).dataset, Tag.SeriesDescription)).toBeUndefined();
  });

  it("regexp: of a value that is covered, what is put there stands", () => {
    const actions = generateActions(["(0008,103E)"], "regexp", {
      find: "^.*?(?P<last>\\w+)$",
      replace: "\\g<last> 1",
    });
    expect(textAt(treated([SERIES], actions).dataset, "(0008,103E)")).toEqual(["chest 1"]);
  });

  it("regexp: what has to be there is not removed when nothing of it is left", () => {
    const actions = generateActions(["(0010,0010)"], "regexp", { find: "x", replace: "" });
    const { dataset } = treated([{ tag: Tag.PatientName, value: "Canaryx^Carol" }], actions);
    expect(textAt(dataset, "(0010,0010)")).toEqual([]);
  });

  it("clean, which D-SAIL had not, keeps known words", () => {
    const { dataset } = treated([SERIES], actionFor("(0008,103E)", "clean"));
    expect(textAt(dataset, "(0008,103E)")).toEqual(["chest"]);
  });

  it("may be of a range, and in sequences too", () => {
    const { bytes } = treated(
      [
        { tag: 0x00209901, vr: "LO", value: "Canary" },
        {
          tag: Tag.ReferencedSeriesSequence,
          value: [[{ tag: 0x00209902, vr: "LO", value: "Canary" }]],
        },
      ],
      generateActions([[0x0020, 0x9900, 0xffff, 0xff00]], "delete"),
    );
    expect(holds(bytes, "Canary")).toBe(false);
  });

  it("may be functions, given the pseudonym of a text", () => {
    const actions: DsailActions = new Map([
      [
        "(0010,0010)",
        (_, { patientPseudonym }) => ({ value: `Subject^${patientPseudonym("4711")}` }),
      ],
    ]);
    const { dataset } = treated(
      [
        { tag: Tag.PatientName, value: "Canary" },
        { tag: Tag.PatientID, value: "4711" },
      ],
      actions,
    );
    const [pseudonym] = textAt(dataset, "(0010,0020)") ?? [];
    expect(textAt(dataset, "(0010,0010)")).toEqual([`Subject^${pseudonym}`]);
  });

  it("on a sequence replace what is in it", () => {
    const tag = Tag.ContrastBolusAgentSequence;
    const { dataset } = treated(
      [{ tag, value: [[{ tag: Tag.CodeMeaning, value: "Canary" }]] }],
      new Map([["(0018,0012)", replace]]),
    );
    expect(textAt(dataset, "(0018,0012)[0].(0008,0104)")).toEqual(["Anonymized"]);
  });
});

it("what was done is written down", () => {
  const { dataset } = treated([]);
  expect(textAt(dataset, "(0012,0062)")).toEqual(["YES"]);
  expect(textAt(dataset, "(0012,0063)")).toContain("D-SAIL: rules of the user");
});

describe("anonymizeDataset", () => {
  const bytes = writeFile([
    { tag: Tag.SOPClassUID, value: CT },
    { tag: Tag.SOPInstanceUID, value: "1.2.3.4" },
    { tag: Tag.PatientID, value: "4711" },
  ]);

  it("gives another file, the same for the same key, and leaves the one it was given", () => {
    const file = readFile(bytes);
    const idOf = (key: Uint8Array) =>
      textAt(anonymizeDataset(file, undefined, true, { key }).dataset, "(0010,0020)");
    expect(idOf(KEY)).toEqual(idOf(KEY));
    expect(idOf(KEY)).not.toEqual(idOf(OTHER_KEY));
    expect(textAt(file.dataset, "(0010,0020)")).toEqual(["4711"]);
  });

  it("refuses a key that is none", () => {
    const call = () =>
      anonymizeDataset(readFile(bytes), undefined, true, { key: new Uint8Array(3) });
    expect(call).toThrow(refused("BAD_KEY"));
  });
});

describe("of each tag of the table no value is left, at the top and in a sequence:", () => {
  const tags = ALL_TAGS.map((text) => parseDsailTag(text))
    .map(({ tag, range }) => tag ?? (range?.value ?? 0) + ((range?.mask ?? 0) & 0xff ? 0 : 0x10))
    .filter((tag) => tag >>> 16 > 0x0007 && tag >>> 16 < 0xfff0);

  it.each(tags.map((tag) => [tag.toString(16).padStart(8, "0"), tag] as const))("%s", (_n, tag) => {
    const known = vrOfTag(tag);
    const vr: VR = known !== undefined && known in VRS ? (known as VR) : "OW";
    const element: ElementInit =
      vr === "SQ"
        ? { tag, value: [[canaryOf(0x00104000, "LT"), canaryOf(0x00081155, "UI")]] }
        : canaryOf(tag, vr);
    const { bytes } = pseudonymized(
      [
        { tag: Tag.SOPClassUID, value: "1.2.840.10008.5.1.4.1.1.7" },
        ...(tag === Tag.SOPInstanceUID ? [] : [{ tag: Tag.SOPInstanceUID, value: "1.2.3.4" }]),
        element,
        { tag: Tag.ReferencedInstanceSequence, value: [[element]] },
      ],
      { rules: dsailRules(NONE, true) },
    );
    for (const held of vr === "SQ" ? (["LT", "UI"] as const) : [vr]) {
      expect(holdsCanary(bytes, held)).toBe(false);
    }
  });
});
