/**
 * Gives a DICOM file a label, as an edit of one element: all else stays byte for byte.
 *
 * @module
 */
import {
  type DicomFile,
  type Edit,
  elementOf,
  findElement,
  groupOf,
  isPrivateTag,
  isVR,
  privateCreatorTagOf,
  rewriteFile,
  type SegmentedBytes,
  type TagNumber,
  type VR,
  VRS,
  vrOfTag,
} from "@dsail/dicom-core";
import { ConverterError } from "../errors.js";
import { isLabelOfVR } from "./is-label-of-vr.js";
import { LABEL_TAG } from "./read-label.js";

/** Where a label is written. */
export interface LabelOptions {
  /** Default (0014,2016) Indication Label, as D-SAIL has it. */
  readonly tag?: TagNumber;
  /** Default: the dictionary's. Needed where that has none, or leaves a choice: for private tags, say. */
  readonly vr?: VR;
}

/**
 * The file with a label, for `joinSegments` or `rewriteDicomFile`. A value that the attribute has is replaced.
 *
 * @throws {@link ConverterError} `BAD_TAG`, `BAD_LABEL`
 * @throws {@link DicomError} `BAD_CHARACTER_SET` if the file's character set is not UTF-8, and the label not ASCII;
 * `UNSUPPORTED_DICOMDIR`
 */
export function labelFile(
  file: DicomFile,
  label: string,
  options: LabelOptions = {},
): SegmentedBytes {
  const edit = labelEdit(label, options);
  const creator = privateCreatorTagOf(options.tag ?? LABEL_TAG);
  // PS3.5 7.8.1: without its creator, nobody could tell what a private element is.
  if (creator !== undefined && findElement(file.dataset, creator) === undefined) {
    throw new ConverterError("BAD_TAG", "tag: the file has no private creator for it");
  }
  return rewriteFile(file, { dataset: [edit] });
}

/**
 * The edit by which a label is set.
 *
 * @throws as {@link labelFile}, as far as it does not depend on the file
 */
export function labelEdit(label: string, { tag = LABEL_TAG, vr }: LabelOptions): Edit {
  if (isStructural(tag)) {
    throw new ConverterError("BAD_TAG", "tag: says what the file is, and can be no label");
  }
  const known = vrOfTag(tag);
  const chosen = vr ?? known;
  if (chosen === undefined || !isVR(chosen)) {
    throw new ConverterError("BAD_TAG", "tag: its VR is not known, and has to be given");
  }
  if (known !== undefined && isVR(known) && chosen !== known) {
    throw new ConverterError("BAD_TAG", `vr: expected ${known}, as PS3.6 has it, got ${chosen}`);
  }
  const { kind } = VRS[chosen];
  if (chosen === "UI" || (kind !== "text" && kind !== "number" && kind !== "bigint")) {
    throw new ConverterError("BAD_TAG", `tag: its VR is ${chosen}, which can hold no label`);
  }
  return { kind: "set", path: [tag], vr: chosen, value: valueToWrite(label.trim(), chosen) };
}

/** Elements by which the others, or the pixels, are understood. */
function isStructural(tag: TagNumber): boolean {
  const group = groupOf(tag);
  const SPECIFIC_CHARACTER_SET = 0x00080005;
  return (
    group < 0x0008 || // commands, file meta information, directories (PS3.7, PS3.10, PS3.3 F)
    group === 0x0028 || // image pixels (PS3.3 C.7.6.3)
    (group & 0xff00) === 0x5000 || // curves and overlays, by repeating groups (PS3.5 7.6), and waveforms
    group === 0x5400 ||
    (group & 0xff00) === 0x6000 ||
    group >= 0x7fe0 ||
    elementOf(tag) === 0 || // group lengths (PS3.5 7.2)
    (isPrivateTag(tag) && privateCreatorTagOf(tag) === undefined) || // private creators (PS3.5 7.8.1)
    tag === SPECIFIC_CHARACTER_SET
  );
}

function valueToWrite(label: string, vr: VR): string | number | bigint {
  if (!isLabelOfVR(label, vr)) {
    throw new ConverterError("BAD_LABEL", `label: expected one value that VR ${vr} can hold`);
  }
  const { kind } = VRS[vr];
  if (kind === "bigint") return BigInt(label);
  return kind === "number" ? Number(label) : label;
}
