import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../../../vitest.temporary-folder.js";
import { readDateOffsetTable } from "./date-offset-table.js";

const tablePath = (text: string) => {
  const path = join(temporaryFolder(), "table.csv");
  writeFileSync(path, text);
  return path;
};

const thrownBy = (path: string) => {
  try {
    readDateOffsetTable(path);
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was thrown");
};

describe("readDateOffsetTable", () => {
  it("reads patients and their days", () => {
    const rows = ["P1,-36525", " P2 , 36525 ", "P3,+7", "P4,-0", "P5,007", "P1,-36525"];
    const table = readDateOffsetTable(tablePath(`old_patient_id,days\n${rows.join("\n")}`));
    expect([...table]).toEqual([
      ["P1", -36525],
      ["P2", 36525],
      ["P3", 7],
      ["P4", 0],
      ["P5", 7],
    ]);
  });

  it.each(["", "36526", "-36526", "1.5", "1e3", "0x10", "12 days", "--1", "NaN", "9".repeat(400)])(
    "refuses %j as days, and tells the line only",
    (days) => {
      const error = thrownBy(tablePath(`old_patient_id,days\nP1,1\nSECRET,${days}\n`));
      expect(error).toMatchObject({ name: "PseudonymizerError", code: "DATE_OFFSET_TABLE" });
      expect(error.message).toBe(
        "the date offset table, line 3: days is not a whole number from -36525 to 36525",
      );
    },
  );

  it.each([
    ["lacks a column", "old_patient_id,offset\nSECRET,1\n"],
    ["has no rows", "old_patient_id,days\n"],
    ["has an empty Patient ID", "old_patient_id,days\n,1\n"],
    ["has two offsets for a patient", "old_patient_id,days\nSECRET,1\nSECRET,2\n"],
    ["is no CSV", 'old_patient_id,days\nSEC"RET,1\n'],
  ])("refuses a table that %s, and tells no value", (_what, text) => {
    const error = thrownBy(tablePath(text));
    expect(error).toMatchObject({ name: "PseudonymizerError", code: "DATE_OFFSET_TABLE" });
    expect(`${error.stack} ${JSON.stringify(error)}`).not.toMatch(/SEC|RET/);
  });

  it("refuses what is not there", () => {
    expect(thrownBy(join(temporaryFolder(), "none.csv"))).toMatchObject({ code: "BAD_INPUT" });
  });
});
