/**
 * A scan of a JPEG: components, block by block (ITU-T T.81 A.2, B.2.3, F.2).
 *
 * @module
 */
import { damaged } from "./jpeg-errors.js";
import type { JpegComponent, JpegFrame } from "./jpeg-frame.js";
import { BitReader, type HuffmanTable } from "./jpeg-huffman.js";
import { inverseDct, inverseDctOfMean, type SamplePlane } from "./jpeg-idct.js";
import { RST0, type Segment } from "./jpeg-markers.js";
import type { JpegTables } from "./jpeg-tables.js";

/** Where each coefficient of the zigzag stands in the block (Figure A.6). */
const ZIGZAG: Uint8Array = zigzag();

/** A component while its scan is decoded. */
interface ScanComponent {
  readonly component: JpegComponent;
  readonly plane: SamplePlane;
  readonly quantization: Uint16Array;
  readonly dc: HuffmanTable;
  readonly ac: HuffmanTable;
  /** The first coefficient of the block before (F.1.1.5.1). */
  previous: number;
}

/**
 * Decodes a scan into the planes of its components.
 *
 * @param header - the segment SOS
 * @param planes - by component; where there is one already, the component has been decoded
 * @returns where the data of the scan ends
 */
export function decodeScan(
  bytes: Uint8Array,
  header: Segment,
  frame: JpegFrame,
  tables: JpegTables,
  planes: Map<JpegComponent, SamplePlane>,
): number {
  const components = componentsOf(header, frame, tables, planes);
  const reader = new BitReader(bytes, header.end);
  const block = new Float64Array(64);
  const [only] = components;
  const isAlone = only !== undefined && components.length === 1;
  // A.2.2: of a component alone, an MCU is a block, and there are no blocks outside the image.
  const across = isAlone ? only.component.blocksAcross : frame.mcusAcross;
  const down = isAlone ? only.component.blocksDown : frame.mcusDown;
  const interval = tables.restartInterval;
  for (let mcu = 0, row = 0; row < down; row++) {
    for (let column = 0; column < across; column++, mcu++) {
      if (interval > 0 && mcu > 0 && mcu % interval === 0) {
        // F.2.1.3.1, E.2.4: restarts are counted modulo 8.
        reader.restart(RST0 + ((mcu / interval - 1) & 7));
        for (const component of components) component.previous = 0;
      }
      if (isAlone) {
        decodeBlock(reader, only, block, row, column, frame.bits);
        continue;
      }
      for (const one of components) {
        const { horizontal, vertical } = one.component;
        for (let y = row * vertical; y < (row + 1) * vertical; y++) {
          for (let x = column * horizontal; x < (column + 1) * horizontal; x++) {
            decodeBlock(reader, one, block, y, x, frame.bits);
          }
        }
      }
    }
  }
  return reader.byteOffset;
}

function componentsOf(
  { body }: Segment,
  frame: JpegFrame,
  tables: JpegTables,
  planes: Map<JpegComponent, SamplePlane>,
): readonly ScanComponent[] {
  const count = body[0] ?? 0;
  if (count < 1 || count > 4 || body.length !== 4 + 2 * count) {
    throw damaged("has a scan whose header cannot be");
  }
  return Array.from({ length: count }, (_, i) => {
    const component = frame.components.find(({ id }) => id === body[1 + 2 * i]);
    const places = body[2 + 2 * i] as number;
    // B.2.3: with sequential DCT each component is in one scan only.
    if (component === undefined || planes.has(component)) {
      throw damaged("has a scan of a component that it does not have, or had before");
    }
    const quantization = tables.quantization[component.quantization];
    const dc = tables.dc[places >> 4];
    const ac = tables.ac[places & 15];
    if (quantization === undefined || dc === undefined || ac === undefined) {
      throw damaged("has a scan without its tables");
    }
    const plane = planeOf(component, frame.bits);
    planes.set(component, plane);
    return { component, plane, quantization, dc, ac, previous: 0 };
  });
}

function planeOf({ stride, storedRows }: JpegComponent, bits: 8 | 12): SamplePlane {
  const length = stride * storedRows;
  return { samples: bits === 8 ? new Uint8Array(length) : new Uint16Array(length), stride };
}

/** F.2.2: the first coefficient, then each that is not zero behind the zeros before it. */
function decodeBlock(
  reader: BitReader,
  one: ScanComponent,
  block: Float64Array,
  row: number,
  column: number,
  bits: number,
): void {
  const { dc, ac, quantization, plane } = one;
  one.previous += reader.signed(reader.symbol(dc));
  const first = one.previous * (quantization[0] as number);
  let isFlat = true;
  for (let k = 1; k < 64; k++) {
    const symbol = reader.symbol(ac);
    const length = symbol & 15;
    if (length === 0) {
      // Only 16 zeros, or none but zeros up to the end; what else Table F.2 leaves free stops there, too.
      if (symbol !== 0xf0) break;
      k += 15;
      continue;
    }
    k += symbol >> 4;
    if (k > 63) throw damaged("has a block of more than 64 coefficients");
    if (isFlat) {
      isFlat = false;
      block.fill(0);
    }
    block[ZIGZAG[k] as number] = reader.signed(length) * (quantization[k] as number);
  }
  reader.assertWithin();
  const start = 8 * (row * plane.stride + column);
  if (isFlat) {
    inverseDctOfMean(first, plane, start, bits);
    return;
  }
  block[0] = first;
  inverseDct(block, plane, start, bits);
}

/** From the top left corner along the diagonals, up and down in turns. */
function zigzag(): Uint8Array {
  const order: number[] = [];
  for (let diagonal = 0; diagonal < 15; diagonal++) {
    const cells: number[] = [];
    for (let row = Math.max(0, diagonal - 7); row <= Math.min(7, diagonal); row++) {
      cells.push(8 * row + diagonal - row);
    }
    // Figure A.6: the first step is to the right.
    order.push(...(diagonal % 2 === 0 ? cells.reverse() : cells));
  }
  return Uint8Array.from(order);
}
