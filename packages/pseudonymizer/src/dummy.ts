/**
 * Dummy values for action D: legal for their VR (PS3.5 6.2), and like nobody's.
 *
 * @module
 */
import type { ElementInit, ElementValueInit, VR } from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";

/** The text of dummies, where text is free. */
const DUMMY_TEXT = "REMOVED";

/**
 * A value for a VR. UI and SQ are not among them: UIDs are replaced (action U), sequences have dummies of their own
 * ({@link dummyItems}).
 */
export function dummyValue(vr: Exclude<VR, "UI" | "SQ">): ElementValueInit {
  switch (vr) {
    case "DA":
      return "19000101";
    case "DT":
      return "19000101000000";
    case "TM":
      return "000000";
    case "AS":
      return "000D";
    case "PN":
      return `${DUMMY_TEXT}^${DUMMY_TEXT}`;
    case "UR":
      return "http://removed.invalid/"; // RFC 2606: never a host
    case "DS":
    case "IS":
      return "0";
    case "AE":
    case "CS":
    case "LO":
    case "LT":
    case "SH":
    case "ST":
    case "UC":
    case "UT":
      return DUMMY_TEXT;
    case "SV":
    case "UV":
      return 0n;
    case "AT":
    case "FD":
    case "FL":
    case "SL":
    case "SS":
    case "UL":
    case "US":
      return 0;
    case "OB":
    case "OD":
    case "OF":
    case "OL":
    case "OV":
    case "OW":
    case "UN":
      return new Uint8Array(BYTES_OF_ONE_VALUE[vr]);
  }
}

/** One value, and an even number of bytes (PS3.5 7.1.1). */
const BYTES_OF_ONE_VALUE = { OB: 2, OD: 8, OF: 4, OL: 4, OV: 8, OW: 2, UN: 2 } as const;

const CODE: readonly ElementInit[] = [
  { tag: Tag.CodeValue, vr: "SH", value: DUMMY_TEXT },
  { tag: Tag.CodingSchemeDesignator, vr: "SH", value: "99DSAIL" }, // private (PS3.16 8.2)
  { tag: Tag.CodeMeaning, vr: "LO", value: DUMMY_TEXT },
];

/** A code that says nothing. */
export function dummyCode(): readonly ElementInit[] {
  return CODE;
}

/**
 * The items of a sequence for which it would not do to clean the items it has: what identifies somebody there stands in
 * attributes that Table E.1-1 does not name, such as the Code Value of a person.
 *
 * @returns undefined for other sequences: their items are kept, and cleaned attribute by attribute
 */
export function dummyItems(tag: number): readonly (readonly ElementInit[])[] | undefined {
  switch (tag) {
    case Tag.PersonIdentificationCodeSequence:
    case Tag.InstitutionCodeSequence:
    case Tag.ConceptCodeSequence:
      return [CODE];
    case Tag.OperatorIdentificationSequence: // PS3.3 10.1: the code, and an institution (Type 1C)
      return [
        [
          { tag: Tag.InstitutionName, vr: "LO", value: DUMMY_TEXT },
          { tag: Tag.PersonIdentificationCodeSequence, vr: "SQ", value: [CODE] },
        ],
      ];
    case Tag.VerifyingObserverSequence: // PS3.3 C.17.2: Type 1 but for the last
      return [
        [
          { tag: Tag.VerifyingOrganization, vr: "LO", value: DUMMY_TEXT },
          { tag: Tag.VerificationDateTime, vr: "DT", value: dummyValue("DT") },
          { tag: Tag.VerifyingObserverName, vr: "PN", value: dummyValue("PN") },
          { tag: Tag.VerifyingObserverIdentificationCodeSequence, vr: "SQ", value: [] },
        ],
      ];
    case Tag.ContentSequence: // PS3.3 C.17.3: one text item, Comment (121106, DCM)
      return [
        [
          { tag: Tag.RelationshipType, vr: "CS", value: "CONTAINS" },
          { tag: Tag.ValueType, vr: "CS", value: "TEXT" },
          {
            tag: Tag.ConceptNameCodeSequence,
            vr: "SQ",
            value: [
              [
                { tag: Tag.CodeValue, vr: "SH", value: "121106" },
                { tag: Tag.CodingSchemeDesignator, vr: "SH", value: "DCM" },
                { tag: Tag.CodeMeaning, vr: "LO", value: "Comment" },
              ],
            ],
          },
          { tag: Tag.TextValue, vr: "UT", value: DUMMY_TEXT },
        ],
      ];
    default:
      return undefined;
  }
}
