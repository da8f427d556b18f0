/**
 * The frame header of a JPEG: size, precision, and how often each component is sampled (ITU-T T.81 B.2.2, A.1, A.2).
 *
 * @module
 */
import { damaged, tooLarge, unsupportedJpeg } from "./jpeg-errors.js";
import { type Segment, SOF0, SOF1, wordAt } from "./jpeg-markers.js";

/** A component: what is sampled by itself, such as luminance. */
export interface JpegComponent {
  /** By which scans name it. */
  readonly id: number;
  /** Samples across and down for each of an MCU, 1 to 4 (A.1.1). */
  readonly horizontal: number;
  readonly vertical: number;
  /** Which table it is quantized by, 0 to 3. */
  readonly quantization: number;
  /** Blocks across and down that hold samples of the image: those of a scan of this component alone (A.2.2). */
  readonly blocksAcross: number;
  readonly blocksDown: number;
  /** Samples of a row as stored: of whole MCUs (A.2.4). */
  readonly stride: number;
  /** Rows as stored. */
  readonly storedRows: number;
}

/** What the frame header says. */
export interface JpegFrame {
  /** 8 or 12. */
  readonly bits: 8 | 12;
  readonly rows: number;
  readonly columns: number;
  readonly components: readonly JpegComponent[];
  /** The greatest of the components' factors. */
  readonly horizontal: number;
  readonly vertical: number;
  /** MCUs of a scan of several components (A.2.3). */
  readonly mcusAcross: number;
  readonly mcusDown: number;
}

/** Samples of the result at most: 512 MB at 12 bits. */
const MAX_SAMPLES = 2 ** 28;

/** A block takes a code for its first coefficient and one for the others, of a bit each at least: 4 of them fit in a byte. */
const BLOCKS_OF_BYTE = 4;

const UNSUPPORTED: ReadonlyMap<number, string> = new Map([
  [0xc2, "progressive JPEG"],
  [0xc3, "lossless JPEG"],
  [0xc5, "hierarchical JPEG"],
  [0xc6, "hierarchical JPEG"],
  [0xc7, "hierarchical JPEG"],
  [0xc8, "JPEG with extensions"],
  [0xc9, "JPEG with arithmetic coding"],
  [0xca, "progressive JPEG with arithmetic coding"],
  [0xcb, "lossless JPEG with arithmetic coding"],
  [0xcc, "JPEG with arithmetic coding"],
  [0xcd, "hierarchical JPEG with arithmetic coding"],
  [0xce, "hierarchical JPEG with arithmetic coding"],
  [0xcf, "hierarchical JPEG with arithmetic coding"],
  [0xde, "hierarchical JPEG"],
  [0xdf, "hierarchical JPEG"],
  [0xf7, "JPEG-LS"],
]);

/** Whether a segment is the header of a frame that can be decoded. @throws if it is of another kind of JPEG */
export function isFrameHeader({ marker }: Segment): boolean {
  const kind = UNSUPPORTED.get(marker);
  if (kind !== undefined) throw unsupportedJpeg(kind);
  return marker === SOF0 || marker === SOF1;
}

/** Number of lines that the frame header says; 0 if they are told behind the first scan (B.2.5). */
export function announcedRows({ body }: Segment): number {
  if (body.length < 6) throw damaged("has a header that is too short");
  return wordAt(body, 1);
}

/**
 * Reads the frame header.
 *
 * @param rows - from the header, or from DNL
 * @param frameBytes - bytes of the whole frame: more blocks than they can code are refused before memory is taken
 */
export function readFrameHeader({ body }: Segment, rows: number, frameBytes: number): JpegFrame {
  const [bits] = body;
  const columns = wordAt(body, 3);
  const count = body[5] as number;
  if (bits !== 8 && bits !== 12) throw damaged("is of neither 8 nor 12 bits");
  if (rows === 0 || columns === 0) throw damaged("has no pixels");
  if (count < 1 || count > 4) throw damaged("has not 1 to 4 components");
  if (body.length !== 6 + 3 * count) throw damaged("has a header of the wrong length");
  if (rows * columns * count > MAX_SAMPLES) throw tooLarge(MAX_SAMPLES);
  const specified = Array.from({ length: count }, (_, i) => {
    const at = 6 + 3 * i;
    const factors = body[at + 1] as number;
    return {
      id: body[at] as number,
      horizontal: factors >> 4,
      vertical: factors & 15,
      quantization: body[at + 2] as number,
    };
  });
  const isLegal = (factor: number) => factor >= 1 && factor <= 4;
  if (!specified.every((one) => isLegal(one.horizontal) && isLegal(one.vertical))) {
    throw damaged("has sampling factors other than 1 to 4");
  }
  if (new Set(specified.map(({ id }) => id)).size < count) {
    throw damaged("has two components of one name");
  }
  const horizontal = Math.max(...specified.map((one) => one.horizontal));
  const vertical = Math.max(...specified.map((one) => one.vertical));
  const mcusAcross = Math.ceil(columns / (8 * horizontal));
  const mcusDown = Math.ceil(rows / (8 * vertical));
  const components = specified.map((one) => ({
    ...one,
    // A.1.1: of a component sampled less often, the share rounded up.
    blocksAcross: Math.ceil(Math.ceil((columns * one.horizontal) / horizontal) / 8),
    blocksDown: Math.ceil(Math.ceil((rows * one.vertical) / vertical) / 8),
    stride: 8 * mcusAcross * one.horizontal,
    storedRows: 8 * mcusDown * one.vertical,
  }));
  const blocks = components.reduce((sum, one) => sum + one.blocksAcross * one.blocksDown, 0);
  if (blocks > BLOCKS_OF_BYTE * frameBytes) throw damaged("ends before its pixels do");
  return { bits, rows, columns, components, horizontal, vertical, mcusAcross, mcusDown };
}
