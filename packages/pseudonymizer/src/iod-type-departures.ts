/**
 * Where the generated table of attribute types is wrong, or misses what a module says; each with its reason. Found by
 * comparing with what dciodvfy requires of every SOP class it knows.
 *
 * @module
 */
import * as Tag from "@dsail/dicom-core/tags";
import type { AttributeType } from "./attribute-type.js";

type Departures = ReadonlyMap<number, AttributeType>;

/** PS3.3 C.7.6.16 Multi-frame Functional Groups Module: the table has lost it in these IODs. */
const MULTI_FRAME: Departures = new Map([
  [Tag.ContentDate, "1"],
  [Tag.ContentTime, "1"],
]);

/** PS3.3 C.11.11 Presentation State Relationship Module: the object consists of what it refers to. */
const PRESENTATION_STATE: Departures = new Map([[Tag.ReferencedSeriesSequence, "1"]]);

/** By IOD, for attributes at the top level. */
export const IOD_TYPE_DEPARTURES: ReadonlyMap<string, Departures> = new Map<string, Departures>([
  ["breast-projection-x-ray-image", MULTI_FRAME],
  ["breast-tomosynthesis-image", MULTI_FRAME],
  ["enhanced-ct-image", MULTI_FRAME],
  ["enhanced-mr-color-image", MULTI_FRAME],
  ["enhanced-mr-image", MULTI_FRAME],
  ["enhanced-pet-image", MULTI_FRAME],
  ["enhanced-us-volume", MULTI_FRAME],
  ["enhanced-xa-image", MULTI_FRAME],
  ["enhanced-xrf-image", MULTI_FRAME],
  ["intravascular-optical-coherence-tomography-image", MULTI_FRAME],
  ["legacy-converted-enhanced-ct-image", MULTI_FRAME],
  ["legacy-converted-enhanced-mr-image", MULTI_FRAME],
  ["legacy-converted-enhanced-pet-image", MULTI_FRAME],
  ["mr-spectroscopy", MULTI_FRAME],
  ["ophthalmic-tomography-image", MULTI_FRAME],
  ["parametric-map", MULTI_FRAME],
  ["segmentation", MULTI_FRAME],
  ["x-ray-3d-angiographic-image", MULTI_FRAME],
  ["x-ray-3d-craniofacial-image", MULTI_FRAME],
  ["advanced-blending-presentation-state", PRESENTATION_STATE],
  ["blending-softcopy-presentation-state", PRESENTATION_STATE],
  ["color-softcopy-presentation-state", PRESENTATION_STATE],
  ["grayscale-softcopy-presentation-state", PRESENTATION_STATE],
  ["planar-mpr-volumetric-presentation-state", PRESENTATION_STATE],
  ["pseudo-color-softcopy-presentation-state", PRESENTATION_STATE],
  ["variable-modality-lut-softcopy-presentation-state", PRESENTATION_STATE],
  ["volume-rendering-volumetric-presentation-state", PRESENTATION_STATE],
  ["waveform-acquisition-presentation-state", PRESENTATION_STATE],
  ["waveform-presentation-state", PRESENTATION_STATE],
  ["xa-xrf-grayscale-softcopy-presentation-state", PRESENTATION_STATE],
  // PS3.3 C.37.1.1 Microscopy Bulk Simple Annotations Module; the images are needed with 2D coordinates.
  [
    "microscopy-bulk-simple-annotations",
    new Map([...MULTI_FRAME, [Tag.ReferencedImageSequence, "1C"]]),
  ],
  // PS3.3 C.7.4.1 Frame of Reference Module.
  ["dermoscopic-photography-image", new Map([[Tag.FrameOfReferenceUID, "1"]])],
]);
