/**
 * Where the frames of an image lie in its file, however large that is (PS3.5 A.4, 8.1; PS3.3 C.7.6.3.1.8).
 *
 * @module
 */
import { type ByteRange, isLoaded, viewBytes } from "../byte-source.js";
import type { DataElement } from "../data-element.js";
import { findElement } from "../dataset.js";
import type { DicomFile } from "../dicom-file.js";
import { DicomError } from "../errors.js";
import type { ReadRange } from "../read/part10.js";
import { formatTag } from "../tag.js";
import * as Tag from "../tags.js";
import { type ImagePixel, readImagePixel } from "./image-pixel.js";
import { nativeFrameRange } from "./native-frame.js";

/** An image's frames, not yet read. */
export interface FrameIndex {
  readonly pixel: ImagePixel;
  /** How many there are. */
  readonly count: number;
  /** The pieces of a frame, in the bytes of the data set's source; several where it is in several fragments. */
  readonly rangesOf: (index: number) => readonly ByteRange[];
  /** Bits at the beginning of the pieces that are of the frame before; of native pixels only. */
  readonly skippedBits: (index: number) => number;
}

/**
 * Finds the frames of an image.
 *
 * @param readRange - brings bytes that were skipped when the header was read; needed only if the file is not in memory
 * @throws {@link DicomError} `BAD_VALUE` if there are no pixels, or the frames cannot be told apart, `TRUNCATED` if native
 * pixels are missing, `NOT_LOADED` if bytes are missing and `readRange` is, too, `LIMIT_EXCEEDED` if there are more than
 * 1,000,000 fragments
 */
export async function indexFrames(file: DicomFile, readRange?: ReadRange): Promise<FrameIndex> {
  const { dataset } = file;
  const pixel = readImagePixel(dataset);
  const element = findElement(dataset, pixel.pixelTag) as DataElement;
  const read: ReadRange = (range) => {
    const { byteOffset, length } = range;
    if (isLoaded(dataset.source, byteOffset, length) || readRange === undefined) {
      return viewBytes(dataset.source, byteOffset, length);
    }
    return readRange(range);
  };
  return element.encapsulated
    ? indexFragments(file, pixel, element, read)
    : indexNative(pixel, element, swappedWordBytes(file, pixel, element));
}

/** PS3.5 8.1.2, A.3: of VR OW big endian swaps words, also where a sample is a byte. */
export function swappedWordBytes(
  { dataset }: DicomFile,
  { bitsAllocated }: ImagePixel,
  { vr }: DataElement,
): 1 | 2 {
  return vr === "OW" && bitsAllocated === 8 && !dataset.encoding.littleEndian ? 2 : 1;
}

function indexNative(pixel: ImagePixel, element: DataElement, wordBytes: 1 | 2): FrameIndex {
  const { numberOfFrames } = pixel;
  const rangeOf = (index: number) => {
    const range = nativeFrameRange(pixel, index, wordBytes);
    // An odd end may lack its padding.
    const length = Math.min(range.length, element.valueLength - range.byteOffset);
    return { ...range, length };
  };
  const last = nativeFrameRange(pixel, numberOfFrames - 1);
  if (last.byteOffset + last.length > element.valueLength) {
    throw new DicomError("TRUNCATED", "there are fewer pixels than the header announces", {
      at: formatTag(element.tag),
      byteOffset: element.valueOffset,
    });
  }
  return {
    pixel,
    count: numberOfFrames,
    rangesOf: (index) => {
      const { byteOffset, length } = rangeOf(index);
      return [{ byteOffset: element.valueOffset + byteOffset, length }];
    },
    skippedBits: (index) => rangeOf(index).skippedBits,
  };
}

/** A fragment: where its item header is, from the first one's, and where its bytes are. */
interface Fragment extends ByteRange {
  readonly position: number;
}

const ITEM_HEADER_BYTES = 8;

/** As many as items of sequences may be: they take 8 bytes of a file, but far more of memory. */
const MAX_FRAGMENTS = 1_000_000;

async function indexFragments(
  file: DicomFile,
  pixel: ImagePixel,
  element: DataElement,
  read: ReadRange,
): Promise<FrameIndex> {
  const { table, fragments } = await readFragments(file, element, read);
  const { numberOfFrames } = pixel;
  const extended = findElement(file.dataset, Tag.ExtendedOffsetTable);
  const { littleEndian } = file.dataset.encoding;
  const offsets =
    (await readOffsets(
      extended && { byteOffset: extended.valueOffset, length: extended.valueLength },
      { frames: numberOfFrames, littleEndian, unitBytes: 8, read },
    )) ?? (await readOffsets(table, { frames: numberOfFrames, littleEndian, unitBytes: 4, read }));
  const frames =
    (offsets && byOffsets(offsets, fragments)) ?? (await byCount(fragments, numberOfFrames, read));
  return {
    pixel,
    count: frames.length,
    rangesOf: (index) => frames[index] ?? [],
    skippedBits: () => 0,
  };
}

/** Where the Basic Offset Table is, and the fragments behind it. */
async function readFragments(file: DicomFile, element: DataElement, read: ReadRange) {
  const { littleEndian } = file.dataset.encoding;
  const end = element.valueOffset + element.valueLength;
  const fragments: Fragment[] = [];
  let table: ByteRange | undefined;
  let first = 0;
  for (let at = element.valueOffset; at + ITEM_HEADER_BYTES <= end; ) {
    const header = await read({ byteOffset: at, length: ITEM_HEADER_BYTES });
    const start = at + ITEM_HEADER_BYTES;
    // Only the last fragment of a truncated file is cut off.
    const length = Math.min(viewOf(header).getUint32(4, littleEndian), end - start);
    if (fragments.length === MAX_FRAGMENTS) {
      throw new DicomError("LIMIT_EXCEEDED", `more than ${MAX_FRAGMENTS} fragments`, {
        at: formatTag(element.tag),
        byteOffset: at,
      });
    }
    if (table === undefined) {
      table = { byteOffset: start, length };
      first = start + length;
    } else fragments.push({ byteOffset: start, length, position: at - first });
    at = start + length;
  }
  return { table, fragments };
}

/**
 * The values of a table of offsets: of 4 bytes in the Basic Offset Table (PS3.5 A.4), of 8 in the Extended one
 * (PS3.3 C.7.6.3.1.8), for what is beyond 4 GiB.
 *
 * @returns undefined unless there is one for each frame; another table is of no use, and however large, it is not read
 */
async function readOffsets(
  table: ByteRange | undefined,
  options: {
    readonly frames: number;
    readonly littleEndian: boolean;
    readonly unitBytes: 4 | 8;
    readonly read: ReadRange;
  },
): Promise<readonly number[] | undefined> {
  const { frames, littleEndian, unitBytes, read } = options;
  if (table?.length !== unitBytes * frames) return undefined;
  const view = viewOf(await read(table));
  return Array.from({ length: frames }, (_, i) =>
    unitBytes === 4
      ? view.getUint32(4 * i, littleEndian)
      : Number(view.getBigUint64(8 * i, littleEndian)),
  );
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** By a table of offsets, if it says of each frame where it begins, and there something begins. */
function byOffsets(
  offsets: readonly number[],
  fragments: readonly Fragment[],
): readonly (readonly ByteRange[])[] | undefined {
  const positions = new Map(fragments.map(({ position }, i) => [position, i]));
  const starts = offsets.map((offset) => positions.get(offset));
  const isAscending = starts.every(
    (start, i) => start !== undefined && (i === 0 ? start === 0 : start > (starts[i - 1] ?? -1)),
  );
  if (!isAscending) return undefined;
  return starts.map((start, i) => fragments.slice(start, starts[i + 1] ?? fragments.length));
}

/** Without a table that can be relied on: one fragment a frame, or all of them one, or told apart by how each begins. */
async function byCount(
  fragments: readonly Fragment[],
  frames: number,
  read: ReadRange,
): Promise<readonly (readonly ByteRange[])[]> {
  if (frames === 1 && fragments.length > 0) return [fragments];
  if (fragments.length === frames) return fragments.map((fragment) => [fragment]);
  const grouped: ByteRange[][] = [];
  for (const fragment of fragments) {
    const head = await read({ ...fragment, length: Math.min(2, fragment.length) });
    if (beginsCodestream(head) || grouped.length === 0) grouped.push([fragment]);
    else grouped.at(-1)?.push(fragment);
  }
  if (grouped.length === frames) return grouped;
  throw new DicomError(
    "BAD_VALUE",
    `${frames} frames cannot be told apart in ${fragments.length} fragments`,
    { at: "(7FE0,0010)" },
  );
}

/** SOI of JPEG and JPEG-LS (ISO 10918-1 B.2), SOC of JPEG 2000 (ISO 15444-1 A.4). */
function beginsCodestream([first, second]: Uint8Array): boolean {
  return first === 0xff && (second === 0xd8 || second === 0x4f);
}
