/**
 * `@dsail/dicom-core/pixel-data`: the frames of images.
 *
 * @module
 */
export type { Frame, Samples } from "./frame.js";
export { type FrameIndex, indexFrames } from "./frame-index.js";
export { type ImagePixel, readImagePixel } from "./image-pixel.js";
export { decodeNativeFrame, type NativeEncoding } from "./native-frame.js";
export { type FrameReader, openFrames } from "./read-frames.js";
export { decodeRle, encodeRle } from "./rle.js";
