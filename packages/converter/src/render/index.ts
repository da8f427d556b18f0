/**
 * `@dsail/converter/render`: frames as images to look at.
 *
 * @module
 */

export type { RasterImage } from "../raster-image.js";
export {
  type FrameTransforms,
  type ReadFrameTransformsOptions,
  readFrameTransforms,
} from "./frame-transforms.js";
export type { LookupTable } from "./lut-descriptor.js";
export {
  applyModalityTransform,
  type ModalityTransform,
  type Rescale,
  readModalityTransform,
} from "./modality-lut.js";
export { type ImageReader, type OpenImagesOptions, openImages } from "./open-images.js";
export { applyPalette, type Palette, readPalette } from "./palette.js";
export { readPixelAspectRatio } from "./pixel-aspect.js";
export { type PixelPadding, readPixelPadding } from "./pixel-padding.js";
export {
  type RenderMode,
  type RenderOptions,
  renderFrame,
} from "./render-frame.js";
export {
  readVoiTransforms,
  type VoiTransform,
  voiFunction,
  type Window,
  type WindowFunction,
} from "./voi-lut.js";
export { type YbrRange, ybrToRgb } from "./ybr.js";
