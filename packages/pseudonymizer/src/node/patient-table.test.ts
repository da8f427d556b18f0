import { mkdirSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../../../vitest.temporary-folder.js";
import { readPatientTable } from "./patient-table.js";

const HEADER = "old_patient_id,new_patient_id\n";

const tablePath = (content: string | Uint8Array) => {
  const path = join(temporaryFolder(), "table.csv");
  writeFileSync(path, content);
  return path;
};

const thrownBy = (path: string) => {
  try {
    readPatientTable(path);
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was thrown");
};

describe("readPatientTable", () => {
  it("reads patients and their pseudonyms", () => {
    const table = readPatientTable(tablePath(`${HEADER}P1,N1\n"P,2","N ""2"""\nP3,N1\n`));
    expect([...table]).toEqual([
      ["P1", "N1"],
      ["P,2", 'N "2"'],
      ["P3", "N1"],
    ]);
  });

  it("reads what spreadsheets write", () => {
    const text = `\ufeff"new_patient_id"; old_patient_id ;note\r\nN1;M\u00fcller ;x\r\n\r\nN2; 00042;`;
    const table = readPatientTable(tablePath(text.replaceAll(";", ",")));
    expect([...table]).toEqual([
      ["M\u00fcller", "N1"],
      ["00042", "N2"],
    ]);
  });

  it("reads a lookup table, in which patients occur again", () => {
    const header = "old_patient_id,new_patient_id,old_accession_number,new_accession_number";
    const table = readPatientTable(tablePath(`${header}\nP1,N1,,\nP1,N1,A1,B1\nP2,N2,A1,B1\n`));
    expect([...table]).toEqual([
      ["P1", "N1"],
      ["P2", "N2"],
    ]);
  });

  it("takes a pseudonym of 64 characters", () => {
    const pseudonym = "#".repeat(64);
    const table = readPatientTable(tablePath(`${HEADER}P1,${pseudonym}\n`));
    expect(table.get("P1")).toBe(pseudonym);
  });

  it.each([
    ["lacks a column", "old_patient_id,newid\nSECRET,N1\n", "column new_patient_id"],
    ["has semicolons", "old_patient_id;new_patient_id\nSECRET;N1\n", "commas"],
    ["has a column twice", `old_patient_id,old_patient_id,new_patient_id\n`, "one column"],
    ["has no header", "SECRET,N1\n", "first line"],
    ["is empty", "", "no rows"],
    ["has no rows", `${HEADER}\n\n`, "no rows"],
    ["has an empty Patient ID", `${HEADER}P1,N1\n  ,SECRET\n`, "line 3"],
    ["has an empty pseudonym", `${HEADER}P1,N1\nSECRET, \n`, "line 3"],
    ["has a long pseudonym", `${HEADER}\nP1,${"SECRET789".repeat(8)}\n`, "line 3"],
    ["has a backslash in a pseudonym", `${HEADER}P1,SECRET\\2\n`, "line 2"],
    ["has a line feed in a pseudonym", `${HEADER}P1,"SECRET\n2"\n`, "line 3"],
    ["has a control character in a pseudonym", `${HEADER}P1,SECRET\u0085x\n`, "line 2"],
    ["has two pseudonyms for a patient", `${HEADER}P1,SECRET1\nP2,N2\nP1 ,N3\n`, "line 4"],
    ["has a value too few", `${HEADER}P1,N1\nSECRET\n`, "line 3"],
    ["has a value too many", `${HEADER}P1,N1\r\nSECRET,N2,\r\n`, "line 3"],
    ["has a quotation mark in a value", `${HEADER}P1,N1\nP2,SEC"RET\n`, "line 3"],
    ["has a quotation mark that is not closed", `${HEADER}P1,N1\nP2,"SECRET\n`, "quotation"],
    ["is not UTF-8", Buffer.from(`${HEADER}M\u00fcller SECRET,N1\n`, "latin1"), "UTF-8"],
    ["is UTF-16", Buffer.from(`\ufeff${HEADER}SECRET,N1\n`, "utf16le"), "UTF-8"],
  ])("refuses a table that %s, and tells no value", (_what, content, told) => {
    const error = thrownBy(tablePath(content));
    expect(error).toMatchObject({ name: "PseudonymizerError", code: "PATIENT_TABLE" });
    expect(error.message).toContain(told);
    const all = `${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`;
    expect(all).not.toMatch(/SEC|RET/);
  });

  it("refuses what is far too large, without reading it", () => {
    const path = tablePath(HEADER);
    truncateSync(path, 256 * 1024 * 1024 + 1);
    expect(thrownBy(path)).toMatchObject({ code: "PATIENT_TABLE" });
  });

  it("refuses what is not there, or no file, without the path", () => {
    const folder = join(temporaryFolder(), "SECRET");
    mkdirSync(folder);
    for (const path of [folder, join(folder, "none.csv")]) {
      const error = thrownBy(path);
      expect(error).toMatchObject({ name: "PseudonymizerError", code: "BAD_INPUT" });
      expect(`${error.stack} ${JSON.stringify(error)}`).not.toContain("SECRET");
    }
  });
});
