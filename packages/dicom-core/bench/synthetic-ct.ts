/**
 * CT images that nobody was ever in: 512 x 512 pixels, some 140 standard elements, 188 private ones, nested sequences;
 * 531 kB each. The same number gives the same file.
 *
 * @module
 */
import { type ElementInit, writeFile } from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";

const PRIVATE_ELEMENTS = 188;
const ROWS = 512;
const COLUMNS = 512;

/** How many slices make a series, and series a patient. */
const SLICES = 100;
const SERIES = 4;

/** File `index` of the collection. */
export function syntheticCt(index: number): Uint8Array {
  const series = Math.floor(index / SLICES);
  const patient = Math.floor(series / SERIES);
  const root = "1.2.826.0.1.3680043.10.1.";
  const study = `${root}1.${patient}`;
  const reference = (n: number): readonly ElementInit[] => [
    { tag: Tag.ReferencedSOPClassUID, value: "1.2.840.10008.5.1.4.1.1.2" },
    { tag: Tag.ReferencedSOPInstanceUID, value: `${root}4.${n}` },
    {
      tag: Tag.PurposeOfReferenceCodeSequence,
      value: [code("121311", "DCM", "Localizer")],
    },
  ];
  return writeFile([
    { tag: Tag.ImageType, value: ["ORIGINAL", "PRIMARY", "AXIAL"] },
    { tag: Tag.InstanceCreationDate, value: "20240301" },
    { tag: Tag.InstanceCreationTime, value: "101112.000000" },
    { tag: Tag.SOPClassUID, value: "1.2.840.10008.5.1.4.1.1.2" },
    { tag: Tag.SOPInstanceUID, value: `${root}3.${index}` },
    { tag: Tag.StudyDate, value: "20240301" },
    { tag: Tag.SeriesDate, value: "20240301" },
    { tag: Tag.AcquisitionDate, value: "20240301" },
    { tag: Tag.ContentDate, value: "20240301" },
    { tag: Tag.StudyTime, value: "100000" },
    { tag: Tag.SeriesTime, value: "100500" },
    { tag: Tag.AcquisitionTime, value: "100600.5" },
    { tag: Tag.ContentTime, value: "100700" },
    { tag: Tag.AccessionNumber, value: `A${patient}` },
    { tag: Tag.Modality, value: "CT" },
    { tag: Tag.Manufacturer, value: "SYNTHETIC" },
    { tag: Tag.InstitutionName, value: "Synthetic General" },
    { tag: Tag.InstitutionAddress, value: "1 Nowhere Street" },
    { tag: Tag.ReferringPhysicianName, value: "Referrer^Rita" },
    { tag: Tag.StationName, value: "CT01" },
    { tag: Tag.StudyDescription, value: "Thorax" },
    { tag: Tag.SeriesDescription, value: `Series ${series}` },
    { tag: Tag.InstitutionalDepartmentName, value: "Radiology" },
    { tag: Tag.PerformingPhysicianName, value: "Performer^Paul" },
    { tag: Tag.OperatorsName, value: "Operator^Olga" },
    { tag: Tag.ManufacturerModelName, value: "Model 1" },
    { tag: Tag.ReferencedStudySequence, value: [reference(1_000_000 + patient)] },
    { tag: Tag.ReferencedPerformedProcedureStepSequence, value: [reference(2_000_000 + patient)] },
    {
      tag: Tag.ReferencedImageSequence,
      value: Array.from({ length: 3 }, (_, i) => reference(3_000_000 + patient * 10 + i)),
    },
    {
      tag: Tag.SourceImageSequence,
      value: Array.from({ length: 2 }, (_, i) => reference(4_000_000 + index * 10 + i)),
    },
    { tag: Tag.PatientName, value: `Synthetic^Patient ${patient}` },
    { tag: Tag.PatientID, value: `P${patient}` },
    { tag: Tag.PatientBirthDate, value: "19500101" },
    { tag: Tag.PatientSex, value: "O" },
    { tag: Tag.PatientAge, value: "074Y" },
    { tag: Tag.PatientSize, value: "1.75" },
    { tag: Tag.PatientWeight, value: "75" },
    { tag: Tag.AdditionalPatientHistory, value: "none" },
    ...acquisition(),
    { tag: Tag.StudyInstanceUID, value: study },
    { tag: Tag.SeriesInstanceUID, value: `${root}2.${series}` },
    { tag: Tag.StudyID, value: `${patient}` },
    { tag: Tag.SeriesNumber, value: `${series}` },
    { tag: Tag.AcquisitionNumber, value: "1" },
    { tag: Tag.InstanceNumber, value: `${index % SLICES}` },
    { tag: Tag.ImagePositionPatient, value: ["-250", "-250", `${index % SLICES}`] },
    { tag: Tag.ImageOrientationPatient, value: ["1", "0", "0", "0", "1", "0"] },
    { tag: Tag.FrameOfReferenceUID, value: `${root}5.${patient}` },
    { tag: Tag.SliceLocation, value: `${index % SLICES}` },
    { tag: Tag.SamplesPerPixel, value: 1 },
    { tag: Tag.PhotometricInterpretation, value: "MONOCHROME2" },
    { tag: Tag.Rows, value: ROWS },
    { tag: Tag.Columns, value: COLUMNS },
    { tag: Tag.PixelSpacing, value: ["0.976562", "0.976562"] },
    { tag: Tag.BitsAllocated, value: 16 },
    { tag: Tag.BitsStored, value: 12 },
    { tag: Tag.HighBit, value: 11 },
    { tag: Tag.PixelRepresentation, value: 0 },
    { tag: Tag.WindowCenter, value: "40" },
    { tag: Tag.WindowWidth, value: "400" },
    { tag: Tag.RescaleIntercept, value: "-1024" },
    { tag: Tag.RescaleSlope, value: "1" },
    { tag: Tag.RequestingPhysician, value: "Requester^Rob" },
    {
      tag: Tag.RequestAttributesSequence,
      value: [
        [
          { tag: Tag.RequestedProcedureID, value: `R${patient}` },
          { tag: Tag.ScheduledProcedureStepID, value: `S${patient}` },
          { tag: Tag.ScheduledProtocolCodeSequence, value: [code("CTTHOR", "99SYN", "CT thorax")] },
        ],
      ],
    },
    { tag: Tag.PerformedProcedureStepStartDate, value: "20240301" },
    { tag: Tag.PerformedProcedureStepStartTime, value: "100000" },
    { tag: Tag.PerformedProcedureStepID, value: `S${patient}` },
    { tag: Tag.PerformedProcedureStepDescription, value: "CT thorax" },
    ...privateElements(index),
    { tag: Tag.PixelData, vr: "OW", value: pixels(index) },
  ]);
}

function code(value: string, scheme: string, meaning: string): readonly ElementInit[] {
  return [
    { tag: Tag.CodeValue, value },
    { tag: Tag.CodingSchemeDesignator, value: scheme },
    { tag: Tag.CodeMeaning, value: meaning },
  ];
}

function acquisition(): readonly ElementInit[] {
  return [
    { tag: Tag.BodyPartExamined, value: "CHEST" },
    { tag: Tag.ScanOptions, value: "HELICAL" },
    { tag: Tag.SliceThickness, value: "1" },
    { tag: Tag.KVP, value: "120" },
    { tag: Tag.DataCollectionDiameter, value: "500" },
    { tag: Tag.DeviceSerialNumber, value: "0815" },
    { tag: Tag.SoftwareVersions, value: "1.0" },
    { tag: Tag.ProtocolName, value: "Thorax routine" },
    { tag: Tag.ReconstructionDiameter, value: "500" },
    { tag: Tag.DistanceSourceToDetector, value: "1040" },
    { tag: Tag.DistanceSourceToPatient, value: "570" },
    { tag: Tag.GantryDetectorTilt, value: "0" },
    { tag: Tag.TableHeight, value: "150" },
    { tag: Tag.RotationDirection, value: "CW" },
    { tag: Tag.ExposureTime, value: "500" },
    { tag: Tag.XRayTubeCurrent, value: "200" },
    { tag: Tag.Exposure, value: "100" },
    { tag: Tag.FilterType, value: "FLAT" },
    { tag: Tag.GeneratorPower, value: "24" },
    { tag: Tag.FocalSpots, value: "1.2" },
    { tag: Tag.ConvolutionKernel, value: "B30f" },
    { tag: Tag.PatientPosition, value: "HFS" },
  ];
}

/** Two blocks of 94 elements of several VRs. */
function privateElements(index: number): readonly ElementInit[] {
  const vrs = ["LO", "DS", "IS", "SH", "US", "FD", "OB", "UI"] as const;
  const elements: ElementInit[] = [];
  for (const group of [0x0019, 0x0021]) {
    elements.push({ tag: group * 0x10000 + 0x10, vr: "LO", value: "SYNTHETIC VENDOR 1.0" });
    for (let i = 0; i < PRIVATE_ELEMENTS / 2 - 1; i++) {
      const vr = vrs[i % vrs.length] ?? "LO";
      const tag = group * 0x10000 + 0x1000 + i;
      if (vr === "OB") elements.push({ tag, vr, value: new Uint8Array(8).fill(i) });
      else if (vr === "US" || vr === "FD") elements.push({ tag, vr, value: i });
      else if (vr === "UI") elements.push({ tag, vr, value: `1.2.826.0.1.3680043.10.9.${i}` });
      else elements.push({ tag, vr, value: `${index * 1000 + i}` });
    }
  }
  return elements;
}

/** A disc with noise of a linear congruential generator: as hard to compress as a scan. */
function pixels(index: number): Uint8Array {
  const values = new Uint16Array(ROWS * COLUMNS);
  let state = index * 2654435761 + 1;
  for (let y = 0; y < ROWS; y++) {
    for (let x = 0; x < COLUMNS; x++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      const inside = (x - 256) ** 2 + (y - 256) ** 2 < 200 ** 2;
      values[y * COLUMNS + x] = (inside ? 1000 : 20) + (state >>> 26);
    }
  }
  return new Uint8Array(values.buffer);
}
