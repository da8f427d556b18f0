/**
 * The commands of the README, one after the other, as they stand there.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as Tag from "@dsail/dicom-core/tags";
import { expect, it } from "vitest";
import { temporaryFolder, writeFiles } from "../../../vitest.temporary-folder.js";
import { pixelFile } from "./pixel-file.js";
import { command } from "./watched-command.js";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const lines = [...readme.matchAll(/^npx dsail-convert (.*)$/gm)].map((match) => match[1] ?? "");

it("ends each command well", async () => {
  expect(lines.length).toBeGreaterThan(8);
  const folder = temporaryFolder();
  const archive = Object.fromEntries(
    Array.from({ length: 60 }, (_, patient) => [`patient-${patient}.dcm`, scan(patient)]),
  );
  writeFiles(join(folder, "ARCHIVE"), archive);
  for (const line of lines) {
    // Names in capitals are the reader's folders.
    const args = line
      .split(" ")
      .map((word) => (/^[A-Z][A-Z/-]+$/.test(word) ? join(folder, word) : word));
    const { code, error } = await command(args);
    expect(`${line}: ${code} ${error}`).toBe(`${line}: 0 `);
  }
});

function scan(patient: number): Uint8Array {
  const pixels = Array.from({ length: 32 * 32 }, (_, i) => (i * (patient + 3)) % 4096);
  return pixelFile({
    rows: 32,
    columns: 32,
    bitsAllocated: 16,
    bitsStored: 12,
    frames: [pixels],
    more: [{ tag: Tag.PatientID, value: `CANARY ${patient}` }],
  });
}
