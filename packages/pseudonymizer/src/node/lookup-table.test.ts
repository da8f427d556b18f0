import { execFile } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pathsIn, temporaryFolder } from "../../../../vitest.temporary-folder.js";
import { typescriptWorker } from "../../test/typescript-worker.js";
import { type LookupRow, openLookupTable } from "./lookup-table.js";

const HEADER = "old_patient_id,new_patient_id,old_accession_number,new_accession_number\n";
const WRITER = new URL("../../test/lookup-table-writer.ts", import.meta.url);
const TSX = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;

const refused = (code: string) => expect.objectContaining({ name: "PseudonymizerError", code });

const thrownBy = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
};

/** The path of a table with this text, or of none. */
const tablePath = (text?: string) => {
  const path = join(temporaryFolder(), "table.csv");
  if (text !== undefined) writeFileSync(path, text);
  return path;
};

const row = (...values: readonly [string, string, string, string]): LookupRow => {
  const [oldPatientId, newPatientId, oldAccessionNumber, newAccessionNumber] = values;
  return { oldPatientId, newPatientId, oldAccessionNumber, newAccessionNumber };
};

const textOf = (path: string) => readFileSync(path, "utf8");
const neverMake = () => {
  throw new Error("no pseudonym was to be made");
};

describe("a lookup table", () => {
  it("is D-SAIL's CSV", () => {
    const path = tablePath();
    openLookupTable(path).record(row("P1", "N1", "A1", "B1"));
    expect(textOf(path)).toBe(`${HEADER}P1,N1,A1,B1\n`);
  });

  it("has a row for each patient and accession number, once", () => {
    const path = tablePath();
    const table = openLookupTable(path);
    const rows = [
      row("P1", "N1", "A1", "B1"),
      row("P1", "N1", "A2", "B2"),
      row("P1", "N1", "", ""),
      // The same accession number, also none, is another one for another patient.
      row("P2", "N2", "A1", "B9"),
      row("P2", "N2", "", ""),
    ];
    for (const each of [...rows, ...rows]) table.record(each);
    for (const each of rows) openLookupTable(path).record(each);
    expect(textOf(path)).toBe(`${HEADER}P1,N1,A1,B1\nP1,N1,A2,B2\nP1,N1,,\nP2,N2,A1,B9\nP2,N2,,\n`);
  });

  it("keeps any value", () => {
    const text = fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.string({ unit: fc.constantFrom('"', ",", "\n", "\r", "=", "\ufeff", " ", "a", "\0") }),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text, text), { maxLength: 5 }), (values) => {
        const path = tablePath();
        const rows = values.map(([patient, old, made], i) =>
          row(`${patient}${i}`, `=${patient}${i}`, old, made),
        );
        const table = openLookupTable(path);
        for (const each of rows) {
          table.record(each);
          table.record(each);
        }
        const written = textOf(path);
        const read = parse(written, { from_line: 2, record_delimiter: ["\n", "\r\n"] });
        expect(read).toEqual(rows.map((each) => Object.values(each)));
        // And this module reads what it wrote.
        const again = openLookupTable(path);
        for (const each of rows) again.record(each);
        expect(again.patientIdOf(`${values[0]?.[0]}0`, () => "=undefined0")).toBe(
          `=${values[0]?.[0]}0`,
        );
        if (rows.length > 0) expect(textOf(path)).toBe(written);
      }),
      { numRuns: 60 },
    );
  });

  it("is read as a spreadsheet writes it", () => {
    const path = tablePath(
      `\ufeff${HEADER}P1,N1,A1,B1\nM\u00fcller,"N,2","",\n\n`.replaceAll("\n", "\r\n"),
    );
    const before = textOf(path);
    const table = openLookupTable(path);
    table.record(row("P1", "N1", "A1", "B1"));
    table.record(row("M\u00fcller", "N,2", "", ""));
    expect(textOf(path)).toBe(before);
    table.record(row("P3", "N3", "", ""));
    expect(textOf(path)).toBe(`${before}P3,N3,,\n`);
  });

  it("lets nobody but the owner read it, whatever the umask", () => {
    const path = tablePath();
    const umask = process.umask(0);
    try {
      openLookupTable(path).record(row("P1", "N1", "", ""));
    } finally {
      process.umask(umask);
    }
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("keeps the mode of a table that exists", () => {
    const path = tablePath(HEADER);
    chmodSync(path, 0o640);
    openLookupTable(path).record(row("P1", "N1", "", ""));
    expect(statSync(path).mode & 0o777).toBe(0o640);
  });

  it("leaves nothing beside the table, not even what a crash left there", () => {
    const path = tablePath();
    writeFileSync(`${path}.new`, "old_pat");
    openLookupTable(path).record(row("P1", "N1", "", ""));
    expect(pathsIn(join(path, ".."))).toEqual(["table.csv"]);
  });

  it("has one lock, also if it is reached by a link", () => {
    const path = tablePath(HEADER);
    const link = join(temporaryFolder(), "link.csv");
    symlinkSync(path, link);
    openLookupTable(link).patientIdOf("P1", () => {
      expect(existsSync(`${path}.lock`)).toBe(true);
      return "N1";
    });
    expect(textOf(path)).toBe(`${HEADER}P1,N1,,\n`);
  });
});

describe("patientIdOf", () => {
  it("makes a pseudonym once, and records it", () => {
    const path = tablePath();
    const table = openLookupTable(path);
    expect(table.patientIdOf("P1", () => "N1")).toBe("N1");
    expect(textOf(path)).toBe(`${HEADER}P1,N1,,\n`);
    expect(table.patientIdOf("P1", neverMake)).toBe("N1");
    expect(openLookupTable(path).patientIdOf("P1", neverMake)).toBe("N1");
  });

  it("takes the pseudonym of any of the patient's rows", () => {
    const path = tablePath(`${HEADER}P1,N1,A1,B1\n`);
    expect(openLookupTable(path).patientIdOf("P1", neverMake)).toBe("N1");
  });

  it("gives no patient the pseudonym of another", () => {
    const path = tablePath(`${HEADER}P1,N1,A1,B1\n`);
    const made = ["N1", "N1", "N2"];
    expect(openLookupTable(path).patientIdOf("P2", () => made.shift() ?? "")).toBe("N2");
  });

  it("gives up after 100 pseudonyms of others, and records nothing", () => {
    const path = tablePath(`${HEADER}P1,N1,A1,B1\n`);
    let tries = 0;
    const make = () => {
      tries++;
      return "N1";
    };
    expect(thrownBy(() => openLookupTable(path).patientIdOf("P2", make))).toEqual(
      refused("LOOKUP_TABLE"),
    );
    expect(tries).toBe(100);
    expect(textOf(path)).toBe(`${HEADER}P1,N1,A1,B1\n`);
    expect(existsSync(`${path}.lock`)).toBe(false);
  });

  it("passes on what `make` throws, and unlocks", () => {
    const path = tablePath();
    const table = openLookupTable(path);
    expect(() => table.patientIdOf("P1", neverMake)).toThrow("no pseudonym was to be made");
    expect(table.patientIdOf("P1", () => "N1")).toBe("N1");
  });
});

describe("a row that contradicts the table", () => {
  it.each([
    ["pseudonym", row("SECRET-1", "SECRET-9", "A1", "B1")],
    ["accession number", row("SECRET-1", "N1", "A1", "SECRET-9")],
    ["pseudonym, of another examination", row("SECRET-1", "SECRET-9", "A2", "B2")],
  ])("is refused: another %s", (_what, other) => {
    const path = tablePath(`${HEADER}SECRET-1,N1,A1,B1\n`);
    const error = thrownBy(() => openLookupTable(path).record(other));
    expect(error).toEqual(refused("LOOKUP_TABLE"));
    expect(`${(error as Error).stack} ${JSON.stringify(error)}`).not.toContain("SECRET");
    expect(textOf(path)).toBe(`${HEADER}SECRET-1,N1,A1,B1\n`);
  });

  it("may say of another patient what it likes", () => {
    const path = tablePath(`${HEADER}P1,N1,A1,B1\n`);
    openLookupTable(path).record(row("P2", "N1", "A1", "B2"));
    expect(textOf(path)).toContain("P2,N1,A1,B2\n");
  });
});

describe("a file that is no lookup table", () => {
  it.each([
    ["is empty", ""],
    ["has other columns", "old_patient_id,new_patient_id\nSECRET,N1\n"],
    ["has its columns in another order", `new_patient_id,old_patient_id,a,b\n`],
    ["has further columns", HEADER.replace("\n", ",SECRET\n")],
    ["has no header", "SECRET,N1,A1,B1\n"],
    ["has half a header", HEADER.slice(0, 20)],
    ["has rows of another length", `${HEADER}SECRET,N1,A1\n`],
    ["has a quotation mark in a value", `${HEADER}P1,SEC"RET,A1,B1\nP2,N2,A2,B2"\n`],
    ["has text behind a quotation mark", `${HEADER}P1,"SECRET"X,A1,B1\n`],
    ["has a quotation mark that is not closed", `${HEADER}P1,"SECRET,A1,B1\nP2,N2,A2,B2\n`],
    ["contradicts itself", `${HEADER}SECRET,N1,A1,B1\nSECRET,N2,A2,B2\n`],
    ["is not UTF-8", Buffer.from(`${HEADER}M\u00fcller SECRET,N1,A1,B1\n`, "latin1")],
    ["is no text", Buffer.alloc(5000, "SECRET\0")],
  ])("is refused, and left as it is, if it %s", (_what, content) => {
    const path = tablePath();
    writeFileSync(path, content);
    const error = thrownBy(() => openLookupTable(path));
    expect(error).toEqual(refused("LOOKUP_TABLE"));
    expect(`${(error as Error).stack} ${JSON.stringify(error)}`).not.toContain("SECRET");
    expect(readFileSync(path)).toEqual(Buffer.from(content));
    expect(pathsIn(join(path, ".."))).toEqual(["table.csv"]);
  });

  it("is refused with the line that is wrong", () => {
    const good = `P1,N1,"a\nb",B1\n`;
    const path = tablePath(`${HEADER}${good}${good}P2,N2\n`);
    expect(() => openLookupTable(path)).toThrow("line 6: not as many values as columns");
  });

  it("is refused, without its path, if it is not there or no file", () => {
    const folder = join(temporaryFolder(), "SECRET");
    mkdirSync(join(folder, "folder"), { recursive: true });
    symlinkSync(join(folder, "nowhere"), join(folder, "link"));
    for (const name of ["folder", "link", "no-such-folder/table.csv"]) {
      const error = thrownBy(() => openLookupTable(join(folder, name)));
      expect(error).toEqual(refused("BAD_INPUT"));
      expect(`${(error as Error).stack} ${JSON.stringify(error)}`).not.toContain("SECRET");
    }
    expect(pathsIn(folder)).toEqual(["link"]);
  });

  it.skipIf(process.getuid?.() === 0)("is refused if it may not be written", () => {
    const path = tablePath(HEADER);
    chmodSync(path, 0o400);
    expect(thrownBy(() => openLookupTable(path))).toEqual(refused("BAD_INPUT"));
  });
});

describe("a last line that was not finished", () => {
  const last = 'P2,"N""\u00fc,2",A2,B2\n';

  it("is ignored, and cut off by the next writer, wherever it ends", () => {
    const whole = Buffer.from(`${HEADER}P1,N1,A1,B1\n${last}`);
    const start = whole.length - Buffer.byteLength(last);
    for (let end = start; end < whole.length; end++) {
      const path = tablePath();
      writeFileSync(path, whole.subarray(0, end));
      const table = openLookupTable(path);
      table.record(row("P1", "N1", "A1", "B1"));
      expect(readFileSync(path)).toEqual(whole.subarray(0, end));
      table.record(row("P2", 'N"\u00fc,2', "A2", "B2"));
      expect(readFileSync(path)).toEqual(whole);
    }
  });

  it("is cut off also if it appears while the table is in use", () => {
    const path = tablePath();
    const table = openLookupTable(path);
    table.record(row("P1", "N1", "", ""));
    appendFileSync(path, "P2,TORN");
    expect(table.patientIdOf("P2", () => "N2")).toBe("N2");
    expect(textOf(path)).toBe(`${HEADER}P1,N1,,\nP2,N2,,\n`);
  });
});

describe("a table that others change", () => {
  it("has their rows at once", () => {
    const path = tablePath();
    const [one, other] = [openLookupTable(path), openLookupTable(path)];
    for (let i = 0; i < 20; i++) {
      const [writer, reader] = i % 2 === 0 ? [one, other] : [other, one];
      writer.record(row(`P${i}`, `N${i}`, "A", "B"));
      expect(reader.patientIdOf(`P${i}`, neverMake)).toBe(`N${i}`);
      reader.record(row(`P${i}`, `N${i}`, "A", "B"));
    }
    expect(textOf(path).split("\n")).toHaveLength(22);
  });

  it("is read anew if it became another file", () => {
    const path = tablePath(`${HEADER}P1,N1,A1,B1\nP2,N2,A2,B2\n`);
    const table = openLookupTable(path);
    writeFileSync(`${path}.other`, `${HEADER}P2,N1,A2,B2\nP3,N3,A3,B3\nP4,N4,A4,B4\n`);
    renameSync(`${path}.other`, path);
    expect(table.patientIdOf("P4", neverMake)).toBe("N4");
    expect(table.patientIdOf("P2", neverMake)).toBe("N1");
  });

  it("is read anew if it became another file that ends alike", () => {
    const end = `P2,N2,${"A".repeat(64)},B2\n`;
    const path = tablePath(`${HEADER}P1,N1,A1,B1\n${end}`);
    const table = openLookupTable(path);
    writeFileSync(`${path}.other`, `${HEADER}P3,N3,A3,B3\n${end}P4,N4,A4,B4\n`);
    renameSync(`${path}.other`, path);
    expect(table.patientIdOf("P4", neverMake)).toBe("N4");
    expect(table.patientIdOf("P3", neverMake)).toBe("N3");
  });

  it("is read anew if it was written over", () => {
    const path = tablePath(`${HEADER}P1,N1,A1,B1\n`);
    const table = openLookupTable(path);
    writeFileSync(path, `${HEADER}P2,N2,A1,B1\nP3,N3,A3,B3\n`);
    expect(table.patientIdOf("P3", neverMake)).toBe("N3");
    expect(table.patientIdOf("P2", neverMake)).toBe("N2");
  });

  it("is read anew if it became shorter", () => {
    const path = tablePath(`${HEADER}P1,N1,A1,B1\nP2,N2,A2,B2\n`);
    const table = openLookupTable(path);
    truncateSync(path, HEADER.length);
    table.record(row("P3", "N3", "", ""));
    table.record(row("P1", "other", "", ""));
    expect(textOf(path)).toBe(`${HEADER}P3,N3,,\nP1,other,,\n`);
  });

  it("is not made anew if it is gone: its rows would be missing", () => {
    const path = tablePath();
    const table = openLookupTable(path);
    rmSync(path);
    expect(thrownBy(() => table.record(row("P1", "N1", "", "")))).toEqual(refused("BAD_INPUT"));
    expect(existsSync(path)).toBe(false);
  });
});

describe("the lock", () => {
  it("is taken over if its owner died", () => {
    const path = tablePath(HEADER);
    writeFileSync(`${path}.lock`, "");
    const table = openLookupTable(path, { staleMs: 50, waitMs: 5000 });
    table.record(row("P1", "N1", "", ""));
    expect(pathsIn(join(path, ".."))).toEqual(["table.csv"]);
  });

  it("is waited for, but not for ever", () => {
    const path = tablePath(HEADER);
    writeFileSync(`${path}.lock`, "");
    const opened = () => openLookupTable(path, { staleMs: 10_000, waitMs: 50 });
    expect(thrownBy(opened)).toEqual(refused("LOOKUP_TABLE"));
    expect(existsSync(`${path}.lock`)).toBe(true);
  });

  it("is needed for writing: who lost it writes nothing", () => {
    const path = tablePath();
    const table = openLookupTable(path);
    const loseLock = () => {
      renameSync(`${path}.lock`, `${path}.lost`);
      writeFileSync(`${path}.lock`, "another's");
      return "N1";
    };
    expect(thrownBy(() => table.patientIdOf("P1", loseLock))).toEqual(refused("LOOKUP_TABLE"));
    expect(textOf(path)).toBe(HEADER);
    expect(textOf(`${path}.lock`)).toBe("another's");
  });
});

describe("a large table", () => {
  it("is read in parts, whatever lies across their ends", () => {
    const rows = Array.from(
      { length: 150_000 },
      (_, i) => `P${i},N${i},"acc\n${i},""x""",new ${i}`,
    );
    const path = tablePath(`${HEADER}${rows.join("\n")}\n`);
    // Several parts, or nothing is tested.
    expect(statSync(path).size).toBeGreaterThan(5e6);
    const table = openLookupTable(path);
    for (let i = 0; i < rows.length; i += 97) {
      table.record(row(`P${i}`, `N${i}`, `acc\n${i},"x"`, `new ${i}`));
    }
    expect(table.patientIdOf("P149999", neverMake)).toBe("N149999");
    expect(statSync(path).size).toBe(HEADER.length + rows.join("\n").length + 1);
    appendFileSync(path, "P,N\n");
    expect(() => openLookupTable(path)).toThrow("line 300002:");
  });
});

describe("writers at once", () => {
  const WRITERS = ["a", "b", "c", "d"];
  const ROWS = 50;

  const inProcesses = (folder: string) =>
    WRITERS.map(async (name) => {
      const args = ["--import", TSX, fileURLToPath(WRITER), folder, name, "4", String(ROWS)];
      return (await promisify(execFile)(process.execPath, args)).stdout;
    });

  const inThreads = (folder: string) =>
    WRITERS.map(
      (name) =>
        new Promise<string>((resolve, reject) => {
          const workerData = [folder, name, "4", String(ROWS)];
          const worker = typescriptWorker(WRITER, workerData);
          worker.once("message", resolve).once("error", reject);
        }),
    );

  it.each([
    ["processes", inProcesses],
    ["threads", inThreads],
  ])("lose, double and tear no row, and agree: %s", async (_what, start) => {
    const folder = temporaryFolder();
    const told = (await Promise.all(start(folder))).map(
      (text) => new Map(Object.entries(JSON.parse(text) as Record<string, string>)),
    );

    const [header, ...rows] = parse(textOf(join(folder, "table.csv"))) as readonly string[][];
    expect(`${header?.join()}\n`).toBe(HEADER);
    const patients = new Map(rows.map(([old = "", made = ""]) => [old, made]));
    for (const pseudonyms of told) {
      for (const [old, made] of pseudonyms) expect(patients.get(old)).toBe(made);
    }
    // 10 patients are shared, 40 of each writer; no two have one pseudonym.
    expect(patients.size).toBe(10 + 4 * 40);
    expect(new Set(patients.values()).size).toBe(patients.size);

    const pairs = rows.map(([patient, , accession]) => `${patient} ${accession}`);
    expect(new Set(pairs).size).toBe(pairs.length);
    const expected = WRITERS.flatMap((name) =>
      Array.from({ length: ROWS }, (_, i) => [`${name} ${i}`, `new ${i}`]),
    );
    const recorded = rows.filter((each) => each[2] !== "").map((each) => [each[2], each[3]]);
    expect(recorded.toSorted()).toEqual(expected.toSorted());
    expect(rows).toHaveLength(patients.size + expected.length);
    expect(pathsIn(folder).filter((path) => !path.endsWith(".ready"))).toEqual(["table.csv"]);
  });
});
