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
import { basename, dirname, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { pathsIn, temporaryFolder, writeFiles } from "../../../../vitest.temporary-folder.js";
import {
  copyFile,
  giveName,
  moveByCopy,
  moveFile,
  writeNewText,
  writeTemporary,
} from "./transfer-file.js";

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

describe("a file that gets its name later", () => {
  it("is there under no name that says anything, then as a whole", async () => {
    const target = join(temporaryFolder(), "a");
    const temporary = await writeTemporary(target, content);
    expect(pathsIn(dirname(target))).toEqual([basename(temporary)]);
    expect(basename(temporary)).toMatch(/^\.[0-9a-f-]{36}\.tmp$/);
    await giveName(temporary, target, false);
    expect(pathsIn(dirname(target))).toEqual(["a"]);
    expect(readFileSync(target).equals(content)).toBe(true);
  });

  it("replaces a file only if it may, one that came in between too", async () => {
    const target = join(temporaryFolder(), "a");
    const temporary = await writeTemporary(target, "new");
    writeFiles(dirname(target), { a: "old" });
    await expect(giveName(temporary, target, false)).rejects.toThrow(
      expect.objectContaining({ code: "TARGET_EXISTS" }),
    );
    expect(readFileSync(target, "utf8")).toBe("old");
    await giveName(temporary, target, true);
    expect(readFileSync(target, "utf8")).toBe("new");
    expect(pathsIn(dirname(target))).toEqual(["a"]);
  });

  it("gets a name that two want once", async () => {
    const target = join(temporaryFolder(), "a");
    const all = await Promise.all(["1", "2", "3"].map((text) => writeTemporary(target, text)));
    const ends = await Promise.allSettled(
      all.map((temporary) => giveName(temporary, target, false)),
    );
    expect(ends.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected", "rejected"]);
  });
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
