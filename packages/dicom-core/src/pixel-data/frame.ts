/**
 * A decoded frame.
 *
 * @module
 */

/** The numbers of a frame: as wide as they are allocated. */
export type Samples =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array;

/** One image, decoded. */
export interface Frame {
  readonly rows: number;
  readonly columns: number;
  /** 1, or 3 for colour. */
  readonly samplesPerPixel: number;
  /** How the samples are to be understood: of what was decoded, which may be another than the header's. */
  readonly photometricInterpretation: string;
  /** Bits that a sample has, 1 to 64. */
  readonly bitsStored: number;
  /** Row by row, the samples of a pixel together: `(row * columns + column) * samplesPerPixel + sample`. */
  readonly samples: Samples;
}
