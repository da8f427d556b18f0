/**
 * JPEG with sequential DCT, for tests of what decodes it: nothing is shared with the decoder, nor is it economical.
 *
 * @module
 */

/** A component, and what its samples are. */
interface PlaneInit {
  /** Default 1. */
  readonly horizontal?: number;
  readonly vertical?: number;
  /** The sample at a place of the component itself, which may have fewer of them than the image has pixels. */
  readonly sample: (row: number, column: number) => number;
}

/** The image, and how it is coded. */
export interface JpegInit {
  readonly rows: number;
  readonly columns: number;
  readonly bits: 8 | 12;
  readonly planes: readonly PlaneInit[];
  /** A scan for each component. Default false. */
  readonly isByPlane?: boolean;
  readonly restartInterval?: number;
  /** The factor of all coefficients; above 255 of 16 bits. Default 1. */
  readonly quantization?: number;
  /** Whether lines are told behind the first scan only. Default false. */
  readonly dnl?: boolean;
  /** Segments behind SOI. */
  readonly segments?: readonly (readonly number[])[];
  /** Default SOF1. */
  readonly frameMarker?: number;
}

/** A component with its place in the MCU and in the image. */
interface Plane extends Required<PlaneInit> {
  readonly rows: number;
  readonly columns: number;
}

const word = (value: number) => [value >> 8, value & 255];

/** A segment with its marker. */
export const segment = (marker: number, body: readonly number[]): number[] => [
  0xff,
  marker,
  ...word(body.length + 2),
  ...body,
];

/** Codes of each length from 1 to 16, some longer than what a decoder may look up at once. */
const DC_COUNTS = [0, 1, 2, 3, 4, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
const DC_SYMBOLS = Array.from({ length: 16 }, (_, i) => i);
const AC_COUNTS = [0, 1, 0, 0, 0, 16, 0, 64, 0, 128, 0, 47, 0, 0, 0, 0];
const AC_SYMBOLS = Array.from({ length: 256 }, (_, i) => i).sort(
  (a, b) => (a >> 4) + (a & 15) - (b >> 4) - (b & 15) || a - b,
);

type Codes = ReadonlyMap<number, { readonly code: number; readonly length: number }>;

function codesOf(counts: readonly number[], symbols: readonly number[]): Codes {
  const codes = new Map<number, { code: number; length: number }>();
  let code = 0;
  let next = 0;
  for (const [i, count] of counts.entries()) {
    code *= 2;
    for (let n = 0; n < count; n++) codes.set(symbols[next++]!, { code: code++, length: i + 1 });
  }
  return codes;
}

const DC = codesOf(DC_COUNTS, DC_SYMBOLS);
const AC = codesOf(AC_COUNTS, AC_SYMBOLS);

/** Rows and columns of each coefficient in the order of Figure A.6, written out. */
const ORDER = (
  "00 01 10 20 11 02 03 12 21 30 40 31 22 13 04 05 14 23 32 41 50 60 51 42 33 24 15 06 07 16 25 34 " +
  "43 52 61 70 71 62 53 44 35 26 17 27 36 45 54 63 72 73 64 55 46 37 47 56 65 74 75 66 57 67 76 77"
)
  .split(" ")
  .map((place) => [Number(place[0]), Number(place[1])] as const);

/** Entropy-coded data, as it is written. */
function bitWriter() {
  const bytes: number[] = [];
  let bits = "";
  const put = (value: number, length: number) => {
    if (length > 0) bits += value.toString(2).padStart(length, "0");
    while (bits.length >= 8) {
      const byte = Number.parseInt(bits.slice(0, 8), 2);
      bytes.push(byte, ...(byte === 255 ? [0] : []));
      bits = bits.slice(8);
    }
  };
  return {
    bytes,
    code: (codes: Codes, symbol: number) => put(codes.get(symbol)!.code, codes.get(symbol)!.length),
    number: (value: number, length: number) =>
      put(value < 0 ? value + 2 ** length - 1 : value, length),
    align: () => put(2 ** ((8 - bits.length) % 8) - 1, (8 - bits.length) % 8),
  };
}

/** Coefficients of the block at a place, by the formula of A.3.3 as it stands there. */
function coefficients(plane: Plane, row: number, column: number, bits: number): number[] {
  const cosine = (x: number, u: number) => Math.cos(((2 * x + 1) * u * Math.PI) / 16);
  const samples = Array.from({ length: 64 }, (_, i) => {
    const y = Math.min(8 * row + (i >> 3), plane.rows - 1);
    const x = Math.min(8 * column + (i & 7), plane.columns - 1);
    return plane.sample(y, x) - 2 ** (bits - 1);
  });
  return ORDER.map(([v, u]) => {
    const sum = samples.reduce((s, f, i) => s + f * cosine(i & 7, u) * cosine(i >> 3, v), 0);
    return (sum / 4) * (u === 0 ? Math.SQRT1_2 : 1) * (v === 0 ? Math.SQRT1_2 : 1);
  });
}

const sizeOf = (value: number) => (value === 0 ? 0 : Math.abs(value).toString(2).length);

/** The data of one scan. */
function scanOf(image: JpegInit, planes: readonly Plane[], h: number, v: number): number[] {
  const { quantization = 1, restartInterval = 0 } = image;
  const writer = bitWriter();
  const previous = planes.map(() => 0);
  const putBlock = (i: number, row: number, column: number) => {
    const [first, ...others] = coefficients(planes[i]!, row, column, image.bits).map((value) =>
      Math.round(value / quantization),
    ) as [number, ...number[]];
    const difference = first - previous[i]!;
    previous[i] = first;
    writer.code(DC, sizeOf(difference));
    writer.number(difference, sizeOf(difference));
    let zeros = 0;
    for (const value of others.slice(0, others.findLastIndex((other) => other !== 0) + 1)) {
      if (value === 0) zeros++;
      else {
        for (; zeros > 15; zeros -= 16) writer.code(AC, 0xf0);
        writer.code(AC, 16 * zeros + sizeOf(value));
        writer.number(value, sizeOf(value));
        zeros = 0;
      }
    }
    if (others.at(-1) === 0) writer.code(AC, 0);
  };
  const [only] = planes;
  const isAlone = planes.length === 1;
  const across = Math.ceil((isAlone ? only!.columns : image.columns / h) / 8);
  const down = Math.ceil((isAlone ? only!.rows : image.rows / v) / 8);
  for (let mcu = 0; mcu < across * down; mcu++) {
    if (restartInterval > 0 && mcu > 0 && mcu % restartInterval === 0) {
      writer.align();
      writer.bytes.push(0xff, 0xd0 + ((mcu / restartInterval - 1) % 8));
      previous.fill(0);
    }
    const [row, column] = [Math.floor(mcu / across), mcu % across];
    for (const [i, plane] of planes.entries()) {
      const { horizontal, vertical } = isAlone ? { horizontal: 1, vertical: 1 } : plane;
      for (let y = 0; y < vertical; y++) {
        for (let x = 0; x < horizontal; x++) {
          putBlock(i, row * vertical + y, column * horizontal + x);
        }
      }
    }
  }
  writer.align();
  return writer.bytes;
}

/** Codes an image. Every sample comes back within 1, if `quantization` is 1. */
export function encodeJpeg(image: JpegInit): Uint8Array {
  const { rows, columns, bits, quantization = 1, restartInterval = 0, dnl = false } = image;
  const h = Math.max(...image.planes.map(({ horizontal = 1 }) => horizontal));
  const v = Math.max(...image.planes.map(({ vertical = 1 }) => vertical));
  const planes = image.planes.map(({ horizontal = 1, vertical = 1, sample }) => ({
    horizontal,
    vertical,
    sample,
    rows: Math.ceil((rows * vertical) / v),
    columns: Math.ceil((columns * horizontal) / h),
  }));
  const factors = Array.from({ length: 64 }, () => quantization);
  const isWide = quantization > 255;
  const scans = image.isByPlane === true ? planes.map((plane) => [plane]) : [planes];
  return Uint8Array.from([
    ...[0xff, 0xd8],
    ...(image.segments ?? []).flat(),
    ...segment(0xdb, isWide ? [0x11, ...factors.flatMap(word)] : [0x01, ...factors]),
    ...segment(image.frameMarker ?? 0xc1, [
      bits,
      ...word(dnl ? 0 : rows),
      ...word(columns),
      planes.length,
      ...planes.flatMap((plane, i) => [i + 1, 16 * plane.horizontal + plane.vertical, 1]),
    ]),
    ...segment(0xc4, [0x02, ...DC_COUNTS, ...DC_SYMBOLS, 0x13, ...AC_COUNTS, ...AC_SYMBOLS]),
    ...(restartInterval > 0 ? segment(0xdd, word(restartInterval)) : []),
    ...scans.flatMap((scan, i) => [
      ...segment(0xda, [
        scan.length,
        ...scan.flatMap((plane) => [planes.indexOf(plane) + 1, 0x23]),
        ...[0, 63, 0],
      ]),
      ...scanOf(image, scan, h, v),
      ...(dnl && i === 0 ? segment(0xdc, word(rows)) : []),
    ]),
    ...[0xff, 0xd9],
  ]);
}
