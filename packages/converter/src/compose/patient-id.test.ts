import { createHash, createHmac } from "node:crypto";
import * as Tag from "@dsail/dicom-core/tags";
import { describe, expect, it } from "vitest";
import { CANARY } from "../../test/watched-command.js";
import { patientIdOf } from "./patient-id.js";

const key = Uint8Array.from({ length: 32 }, (_, i) => i * 7 + 1);
const of = (value: string) => [{ tag: Tag.PatientID, value }];
async function idOf(patientId: string, ofKey = key) {
  const [id, name] = await patientIdOf(of(patientId), { kind: "keyed", key: ofKey });
  expect([id?.tag, name?.tag]).toEqual([Tag.PatientID, Tag.PatientName]);
  expect(name?.value).toBe(id?.value);
  return id?.value as string;
}

describe("patientIdOf", () => {
  it("keeps", async () => {
    expect(await patientIdOf(of("1"), { kind: "keep" })).toEqual([]);
  });

  it("is random: never twice the same", async () => {
    const ids = await Promise.all(
      Array.from({ length: 50 }, async () => (await patientIdOf(of("1"), { kind: "random" }))[0]),
    );
    expect(new Set(ids.map((id) => id?.value)).size).toBe(50);
    for (const id of ids) expect(id?.value).toMatch(/^[0-9A-HJKMNP-TV-Z]{16}$/);
  });

  it("is keyed: the same of the same patient, another one under another key", async () => {
    const ids = [
      await idOf("4711"),
      await idOf("4712"),
      await idOf(
        "4711",
        key.map((b) => b ^ 1),
      ),
    ];
    expect(await idOf("4711")).toBe(ids[0]);
    // Padding is no part of a value (PS3.5 6.2).
    expect(await idOf(" 4711 ")).toBe(ids[0]);
    expect(new Set(ids).size).toBe(3);
  });

  it("is HMAC-SHA-256 under the key, with its purpose, and no hash of the number", async () => {
    const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    const idFrom = (digest: Uint8Array) =>
      [...digest.subarray(0, 16)].map((byte) => alphabet[byte % 32]).join("");
    const message = "dsail-converter PatientID\x004711";
    expect(await idOf("4711")).toBe(idFrom(createHmac("sha256", key).update(message).digest()));
    for (const text of ["4711", message]) {
      expect(await idOf("4711")).not.toBe(idFrom(createHash("sha256").update(text).digest()));
    }
  });

  it("refuses a short key, and does not tell it", async () => {
    const short = new TextEncoder().encode(CANARY.padEnd(31, "x"));
    const refused = patientIdOf(of("1"), { kind: "keyed", key: short });
    await expect(refused).rejects.toThrow(new RangeError("key: expected 32 bytes or more, got 31"));
  });
});
