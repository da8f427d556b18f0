/**
 * How much a message may hold. Checked before memory is taken.
 *
 * @module
 */

/** The most of everything. A field that is left out has its default. */
export interface Limits {
  /** Bytes of a message with all its tensors. Default 2 GiB − 1, as Flower. */
  readonly maxMessageBytes?: number;
  /** Tensors of a message. Default 100,000. */
  readonly maxTensors?: number;
  /** Dimensions of a tensor. Default 32, as numpy's older releases. */
  readonly maxDimensions?: number;
  /** Entries of a config, of metrics or of properties. Default 10,000. */
  readonly maxScalars?: number;
  /** Bytes of a name, a text or bytes within those. Default 16 MiB. */
  readonly maxScalarBytes?: number;
}

/** The default of each limit. */
export const DEFAULT_LIMITS: Required<Limits> = {
  maxMessageBytes: 2 ** 31 - 1,
  maxTensors: 100_000,
  maxDimensions: 32,
  maxScalars: 10_000,
  maxScalarBytes: 16 * 2 ** 20,
};
