/**
 * JPEG with sequential DCT and Huffman coding, baseline or extended, of 8 or 12 bits (ITU-T T.81, ISO 10918-1).
 *
 * What is published as packages decodes 8 bits only; JPEG Extended (PS3.5 A.4.1) has 12 as well.
 *
 * @module
 */
import { damaged } from "./jpeg-errors.js";
import {
  announcedRows,
  isFrameHeader,
  type JpegComponent,
  type JpegFrame,
  readFrameHeader,
} from "./jpeg-frame.js";
import type { SamplePlane } from "./jpeg-idct.js";
import { DNL, EOI, nextMarker, type Segment, SOI, SOS, segmentAt, wordAt } from "./jpeg-markers.js";
import { decodeScan } from "./jpeg-scan.js";
import { emptyTables, readTables } from "./jpeg-tables.js";

/** A decoded image, with its components as they were coded: YCbCr is not made RGB. */
export interface SequentialJpeg {
  readonly rows: number;
  readonly columns: number;
  /** Components, 1 to 4. */
  readonly samplesPerPixel: number;
  /** Bits that a sample has. */
  readonly bits: 8 | 12;
  /** `(row * columns + column) * samplesPerPixel + sample`; of 16 bits each if `bits` is 12. */
  readonly samples: Uint8Array | Uint16Array;
  /** The transform that Adobe's marker tells: 0 for none, 1 for YCbCr, 2 for YCCK; undefined without that marker. */
  readonly colorTransform: number | undefined;
}

/**
 * Decodes a frame. What lies behind its last scan is not looked at: EOI may be missing.
 *
 * Of a component that is sampled less often than others, each sample is repeated: nothing is made up between two of them.
 * The lines that DNL tells are asked for only where the header leaves them open.
 *
 * @throws {@link DicomError} `BAD_VALUE` if the frame is damaged or cut off, `UNSUPPORTED_TRANSFER_SYNTAX` if it is
 * progressive, lossless, hierarchical or coded arithmetically, `LIMIT_EXCEEDED` if it has more than 2^28 samples
 */
export function decodeSequentialJpeg(frame: Uint8Array): SequentialJpeg {
  if (frame[0] !== 0xff || frame[1] !== SOI) throw damaged("does not begin as one");
  const tables = emptyTables();
  const planes = new Map<JpegComponent, SamplePlane>();
  let frameHeader: Segment | undefined;
  let header: JpegFrame | undefined;
  for (let at = 2; planes.size < (header?.components.length ?? 1); ) {
    const segment = segmentAt(frame, at);
    at = segment.end;
    if (segment.marker === EOI) throw damaged("ends before its pixels do");
    if (isFrameHeader(segment)) {
      if (frameHeader !== undefined) throw damaged("has two headers");
      frameHeader = segment;
    } else if (segment.marker === SOS) {
      if (frameHeader === undefined) throw damaged("has a scan before its header");
      header ??= frameOf(frame, frameHeader, segment);
      at = nextMarker(frame, decodeScan(frame, segment, header, tables, planes));
    } else readTables(segment, tables);
  }
  if (header === undefined) throw damaged("has no pixels");
  const { rows, columns, bits, components } = header;
  return {
    rows,
    columns,
    samplesPerPixel: components.length,
    bits,
    samples: interleave(header, planes),
    colorTransform: tables.colorTransform,
  };
}

/** The header, completed by DNL behind the first scan if it leaves the lines open (B.2.5). */
function frameOf(frame: Uint8Array, header: Segment, firstScan: Segment): JpegFrame {
  let rows = announcedRows(header);
  if (rows === 0) {
    const { marker, body } = segmentAt(frame, nextMarker(frame, firstScan.end));
    if (marker !== DNL || body.length !== 2) throw damaged("does not say how many rows it has");
    rows = wordAt(body, 0);
  }
  return readFrameHeader(header, rows, frame.length);
}

/** The samples of a pixel together. */
function interleave(
  { rows, columns, bits, components, horizontal, vertical }: JpegFrame,
  planes: ReadonlyMap<JpegComponent, SamplePlane>,
): Uint8Array | Uint16Array {
  const count = components.length;
  const length = rows * columns * count;
  const samples = bits === 8 ? new Uint8Array(length) : new Uint16Array(length);
  for (const [sample, component] of components.entries()) {
    const { samples: stored, stride } = planes.get(component) as SamplePlane;
    const from = Uint16Array.from({ length: columns }, (_, column) =>
      Math.floor((column * component.horizontal) / horizontal),
    );
    for (let row = 0, to = sample; row < rows; row++) {
      const start = Math.floor((row * component.vertical) / vertical) * stride;
      for (let column = 0; column < columns; column++, to += count) {
        samples[to] = stored[start + (from[column] as number)] as number;
      }
    }
  }
  return samples;
}
