/**
 * Where our values and JSON are not pydicom's 3.0.2, and why. Nothing else may differ, and nothing
 * here may be idle.
 *
 * @module
 */
import { isDeepStrictEqual } from "node:util";
import { isPrivateTag, parseTag } from "../../src/tag.js";
import type { Deviation, JsonDifference, ValueDifference } from "./compare.js";

/**
 * Files of which pydicom makes something else than what they hold. Each is compared with nothing.
 */
export const MISREAD_BY_PYDICOM: { readonly [file: string]: string } = {
  "dcm4che/no_preamble_dicm_in_data":
    "A bare data set in whose byte 128 happens to stand DICM: pydicom takes what is before it for a preamble.",
  "pydicom-data/emri_small_jpeg_2k_lossless_too_short.dcm":
    "Ends inside encapsulated pixel data: pydicom gives the whole data set up, and returns an empty one.",
};

/** Files that end inside an element: read with `allowTruncated`, which pydicom always does. */
export const TRUNCATED: readonly string[] = [
  "dcm4che/3gb-bulk-data-truncated",
  "pydicom-data/emri_small_jpeg_2k_lossless_too_short.dcm",
  "pydicom/DICOMDIR-nooffset",
  "pydicom/MR_truncated.dcm",
  "pydicom/rtplan_truncated.dcm",
];

/** Files for which `to_json_dict` raises. */
export const NO_JSON_IN_PYDICOM: { readonly [file: string]: string } = {
  "pydicom/badVR.dcm": "ValueError for a text of IS that is no number; ours is the text.",
};

/**
 * The tag that a path of values, `(0040,A730)[1].(0008,0100)`, or of JSON, `0040A730[1].00080100`,
 * ends in.
 */
const tagOf = (path: string) => parseTag(path.replace(/^.*\./, ""));
const isGroupLength = (path: string) => (tagOf(path) & 0xffff) === 0;
const isPrivate = (path: string) => isPrivateTag(tagOf(path));
/** Whether the bytes are the same; the oracle may have none for an empty value. */
const isSameField = ({ ours, theirs }: ValueDifference) =>
  ours !== undefined &&
  theirs !== undefined &&
  (theirs.raw === null ? ours.raw?.[0] === 0 : isDeepStrictEqual(ours.raw, theirs.raw));
/** Whether there are values on both sides, and theirs become ours by `change`. */
const isSameAfter = <T>(
  ours: readonly T[] | undefined,
  theirs: readonly T[] | undefined,
  change: (value: T) => unknown,
) => theirs !== undefined && isDeepStrictEqual(ours, theirs.map(change));
const trimEnd = (value: unknown) => (typeof value === "string" ? value.trimEnd() : value);

export const VALUE_DEVIATIONS: readonly Deviation<ValueDifference>[] = [
  {
    name: "private dictionary",
    reason:
      "pydicom knows the VR of some private elements whose VR the file does not tell (implicit VR, " +
      "or UN); this package has no private dictionary, and gives their bytes, which are the same.",
    covers: (d) =>
      isPrivate(d.path) && d.ours?.vr === "UN" && d.theirs?.vr !== "UN" && isSameField(d),
  },
  {
    name: "private group length",
    reason: "PS3.5 7.2: (gggg,0000) is UL in every group; pydicom takes it for UN in odd groups.",
    covers: (d) =>
      isGroupLength(d.path) && isPrivate(d.path) && d.ours?.vr === "UL" && isSameField(d),
  },
  {
    name: "sequence in UN",
    reason:
      "PS3.5 6.2.2: UN of defined length may hold a sequence. Where all of it reads as one, we have " +
      "its items; pydicom has its bytes, which are the same.",
    covers: (d) =>
      d.ours?.encodedVR === "UN" && d.ours.vr === "SQ" && d.theirs?.vr === "UN" && isSameField(d),
  },
  {
    name: "element of a sequence in UN",
    reason: "As above: what pydicom has as bytes we have as elements.",
    covers: (d) => d.ours?.isInUnknown === true && d.theirs === undefined,
  },
  {
    name: "no sequence",
    reason:
      "Purpose of Reference Code Sequence (0040,A170), SQ in the dictionary, was written as text in " +
      "implicit VR. pydicom makes items of the text; we give the bytes.",
    covers: (d) => tagOf(d.path) === 0x0040a170 && d.ours?.vr === "UN" && d.theirs?.vr === "SQ",
  },
  {
    name: "pixel data in implicit VR",
    reason:
      "PS3.5 A.1: Pixel Data is OW in implicit VR, as which the data set is encoded. (0002,0010) " +
      "says explicit VR, which pydicom goes by.",
    covers: (d) =>
      d.file === "pydicom/SC_rgb_jpeg.dcm" &&
      d.ours?.vr === "OW" &&
      d.theirs?.vr === "OB" &&
      isSameField(d),
  },
  {
    name: "padding of inner values",
    reason:
      "PS3.5 6.2: spaces at the end of a value are padding, of each one of several; pydicom takes " +
      "them off the last only, but in LO, SH and UC.",
    covers: (d) =>
      d.ours?.vr === d.theirs?.vr &&
      isSameField(d) &&
      isSameAfter(d.ours?.value.text, d.theirs?.value.text, trimEnd),
  },
  {
    name: "trailing = of a name",
    reason: "Text is given as it is; pydicom takes the delimiter of an empty representation off.",
    covers: (d) =>
      d.ours?.vr === "PN" &&
      isSameField(d) &&
      isSameAfter(d.theirs?.value.text, d.ours.value.text, (name) => name.replace(/=+$/, "")),
  },
];

export const JSON_DEVIATIONS: readonly Deviation<JsonDifference>[] = [
  {
    name: "group length",
    reason: "PS3.18 F.2.2: group lengths shall not be included; pydicom includes them.",
    covers: ({ path, ours }) => isGroupLength(path) && ours === undefined,
  },
  {
    name: "empty sequence",
    reason:
      "PS3.18 F.2.5: an empty element has no Value; pydicom gives an empty sequence an empty one.",
    covers: ({ ours, theirs }) =>
      isDeepStrictEqual(ours, { vr: "SQ" }) && isDeepStrictEqual(theirs, { vr: "SQ", Value: [] }),
  },
  {
    name: "empty value among others",
    reason: "PS3.18 F.2.5: an empty one of several values is null; pydicom gives an empty text.",
    covers: ({ ours, theirs }) =>
      ours?.vr === theirs?.vr &&
      isSameAfter(ours?.Value, theirs?.Value, (value) => (value === "" ? null : value)),
  },
  {
    name: "padding of inner values",
    reason: "As of values.",
    covers: ({ ours, theirs }) =>
      ours?.vr === theirs?.vr && isSameAfter(ours?.Value, theirs?.Value, trimEnd),
  },
  {
    name: "big endian",
    reason:
      "JSON does not tell a byte order, so it has to be one: little endian, as of the transfer " +
      "syntaxes of PS3.18 8.7.3. pydicom gives the words of a big endian file as they are.",
    covers: ({ ours, theirs }) =>
      ours?.vr === "OW" &&
      theirs?.vr === "OW" &&
      theirs.WordsSwapped !== undefined &&
      isDeepStrictEqual(ours.InlineBinary, theirs.WordsSwapped),
  },
  {
    name: "private dictionary",
    reason: "As of values.",
    covers: ({ path, ours, theirs }) => isPrivate(path) && ours?.vr === "UN" && theirs?.vr !== "UN",
  },
  {
    name: "sequence in UN",
    reason: "As of values.",
    covers: ({ path, ours, theirs }) => isPrivate(path) && ours?.vr === "SQ" && theirs?.vr === "UN",
  },
  {
    name: "no sequence",
    reason: "As of values.",
    covers: ({ path, ours, theirs }) =>
      tagOf(path) === 0x0040a170 && ours?.vr === "UN" && theirs?.vr === "SQ",
  },
  {
    name: "pixel data in implicit VR",
    reason: "As of values.",
    covers: ({ file, ours, theirs }) =>
      file === "pydicom/SC_rgb_jpeg.dcm" &&
      ours?.vr === "OW" &&
      theirs?.vr === "OB" &&
      isDeepStrictEqual(ours.InlineBinary, theirs.InlineBinary),
  },
];
