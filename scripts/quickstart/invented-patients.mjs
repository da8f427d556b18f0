/**
 * Patients who never lived, with what a hospital's archive would say of them. The same seed gives the same ones.
 *
 * @module
 */
import { createHash } from "node:crypto";

const FAMILY_NAMES =
  "Adler Brandt Castellani Duarte Eriksen Fábián Gruber Haddad Ivanova Jansen Kowalska Laurent Müller Novák Okafor Petersen Quiroga Rossi Sørensen Tanaka Ünal Vogel Weiß Yılmaz Zeller".split(
    " ",
  );
const GIVEN_NAMES = {
  F: "Alma Béatrice Clara Dilara Elif Frieda Greta Hanna Ines Johanna Klára Lucía Maria Nora Olga".split(
    " ",
  ),
  M: "Anton Bruno Carlos David Emil Farid Georg Hugo Ivan Jonas Karl Luca Mehmet Nils Oskar".split(
    " ",
  ),
};
const INSTITUTIONS = [
  { name: "St. Anna Hospital", address: "12 Lime Street, Northbridge", physician: "Sander^Vera" },
  { name: "Lakeside Clinic", address: "3 Quay Road, Lakeside", physician: "Moreau^Paul" },
  { name: "County Hospital East", address: "88 Mill Lane, Easton", physician: "Lindqvist^Eva" },
];

const DAY_MS = 86_400_000;

/**
 * @typedef {object} Patient
 * @property {string} id
 * @property {string} name - as DICOM writes it
 * @property {"F" | "M"} sex
 * @property {string} birthDate - YYYYMMDD
 * @property {string} studyDate - YYYYMMDD
 * @property {string} studyTime - HHMMSS
 * @property {string} age - as DICOM writes it
 * @property {string} accessionNumber
 * @property {{ name: string, address: string, physician: string }} institution
 */

/**
 * @param {number} number - which patient, from 0
 * @param {number} seed
 * @returns {Patient}
 */
export function inventPatient(number, seed) {
  const draw = drawsOf(`patient ${seed} ${number}`);
  const sex = draw(2) === 0 ? "F" : "M";
  const birth = Date.UTC(1932, 0, 1) + draw(72 * 365) * DAY_MS;
  const study = Date.UTC(2023, 0, 2) + draw(2 * 365) * DAY_MS;
  const years = Math.floor((study - birth) / DAY_MS / 365.25);
  return {
    // 7919 is prime to a million: no two patients have one number.
    id: String(1_000_000 + ((number * 7919 + 4711) % 1_000_000)),
    name: `${pick(FAMILY_NAMES, draw)}^${pick(GIVEN_NAMES[sex], draw)}`,
    sex,
    birthDate: dateOf(birth),
    studyDate: dateOf(study),
    studyTime: [7 + draw(11), draw(60), draw(60)].map((n) => String(n).padStart(2, "0")).join(""),
    age: `${String(years).padStart(3, "0")}Y`,
    accessionNumber: `A${dateOf(study).slice(2, 4)}${String(number).padStart(6, "0")}`,
    institution: pick(INSTITUTIONS, draw),
  };
}

/**
 * Whole numbers by chance, always the same of one text.
 *
 * @param {string} text
 * @returns {(below: number) => number}
 */
export function drawsOf(text) {
  let drawn = 0;
  return (below) => {
    const hash = createHash("sha256").update(`${text} ${drawn++}`).digest();
    return hash.readUIntBE(0, 6) % below;
  };
}

/**
 * A UID that is always the same of one text (PS3.5 B.2: a UUID, here of a hash, as a decimal number).
 *
 * @param {string} text
 */
export function uidOf(text) {
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 32);
  return `2.25.${BigInt(`0x${hash}`)}`;
}

/**
 * @template T
 * @param {readonly T[]} list
 * @param {(below: number) => number} draw
 * @returns {T}
 */
function pick(list, draw) {
  return /** @type {T} */ (list[draw(list.length)]);
}

/** @param {number} time */
function dateOf(time) {
  return new Date(time).toISOString().slice(0, 10).replaceAll("-", "");
}
