/**
 * Decomposes the corpus and composes it again: without loss the frames and metadata must be the same. Leaves the
 * composed files in a folder, under the names of the originals, for dciodvfy.
 *
 *     DSAIL_CORPUS=CORPUS tsx --conditions=@dsail/source test/corpus/decompose-compose.ts OUTPUT
 *
 * @module
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { composeFolder, type DecomposeOptions, decomposeFolder } from "@dsail/converter/node";
import {
  type DicomFile,
  datasetToJson,
  findElement,
  isDicomError,
  readFile,
} from "@dsail/dicom-core";
import { type Frame, openFrames } from "@dsail/dicom-core/pixel-data";
import * as Tag from "@dsail/dicom-core/tags";

const [output] = process.argv.slice(2);
const corpus = process.env["DSAIL_CORPUS"];
if (output === undefined || corpus === undefined) {
  throw new Error("usage: DSAIL_CORPUS=CORPUS decompose-compose.ts OUTPUT");
}
const failures: string[] = [];
/** They say that they are images, and have no pixels. */
const REFUSED: ReadonlySet<string> = new Set([
  "presidio/0_ORIGINAL_no_pixels.json",
  "pydicom/chrJapMulti.json",
  "pydicom/chrJapMultiExplicitIR6.json",
  "pydicom/chrKoreanMulti.json",
]);
/** What is not left for dciodvfy, and why: it would tell of what was wrong, or not looked at, before. */
const NOT_FOR_DCIODVFY: ReadonlyMap<string, string> = new Map([
  ["pydicom-data/bad_sequence.dcm", "its UID is wrong, and is in the meta information now"],
  ["dcm4che/no_preamble_dicm_in_data", "it cannot read the original to its end"],
  ["pydicom/rtdose.dcm", "wrong UIDs, not checked in an RT Dose"],
  ["pydicom/rtdose_1frame.dcm", "the same"],
  ["pydicom/rtdose_expb.dcm", "the same"],
  ["pydicom/rtdose_expb_1frame.dcm", "the same"],
  ["pydicom/rtdose_rle.dcm", "the same"],
  ["pydicom/rtdose_rle_1frame.dcm", "the same"],
  ["highdicom/dx_image.dcm", "an anatomic region of two items, which digital X-ray may have"],
  ["dcm4che/YBR_FULL-RLE.dcm", "YCbCr that is not compressed, as its JSON has it"],
]);
const names = readdirSync(corpus, { recursive: true, encoding: "utf8" }).sort();

/** Which way, and whether the stored values come through it. */
const WAYS = [
  ["stored", { mode: "full" }, true],
  ["json", { frames: "first", removeImageInJson: false }, true],
  ["rendered", { mode: "voi" }, false],
] as const satisfies readonly (readonly [string, DecomposeOptions, boolean])[];

/** What says how pixels are stored; text is UTF-8 now. */
const STORAGE = [
  ...["7FE00010", "7FE00008", "7FE00009", "7FE00001", "7FE00002", "7FE00003"],
  ...["00280102", "00280006", "00280004", "00080005", "00880200"],
];

for (const [way, options, isStored] of WAYS) await go(way, options, isStored);
for (const failure of failures.slice(0, 30)) console.log(failure);
if (failures.length > 0) process.exitCode = 1;

async function go(way: string, options: DecomposeOptions, isStored: boolean): Promise<void> {
  const parts = join(output as string, `${way}-parts`);
  const whole = join(output as string, way);
  const reasons = new Map<string, number>();
  const count = (code: string) => reasons.set(code, (reasons.get(code) ?? 0) + 1);
  const decomposed = await decomposeFolder(corpus as string, parts, {
    ...options,
    onFile: (outcome) => outcome.kind === "failed" && count(`decompose ${outcome.code}`),
  });
  // Where pixels are in the JSON, its picture is not meant.
  if (way === "json") removeImages(parts);
  const composed = await composeFolder(parts, whole, {
    onFile: (outcome) => {
      if (outcome.kind === "failed" && !REFUSED.has(outcome.path)) {
        count(`compose ${outcome.code}`);
        failures.push(
          `${way}: ${outcome.path}: ${outcome.code} ${outcome.message} ${outcome.at ?? ""}`,
        );
      }
    },
  });
  const counts = { same: 0, converted: 0 };
  for (const name of names) {
    const made = join(whole, `${name.replace(/\.(?:dcm|dicom|dic|ima)$/i, "")}.dcm`);
    if (!existsSync(made) || !existsSync(join(corpus as string, name))) continue;
    const before = readFile(readFileSync(join(corpus as string, name)));
    const after = readFile(readFileSync(made));
    const target = join(whole, name);
    if (NOT_FOR_DCIODVFY.has(name)) {
      rmSync(made);
    } else if (target !== made) {
      mkdirSync(dirname(target), { recursive: true });
      renameSync(made, target);
    }
    if (!isStored) continue;
    const frames = await framesOf(before);
    // Palettes and YCbCr are RGB in a PNG.
    const photometric = frames[0]?.photometricInterpretation ?? "RGB";
    if (way === "stored" && !/^(MONOCHROME[12]|RGB)$/.test(photometric)) {
      counts.converted++;
      continue;
    }
    compareFrames(`${way}: ${name}`, frames, await framesOf(after));
    compareMetadata(`${way}: ${name}`, before, after);
    counts.same++;
  }
  rmSync(parts, { recursive: true, force: true });
  console.log(
    `${way}: ${decomposed.done} decomposed, ${composed.done} composed; frames and metadata compared of ${counts.same}, ` +
      `RGB of another colour space ${counts.converted}; ${JSON.stringify(Object.fromEntries(reasons))}`,
  );
  if (composed.done < 250) failures.push(`${way}: only ${composed.done} files`);
}

function removeImages(folder: string): void {
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (name.endsWith(".png")) rmSync(join(folder, name));
  }
}

async function framesOf(file: DicomFile): Promise<readonly Frame[]> {
  if (findElement(file.dataset, Tag.Rows) === undefined) return [];
  const { count, readFrame } = await openFrames(file);
  return Promise.all(Array.from({ length: count }, (_, index) => readFrame(index)));
}

function compareFrames(name: string, before: readonly Frame[], after: readonly Frame[]): void {
  const isSame =
    before.length === after.length &&
    before.every((frame, i) => {
      const { samples } = after[i] as Frame;
      return (
        frame.samples.length === samples.length &&
        frame.samples.every((sample, at) => Object.is(sample, samples[at]))
      );
    });
  if (!isSame) failures.push(`${name}: other pixels`);
}

function compareMetadata(name: string, before: DicomFile, after: DicomFile): void {
  try {
    const [a, b] = [before, after].map(({ dataset }) => {
      const elements = dataset.elements.filter(({ encapsulated }) => !encapsulated);
      return datasetToJson({ ...dataset, elements });
    });
    for (const tag of new Set([...Object.keys(a ?? {}), ...Object.keys(b ?? {})])) {
      // An item has the character set of what is around it.
      const values = [a?.[tag], b?.[tag]].map((element) =>
        JSON.stringify(element, (key, value) => (key === "00080005" ? undefined : value)),
      );
      if (!STORAGE.includes(tag) && values[0] !== values[1]) failures.push(`${name}: other ${tag}`);
    }
  } catch (error) {
    if (!isDicomError(error)) throw error;
    failures.push(`${name}: ${error.code}`);
  }
}
