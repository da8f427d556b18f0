/**
 * Copies or moves one file, such that there is never less of it than one whole copy, and no other file is replaced.
 *
 * @module
 */
import { createHash, randomUUID } from "node:crypto";
import { type FileHandle, link, lstat, open, rename, unlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ConverterError } from "../errors.js";
import { codeOf } from "./file-system-error.js";

const CHUNK_BYTES = 1024 * 1024;

/** File systems that cannot link, or not to there, answer with one of these. */
const NO_LINKS: ReadonlySet<string | undefined> = new Set([
  ...["EXDEV", "EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"],
]);

/**
 * @returns the SHA-256 of what was copied
 * @throws {@link ConverterError} `TARGET_EXISTS`; errors of the file system. No target is left behind then.
 */
export async function copyFile(source: string, target: string): Promise<string> {
  let digest = "";
  await writeWhole(target, async (file) => {
    digest = await copyInto(source, file);
  });
  return digest;
}

/**
 * Moves a file: by a second link to it, after which the first is removed; or, to another device, by {@link moveByCopy}.
 *
 * A target that is the same file, or has the same bytes, is what a move leaves that was killed in between: the move is finished.
 *
 * @throws {@link ConverterError} `TARGET_EXISTS`, `COPY_DIFFERS`; errors of the file system. The source is still there then.
 */
export async function moveFile(source: string, target: string): Promise<void> {
  try {
    // Not rename, which would replace a target.
    await link(source, target);
  } catch (error) {
    const isThere = codeOf(error) === "EEXIST";
    if (!isThere && !NO_LINKS.has(codeOf(error))) throw error;
    if (await isSameFile(source, target)) return removeSecond(source, target);
    if (isThere) throw targetExists();
    return moveByCopy(source, target);
  }
  await unlink(source);
}

/** Whether the target is there, and is the source or has the same bytes. */
export async function isSameFile(source: string, target: string): Promise<boolean> {
  try {
    const [a, b] = await Promise.all([lstat(source), lstat(target)]);
    if (!a.isFile() || !b.isFile() || a.size !== b.size) return false;
    if (a.dev === b.dev && a.ino === b.ino) return true;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw error;
  }
  return (await digestOf(source)) === (await digestOf(target));
}

/** Removes one of two names of the same bytes, unless both are one: a folder that is mounted twice has every file twice. */
async function removeSecond(source: string, target: string): Promise<void> {
  const aside = join(dirname(source), `.${randomUUID()}.tmp`);
  await rename(source, aside);
  try {
    await lstat(target);
  } catch {
    await rename(aside, source);
    throw targetExists();
  }
  await unlink(aside);
}

/** Copies, waits for the disk, reads the copy again, and only if it is the same removes the source. */
export async function moveByCopy(source: string, target: string): Promise<void> {
  let written = "";
  await writeWhole(
    target,
    async (file) => {
      written = await copyInto(source, file);
    },
    async (temporary) => {
      if ((await digestOf(temporary)) !== written) {
        throw new ConverterError("COPY_DIFFERS", "a copy differs from its source, which is kept");
      }
    },
  );
  await syncFolder(dirname(target));
  await unlink(source);
}

/**
 * Writes a file that is still to get its name, in the folder of it. Does not wait for the disk: it can be made again.
 *
 * @returns where it is
 * @throws errors of the file system. Nothing is left behind then.
 */
export async function writeTemporary(
  target: string,
  content: Uint8Array | string,
): Promise<string> {
  const temporary = join(dirname(target), `.${randomUUID()}.tmp`);
  try {
    await writeFile(temporary, content, { flag: "wx" });
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
  return temporary;
}

/**
 * Gives a file its name.
 *
 * @throws {@link ConverterError} `TARGET_EXISTS` unless a file may be replaced; errors of the file system. The file is
 * where it was then.
 */
export async function giveName(
  temporary: string,
  target: string,
  overwrite: boolean,
): Promise<void> {
  if (overwrite) await rename(temporary, target);
  else await renameUnlessThere(temporary, target);
}

/** Writes a file of text that is there as a whole or not at all. */
export async function writeNewText(target: string, text: string): Promise<void> {
  await writeWhole(target, (file) => file.writeFile(text));
  await syncFolder(dirname(target));
}

/** Writes to a name that says nothing, waits for the disk, checks, and only then gives the file its name. */
async function writeWhole(
  target: string,
  write: (file: FileHandle) => Promise<unknown>,
  check: (temporary: string) => Promise<void> = async () => undefined,
): Promise<void> {
  const temporary = join(dirname(target), `.${randomUUID()}.tmp`);
  const file = await open(temporary, "wx");
  try {
    try {
      await write(file);
      await file.sync();
    } finally {
      await file.close();
    }
    await check(temporary);
    await renameUnlessThere(temporary, target);
  } catch (error) {
    // The first error is the one to tell.
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
}

async function renameUnlessThere(temporary: string, target: string): Promise<void> {
  try {
    await link(temporary, target);
  } catch (error) {
    if (codeOf(error) === "EEXIST") throw targetExists();
    if (!NO_LINKS.has(codeOf(error))) throw error;
    // Taking the name first keeps others from taking it.
    await takeName(target);
    try {
      await rename(temporary, target);
    } catch (failure) {
      await unlink(target);
      throw failure;
    }
    return;
  }
  await unlink(temporary);
}

async function takeName(target: string): Promise<void> {
  try {
    await (await open(target, "wx")).close();
  } catch (error) {
    throw codeOf(error) === "EEXIST" ? targetExists() : error;
  }
}

/** @returns the SHA-256 of what was copied */
async function copyInto(source: string, target: FileHandle): Promise<string> {
  return readThrough(source, (chunk) => target.writeFile(chunk));
}

/** The SHA-256 of a file: 64 hexadecimal digits in lower case. */
export function digestOf(path: string): Promise<string> {
  return readThrough(path, async () => undefined);
}

async function readThrough(
  path: string,
  take: (chunk: Uint8Array) => Promise<void>,
): Promise<string> {
  const hash = createHash("sha256");
  const buffer = new Uint8Array(CHUNK_BYTES);
  const file = await open(path, "r");
  try {
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length);
      if (bytesRead === 0) return hash.digest("hex");
      const chunk = buffer.subarray(0, bytesRead);
      hash.update(chunk);
      await take(chunk); // from where the file is: writeFile of a handle goes on, and writes all
    }
  } finally {
    await file.close();
  }
}

/** So that a crash of the machine does not take the name away. Windows has no such call, and needs none. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, "r");
    await handle.sync().finally(() => handle.close());
  } catch {
    // Some file systems do not offer it.
  }
}

function targetExists(): ConverterError {
  return new ConverterError("TARGET_EXISTS", "a file to be written is there already");
}
