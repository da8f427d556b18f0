/**
 * Values that are told apart in bytes: what is put into a data set, and looked for in what comes out.
 *
 * @module
 */
import { type ElementInit, type ElementValueInit, type VR, VRS } from "@dsail/dicom-core";

/** Legal for their VR, and like nothing that a file holds otherwise. */
const TEXTS: { readonly [vr in VR]?: string } = {
  AE: "CANARYSTATION",
  AS: "077Y",
  CS: "CANARY_CODE",
  DA: "19640229",
  DS: "-31.4159265",
  DT: "19640229112233.445566",
  IS: "314159265",
  LO: "Canary of a lane",
  LT: "Canary of a long text",
  PN: "Canary^Carol",
  SH: "Canary 4711",
  ST: "Canary of a short text",
  TM: "112233.445566",
  UC: "Canary of no limit",
  UI: "1.2.826.0.1.3680043.77.314159265",
  UR: "http://canary.example/carol",
  UT: "Canary of an even longer text",
};

/** As many as every unit of a binary VR divides. */
const BINARY = Uint8Array.of(
  0xca,
  0x4a,
  0x91,
  0x07,
  0xca,
  0x4b,
  0x92,
  0x08,
  1,
  2,
  3,
  5,
  7,
  11,
  13,
  17,
);

/** A value of a VR that is no sequence: as text, or in little endian. */
function canaryValue(vr: VR): Extract<ElementValueInit, string | Uint8Array> {
  if (VRS[vr].kind === "sequence") throw new TypeError("vr: expected another than SQ");
  return TEXTS[vr] ?? BINARY;
}

/** An element with the canary of its VR. */
export function canaryOf(tag: number, vr: VR): ElementInit {
  return { tag, vr, value: canaryValue(vr) };
}

/** Whether the canary of a VR occurs anywhere in the bytes, written in little endian. */
export function holdsCanary(bytes: Uint8Array, vr: VR): boolean {
  const value = canaryValue(vr);
  return holds(bytes, typeof value === "string" ? value : Buffer.from(value).toString("latin1"));
}

/** Whether a text occurs anywhere in the bytes, a byte for each of its characters. */
export function holds(bytes: Uint8Array, text: string): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(text, 0, "latin1");
}
