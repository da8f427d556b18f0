/**
 * `@dsail/dicom-core/pixel-data`: the frames of images.
 *
 * @module
 */
export type { CodecImage, EncodeOptions, FrameCodecs } from "./codecs/frame-codec.js";
export { LOCAL_CODECS } from "./codecs/local-codecs.js";
export type { Frame, Samples } from "./frame.js";
export { type FrameIndex, indexFrames } from "./frame-index.js";
export { type ImagePixel, readImagePixel } from "./image-pixel.js";
export { decodeNativeFrame, type NativeEncoding } from "./native-frame.js";
export { type FrameReader, type OpenFramesOptions, openFrames } from "./read-frames.js";
export { decodeRle, encodeRle } from "./rle.js";
export { type TranscodeOptions, transcode } from "./transcode.js";
