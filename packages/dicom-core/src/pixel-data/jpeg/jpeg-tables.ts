/**
 * Tables of a JPEG, and other settings that hold until they are told anew (ITU-T T.81 B.2.4).
 *
 * @module
 */
import { damaged } from "./jpeg-errors.js";
import { type HuffmanTable, huffmanTable } from "./jpeg-huffman.js";
import { APP14, DHT, DQT, DRI, type Segment, wordAt } from "./jpeg-markers.js";

/** What has been told so far. Each kind of table has 4 places. */
export interface JpegTables {
  /** Factors in the zigzag order in which coefficients are coded. */
  readonly quantization: (Uint16Array | undefined)[];
  /** For the first coefficient of a block. */
  readonly dc: (HuffmanTable | undefined)[];
  /** For the others. */
  readonly ac: (HuffmanTable | undefined)[];
  /** MCUs from one restart to the next; 0 for none. */
  restartInterval: number;
  /** Of Adobe's marker. */
  colorTransform: number | undefined;
}

export function emptyTables(): JpegTables {
  return { quantization: [], dc: [], ac: [], restartInterval: 0, colorTransform: undefined };
}

/** Takes in what a segment says. Segments of other kinds, such as comments, say nothing of interest. */
export function readTables({ marker, body }: Segment, tables: JpegTables): void {
  if (marker === DQT) readQuantization(body, tables);
  else if (marker === DHT) readHuffman(body, tables);
  else if (marker === DRI) {
    if (body.length !== 2) throw damaged("has a restart interval of the wrong length");
    tables.restartInterval = wordAt(body, 0);
  } else if (marker === APP14 && isAdobe(body)) tables.colorTransform = body[11];
}

/** B.2.4.1. */
function readQuantization(body: Uint8Array, { quantization }: JpegTables): void {
  for (let at = 0; at < body.length; ) {
    const [bytes, place] = nibbles(body[at++] as number);
    const size = 64 * (1 + bytes);
    if (bytes > 1 || place > 3 || at + size > body.length) {
      throw damaged("has a quantization table that cannot be");
    }
    const table = new Uint16Array(64);
    for (let i = 0; i < 64; i++) {
      table[i] = bytes === 0 ? (body[at + i] as number) : wordAt(body, at + 2 * i);
    }
    // Table B.4: 1 or more.
    if (table.includes(0)) throw damaged("has a quantization table that cannot be");
    quantization[place] = table;
    at += size;
  }
}

/** B.2.4.2. */
function readHuffman(body: Uint8Array, { dc, ac }: JpegTables): void {
  for (let at = 0; at < body.length; ) {
    const [kind, place] = nibbles(body[at++] as number);
    const counts = body.subarray(at, at + 16);
    at += 16;
    const total = counts.reduce((sum, count) => sum + count, 0);
    const symbols = body.subarray(at, at + total);
    // Table F.1: the first coefficient differs from the one before by a number of at most 15 bits.
    const isLegal = kind === 0 ? symbols.every((symbol) => symbol <= 15) : kind === 1;
    const isThere = counts.length === 16 && symbols.length === total;
    if (!isLegal || !isThere || place > 3) throw damaged("has a Huffman table that cannot be");
    (kind === 0 ? dc : ac)[place] = huffmanTable(counts, symbols);
    at += total;
  }
}

/** ISO 10918-6 6.5.3: name, version, two flags, transform. */
function isAdobe(body: Uint8Array): boolean {
  return body.length >= 12 && String.fromCharCode(...body.subarray(0, 5)) === "Adobe";
}

function nibbles(byte: number): readonly [number, number] {
  return [byte >> 4, byte & 15];
}
