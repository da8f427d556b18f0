/**
 * Labelled images, read a batch at a time.
 *
 * @module
 */

/** Images and their labels. */
export interface Batch {
  /** N · H · W · C numbers, NHWC, normalized. */
  readonly images: Float32Array;
  /** N numbers of classes, from 0. */
  readonly labels: Int32Array;
}

/** How a batch is read. */
export interface ReadOptions {
  /** Given: images are augmented as the data set was told, differently for each number, the same for the same number. */
  readonly augmentSeed?: number;
}

/** Labelled images of one size. */
export interface ImageDataset {
  /** How many, 0 or more. */
  readonly size: number;
  /** Names of classes; a label is an index of it. */
  readonly classes: readonly string[];
  readonly imageShape: readonly [height: number, width: number, channels: number];
  /** Of every example, known before an image is read. */
  readonly labels: Int32Array;
  /**
   * Reads examples by index; an index may come twice; none gives an empty batch.
   *
   * @throws {@link RangeError} for an index outside
   */
  readonly readBatch: (indices: readonly number[], options?: ReadOptions) => Promise<Batch>;
  /**
   * A name of the data, which is another one for other images, labels, or ways of making numbers of them. Left out: nobody can
   * tell, and no round is taken for one that was done before.
   */
  readonly fingerprint?: () => string;
  /** Ends threads that decode. Called once, or not at all where there are none. */
  readonly close?: () => Promise<void>;
}
