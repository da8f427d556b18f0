import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeFile } from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  pathsIn,
  stateOf,
  temporaryFolder,
  writeFiles,
} from "../../../../vitest.temporary-folder.js";
import { LABEL_TAG } from "../label/read-label.js";
import { classifyByLabel } from "./classify-by-label.js";

const json = (label?: string, patient = "P1") =>
  JSON.stringify({
    "00100020": { vr: "LO", Value: [patient] },
    ...(label === undefined ? {} : { "00142016": { vr: "SH", Value: [label] } }),
  });

const dicom = (label?: string) =>
  writeFile([
    { tag: Tag.PatientID, value: "P1" },
    ...(label === undefined ? [] : [{ tag: LABEL_TAG, value: label }]),
  ]);

const dataset = () => ({
  "P1/x.png": "x",
  "P1/x.json": json("ill"),
  "P1/m.0001.png": "m 1",
  "P1/m.0002.png": "m 2",
  "P1/m.json": json("healthy"),
  "P2/x.BMP": "x of P2",
  "P2/x.json": json("healthy"),
  "P2/IM0001": dicom("ill"),
  "notes.txt": "",
});

const slashed = (folder: string) => pathsIn(folder).map((path) => path.replaceAll("\\", "/"));
const refusal = (code: string) => expect.objectContaining({ name: "ConverterError", code });

const expected = [
  "IMAGES/BMP-healthy/P2/x.BMP",
  "IMAGES/DICOM-ill/P2/IM0001",
  "IMAGES/PNG-healthy/P1/m.0001.png",
  "IMAGES/PNG-healthy/P1/m.0002.png",
  "IMAGES/PNG-ill/P1/x.png",
  "METADATA/JSON-healthy/P1/m.json",
  "METADATA/JSON-healthy/P2/x.json",
  "METADATA/JSON-ill/P1/x.json",
];

describe("classifyByLabel", () => {
  it("tells in a dry run what it would do, and writes nothing", async () => {
    const [input, output] = [temporaryFolder(), join(temporaryFolder(), "new")];
    writeFiles(input, dataset());
    const before = stateOf(input);
    const dry = await classifyByLabel(input, output, { mode: "move", dryRun: true });
    expect([stateOf(input), pathsIn(output)]).toEqual([before, []]);
    writeFiles(output, { "IMAGES/PNG-ill/P1/x.png": "other" });
    const refused = classifyByLabel(input, output, { dryRun: true });
    await expect(refused).rejects.toThrow(refusal("TARGET_EXISTS"));
    rmSync(output, { recursive: true });
    expect(await classifyByLabel(input, output, { mode: "move" })).toEqual(dry);
  });

  it("copies images, DICOM and JSON into folders of their labels", async () => {
    const [input, output] = [temporaryFolder(), join(temporaryFolder(), "new")];
    writeFiles(input, dataset());
    const before = stateOf(input);
    expect(await classifyByLabel(input, output)).toEqual({
      counts: [
        { label: "healthy", count: 3 },
        { label: "ill", count: 2 },
      ],
      unlabelled: 0,
      skipped: 1,
    });
    expect(stateOf(input)).toEqual(before);
    expect(slashed(output)).toEqual(expected);
    expect(readFileSync(join(output, "IMAGES/PNG-healthy/P1/m.0002.png"), "utf8")).toBe("m 2");
  });

  it("moves, from a folder of JSON files apart", async () => {
    const [input, metadata, output] = [temporaryFolder(), temporaryFolder(), temporaryFolder()];
    const files = Object.entries(dataset());
    const isJson = ([path]: readonly [string, unknown]) => path.endsWith(".json");
    writeFiles(input, Object.fromEntries(files.filter((file) => !isJson(file))));
    writeFiles(metadata, Object.fromEntries(files.filter(isJson)));
    writeFiles(metadata, { "of-no-image.json": json("ill") });
    const { skipped } = await classifyByLabel(input, output, { metadata, mode: "move" });
    expect(skipped).toBe(1);
    expect(slashed(output)).toEqual(expected);
    expect(slashed(input)).toEqual(["notes.txt"]);
    expect(slashed(metadata)).toEqual(["of-no-image.json"]);
  });

  it("goes on after a move that was stopped anywhere", async () => {
    for (let at = 1; at < expected.length; at++) {
      const [input, output] = [temporaryFolder(), temporaryFolder()];
      writeFiles(input, dataset());
      const stop = new AbortController();
      const run = classifyByLabel(input, output, {
        mode: "move",
        signal: stop.signal,
        onProgress: (done) => done === at && stop.abort(),
      });
      await expect(run).rejects.toThrow(expect.objectContaining({ name: "AbortError" }));
      const left = slashed(input).length - 1;
      expect(left).toBe(expected.length - at);
      // A JSON file behind its last image may stay; every image gets to its label.
      await classifyByLabel(input, output, { mode: "move" }).catch((error) =>
        expect(error).toMatchObject({ code: "BAD_INPUT" }),
      );
      expect(slashed(input).filter((path) => !/json$|notes/.test(path))).toEqual([]);
      expect(slashed(output).filter((path) => path.startsWith("IMAGES"))).toEqual(
        expected.slice(0, 5),
      );
    }
  });

  it("takes any attribute for the label", async () => {
    const [input, output] = [temporaryFolder(), temporaryFolder()];
    writeFiles(input, { "x.png": "x", "x.json": json(undefined, "P7") });
    await classifyByLabel(input, output, { tag: Tag.PatientID });
    expect(slashed(output)).toEqual(["IMAGES/PNG-P7/x.png", "METADATA/JSON-P7/x.json"]);
  });

  it("refuses files without a label, and tells which, or leaves them if told to", async () => {
    const [input, output] = [temporaryFolder(), temporaryFolder()];
    writeFiles(input, {
      ...dataset(),
      "y.png": "y",
      "z.png": "z",
      "z.json": json(),
      "d.dcm": dicom(),
    });
    const told: string[] = [];
    const onProblem = (path: string) => told.push(path);
    const run = classifyByLabel(input, output, { onProblem });
    await expect(run).rejects.toThrow(refusal("LABEL_MISSING"));
    await expect(run).rejects.toThrow("3 of 8 files have no label");
    expect(told).toEqual(["d.dcm", "y.png", "z.png"]);
    expect(pathsIn(output)).toEqual([]);
    const result = await classifyByLabel(input, output, { skipUnlabelled: true });
    expect(result).toMatchObject({ unlabelled: 3, skipped: 2 }); // z.json and notes.txt
    expect(slashed(output)).toEqual(expected);
  });

  it.each(["../ill", "a/b", "a:b", "a?", "ill.", "ill\u0001", "x".repeat(201)])(
    "refuses the label %j, and does not quote it",
    async (label) => {
      const [input, output] = [temporaryFolder(), temporaryFolder()];
      writeFiles(input, { ...dataset(), "y.png": "y", "y.json": json(label) });
      const run = classifyByLabel(input, output);
      await expect(run).rejects.toThrow(refusal("BAD_LABEL"));
      await expect(run).rejects.toThrow("1 of 6 files have a label that cannot name a folder");
      expect(pathsIn(output)).toEqual([]);
    },
  );

  it("refuses labels that differ in capitals only", async () => {
    const [input, output] = [temporaryFolder(), temporaryFolder()];
    writeFiles(input, { "x.png": "x", "x.json": json("ill"), "y.png": "y", "y.json": json("Ill") });
    await expect(classifyByLabel(input, output)).rejects.toThrow(refusal("BAD_LABEL"));
  });

  it("refuses broken files, an empty folder, an output that overlaps, and files that are there", async () => {
    const [input, output] = [temporaryFolder(), temporaryFolder()];
    await expect(classifyByLabel(input, output)).rejects.toThrow(refusal("BAD_INPUT"));
    writeFiles(input, { "x.png": "x", "x.json": '{"00142016": Doe' });
    const run = classifyByLabel(input, output);
    await expect(run).rejects.toThrow(refusal("BAD_INPUT"));
    await expect(run).rejects.not.toThrow(/Doe/);
    const inside = join(input, "out");
    await expect(classifyByLabel(input, inside)).rejects.toThrow(refusal("FOLDERS_OVERLAP"));
    const other = classifyByLabel(output, join(temporaryFolder(), "o"), { metadata: inside });
    await expect(other).rejects.toThrow(refusal("BAD_INPUT"));
    rmSync(join(input, "x.json"));
    writeFiles(input, { "x.json": json("ill") });
    writeFiles(output, { "METADATA/JSON-ill/x.json": "old" });
    await expect(classifyByLabel(input, output)).rejects.toThrow(refusal("TARGET_EXISTS"));
    expect(slashed(output)).toEqual(["METADATA/JSON-ill/x.json"]);
  });

  it("brings every file of any folder to its own label, with its bytes", async () => {
    const name = fc.stringMatching(/^[a-c]{1,2}$/);
    const file = fc.record({
      path: fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join("/")),
      kind: fc.constantFrom("png" as const, "bmp" as const, "dcm" as const),
      label: fc.constantFrom("one", "two", "three"),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(file, { minLength: 1, selector: ({ path }) => path }),
        async (files) => {
          const [input, output] = [temporaryFolder(), temporaryFolder()];
          const wanted: string[] = [];
          for (const { path, kind, label } of files) {
            // A folder may have the name that a file has without its extension, not with it.
            writeFiles(input, { [`${path}.${kind}`]: kind === "dcm" ? dicom(label) : path });
            wanted.push(
              `IMAGES/${kind === "dcm" ? "DICOM" : kind.toUpperCase()}-${label}/${path}.${kind}`,
            );
            if (kind === "dcm") continue;
            writeFiles(input, { [`${path}.json`]: json(label) });
            wanted.push(`METADATA/JSON-${label}/${path}.json`);
          }
          const { counts } = await classifyByLabel(input, output);
          expect(slashed(output)).toEqual(wanted.sort());
          expect(counts.reduce((sum, { count }) => sum + count, 0)).toBe(files.length);
          for (const path of wanted) {
            const source = path.split("/").slice(2).join("/");
            expect(readFileSync(join(output, path)).equals(readFileSync(join(input, source)))).toBe(
              true,
            );
          }
        },
      ),
      { numRuns: 30, endOnFailure: true },
    );
  });
});
