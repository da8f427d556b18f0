/**
 * Saves the new files, by their new names.
 *
 * @module
 */
import { Zip, ZipPassThrough } from "fflate";
import type { PlannedFile } from "./plan-file.ts";

/** Limits of a ZIP file without extensions. */
export const MAX_ZIP = { files: 65_535, bytes: 2 ** 32 - 2 ** 24 } as const;

/** Bytes after which the browser is handed what there is, which it may keep on the disk. */
const HAND_OVER_BYTES = 64 * 1024 * 1024;

/** A ZIP file. Nothing is compressed: DICOM gets little smaller, and viewers need not wait. */
export async function zipOf(
  files: readonly PlannedFile[],
  onFile: (done: number) => void,
): Promise<Blob> {
  let archive = new Blob();
  let chunks: Uint8Array<ArrayBuffer>[] = [];
  let waiting = 0;
  const zip = new Zip((error, chunk) => {
    if (error !== null) throw error;
    chunks.push(chunk as Uint8Array<ArrayBuffer>);
    waiting += chunk.length;
  });
  for (const [i, { target, content }] of files.entries()) {
    const entry = new ZipPassThrough(target);
    entry.mtime = new Date(1980, 0, 1); // the same files and key give the same archive
    zip.add(entry);
    for await (const chunk of chunksOf(content)) {
      entry.push(chunk);
      if (waiting < HAND_OVER_BYTES) continue;
      archive = new Blob([archive, ...chunks]);
      chunks = [];
      waiting = 0;
    }
    entry.push(new Uint8Array(), true);
    onFile(i + 1);
  }
  zip.end();
  return new Blob([archive, ...chunks], { type: "application/zip" });
}

/** Not every browser lets streams be iterated. */
async function* chunksOf(blob: Blob): AsyncGenerator<Uint8Array> {
  const reader = blob.stream().getReader();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    yield value;
  }
}

/** Writes into a folder that the user has chosen, one file after the other. */
export async function writeInto(
  folder: FileSystemDirectoryHandle,
  files: readonly PlannedFile[],
  onFile: (done: number) => void,
): Promise<void> {
  for (const [i, { target, content }] of files.entries()) {
    const names = target.split("/");
    const name = names.pop() ?? target;
    let place = folder;
    for (const part of names) place = await place.getDirectoryHandle(part, { create: true });
    const handle = await place.getFileHandle(name, { create: true });
    await content.stream().pipeTo(await handle.createWritable());
    onFile(i + 1);
  }
}

/** Hands a file to the browser's downloads. */
export function download(content: Blob, name: string): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser has to have begun to read it.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
