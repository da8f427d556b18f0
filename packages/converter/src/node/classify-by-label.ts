/**
 * Sorts images and DICOM files into folders by their labels.
 *
 * @module
 */
import { join } from "node:path";
import type { TagNumber } from "@dsail/dicom-core";
import { ConverterError } from "../errors.js";
import { LABEL_TAG } from "../label/read-label.js";
import { isName } from "../relative-path.js";
import { assertPortable, listFiles } from "./list-files.js";
import { kindOfName, readDicomTexts } from "./read-label-of-file.js";
import { readSidecar, type Sidecar } from "./sidecar.js";
import { resolveFolders, type Transfer, type TransferOptions, transfer } from "./transfer.js";

export interface ClassifyOptions extends TransferOptions {
  /** Where the label is. Default (0014,2016) Indication Label. */
  readonly tag?: TagNumber;
  /** The folder of the JSON files of images, which has the same folders in it. Default: they lie beside the images. */
  readonly metadata?: string;
  /** Leave files that have no label where they are, instead of refusing all. Default false. */
  readonly skipUnlabelled?: boolean;
  /** Of each file that has no label, one that cannot be a folder's name, or cannot be read; its path is relative, with `/`. */
  readonly onProblem?: (path: string, error: unknown) => void;
}

/** What was done. */
export interface Classified {
  /** Images and DICOM files by their labels, in order of these; JSON files are not counted. */
  readonly counts: readonly { readonly label: string; readonly count: number }[];
  /** Files without a label, which stay where they are. */
  readonly unlabelled: number;
  /** Files that are of no image, hidden ones, links and the like, which stay where they are. */
  readonly skipped: number;
}

/** A file, and what was found. */
interface Labelled {
  readonly path: string;
  readonly kind: "PNG" | "BMP" | "DICOM";
  readonly label: string;
  readonly sidecar: Sidecar | undefined;
}

/** No name of a folder is longer than 255 bytes; `METADATA`'s have five more. */
const MAX_LABEL_BYTES = 200;

/**
 * Brings each PNG, BMP and DICOM file below a folder to `<output>/IMAGES/PNG-<label>/…`, `BMP-<label>`, `DICOM-<label>`, and the JSON
 * files of these to `<output>/METADATA/JSON-<label>/…`, with the paths that they have below the folder. The label of a DICOM file is
 * its own; that of an image is in its JSON file.
 *
 * A move that was interrupted goes on when it is asked for again; only the JSON file of what was moved last may stay where it was.
 *
 * @throws {@link ConverterError} `LABEL_MISSING`, `BAD_LABEL`, `BAD_INPUT`, `TARGET_EXISTS`, `FOLDERS_OVERLAP`, all before anything is
 * written; `COPY_DIFFERS`; the signal's reason
 */
export async function classifyByLabel(
  folder: string,
  output: string,
  options: ClassifyOptions = {},
): Promise<Classified> {
  const folders = await resolveFolders(folder, output);
  const metadata =
    options.metadata === undefined
      ? folders.input
      : (await resolveFolders(options.metadata, output)).input;
  const listed = await listFiles(folders.input);
  assertPortable(listed.paths);
  const { labelled, unlabelled } = await readLabels(folders.input, metadata, listed.paths, options);
  const transfers: Transfer[] = [];
  const sidecars = new Set<string>();
  // From the last to the first, so that a sidecar comes behind all of its images: should a move be interrupted, those that are left
  // still have their labels.
  for (const { path, kind, label, sidecar } of labelled.toReversed()) {
    if (sidecar !== undefined && !sidecars.has(sidecar.path)) {
      sidecars.add(sidecar.path);
      const to = `METADATA/JSON-${label}/${sidecar.path}`;
      transfers.push({ root: metadata, from: sidecar.path, to });
    }
    transfers.push({ from: path, to: `IMAGES/${kind}-${label}/${path}` });
  }
  await transfer(folders, transfers.reverse(), options);
  const moved = new Set([...sidecars].map((path) => join(metadata, path)));
  const left = listed.paths.filter((path) => !moved.has(join(folders.input, path)));
  return {
    counts: countsOf(labelled),
    unlabelled,
    skipped: listed.skipped + left.length - labelled.length - unlabelled,
  };
}

async function readLabels(
  input: string,
  metadata: string,
  paths: readonly string[],
  { tag = LABEL_TAG, skipUnlabelled = false, onProblem, signal }: ClassifyOptions,
): Promise<{ readonly labelled: readonly Labelled[]; readonly unlabelled: number }> {
  const labelled: Labelled[] = [];
  const problems = { unread: 0, bad: 0, missing: 0 };
  const tell = (problem: keyof typeof problems, path: string, error: unknown) => {
    problems[problem] += 1;
    onProblem?.(path, error);
  };
  for (const path of paths) {
    signal?.throwIfAborted();
    let found: Omit<Labelled, "label"> & { readonly label: string | undefined };
    try {
      const read = await readOne(input, metadata, path, tag);
      if (read === undefined) continue;
      found = read;
    } catch (error) {
      tell("unread", path, error);
      continue;
    }
    const { label } = found;
    if (label === undefined) tell("missing", path, missing("the file has no label"));
    else if (!isFolderLabel(label)) tell("bad", path, badLabel("the label cannot name a folder"));
    else labelled.push({ ...found, label });
  }
  const { unread, bad } = problems;
  const all = labelled.length + unread + bad + problems.missing;
  if (unread > 0) throw new ConverterError("BAD_INPUT", `${unread} of ${all} files cannot be read`);
  if (bad > 0) throw badLabel(`${bad} of ${all} files have a label that cannot name a folder`);
  if (problems.missing > 0 && !skipUnlabelled) {
    throw missing(`${problems.missing} of ${all} files have no label`);
  }
  if (labelled.length === 0) throw new ConverterError("BAD_INPUT", "the input has no such files");
  const labels = new Set(labelled.map(({ label }) => label));
  if (new Set([...labels].map((label) => label.toLowerCase())).size < labels.size) {
    throw badLabel("two labels differ only in capitals: many systems take them for one folder");
  }
  return { labelled, unlabelled: problems.missing };
}

/** @returns undefined if this is neither an image nor DICOM */
async function readOne(input: string, metadata: string, path: string, tag: TagNumber) {
  const kind = kindOfName(path);
  if (kind === "JSON") return undefined;
  if (kind !== undefined) {
    const sidecar = await readSidecar(metadata, path, tag);
    return { path, kind, sidecar, label: sidecar?.texts[0] || undefined };
  }
  const texts = await readDicomTexts(join(input, path), tag);
  if (texts === undefined) return undefined;
  return {
    path,
    kind: "DICOM" as const,
    sidecar: await readSidecar(metadata, path, tag),
    label: texts[0] || undefined,
  };
}

/** Whether a label can be part of the name of a folder, here and on Windows. */
function isFolderLabel(label: string): boolean {
  return (
    isName(label) &&
    !/[<>"|?*]|[. ]$/.test(label) &&
    new TextEncoder().encode(label).length <= MAX_LABEL_BYTES
  );
}

function countsOf(labelled: readonly Labelled[]): Classified["counts"] {
  const counts = new Map<string, number>();
  for (const { label } of labelled) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([label, count]) => ({ label, count }));
}

function missing(why: string): ConverterError {
  return new ConverterError("LABEL_MISSING", why);
}

function badLabel(why: string): ConverterError {
  return new ConverterError("BAD_LABEL", why);
}
