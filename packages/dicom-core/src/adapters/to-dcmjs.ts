/**
 * From our data sets to those of dcmjs.
 *
 * @module
 */

import { swapBytes } from "../byte-order.js";
import { type ByteRange, viewBytes } from "../byte-source.js";
import type { DataElement } from "../data-element.js";
import type { Dataset } from "../dataset.js";
import type { DicomFile } from "../dicom-file.js";
import { formatJsonTag } from "../json/dataset-to-json.js";
import { splitPersonName } from "../person-name.js";
import { readFragments } from "../read/fragments.js";
import { elementOf, groupOf } from "../tag.js";
import {
  DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
  EXPLICIT_VR_LITTLE_ENDIAN,
  IMPLICIT_VR_LITTLE_ENDIAN,
  type TransferSyntax,
} from "../transfer-syntax.js";
import { readLittleEndianBytes } from "../values/read-bytes.js";
import { readNumbers } from "../values/read-numbers.js";
import { readValues } from "../values/read-values.js";
import type { VR } from "../vr.js";
import { isAscii } from "../write/encode-value.js";
import {
  type DcmjsDicomDict,
  type DcmjsDict,
  type DcmjsElement,
  type DcmjsLibrary,
  dcmjsValueOf,
} from "./dcmjs-model.js";
import { joinBytes } from "./join-bytes.js";

const SPECIFIC_CHARACTER_SET = "00080005";
const TRANSFER_SYNTAX_UID = "00020010";
const NUMBER_OF_FRAMES = 0x00280008;
const UTF_8: DcmjsElement = { vr: "CS", Value: ["ISO_IR 192"] };

/** VRs that dcmjs does not know, and reads and writes as UN. */
const UNKNOWN_TO_DCMJS: ReadonlySet<VR> = new Set<VR>(["OL", "OV", "SV"]);

/**
 * A data set as dcmjs would have read it: to be naturalized, or put into a `DicomDict`.
 *
 * As with dcmjs, (0008,0005) becomes UTF-8, in which dcmjs writes, and bytes keep the byte order of the data set. Unlike
 * with dcmjs, elements of numbers without value stay without, and so do items. Group lengths are left out, since dcmjs
 * would write them as they are.
 *
 * @throws {@link DicomError} `NOT_LOADED` if a value was skipped when the header was read
 */
export function datasetToDcmjs(dataset: Dataset): DcmjsDict {
  const { littleEndian } = dataset.encoding;
  const dict = dictOf(dataset, littleEndian);
  if (dict[SPECIFIC_CHARACTER_SET] === undefined && !isAllAscii(dict)) {
    dict[SPECIFIC_CHARACTER_SET] = { ...UTF_8 };
  }
  return dict;
}

/**
 * A file as a `DicomDict` of dcmjs.
 *
 * Deflated files become explicit VR little endian, since dcmjs does not deflate.
 *
 * @param dcmjs - what `import dcmjs from "dcmjs"` gives
 * @throws {@link DicomError} as {@link datasetToDcmjs}
 */
export function toDcmjs<D extends DcmjsDicomDict>(file: DicomFile, dcmjs: DcmjsLibrary<D>): D {
  const meta = dictOf(file.fileMetaInformation, true);
  meta[TRANSFER_SYNTAX_UID] = { vr: "UI", Value: [syntaxToWrite(file.transferSyntax)] };
  const dicomDict = new dcmjs.data.DicomDict(meta);
  dicomDict.dict = datasetToDcmjs(file.dataset);
  return dicomDict;
}

/** dcmjs takes all but two transfer syntaxes for explicit VR little endian. */
function syntaxToWrite({ uid, explicitVR, encapsulated }: TransferSyntax): string {
  if (uid === DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN) return EXPLICIT_VR_LITTLE_ENDIAN;
  return explicitVR || encapsulated ? uid : IMPLICIT_VR_LITTLE_ENDIAN;
}

function dictOf(dataset: Dataset, littleEndian: boolean): DcmjsDict {
  const dict: DcmjsDict = {};
  for (const element of dataset.elements) {
    const { tag } = element;
    const name = formatJsonTag(tag);
    const isDelimiter = groupOf(tag) === 0xfffe;
    if (elementOf(tag) === 0 || isDelimiter || Object.hasOwn(dict, name)) continue;
    dict[name] =
      name === SPECIFIC_CHARACTER_SET ? { ...UTF_8 } : toElement(dataset, element, littleEndian);
  }
  return dict;
}

function toElement(dataset: Dataset, element: DataElement, littleEndian: boolean): DcmjsElement {
  if (element.encapsulated) return { vr: element.vr, Value: framesOf(dataset, element) };
  const values = readValues(dataset, element);
  const { vr } = values;
  if (values.kind === "bytes" || UNKNOWN_TO_DCMJS.has(vr)) {
    const bytes = readLittleEndianBytes(dataset, element) as Uint8Array;
    return {
      vr: UNKNOWN_TO_DCMJS.has(vr) ? "UN" : vr,
      Value: [joinBytes([littleEndian ? bytes : swapBytes(vr, bytes)]).buffer],
    };
  }
  switch (values.kind) {
    case "decimal":
      return toTexts(
        vr,
        values.values.map(({ text }) => text),
      );
    case "text":
      return vr === "PN" ? { vr, Value: values.values.map(toName) } : toTexts(vr, values.values);
    case "items":
      return { vr, Value: values.values.map((item) => dictOf(item, littleEndian)) };
    default:
      return { vr, Value: [...values.values] };
  }
}

function toTexts(vr: VR, values: readonly string[]): DcmjsElement {
  // dcmjs has one empty text where there is no value.
  const texts = values.length === 0 ? [""] : [...values];
  return { vr, Value: texts.map((text) => dcmjsValueOf(vr, text)), _rawValue: texts };
}

function toName(name: string): Readonly<Record<string, string>> {
  const [Alphabetic, Ideographic, Phonetic] = splitPersonName(name);
  return {
    ...(Alphabetic !== "" && { Alphabetic }),
    ...(Ideographic !== "" && { Ideographic }),
    ...(Phonetic !== "" && { Phonetic }),
  };
}

/** Frames, where the file tells them; else fragments. */
function framesOf(dataset: Dataset, element: DataElement): readonly ArrayBuffer[] {
  const { basicOffsetTable, fragments } = readFragments(dataset, element);
  const [numberOfFrames = 1] = readNumbers(dataset, NUMBER_OF_FRAMES);
  const isOneFrame = basicOffsetTable.length === 0 && numberOfFrames === 1;
  const starts = isOneFrame ? [0] : basicOffsetTable;
  const frames: Uint8Array[][] = starts.map(() => []);
  let frame = 0;
  for (const { byteOffset, length } of fragments) {
    const offset = byteOffset - (fragments[0] as ByteRange).byteOffset;
    if (starts.length === 0) frames.push([]);
    while (offset >= (starts[frame + 1] ?? Number.POSITIVE_INFINITY)) frame++;
    frames[starts.length === 0 ? frames.length - 1 : frame]?.push(
      viewBytes(dataset.source, byteOffset, length),
    );
  }
  return frames.map((pieces) => joinBytes(pieces).buffer);
}

function isAllAscii(value: unknown): boolean {
  if (typeof value === "string") return isAscii(value);
  if (typeof value !== "object" || value === null || value instanceof ArrayBuffer) return true;
  return Object.values(value).every(isAllAscii);
}
