import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { Writable } from "node:stream";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { run as convert } from "../packages/converter/src/cli/run.js";
import { readFile, readText, writeFile } from "../packages/dicom-core/src/index.js";
import * as Tag from "../packages/dicom-core/src/tags.js";
import { run as pseudonymize } from "../packages/pseudonymizer/src/cli/run.js";
import { temporaryFolder, writeFiles } from "../vitest.temporary-folder.js";
import type { Children } from "./quickstart/children.mjs";
import { commandLine, QuickstartError } from "./quickstart/console.mjs";
import { createDataSteps } from "./quickstart/data-steps.mjs";
import { inventPatient, uidOf } from "./quickstart/invented-patients.mjs";
import { parseOptions } from "./quickstart/options.mjs";
import { classesOfFolders, copyByLabels, readLabels } from "./quickstart/own-classes.mjs";
import { forget, openOutput, runSteps, type Step } from "./quickstart/run-steps.mjs";

beforeEach(() => {
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  return () => log.mockRestore();
});

describe("options", () => {
  it("have defaults", () => {
    const options = parseOptions([]);
    expect(options).toMatchObject({ source: undefined, epsilon: 8, fresh: false, imageSize: 28 });
    expect(parseOptions(["--help"])).toBe("help");
  });

  it.each([
    ["an unknown one", ["--rouns", "3"], /Unknown option '--rouns'/],
    ["a round that is none", ["--rounds", "0"], /--rounds: expected a whole number from 1/],
    ["rounds in words", ["--rounds", "many"], /--rounds/],
    ["epsilon of 0", ["--epsilon", "0"], /--epsilon: expected a number above 0/],
    ["more digits than there are", ["--images", "1001"], /--images/],
    ["a source that is not there", ["--source", "/nowhere/at/all"], /there is no such folder/],
    ["labels without a source", ["--labels", "x.csv"], /goes with --source/],
  ])("refuse %s", (_, args, message) => {
    expect(() => parseOptions(args)).toThrow(message);
    expect(codeOf(() => parseOptions(args))).toBe(2);
  });

  it("refuse an output within the source, and the other way round", () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "inner"));
    for (const [source, output] of [
      [folder, join(folder, "out")],
      [join(folder, "inner"), folder],
      [folder, folder],
    ] as const) {
      expect(() => parseOptions(["--source", source, "--output", output])).toThrow(/neither/);
    }
    const beside = parseOptions([
      "--source",
      join(folder, "inner"),
      "--output",
      `${folder}/inner2`,
    ]);
    expect(beside).toMatchObject({ output: join(folder, "inner2") });
  });
});

describe("classes of one's own", () => {
  it("are folders", () => {
    const folder = temporaryFolder();
    writeFiles(folder, { "ill/1.dcm": "", "healthy/2.dcm": "", ".git/x": "", "notes.txt": "" });
    expect(classesOfFolders(folder)).toEqual(["healthy", "ill"]);
    rmSync(join(folder, "ill"), { recursive: true });
    expect(() => classesOfFolders(folder)).toThrow(/two folders or more/);
  });

  it.each([
    ["labels.csv", "﻿file,label\r\na/1.dcm,ill\r\n2.dcm,healthy\r\n"],
    ["labels.json", '{ "a/1.dcm": "ill", "2.dcm": "healthy" }'],
  ])("come from %s", (name, text) => {
    const folder = temporaryFolder();
    writeFiles(folder, { "in/a/1.dcm": "one", "in/2.dcm": "two", [name]: text });
    copyByLabels(join(folder, "in"), readLabels(join(folder, name)), join(folder, "out"));
    expect(readFileSync(join(folder, "out/ill/a/1.dcm"), "utf8")).toBe("one");
    expect(readFileSync(join(folder, "out/healthy/2.dcm"), "utf8")).toBe("two");
  });

  it.each([
    ["no JSON", "labels.json", "{", /not JSON/],
    ["other columns", "labels.csv", "name,class\na,b\n", /columns file and label/],
    ["one label", "labels.csv", "file,label\na,b\n", /two labels or more/],
    [
      "a label that leads elsewhere",
      "labels.csv",
      "file,label\na,../b\nc,d\n",
      /a name that no folder/,
    ],
  ])("are refused: %s", (_, name, text, message) => {
    const folder = temporaryFolder();
    writeFiles(folder, { [name]: text });
    expect(() => readLabels(join(folder, name))).toThrow(message);
  });

  it("are refused for files outside of the source", () => {
    const folder = temporaryFolder();
    writeFiles(folder, { "in/1.dcm": "", "2.dcm": "" });
    const labels = new Map([["../2.dcm", "ill"]]);
    const copy = () => copyByLabels(join(folder, "in"), labels, join(folder, "out"));
    expect(copy).toThrow(/not in --source/);
    expect(existsSync(join(folder, "out"))).toBe(false);
  });
});

it("gathers files of one name from several folders, and pseudonymizes each", async () => {
  const folder = temporaryFolder();
  const [source, output] = [join(folder, "in"), join(folder, "out")];
  const paths = ["A/p1/IM0001", "A/p2/IM0001", "B/p3/IM0001"];
  writeFiles(source, Object.fromEntries(paths.map((path, i) => [path, scanOf(`PATIENT-${i}`)])));
  openOutput(output);
  const options = parseOptions(["--source", source, "--output", output]);
  const steps = createDataSteps(options as Exclude<typeof options, "help">, ownCommands());
  for (const name of ["label", "pseudonymize"]) {
    await steps.find((step) => step.name === name)?.run();
  }
  const gathered = join(output, "3-pseudonymized");
  const files = readdirSync(gathered).map((name) => readFile(readFileSync(join(gathered, name))));
  const valuesOf = (tag: number) => files.map(({ dataset }) => readText(dataset, tag));
  expect(new Set(valuesOf(Tag.PatientID)).size).toBe(3);
  expect(valuesOf(Tag.IndicationLabel).sort()).toEqual(["A", "A", "B"]);
  const lookup = readFileSync(join(output, "secret/lookup.csv"), "utf8");
  for (let i = 0; i < 3; i++) expect(lookup).toContain(`PATIENT-${i}`);
});

it("quotes what a shell would read", () => {
  expect(commandLine("x", ["a b", "it's", "--skew", "$HOME"])).toBe(
    `x 'a b' 'it'\\''s' --skew '$HOME'`,
  );
});

it("keeps folders in commands by their variables", () => {
  const variables = [
    { name: "SOURCE", path: join("/a", "in") },
    { name: "OUTPUT", path: "/a" },
  ];
  const args = ["/a/in", "/a/in/b c", "/a/inner", "/ab"];
  expect(commandLine("x", args, variables)).toBe(`x "$SOURCE" "$SOURCE"'/b c' "$OUTPUT"/inner /ab`);
});

it("invents patients who are always the same, each with an ID of its own", () => {
  const patients = Array.from({ length: 2000 }, (_, number) => inventPatient(number, 7));
  expect(new Set(patients.map(({ id }) => id)).size).toBe(2000);
  expect(inventPatient(5, 7)).toEqual(patients[5]);
  expect(inventPatient(5, 8)).not.toEqual(patients[5]);
  for (const { birthDate, studyDate, age } of patients) {
    expect(birthDate < studyDate).toBe(true);
    expect(age).toMatch(/^0[1-9]\dY$/);
  }
  expect(uidOf("x")).toMatch(/^2\.25\.(0|[1-9]\d{0,38})$/);
});

describe("steps", () => {
  const children = { typed: () => [] };

  /** Writes what it did to `log`, and a file; ends with an error where it is told to. */
  function stepsOf(folder: string, log: string[], failing: readonly string[] = []): Step[] {
    return ["one", "two", "three"].map((name) => ({
      name,
      title: name,
      outputs: [name],
      goesOn: name === "three",
      run: async () => {
        const file = join(folder, name);
        log.push(existsSync(file) ? `${name} on` : name);
        writeFileSync(file, "");
        if (failing.includes(name)) throw new QuickstartError("failed");
        return undefined;
      },
    }));
  }

  it("go on with the one that was not finished, from its beginning", async () => {
    const folder = temporaryFolder();
    const log: string[] = [];
    openOutput(folder);
    await expect(runSteps(folder, stepsOf(folder, log, ["two"]), children)).rejects.toThrow(
      "failed",
    );
    openOutput(folder);
    await runSteps(folder, stepsOf(folder, log), children);
    await runSteps(folder, stepsOf(folder, log), children);
    expect(log).toEqual(["one", "two", "two", "three"]);
  });

  it("go on in the midst of one that can", async () => {
    const folder = temporaryFolder();
    const log: string[] = [];
    openOutput(folder);
    const failing = stepsOf(folder, log, ["three"]);
    await expect(runSteps(folder, failing, children)).rejects.toThrow("failed");
    await runSteps(folder, stepsOf(folder, log), children);
    expect(log).toEqual(["one", "two", "three", "three on"]);
  });

  it("are done again from where settings differ, or an output is gone", async () => {
    const folder = temporaryFolder();
    const log: string[] = [];
    openOutput(folder);
    await runSteps(folder, stepsOf(folder, log), children);
    log.length = 0;
    const other = stepsOf(folder, log).map((step) =>
      step.name === "two" ? { ...step, settings: 1 } : step,
    );
    await runSteps(folder, other, children);
    expect(log).toEqual(["two", "three"]);
    log.length = 0;
    rmSync(join(folder, "one"));
    await runSteps(folder, other, children);
    expect(log).toEqual(["one", "two", "three"]);
  });

  it("leave alone what they did not write", async () => {
    const folder = temporaryFolder();
    writeFiles(folder, { "thesis.txt": "years of work" });
    expect(() => openOutput(folder)).toThrow(/did not write/);
    expect(readdirSync(folder)).toEqual(["thesis.txt"]);
    rmSync(join(folder, "thesis.txt"));
    openOutput(folder);
    if (process.platform !== "win32") {
      expect(statSync(join(folder, "secret")).mode & 0o777).toBe(0o700);
    }
    const log: string[] = [];
    await runSteps(folder, stepsOf(folder, log), children);
    writeFiles(folder, { "mine.txt": "" });
    forget(folder, stepsOf(folder, log));
    expect(readdirSync(folder).sort()).toEqual(["mine.txt", "secret"]);
    expect(readdirSync(join(folder, "secret"))).toEqual(["state.json"]);
  });
});

/** The commands of the packages, as they are in the sources. */
function ownCommands(): Children {
  const programs = { "dsail-convert": convert, "dsail-pseudonymize": pseudonymize };
  const others = { start: unused, nameFolders: unused, typed: unused, endAll: unused };
  return {
    ...{ ...others, note: () => {} },
    run: async (name, args) => {
      let text = "";
      const stream = new Writable({
        write: (chunk, _, done) => {
          text += String(chunk);
          done();
        },
      });
      const run = programs[name as keyof typeof programs];
      expect(await run(args, { out: stream, error: stream }), text).toBe(0);
      return text;
    },
  };
}

function unused(): never {
  throw new Error("not expected");
}

function scanOf(patient: string): Uint8Array {
  const SOP_CLASS = "1.2.840.10008.5.1.4.1.1.7";
  return writeFile([
    { tag: Tag.SOPClassUID, value: SOP_CLASS },
    { tag: Tag.SOPInstanceUID, value: uidOf(patient) },
    { tag: Tag.PatientID, value: patient },
  ]);
}

function codeOf(act: () => unknown): number | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    return error instanceof QuickstartError ? error.exitCode : undefined;
  }
}
