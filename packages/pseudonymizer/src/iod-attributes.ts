/**
 * Which standard attributes belong to the IOD of the object at hand, for a profile that removes all others.
 *
 * Source: the modules of each IOD, and their attributes (PS3.3). The answer is for a tag at any depth: it does not tell
 * an attribute that the IOD has in a sequence only from one that it has at the top level too.
 *
 * @module
 */
import type { TagNumber } from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import { IOD_MODULES, MODULES, TAGS } from "./generated/iod-attributes.js";
import { IOD_OF_SOP_CLASS } from "./generated/iod-types.js";

/** Whether an attribute belongs to the IOD, at any depth. Private and retired ones, and unknown ones, do not. */
export type IsInIod = (tag: TagNumber) => boolean;

/** What the tables say, made ready for questions. */
export interface IodAttributes {
  /** The attributes in a SOP class; those of an unknown or private one are all that any IOD has. */
  readonly ofSopClass: (sopClassUid: string | undefined) => IsInIod;
}

/** What de-identification itself writes (PS3.15 E.1.1): it has to stay in every object. */
const DEIDENTIFICATION: readonly TagNumber[] = [
  Tag.PatientIdentityRemoved,
  Tag.DeidentificationMethod,
  Tag.DeidentificationMethodCodeSequence,
  Tag.BurnedInAnnotation,
  Tag.RecognizableVisualFeatures,
  Tag.LongitudinalTemporalInformationModified,
];

/** (60xx,0015) and (60xx,0051). */
const MULTI_FRAME_OVERLAY: readonly TagNumber[] = [0x60000015, 0x60000051];

/** (0040,B030) to (0040,B042), all there are, and what C.39 refers with. */
const WAVEFORM_PRESENTATION: readonly TagNumber[] = [
  ...Array.from({ length: 0x13 }, (_, i) => Tag.StructuredWaveformAnnotationSequence + i),
  Tag.ReferencedWaveformSequence,
  Tag.ReferencedInstanceSequence,
  Tag.ReferencedContentItemIdentifier,
];

/** Where the table of a CT for radiotherapy stood. */
const TABLE_TOP: readonly TagNumber[] = [
  Tag.PatientSupportAngle,
  Tag.TableTopLongitudinalPosition,
  Tag.TableTopLateralPosition,
  Tag.TableTopPitchAngle,
  Tag.TableTopRollAngle,
];

/** What the table lacks, or what has to stay though the standard does not say so, by module. */
const ADDED_TO_MODULES: ReadonlyMap<string, readonly TagNumber[]> = new Map([
  // Not in these IODs, but of common use there; without them the pixels that stay are read wrongly: as one frame, or
  // in other units.
  ["image-pixel", [Tag.NumberOfFrames, Tag.RescaleIntercept, Tag.RescaleSlope, Tag.RescaleType]],
  ["overlay-plane", MULTI_FRAME_OVERLAY],
  // dciodvfy (2022) has them in all CT.
  ["ct-image", TABLE_TOP],
  ["enhanced-ct-image", TABLE_TOP],
  // PS3.3 C.7.2.2: in the standard since PS3.6 2024d.
  [
    "patient-study",
    [
      Tag.PrincipalDiagnosisCodeSequence,
      Tag.PrimaryDiagnosisCodeSequence,
      Tag.SecondaryDiagnosesCodeSequence,
      Tag.HistologicalDiagnosesCodeSequence,
      Tag.PersonNamesToUseSequence,
      Tag.NameToUse,
      Tag.NameToUseComment,
      Tag.ThirdPersonPronounsSequence,
      Tag.PronounCodeSequence,
      Tag.PronounComment,
      Tag.GenderIdentitySequence,
      Tag.GenderIdentityCodeSequence,
      Tag.GenderIdentityComment,
      Tag.SexParametersForClinicalUseCategorySequence,
      Tag.SexParametersForClinicalUseCategoryCodeSequence,
      Tag.SexParametersForClinicalUseCategoryComment,
      Tag.SexParametersForClinicalUseCategoryReference,
      Tag.EffectiveStartDateTime,
      Tag.EffectiveStopDateTime,
    ],
  ],
  // Also since 2024d; of which module they are was told by their names, tags and neighbors only.
  ["patient", [Tag.EthnicGroups]],
  ["microscope-slide-layer-tile-organization", [Tag.TilesOverlap]],
  ["rt-dose", [Tag.RecommendedIsodoseLevelSequence]],
  ["rt-beams", [Tag.CompensatorSurfaceRepresentationFlag]],
  ["enhanced-rt-image", [Tag.RTConeBeamImagingGeometrySequence]],
  // With older ones that it replaced: `iod-attribute-types.csv` has (0022,1620) and (0062,000F) here.
  [
    "ophthalmic-optical-coherence-tomography-en-face-image",
    [
      Tag.ReferencedSegmentationSequence,
      Tag.ReferencedSurfaceSegmentationSequence,
      Tag.ReferencedSurfaceMeshIdentificationSequence,
      Tag.OphthalmicAnatomicReferencePointFrameCoordinate,
      Tag.OphthalmicEnFaceVolumeDescriptorSequence,
      Tag.OphthalmicEnFaceVolumeDescriptorScope,
      Tag.OphthalmicAnatomicReferencePointSequence,
      Tag.OphthalmicAnatomicReferencePointLocalizationType,
      Tag.PrimaryAnatomicStructureItemIndex,
      Tag.SurfaceMeshZPixelOffset,
      Tag.SegmentedPropertyTypeCodeSequence,
      Tag.SurfaceOffset,
    ],
  ],
  // PS3.3 C.39: of its six modules the table has the names only. What they share with other modules is in
  // ADDED_TO_IODS.
  ["waveform-presentation-montage", WAVEFORM_PRESENTATION],
]);

/** Modules that the table does not give to an IOD. */
const ADDED_TO_IODS: ReadonlyMap<string, readonly string[]> = new Map([
  // PS3.3 A.86: as a sparse multi-frame image it has lost its functional groups.
  ["enhanced-continuous-rt-image", ["enhanced-continuous-rt-image-multi-frame-functional-groups"]],
  // PS3.3 C.7.4.1: also missing for IOD_TYPE_DEPARTURES.
  ["dermoscopic-photography-image", ["frame-of-reference"]],
  // PS3.3 C.39 refers to waveforms, their channels and stretches of time, and places text, as these do.
  [
    "waveform-presentation-state",
    ["waveform", "waveform-annotation", "graphic-annotation", "presentation-state-relationship"],
  ],
  [
    "waveform-acquisition-presentation-state",
    ["waveform", "waveform-annotation", "graphic-annotation", "presentation-state-relationship"],
  ],
]);

/** Prepares the tables; they are decoded at the first question. */
export function createIodAttributes(): IodAttributes {
  const prepared = new Map<string | undefined, ReadonlySet<TagNumber>>();
  let all: readonly TagNumber[] | undefined;

  const prepare = (iods: readonly string[]): ReadonlySet<TagNumber> => {
    all ??= readRising(TAGS);
    const found = new Set(DEIDENTIFICATION);
    const names = new Set(iods.flatMap(modulesOf));
    for (const [name, places] of MODULES) {
      if (!names.has(name)) continue;
      for (const place of readRising(places)) found.add(all[place] ?? 0);
      for (const tag of ADDED_TO_MODULES.get(name) ?? []) found.add(tag);
    }
    return found;
  };

  return {
    ofSopClass: (sopClassUid) => {
      const iod = iodOf(sopClassUid);
      return (tag) => {
        let tags = prepared.get(iod);
        if (tags === undefined) {
          tags = prepare(iod === undefined ? Object.keys(IOD_MODULES) : [iod]);
          prepared.set(iod, tags);
        }
        return tags.has(withoutRepetition(tag));
      };
    },
  };
}

/** Of a directory it is undefined too: its records hold attributes of every IOD (PS3.3 F.5). */
function iodOf(sopClassUid: string | undefined): string | undefined {
  if (sopClassUid === undefined || !Object.hasOwn(IOD_OF_SOP_CLASS, sopClassUid)) return undefined;
  return IOD_OF_SOP_CLASS[sopClassUid];
}

/** The overlays (6000,eeee) to (601E,eeee) are one group (PS3.5 7.6). */
function withoutRepetition(tag: TagNumber): TagNumber {
  return (tag & 0xffe10000) === 0x60000000 ? tag & 0xff00ffff : tag;
}

function modulesOf(iod: string): readonly string[] {
  const named = readRising(IOD_MODULES[iod] ?? "").map((place) => MODULES[place]?.[0] ?? "");
  return [...named, ...(ADDED_TO_IODS.get(iod) ?? [])];
}

/** The numbers of a text as `generated/iod-attributes.ts` describes it. */
function readRising(text: string): readonly number[] {
  const numbers: number[] = [];
  let last = -1;
  for (const run of text.split(" ").filter((part) => part !== "")) {
    const [step = "", more = "0"] = run.split(".");
    last += Number.parseInt(step, 36);
    const end = last + Number.parseInt(more, 36);
    for (; last < end; last += 1) numbers.push(last);
    numbers.push(last);
  }
  return numbers;
}
