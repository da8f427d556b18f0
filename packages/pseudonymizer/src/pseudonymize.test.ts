import { isDicomError, readFile, writeFile } from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { holds } from "../test/canary.js";
import { KEY } from "../test/keys.js";
import { isPseudonymizerError } from "./errors.js";
import { createPseudonymizer } from "./pseudonymize.js";

const NAME = "CANARY^CAROL";

const code = [
  { tag: Tag.CodeValue, vr: "SH", value: "T-A0100" },
  { tag: Tag.PatientName, vr: "PN", value: NAME },
] as const;

const input = writeFile([
  { tag: Tag.SOPClassUID, vr: "UI", value: "1.2.840.10008.5.1.4.1.1.7" },
  { tag: Tag.SOPInstanceUID, vr: "UI", value: "1.2.3" },
  { tag: Tag.AnatomicRegionSequence, vr: "SQ", value: [code, code] },
  { tag: 0x00090010, vr: "LO", value: NAME },
  { tag: Tag.PatientName, vr: "PN", value: NAME },
  { tag: Tag.PatientID, vr: "LO", value: NAME },
  { tag: Tag.PixelData, vr: "OW", value: new Uint8Array(64) },
]);

/** The refusal, as all that a log could show of it; undefined if there is none. */
function refusal(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (!isDicomError(error) && !isPseudonymizerError(error)) throw error;
    return `${error.stack} ${JSON.stringify(Object.entries(error))} ${String(error.cause)}`;
  }
}

describe("createPseudonymizer", () => {
  it.each([
    ["an empty key", new Uint8Array()],
    ["a short key", KEY.subarray(1)],
    ["a key of zeros", new Uint8Array(32)],
  ])("refuses %s at once, not at the first file", (_what, key) => {
    expect(() => createPseudonymizer({ key })).toThrow(
      expect.objectContaining({ code: "BAD_KEY" }),
    );
  });

  it("reads with the limits that it is given", () => {
    const pseudonymize = createPseudonymizer({ key: KEY, limits: { maxItems: 1 } });
    expect(() => pseudonymize(input)).toThrow(expect.objectContaining({ code: "LIMIT_EXCEEDED" }));
    expect(() => createPseudonymizer({ key: KEY })(input)).not.toThrow();
  });
});

describe("what is no DICOM file", () => {
  it.each([
    ["nothing", new Uint8Array()],
    ["text", new TextEncoder().encode(`Dear Dr. ${NAME}, `.repeat(30))],
    ["zeros", new Uint8Array(1000)],
  ])("is refused: %s", (_what, bytes) => {
    expect(() => createPseudonymizer({ key: KEY })(bytes)).toThrow(
      expect.objectContaining({ code: "NOT_DICOM" }),
    );
  });
});

describe("a file that is cut off", () => {
  const strict = createPseudonymizer({ key: KEY });
  const lenient = createPseudonymizer({ key: KEY, allowTruncated: true });
  const { datasetOffset } = readFile(input);
  const ends = Array.from({ length: input.length - datasetOffset }, (_, i) => datasetOffset + i);

  it("anywhere inside an element is refused", () => {
    const whole = new Set(readFile(input).dataset.elements.map(({ endOffset }) => endOffset));
    for (const end of ends) {
      const refused = refusal(() => strict(input.subarray(0, end))) !== undefined;
      // Up to 7 bytes are no element, and are left out like any others behind the last one.
      const begun = [...whole, datasetOffset].some((at) => end - at >= 0 && end - at < 8);
      expect(refused, `cut at ${end}`).toBe(!begun);
    }
  });

  it("anywhere tells no name, in the output or in the error", () => {
    for (const pseudonymize of [strict, lenient]) {
      for (const end of ends) {
        const error = refusal(() => {
          expect(holds(pseudonymize(input.subarray(0, end)), "CANARY")).toBe(false);
        });
        expect(error ?? "").not.toContain("CANARY");
      }
    }
  });

  it("is done, as far as it goes, where that is asked for", () => {
    const cut = input.subarray(0, input.length - 10);
    expect(refusal(() => strict(cut))).toContain("TRUNCATED");
    expect(refusal(() => lenient(cut))).toBeUndefined();
  });
});

describe("a file that is damaged", () => {
  it("is done or refused, and no refusal tells a value", () => {
    const pseudonymize = createPseudonymizer({ key: KEY });
    const { datasetOffset } = readFile(input);
    let refused = 0;
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 128, max: input.length - 1 }), fc.nat({ max: 255 })), {
          minLength: 1,
          maxLength: 4,
        }),
        (changes) => {
          const damaged = input.slice();
          for (const [at, byte] of changes) damaged[at] = byte;
          const error = refusal(() => pseudonymize(damaged));
          if (error !== undefined) refused++;
          expect(error ?? "").not.toContain("CANARY");
        },
      ),
      { numRuns: 3000, seed: datasetOffset },
    );
    expect(refused).toBeGreaterThan(100);
  });
});
