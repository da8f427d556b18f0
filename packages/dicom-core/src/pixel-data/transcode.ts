/**
 * A file in another transfer syntax (PS3.5 8.2, A.4).
 *
 * @module
 */
import type { DataElement } from "../data-element.js";
import { findElement } from "../dataset.js";
import type { DicomFile } from "../dicom-file.js";
import { DicomError } from "../errors.js";
import type { Path } from "../path.js";
import { randomUid } from "../random-uid.js";
import { readFragments } from "../read/fragments.js";
import type { Edit } from "../rewrite/edit.js";
import { rewriteFile } from "../rewrite/rewrite-file.js";
import { joinSegments } from "../rewrite/segments.js";
import { formatTag } from "../tag.js";
import * as Tag from "../tags.js";
import {
  DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
  EXPLICIT_VR_LITTLE_ENDIAN,
  IMPLICIT_VR_LITTLE_ENDIAN,
  isKnownTransferSyntax,
  type TransferSyntax,
  transferSyntaxOf,
} from "../transfer-syntax.js";
import { readNumbers } from "../values/read-numbers.js";
import { readStrings } from "../values/read-text.js";
import { datasetToElements } from "../write/dataset-to-elements.js";
import type { ElementInit } from "../write/element-init.js";
import { writeFile } from "../write/part10.js";
import type { EncodeOptions } from "./codecs/frame-codec.js";
import { LOCAL_CODECS } from "./codecs/local-codecs.js";
import * as Syntax from "./codecs/transfer-syntaxes.js";
import { encodeFrame, isLossy } from "./encode-frame.js";
import type { ImagePixel } from "./image-pixel.js";
import { nativePixelData } from "./native-bytes.js";
import { nativeFrameRange } from "./native-frame.js";
import { type FrameReader, type OpenFramesOptions, openFrames } from "./read-frames.js";

/** How a file is transcoded. */
export interface TranscodeOptions extends EncodeOptions, Omit<OpenFramesOptions, "readRange"> {
  /** With loss only, which makes another instance (PS3.3 C.7.6.1.1.5): its UID. Default: a random one. */
  readonly sopInstanceUid?: string;
}

/**
 * The file in another transfer syntax; all that is not pixels keeps its values, and its bytes where the encoding is the same.
 *
 * Without loss the pixels are the same, which is checked frame by frame. With loss the header says so: Lossy Image
 * Compression, its ratio and method, Image Type DERIVED, and another SOP Instance UID.
 *
 * @param transferSyntaxUid - native or deflated, little endian; RLE Lossless, JPEG-LS, JPEG 2000, HTJ2K, Deflated Image Frame. JPEG is not written
 * @param file - wholly in memory
 * @throws {@link DicomError} `UNSUPPORTED_TRANSFER_SYNTAX` if frames cannot be decoded, or encoded so; `BAD_VALUE`, `TRUNCATED` if
 * they are damaged, or more than the header announces; `LIMIT_EXCEEDED` where codecs have limits, or beyond 4 GiB;
 * `NOT_LOADED` if only the header was read; {@link RangeError} for options that do not go with the transfer syntax
 */
export async function transcode(
  file: DicomFile,
  transferSyntaxUid: string,
  options: TranscodeOptions = {},
): Promise<Uint8Array> {
  checkOptions(transferSyntaxUid, options);
  const target = transferSyntaxOf(transferSyntaxUid);
  if (!target.littleEndian || !isKnownTransferSyntax(transferSyntaxUid)) {
    throw new DicomError(
      "UNSUPPORTED_TRANSFER_SYNTAX",
      "big endian is retired and not written, nor is what the standard does not know",
      { at: formatTag(Tag.TransferSyntaxUID) },
    );
  }
  const edits = needsDecoding(file, target) ? await pixelEdits(file, target, options) : [];
  return sameEncoding(file.transferSyntax, target)
    ? editedFile(file, target, edits)
    : writtenAnew(file, target, edits);
}

function checkOptions(uid: string, options: TranscodeOptions): void {
  const { compressionRatio, maxError, sopInstanceUid } = options;
  if (sopInstanceUid !== undefined && !isLossy(options)) {
    throw new RangeError("sopInstanceUid: expected with compressionRatio or maxError only");
  }
  if (compressionRatio !== undefined) {
    if (!(compressionRatio > 1 && compressionRatio <= 1000)) {
      throw new RangeError(
        `compressionRatio: expected more than 1, up to 1000, got ${compressionRatio}`,
      );
    }
    if (uid !== Syntax.JPEG_2000) {
      throw new RangeError(`compressionRatio: expected with ${Syntax.JPEG_2000} only`);
    }
  }
  if (maxError === undefined) return;
  if (!(Number.isInteger(maxError) && maxError >= 0 && maxError <= 255)) {
    throw new RangeError(`maxError: expected an integer of 0 to 255, got ${maxError}`);
  }
  if (maxError > 0 && uid !== Syntax.JPEG_LS_NEAR_LOSSLESS) {
    throw new RangeError(`maxError: expected with ${Syntax.JPEG_LS_NEAR_LOSSLESS} only`);
  }
}

const LITTLE_ENDIAN_SYNTAXES: ReadonlySet<string> = new Set([
  IMPLICIT_VR_LITTLE_ENDIAN,
  EXPLICIT_VR_LITTLE_ENDIAN,
  DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
]);

/** Between two native syntaxes in little endian, pixels are copied as any value is. */
function needsDecoding({ dataset, transferSyntax }: DicomFile, target: TransferSyntax): boolean {
  if (target.encapsulated) return true;
  const element = findElement(dataset, Tag.PixelData);
  return (
    element !== undefined &&
    (element.encapsulated || !LITTLE_ENDIAN_SYNTAXES.has(transferSyntax.uid))
  );
}

/** Whether a data set can be edited instead of being written anew. */
function sameEncoding(a: TransferSyntax, b: TransferSyntax): boolean {
  return (
    a.explicitVR === b.explicitVR && a.littleEndian === b.littleEndian && !a.deflated && !b.deflated
  );
}

function editedFile(
  file: DicomFile,
  target: TransferSyntax,
  edits: readonly PixelEdit[],
): Uint8Array {
  const uid = edits.find(({ path }) => path[0] === Tag.SOPInstanceUID);
  const meta: Edit[] = [{ kind: "set", path: [Tag.TransferSyntaxUID], value: target.uid }];
  if (uid?.kind === "set") {
    meta.push({ kind: "set", path: [Tag.MediaStorageSOPInstanceUID], value: uid.value });
  }
  const hasMeta = file.hasPreamble && file.fileMetaInformation.elements.length > 0;
  const segments = rewriteFile(file, {
    dataset: edits,
    ...(hasMeta
      ? { fileMetaInformation: meta }
      : { newFileMetaInformation: metaOf(file, target.uid, uid) }),
  });
  return joinSegments(segments, file.dataset.source);
}

/** A bare data set gets what a file needs. */
function metaOf({ dataset }: DicomFile, transferSyntaxUid: string, uid: PixelEdit | undefined) {
  const [sopClassUid] = readStrings(dataset, Tag.SOPClassUID);
  const [sopInstanceUid] = readStrings(dataset, Tag.SOPInstanceUID);
  return {
    mediaStorageSopClassUid: sopClassUid,
    mediaStorageSopInstanceUid:
      uid?.kind === "set" && typeof uid.value === "string" ? uid.value : sopInstanceUid,
    transferSyntaxUid,
  };
}

function writtenAnew(
  file: DicomFile,
  target: TransferSyntax,
  edits: readonly PixelEdit[],
): Uint8Array {
  const edited = new Set(edits.map(({ path }) => path[0]));
  const kept = file.dataset.elements.filter(({ tag }) => !edited.has(tag));
  const elements: ElementInit[] = [...datasetToElements({ ...file.dataset, elements: kept })];
  for (const edit of edits) {
    const tag = edit.path[0] as number;
    if (edit.kind === "set") {
      elements.push({ tag, value: edit.value, ...(edit.vr === undefined ? {} : { vr: edit.vr }) });
    }
  }
  return writeFile(elements, { transferSyntaxUid: target.uid });
}

type PixelEdit = Extract<Edit, { kind: "set" | "remove" }>;

const set = (tag: number, value: ElementInit["value"], vr?: ElementInit["vr"]): PixelEdit => ({
  kind: "set",
  path: [tag],
  value,
  ...(vr === undefined ? {} : { vr }),
});

async function pixelEdits(
  file: DicomFile,
  target: TransferSyntax,
  options: TranscodeOptions,
): Promise<readonly PixelEdit[]> {
  refuseEmbeddedOverlays(file);
  const reader = await openFrames(file, options);
  const { pixel } = reader;
  refuseMoreFrames(file, pixel);
  if (isLossy(options) && pixel.photometricInterpretation === "PALETTE COLOR") {
    throw new DicomError(
      "UNSUPPORTED_TRANSFER_SYNTAX",
      "places in a palette are no shades that could be approximated",
      { at: formatTag(Tag.PhotometricInterpretation) },
    );
  }
  const data = target.encapsulated
    ? await encodeAll(reader, target, options)
    : await decodeAll(reader, target);
  refuseSmallerRatio(data, options);
  const isRle = target.uid === Syntax.RLE_LOSSLESS;
  return [
    data.edit,
    ...removedBecauseOfFragments(file),
    set(Tag.PhotometricInterpretation, data.photometricInterpretation),
    ...(pixel.samplesPerPixel === 1 ? [] : [set(Tag.PlanarConfiguration, isRle ? 1 : 0)]),
    ...(pixel.pixelTag === Tag.PixelData ? [set(Tag.HighBit, pixel.bitsStored - 1)] : []),
    ...(isLossy(options) ? lossEdits(file, target, data.bytes / data.nativeBytes, options) : []),
  ];
}

/** Headers may weigh too much: a ratio that was not reached is no success. */
function refuseSmallerRatio(
  { bytes, nativeBytes }: NewPixelData,
  { compressionRatio = 0 }: TranscodeOptions,
): void {
  const reached = nativeBytes / bytes;
  if (reached >= 0.9 * compressionRatio) return;
  throw new DicomError(
    "UNSUPPORTED_TRANSFER_SYNTAX",
    `the codec compresses these pixels to 1 / ${reached.toFixed(2)} only`,
    { at: formatTag(Tag.PixelData) },
  );
}

/** Frames that the header does not tell of would be left out without a word. */
function refuseMoreFrames({ dataset }: DicomFile, pixel: ImagePixel): void {
  const element = findElement(dataset, pixel.pixelTag);
  if (element === undefined) return;
  const { numberOfFrames } = pixel;
  const last = nativeFrameRange(pixel, numberOfFrames - 1);
  const evenEnd = 2 * Math.ceil((last.byteOffset + last.length) / 2);
  const isMore = element.encapsulated
    ? readFragments(dataset, element).basicOffsetTable.length > numberOfFrames
    : element.valueLength - evenEnd >= last.length;
  if (!isMore) return;
  throw new DicomError("BAD_VALUE", "there are more frames than the header announces", {
    at: formatTag(Tag.NumberOfFrames),
  });
}

interface NewPixelData {
  readonly edit: PixelEdit;
  readonly photometricInterpretation: string;
  /** Bytes of all compressed frames, and of what they stand for. */
  readonly bytes: number;
  readonly nativeBytes: number;
}

async function encodeAll(
  { pixel, count, readFrame }: FrameReader,
  target: TransferSyntax,
  options: TranscodeOptions,
): Promise<NewPixelData> {
  if (pixel.pixelTag !== Tag.PixelData) {
    throw new DicomError(
      "UNSUPPORTED_TRANSFER_SYNTAX",
      "floating point pixels are never compressed",
      {
        at: formatTag(pixel.pixelTag),
      },
    );
  }
  const fragments: Uint8Array[] = [];
  const photometrics = new Set<string>();
  let nativeBytes = 0;
  for (let index = 0; index < count; index++) {
    const frame = await readFrame(index);
    const encoded = await encodeFrame(
      frame,
      pixel,
      target.uid,
      options,
      options.codecs ?? LOCAL_CODECS,
    );
    fragments.push(encoded.bytes);
    photometrics.add(encoded.photometricInterpretation);
    nativeBytes += frame.samples.byteLength;
  }
  const firstFragments = fragments.map((_, index) => index);
  return {
    edit: set(Tag.PixelData, { fragments, firstFragments }, "OB"),
    photometricInterpretation: theOne(photometrics),
    bytes: fragments.reduce((sum, { length }) => sum + length, 0),
    nativeBytes,
  };
}

async function decodeAll(
  { pixel, count, readFrame }: FrameReader,
  target: TransferSyntax,
): Promise<NewPixelData> {
  const frames = [];
  for (let index = 0; index < count; index++) frames.push(await readFrame(index));
  const value = nativePixelData(frames, pixel);
  const vr = pixel.bitsAllocated > 8 || !target.explicitVR ? "OW" : "OB";
  return {
    edit: set(Tag.PixelData, value, vr),
    photometricInterpretation: theOne(
      new Set(frames.map((frame) => frame.photometricInterpretation)),
    ),
    bytes: value.length,
    nativeBytes: value.length,
  };
}

function theOne(photometrics: ReadonlySet<string>): string {
  const [first] = photometrics;
  if (first === "YBR_PARTIAL") {
    // PS3.3 C.7.6.3.1.2 knows it with halved colours only, which are not halved again here.
    throw new DicomError("UNSUPPORTED_TRANSFER_SYNTAX", "YBR_PARTIAL_422 cannot be written", {
      at: formatTag(Tag.PhotometricInterpretation),
    });
  }
  if (first !== undefined && photometrics.size === 1) return first;
  throw new DicomError("BAD_VALUE", "frames of one image have different colours", {
    at: formatTag(Tag.PhotometricInterpretation),
  });
}

/** Tables of the old fragments; icons in fragments, which may be only where all pixels are (PS3.5 A.4). */
function removedBecauseOfFragments({ dataset }: DicomFile): PixelEdit[] {
  const tables: readonly number[] = [
    Tag.ExtendedOffsetTable,
    Tag.ExtendedOffsetTableLengths,
    Tag.EncapsulatedPixelDataValueTotalLength,
  ];
  return dataset.elements
    .filter((element) => tables.includes(element.tag) || element.items?.some(hasFragments))
    .map(({ tag }) => ({ kind: "remove", path: [tag] as Path }));
}

function hasFragments({ elements }: { readonly elements: readonly DataElement[] }): boolean {
  return elements.some(
    ({ encapsulated, items }) => encapsulated || items?.some(hasFragments) === true,
  );
}

/** Retired, but met: overlays in bits of the pixels that samples leave free (PS3.5 8.1.2). */
function refuseEmbeddedOverlays({ dataset }: DicomFile): void {
  for (const { tag } of dataset.elements) {
    const isBitPosition = (tag & 0xff00ffff) >>> 0 === 0x60000102;
    if (!isBitPosition || findElement(dataset, tag - 0x0102 + 0x3000) !== undefined) continue;
    if ((readNumbers(dataset, tag)[0] ?? 0) === 0) continue;
    throw new DicomError(
      "BAD_VALUE",
      "an overlay is in unused bits of the pixels, and would be lost",
      {
        at: formatTag(tag),
      },
    );
  }
}

/** PS3.3 C.7.6.1.1.5. */
function lossEdits(
  { dataset }: DicomFile,
  { uid }: TransferSyntax,
  share: number,
  { sopInstanceUid }: TranscodeOptions,
): PixelEdit[] {
  const [, ...imageType] = readStrings(dataset, Tag.ImageType);
  const method = uid === Syntax.JPEG_2000 ? "ISO_15444_1" : "ISO_14495_1";
  return [
    set(Tag.LossyImageCompression, "01"),
    set(Tag.LossyImageCompressionRatio, [
      ...readStrings(dataset, Tag.LossyImageCompressionRatio),
      (1 / share).toFixed(2),
    ]),
    set(Tag.LossyImageCompressionMethod, [
      ...readStrings(dataset, Tag.LossyImageCompressionMethod),
      method,
    ]),
    set(Tag.ImageType, ["DERIVED", ...(imageType.length > 0 ? imageType : ["PRIMARY"])]),
    set(Tag.SOPInstanceUID, sopInstanceUid ?? randomUid()),
  ];
}
