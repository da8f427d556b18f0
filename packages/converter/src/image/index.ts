/**
 * `@dsail/converter/image`: images as files, and several in one.
 *
 * @module
 */

export type { RasterImage } from "../raster-image.js";
export { decodeBmp, encodeBmp } from "./bmp.js";
export { decodePng } from "./decode-png.js";
export { type EncodeApngOptions, encodeApng } from "./encode-apng.js";
export { type CompressionLevel, type EncodePngOptions, encodePng } from "./encode-png.js";
export { type MontageOptions, montage } from "./montage.js";
export { type PixelAspect, resampleToSquarePixels } from "./resample.js";
