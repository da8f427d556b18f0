/**
 * A frame as an image that any viewer shows: 8 or 16 bits, grey with 0 for black, or RGB.
 *
 * Order of the steps: PS3.4 N.2.1 (modality, VOI, presentation), 2025b.
 *
 * @module
 */
import { DicomError } from "@dsail/dicom-core";
import type { Frame, Samples } from "@dsail/dicom-core/pixel-data";
import type { RasterImage } from "../raster-image.js";
import { distinctSamples } from "./distinct-samples.js";
import type { FrameTransforms } from "./frame-transforms.js";
import { type LookupTable, lookUp } from "./lut-descriptor.js";
import { applyModalityTransform, IDENTITY_RESCALE, outputRange } from "./modality-lut.js";
import type { PixelPadding } from "./pixel-padding.js";
import { type RgbSamples, rgbOfFrame } from "./rgb-frame.js";
import { voiFunction } from "./voi-lut.js";

/**
 * - `voi`: 8 bits, as a viewer shows the image: modality, VOI (without one, lowest value to highest), presentation LUT
 *   or, without one, inversion of MONOCHROME1; padding black. Colour: the upper 8 bits.
 * - `dsail`: 8 bits, as D-SAIL's `img_from_dicom`: the VOI on stored values, then lowest value to highest. No
 *   modality, no inversion, and padding counts as any value does.
 * - `full`: every stored bit. Grey: 16 bits, the stored value less the lowest one possible; MONOCHROME1 inverted;
 *   padding stays as it is. Colour: 8 bits if they are enough, else 16.
 */
export type RenderMode = "voi" | "dsail" | "full";

export interface RenderOptions {
  /** Default `voi`. */
  readonly mode?: RenderMode;
}

/**
 * Renders a frame.
 *
 * @throws {@link ConverterError} `UNSUPPORTED_PHOTOMETRIC` if the photometric interpretation is not known here;
 * {@link DicomError} `BAD_VALUE` if it needs a palette that is not given, or (mode `full`) samples are no integers of
 * at most 16 bits
 */
export function renderFrame(
  frame: Frame,
  transforms: FrameTransforms,
  { mode = "voi" }: RenderOptions = {},
): RasterImage {
  const rgb = rgbOfFrame(frame, transforms.palette);
  const pixels =
    rgb === undefined ? renderGrey(frame, transforms, mode) : renderColor(frame, rgb, mode);
  return {
    rows: frame.rows,
    columns: frame.columns,
    channels: rgb === undefined ? 1 : 3,
    bits: pixels instanceof Uint8Array ? 8 : 16,
    pixels,
  };
}

/** In every mode the output is one of the stored value and of which others there are, not of how often and where. */
function renderGrey(
  frame: Frame,
  transforms: FrameTransforms,
  mode: RenderMode,
): Uint8Array | Uint16Array {
  const distinct = distinctSamples(frame.samples);
  if (distinct === undefined) return renderSamples(frame, transforms, mode);
  return distinct.spread(renderSamples({ ...frame, samples: distinct.values }, transforms, mode));
}

function renderSamples(
  frame: Frame,
  transforms: FrameTransforms,
  mode: RenderMode,
): Uint8Array | Uint16Array {
  const isInverted =
    frame.photometricInterpretation === "MONOCHROME1" ||
    // PS3.3 C.8.11.3: INVERSE goes with MONOCHROME1 and says the same, not the opposite of it.
    transforms.presentationLutShape === "INVERSE";
  switch (mode) {
    case "voi":
      return renderVoi(frame, transforms, isInverted);
    case "dsail":
      return renderAsDsail(frame, transforms);
    case "full":
      return renderFull(frame, isInverted);
  }
}

const OUTPUT_8_BITS = { min: 0, max: 255 };

function renderVoi(
  { samples }: Frame,
  { modality = IDENTITY_RESCALE, voi, padding, presentationLut }: FrameTransforms,
  isInverted: boolean,
): Uint8Array {
  const values = applyModalityTransform(samples, modality);
  const toGrey =
    voi === undefined
      ? stretch(values, (i) => isPadding(samples[i] as number, padding))
      : voiFunction(voi, OUTPUT_8_BITS);
  const toOutput = presentationLut === undefined ? toGrey : present(toGrey, presentationLut);
  const pixels = new Uint8Array(values.length);
  for (let i = 0; i < pixels.length; i++) {
    if (isPadding(samples[i] as number, padding)) continue;
    const output = Math.round(toOutput(values[i] as number));
    // C.11.6.1: P-values rise from black to white, whatever the photometric interpretation.
    pixels[i] = isInverted && presentationLut === undefined ? 255 - output : output;
  }
  return pixels;
}

/** C.11.6.1: what the VOI gives is spread over the inputs of the table, from the first to the last. */
function present(toGrey: (value: number) => number, lut: LookupTable): (value: number) => number {
  const { entries, bits, firstMapped } = lut;
  const unit = (entries.length - 1) / 255;
  const scale = 255 / (2 ** bits - 1);
  return (value) => lookUp(lut, toGrey(value) * unit + firstMapped) * scale;
}

function renderAsDsail(
  { samples, bitsStored }: Frame,
  { modality = IDENTITY_RESCALE, voi }: FrameTransforms,
): Uint8Array {
  if (voi === undefined) return stretchToBytes(samples);
  // The range to which pydicom's apply_voi_lut maps: any other rounds a few pixels to the other side.
  const range =
    "lut" in voi
      ? { min: 0, max: 2 ** voi.lut.bits - 1 }
      : outputRange(modality, { bitsStored, isSigned: isSignedArray(samples) });
  return stretchToBytes(Float64Array.from(samples, voiFunction(voi, range)));
}

function stretchToBytes(values: Samples): Uint8Array {
  const toOutput = stretch(values, () => false);
  const pixels = new Uint8Array(values.length);
  for (let i = 0; i < pixels.length; i++)
    pixels[i] = roundHalfToEven(toOutput(values[i] as number));
  return pixels;
}

/** As numpy, hence D-SAIL, rounds. */
function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  return value - floor === 0.5 ? floor + (floor & 1) : Math.round(value);
}

function renderFull(frame: Frame, isInverted: boolean): Uint16Array {
  const { samples, bitsStored } = frame;
  assertAtMost16Bits(samples, bitsStored);
  const lowest = isSignedArray(samples) ? -(2 ** (bitsStored - 1)) : 0;
  const highest = 2 ** bitsStored - 1;
  const pixels = new Uint16Array(samples.length);
  for (let i = 0; i < pixels.length; i++) {
    const value = (samples[i] as number) - lowest;
    pixels[i] = isInverted ? highest - value : value;
  }
  return pixels;
}

function isSignedArray(samples: Samples): boolean {
  return (
    samples instanceof Int8Array || samples instanceof Int16Array || samples instanceof Int32Array
  );
}

function renderColor(frame: Frame, rgb: RgbSamples, mode: RenderMode): Uint8Array | Uint16Array {
  if (mode === "dsail" || (mode === "voi" && rgb.bits !== 8)) {
    const render = mode === "dsail" ? dsailColor : toBytes;
    const distinct = distinctSamples(rgb.samples);
    if (distinct === undefined) return render(rgb);
    return distinct.spread(render({ ...rgb, samples: distinct.values }));
  }
  if (mode === "voi") return toBytes(rgb);
  assertAtMost16Bits(frame.samples, rgb.bits);
  return rgb.bits <= 8 ? Uint8Array.from(rgb.samples) : Uint16Array.from(rgb.samples);
}

function dsailColor({ samples }: RgbSamples): Uint8Array {
  return stretchToBytes(samples);
}

/** The upper 8 bits; of fewer, spread from 0 to 255. */
function toBytes({ samples, bits }: RgbSamples): Uint8Array {
  if (bits === 8) return Uint8Array.from(samples);
  const divisor = 2 ** (bits - 8);
  if (bits >= 8) return Uint8Array.from(samples, (sample) => Math.floor(sample / divisor));
  const factor = 255 / (2 ** bits - 1);
  return Uint8Array.from(samples, (sample) => Math.round(sample * factor));
}

/**
 * Lowest value to 0, highest to 255. If there is only one, to 255 if some were ignored, among which it would not be
 * seen otherwise, else to 0. Ignores what is no number.
 */
function stretch(
  values: Samples,
  isIgnored: (index: number) => boolean,
): (value: number) => number {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let someIgnored = false;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (!Number.isFinite(value)) continue;
    if (isIgnored(i)) {
      someIgnored = true;
      continue;
    }
    if (value < min) min = value;
    if (value > max) max = value;
  }
  if (!(max > min)) return () => (someIgnored ? 255 : 0);
  const range = max - min;
  return (value) => Math.min(Math.max(((value - min) / range) * 255, 0), 255);
}

function isPadding(stored: number, padding: PixelPadding | undefined): boolean {
  return padding !== undefined && stored >= padding.min && stored <= padding.max;
}

function assertAtMost16Bits(samples: Samples, bits: number): void {
  const isFloat = samples instanceof Float32Array || samples instanceof Float64Array;
  if (!isFloat && bits <= 16) return;
  throw new DicomError("BAD_VALUE", "the frame has samples that 16 bits cannot keep", {
    at: "(0028,0101)",
  });
}
