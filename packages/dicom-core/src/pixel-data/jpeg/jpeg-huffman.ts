/**
 * Huffman codes of JPEG (ITU-T T.81 Annex C, F.2.2).
 *
 * @module
 */
import { damaged } from "./jpeg-errors.js";

/** Codes up to this length are looked up at once. */
const FAST_BITS = 9;
const MAX_BITS = 16;

/** A table of codes, made for decoding. */
export interface HuffmanTable {
  /** By the next {@link FAST_BITS} bits: the code's length times 256, plus its symbol; 0 if it is longer, or none. */
  readonly fast: Uint16Array;
  /** By length: the first 16 bits that no code of it, or shorter, begins. */
  readonly ends: Int32Array;
  /** By length: what has to be added to a code for the place of its symbol. */
  readonly shifts: Int32Array;
  readonly symbols: Uint8Array;
}

/**
 * Makes the table of a DHT segment.
 *
 * @param counts - how many codes there are of each length, 1 to 16
 * @param symbols - in the order of their codes
 */
export function huffmanTable(counts: Uint8Array, symbols: Uint8Array): HuffmanTable {
  const fast = new Uint16Array(1 << FAST_BITS);
  const ends = new Int32Array(MAX_BITS + 1);
  const shifts = new Int32Array(MAX_BITS + 1);
  let code = 0;
  let place = 0;
  for (let length = 1; length <= MAX_BITS; length++) {
    const count = counts[length - 1] as number;
    // C.2: codes of a length follow each other; the next longer ones begin behind them.
    code <<= 1;
    if (code + count > 1 << length) throw damaged("has a Huffman table of too many codes");
    shifts[length] = place - code;
    for (let i = 0; i < count && length <= FAST_BITS; i++) {
      const first = (code + i) << (FAST_BITS - length);
      const next = first + (1 << (FAST_BITS - length));
      fast.fill((length << 8) | (symbols[place + i] as number), first, next);
    }
    code += count;
    place += count;
    ends[length] = code << (MAX_BITS - length);
  }
  return { fast, ends, shifts, symbols: symbols.slice() };
}

/**
 * Reads bits of entropy-coded data up to the next marker. A class, since each bit of an image passes here.
 *
 * Behind the end it reads zeros, and counts them: {@link assertWithin} tells.
 */
export class BitReader {
  readonly #bytes: Uint8Array;
  /** The next byte; that of the marker, once there. */
  #at: number;
  /** Bits that are not yet used are the lowest. */
  #bits = 0;
  #count = 0;
  /** How many of them are no data. */
  #padding = 0;

  constructor(bytes: Uint8Array, byteOffset: number) {
    this.#bytes = bytes;
    this.#at = byteOffset;
  }

  /** Where the data that was read ends. */
  get byteOffset(): number {
    return this.#at;
  }

  /** Makes at least 17 bits ready. */
  #fill(): void {
    while (this.#count <= 16) {
      const byte = this.#bytes[this.#at];
      let next = 0;
      // F.2.2.5: FF 00 is the byte FF; FF and anything else, a marker, or fill bytes before one.
      if (byte === undefined || (byte === 0xff && this.#bytes[this.#at + 1] !== 0)) {
        this.#padding += 8;
      } else {
        next = byte;
        this.#at += byte === 0xff ? 2 : 1;
      }
      this.#bits = (this.#bits << 8) | next;
      this.#count += 8;
    }
  }

  /** The symbol of the next code (F.2.2.3). @throws if there is no such code */
  symbol(table: HuffmanTable): number {
    if (this.#count < MAX_BITS) this.#fill();
    const next = (this.#bits >>> (this.#count - MAX_BITS)) & 0xffff;
    const known = table.fast[next >>> (MAX_BITS - FAST_BITS)] as number;
    if (known > 0) {
      this.#count -= known >>> 8;
      return known & 0xff;
    }
    for (let length = FAST_BITS + 1; length <= MAX_BITS; length++) {
      if (next < (table.ends[length] as number)) {
        this.#count -= length;
        const code = next >>> (MAX_BITS - length);
        return table.symbols[code + (table.shifts[length] as number)] as number;
      }
    }
    throw damaged("has a code that is in no table");
  }

  /** A signed number of so many bits, 0 to 15 (F.2.2.1, Table F.1). */
  signed(length: number): number {
    if (length === 0) return 0;
    if (this.#count < length) this.#fill();
    this.#count -= length;
    const value = (this.#bits >>> this.#count) & ((1 << length) - 1);
    return value < 1 << (length - 1) ? value - (1 << length) + 1 : value;
  }

  /** @throws if more bits were used than there are */
  assertWithin(): void {
    if (this.#count < this.#padding) throw damaged("ends before its pixels do");
  }

  /**
   * Passes over the marker of a restart: behind at most 7 bits that fill up the last byte (F.1.2.3), and fill bytes.
   *
   * @param marker - which one it has to be
   */
  restart(marker: number): void {
    let at = this.#at;
    while (this.#bytes[at] === 0xff && this.#bytes[at + 1] === 0xff) at++;
    const isThere = this.#bytes[at] === 0xff && this.#bytes[at + 1] === marker;
    if (!isThere || this.#count - this.#padding > 7) {
      throw damaged("has no restart where one has to be");
    }
    this.#at = at + 2;
    this.#bits = 0;
    this.#count = 0;
    this.#padding = 0;
  }
}
