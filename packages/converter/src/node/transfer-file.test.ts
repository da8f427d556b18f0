import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { pathsIn, temporaryFolder, writeFiles } from "../../test/temporary-folder.js";
import { copyFile, moveByCopy, moveFile, writeNewText } from "./transfer-file.js";

/** More than one chunk, no two chunks alike. */
const content = Uint8Array.from({ length: 2_500_000 }, (_, i) => (i * i) >> 7);

describe.each([
  ["copyFile", copyFile, ["a", "b"]],
  ["moveFile", moveFile, ["b"]],
  ["moveByCopy", moveByCopy, ["b"]],
])("%s", (_, transferFile, left) => {
  it("brings all bytes, and leaves nothing else", async () => {
    const folder = temporaryFolder();
    writeFiles(folder, { a: content });
    await transferFile(join(folder, "a"), join(folder, "b"));
    expect(pathsIn(folder)).toEqual(left);
    expect(readFileSync(join(folder, "b")).equals(content)).toBe(true);
  });

  it("replaces nothing", async () => {
    const folder = temporaryFolder();
    writeFiles(folder, { a: "new", b: "old" });
    await expect(transferFile(join(folder, "a"), join(folder, "b"))).rejects.toThrow(
      expect.objectContaining({ code: "TARGET_EXISTS" }),
    );
    expect(pathsIn(folder)).toEqual(["a", "b"]);
    expect(readFileSync(join(folder, "a"), "utf8")).toBe("new");
    expect(readFileSync(join(folder, "b"), "utf8")).toBe("old");
  });

  it("leaves nothing when there is no source", async () => {
    const folder = temporaryFolder();
    await expect(transferFile(join(folder, "a"), join(folder, "b"))).rejects.toThrow(/ENOENT/);
    expect(pathsIn(folder)).toEqual([]);
  });
});

describe("a move that was killed in between", () => {
  it.each([
    ["by a link", linkSync],
    ["by a copy", copyFileSync],
  ])("is finished: %s", async (_, leave) => {
    const folder = temporaryFolder();
    writeFiles(folder, { a: content });
    leave(join(folder, "a"), join(folder, "b"));
    await moveFile(join(folder, "a"), join(folder, "b"));
    expect(pathsIn(folder)).toEqual(["b"]);
    expect(readFileSync(join(folder, "b")).equals(content)).toBe(true);
  });

  it("is not mistaken for a folder that is there under two names", async () => {
    const folder = temporaryFolder();
    writeFiles(folder, { "one/a": content });
    symlinkSync(join(folder, "one"), join(folder, "two"));
    await expect(moveFile(join(folder, "one/a"), join(folder, "two/a"))).rejects.toThrow(
      expect.objectContaining({ code: "TARGET_EXISTS" }),
    );
    expect(readFileSync(join(folder, "one/a")).equals(content)).toBe(true);
    expect(pathsIn(join(folder, "one"))).toEqual(["a"]);
  });
});

it("writes a text that is not replaced", async () => {
  const path = join(temporaryFolder(), "text");
  await writeNewText(path, "one");
  await expect(writeNewText(path, "two")).rejects.toThrow(
    expect.objectContaining({ code: "TARGET_EXISTS" }),
  );
  expect(readFileSync(path, "utf8")).toBe("one");
});

const shared = "/dev/shm";
const isElsewhere = existsSync(shared) && statSync(shared).dev !== statSync(tmpdir()).dev;

it.runIf(isElsewhere)("moves to another device", async () => {
  const folder = temporaryFolder();
  const other = mkdtempSync(join(shared, "dsail-test-"));
  onTestFinished(() => rmSync(other, { recursive: true, force: true }));
  writeFiles(folder, { a: content });
  await moveFile(join(folder, "a"), join(other, "b"));
  expect(pathsIn(folder)).toEqual([]);
  expect(pathsIn(other)).toEqual(["b"]);
  expect(readFileSync(join(other, "b")).equals(content)).toBe(true);
});
