/**
 * What becomes of Patient ID in a composed file.
 *
 * @module
 */
import type { ElementInit } from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import { type ElementChange, textIn } from "./elements.js";

/**
 * - `keep`: it stays.
 * - `random`: another one for each file, so that nobody can tell which are of one patient.
 * - `keyed`: the same for the same Patient ID under the same key (HMAC-SHA-256), at least 32 bytes. Of files without
 *   Patient ID it is one and the same.
 *
 * Patient's Name becomes the same as Patient ID. Nothing else is changed: Other Patient IDs, birth date, accession
 * number, UIDs and the rest tell who it is as before. To hide who it is, pseudonymize first.
 */
export type PatientIdSource =
  | { readonly kind: "keep" }
  | { readonly kind: "random" }
  | { readonly kind: "keyed"; readonly key: Uint8Array };

/** Crockford's, without letters that look like digits. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/** 80 bits. */
const LENGTH = 16;
const MIN_KEY_BYTES = 32;

/** @throws {@link RangeError} if a key is too short */
export function assertPatientIdSource(source: PatientIdSource): void {
  if (source.kind !== "keyed" || source.key.length >= MIN_KEY_BYTES) return;
  throw new RangeError(`key: expected ${MIN_KEY_BYTES} bytes or more, got ${source.key.length}`);
}

/**
 * The changes; Patient's Name becomes the same, since it would tell what the number hides.
 *
 * @throws {@link RangeError} if a key is too short
 */
export async function patientIdOf(
  reference: readonly ElementInit[],
  source: PatientIdSource,
): Promise<readonly ElementChange[]> {
  assertPatientIdSource(source);
  if (source.kind === "keep") return [];
  const bytes =
    source.kind === "random"
      ? crypto.getRandomValues(new Uint8Array(LENGTH))
      : await keyedBytes(source.key, textIn(reference, Tag.PatientID) ?? "");
  const id = [...bytes.subarray(0, LENGTH)].map((byte) => ALPHABET[byte & 31]).join("");
  return [
    { tag: Tag.PatientID, vr: "LO", value: id },
    { tag: Tag.PatientName, vr: "PN", value: id },
  ];
}

async function keyedBytes(key: Uint8Array, patientId: string): Promise<Uint8Array> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const hmac = await crypto.subtle.importKey("raw", key.slice(), algorithm, false, ["sign"]);
  // The purpose keeps the same key's other pseudonyms apart.
  const message = new TextEncoder().encode(`dsail-converter PatientID\0${patientId}`);
  return new Uint8Array(await crypto.subtle.sign("HMAC", hmac, message));
}
