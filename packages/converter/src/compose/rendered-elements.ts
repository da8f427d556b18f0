/**
 * Images as they are seen, described as what they are: a Secondary Capture, another instance than the reference.
 *
 * @module
 */
import { type ElementInit, randomUid } from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import { ConverterError } from "../errors.js";
import type { RasterImage } from "../raster-image.js";
import { type ElementChange, numberIn } from "./elements.js";
import { pixelDataOf } from "./pixel-data-of.js";

export interface RenderedOptions {
  readonly sopInstanceUid?: string;
  readonly allowResized?: boolean;
}

/** What spoke of the stored values that are no more (PS3.3 C.7.6.3, C.11.1, C.11.2). */
const NO_LONGER_TRUE: readonly number[] = [
  Tag.SmallestImagePixelValue,
  Tag.LargestImagePixelValue,
  Tag.SmallestPixelValueInSeries,
  Tag.LargestPixelValueInSeries,
  Tag.PixelPaddingValue,
  Tag.PixelPaddingRangeLimit,
  Tag.RedPaletteColorLookupTableDescriptor,
  Tag.GreenPaletteColorLookupTableDescriptor,
  Tag.BluePaletteColorLookupTableDescriptor,
  Tag.PaletteColorLookupTableUID,
  Tag.RedPaletteColorLookupTableData,
  Tag.GreenPaletteColorLookupTableData,
  Tag.BluePaletteColorLookupTableData,
  Tag.SegmentedRedPaletteColorLookupTableData,
  Tag.SegmentedGreenPaletteColorLookupTableData,
  Tag.SegmentedBluePaletteColorLookupTableData,
  Tag.ModalityLUTSequence,
  Tag.VOILUTSequence,
  Tag.VOILUTFunction,
  Tag.WindowCenterWidthExplanation,
  Tag.PresentationLUTSequence,
  Tag.PixelPresentation,
];

/** Single frame, and of several: grey of 8 and 16 bits, colour (PS3.4 B.5). */
const SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7";
const MULTIFRAME_GRAYSCALE_BYTE = "1.2.840.10008.5.1.4.1.1.7.2";
const MULTIFRAME_GRAYSCALE_WORD = "1.2.840.10008.5.1.4.1.1.7.3";
const MULTIFRAME_TRUE_COLOR = "1.2.840.10008.5.1.4.1.1.7.4";

/** Functional groups, dimensions, segments and what these refer to: of enhanced objects, which a rendering is none of. */
const OF_ENHANCED_OBJECTS: readonly number[] = [
  Tag.SharedFunctionalGroupsSequence,
  Tag.PerFrameFunctionalGroupsSequence,
  Tag.DimensionOrganizationSequence,
  Tag.DimensionIndexSequence,
  Tag.DimensionOrganizationType,
  Tag.ReferencedSeriesSequence,
  Tag.SegmentSequence,
  Tag.SegmentationType,
];

/**
 * The changes of a reference: a Secondary Capture Image (PS3.3 A.8), whatever that was.
 *
 * @throws {@link ConverterError} `IMAGE_MISMATCH` if the size of the images is not the reference's
 */
export function renderedElements(
  reference: readonly ElementInit[],
  images: readonly RasterImage[],
  { sopInstanceUid, allowResized = false }: RenderedOptions,
): readonly ElementChange[] {
  const [image] = images as readonly [RasterImage];
  const { rows, columns, channels, bits } = image;
  const size = {
    rows: numberIn(reference, Tag.Rows) ?? rows,
    columns: numberIn(reference, Tag.Columns) ?? columns,
  };
  const scale = { rows: size.rows / rows, columns: size.columns / columns };
  const isSize = [size.rows, size.columns].every((side) => Number.isInteger(side) && side > 0);
  if (!isSize || (!allowResized && (scale.rows !== 1 || scale.columns !== 1))) {
    throw new ConverterError("IMAGE_MISMATCH", "an image has another size than the reference");
  }
  const isGrey = channels === 1;
  return [
    pixelDataOf(
      images.map(({ pixels }) => pixels),
      bits,
    ),
    ...[...NO_LONGER_TRUE, ...OF_ENHANCED_OBJECTS].map((tag) => ({ tag, value: undefined })),
    { tag: Tag.Rows, vr: "US", value: rows },
    { tag: Tag.Columns, vr: "US", value: columns },
    { tag: Tag.SamplesPerPixel, vr: "US", value: channels },
    { tag: Tag.PhotometricInterpretation, vr: "CS", value: isGrey ? "MONOCHROME2" : "RGB" },
    { tag: Tag.PlanarConfiguration, vr: "US", value: isGrey ? undefined : 0 },
    { tag: Tag.BitsAllocated, vr: "US", value: bits },
    { tag: Tag.BitsStored, vr: "US", value: bits },
    { tag: Tag.HighBit, vr: "US", value: bits - 1 },
    { tag: Tag.PixelRepresentation, vr: "US", value: 0 },
    ...greyScale(reference, image),
    ...spacing(reference, scale),
    ...secondaryCapture(reference, image, images.length),
    { tag: Tag.SOPInstanceUID, vr: "UI", value: sopInstanceUid ?? randomUid() },
  ];
}

/** A window over all values: shown, the image is as it is (PS3.3 C.11.2.1.2.1). */
function greyScale(
  reference: readonly ElementInit[],
  { channels, bits }: RasterImage,
): readonly ElementChange[] {
  const ifGrey = (value: string) => (channels === 1 ? value : undefined);
  return [
    { tag: Tag.WindowCenter, vr: "DS", value: ifGrey(`${2 ** (bits - 1)}`) },
    { tag: Tag.WindowWidth, vr: "DS", value: ifGrey(`${2 ** bits}`) },
    ...[Tag.RescaleIntercept, Tag.RescaleSlope, Tag.RescaleType].map((tag) => ({
      tag,
      value: undefined,
    })),
    ...(has(reference, Tag.PresentationLUTShape)
      ? [{ tag: Tag.PresentationLUTShape, vr: "CS", value: ifGrey("IDENTITY") } as const]
      : []),
  ];
}

/** What the IODs of Secondary Capture want (PS3.3 A.8, C.8.6). */
function secondaryCapture(
  reference: readonly ElementInit[],
  { channels, bits }: RasterImage,
  frames: number,
): readonly ElementChange[] {
  const common: readonly ElementChange[] = [
    { tag: Tag.ConversionType, vr: "CS", value: "WSD" },
    { tag: Tag.ImageType, vr: "CS", value: ["DERIVED", "SECONDARY"] },
    ...(has(reference, Tag.PatientOrientation) ? [] : [empty(Tag.PatientOrientation)]),
    // Type 2C, of paired parts: which, nobody says (PS3.3 C.7.3.1).
    ...([
      Tag.Laterality,
      Tag.BodyPartExamined,
      Tag.AnatomicRegionSequence,
      Tag.SpecimenDescriptionSequence,
    ].some((tag) => has(reference, tag))
      ? []
      : [empty(Tag.Laterality)]),
  ];
  if (frames === 1) {
    return [
      ...common,
      { tag: Tag.SOPClassUID, vr: "UI", value: SECONDARY_CAPTURE },
      { tag: Tag.NumberOfFrames, value: undefined },
      { tag: Tag.FrameIncrementPointer, value: undefined },
    ];
  }
  const ofGrey = bits === 8 ? MULTIFRAME_GRAYSCALE_BYTE : MULTIFRAME_GRAYSCALE_WORD;
  const pages = Array.from({ length: frames }, (_, index) => `${index + 1}`);
  return [
    ...common,
    { tag: Tag.SOPClassUID, vr: "UI", value: channels === 1 ? ofGrey : MULTIFRAME_TRUE_COLOR },
    { tag: Tag.NumberOfFrames, vr: "IS", value: `${frames}` },
    { tag: Tag.FrameIncrementPointer, vr: "AT", value: Tag.PageNumberVector },
    { tag: Tag.PageNumberVector, vr: "IS", value: pages },
    // Who does not know must not say that there is none.
    ...(has(reference, Tag.BurnedInAnnotation)
      ? []
      : [{ tag: Tag.BurnedInAnnotation, vr: "CS", value: "YES" } as const]),
    ...(channels === 1
      ? ([
          { tag: Tag.PresentationLUTShape, vr: "CS", value: "IDENTITY" },
          { tag: Tag.RescaleIntercept, vr: "DS", value: "0" },
          { tag: Tag.RescaleSlope, vr: "DS", value: "1" },
          { tag: Tag.RescaleType, vr: "LO", value: "US" },
        ] as const)
      : []),
  ];
}

const empty = (tag: number): ElementChange => ({ tag, vr: "CS", value: "" });

function has(reference: readonly ElementInit[], tag: number): boolean {
  return reference.some((element) => element.tag === tag);
}

/** Fewer pixels of the same scene are larger. */
function spacing(
  reference: readonly ElementInit[],
  scale: { readonly rows: number; readonly columns: number },
): readonly ElementChange[] {
  if (scale.rows === 1 && scale.columns === 1) return [];
  return [
    Tag.PixelSpacing,
    Tag.ImagerPixelSpacing,
    Tag.NominalScannedPixelSpacing,
  ].flatMap<ElementChange>((tag) => {
    const value = reference.find((element) => element.tag === tag)?.value;
    const values = (typeof value === "string" ? value.split("\\") : value) as unknown;
    if (!Array.isArray(values) || values.length !== 2) return [];
    const scaled = [Number(values[0]) * scale.rows, Number(values[1]) * scale.columns];
    // What is no distance cannot be scaled, and would not be true of these pixels.
    if (!scaled.every((distance) => distance > 0 && Number.isFinite(distance))) {
      return [{ tag, value: undefined }];
    }
    return [{ tag, vr: "DS" as const, value: scaled }];
  });
}
