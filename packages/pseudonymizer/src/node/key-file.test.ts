import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { pathsIn, temporaryFolder } from "../../../../vitest.temporary-folder.js";
import { KEY } from "../../test/keys.js";
import { formatKey, parseKey } from "../key.js";
import { readKeyFile, writeNewKeyFile } from "./key-file.js";

const refused = (code: string) => expect.objectContaining({ name: "PseudonymizerError", code });

describe("writeNewKeyFile", () => {
  it("writes a key of 32 bytes as a line of hexadecimal digits", async () => {
    const path = join(temporaryFolder(), "project.key");
    await writeNewKeyFile(path);
    const text = readFileSync(path, "utf8");
    expect(text).toMatch(/^[0-9a-f]{64}\n$/);
    expect(await readKeyFile(path)).toEqual(parseKey(text));
  });

  it("lets nobody but the owner read it, whatever the umask", async () => {
    const folder = temporaryFolder();
    const umask = process.umask(0);
    try {
      await writeNewKeyFile(join(folder, "project.key"));
    } finally {
      process.umask(umask);
    }
    expect(statSync(join(folder, "project.key")).mode & 0o777).toBe(0o600);
  });

  it("writes another key each time", async () => {
    const folder = temporaryFolder();
    await writeNewKeyFile(join(folder, "a"));
    await writeNewKeyFile(join(folder, "b"));
    expect(readFileSync(join(folder, "a"))).not.toEqual(readFileSync(join(folder, "b")));
  });

  it("never replaces a file: with its key all pseudonyms would be lost", async () => {
    const path = join(temporaryFolder(), "project.key");
    writeFileSync(path, formatKey(KEY));
    await expect(writeNewKeyFile(path)).rejects.toThrow(refused("BAD_INPUT"));
    expect(readFileSync(path, "utf8")).toBe(formatKey(KEY));
  });

  it("writes through no link, also to what is not there yet", async () => {
    const folder = temporaryFolder();
    symlinkSync(join(folder, "elsewhere"), join(folder, "project.key"));
    await expect(writeNewKeyFile(join(folder, "project.key"))).rejects.toThrow(
      refused("BAD_INPUT"),
    );
    expect(pathsIn(folder)).toEqual(["project.key"]);
  });

  it("says why it cannot write, without the path", async () => {
    const path = join(temporaryFolder(), "no-such-folder", "project.key");
    const error = await writeNewKeyFile(path).catch((e: unknown) => e);
    expect(error).toEqual(refused("BAD_INPUT"));
    expect(String(error)).toContain("ENOENT");
    expect(`${(error as Error).stack}`).not.toContain("no-such-folder");
  });
});

describe("readKeyFile", () => {
  const written = (text: string) => {
    const path = join(temporaryFolder(), "project.key");
    writeFileSync(path, text);
    return path;
  };

  it("reads keys that were written on Windows, or without a line end", async () => {
    const hex = formatKey(KEY).trim();
    for (const text of [hex, `${hex}\r\n`]) {
      expect(await readKeyFile(written(text))).toEqual(KEY);
    }
  });

  it.each([
    ["empty", ""],
    ["too short", formatKey(KEY.subarray(1))],
    ["no hexadecimal text", "correct horse battery staple correct horse battery staple correct"],
    ["far too large", formatKey(KEY).trim().repeat(1000)],
    ["binary", "\0\u00ff\u00fe".repeat(20)],
  ])("refuses a file that is %s, and does not tell what is in it", async (_what, text) => {
    const error = await readKeyFile(written(text)).catch((e: unknown) => e);
    expect(error).toEqual(refused("BAD_KEY"));
    const told = `${(error as Error).stack} ${JSON.stringify(error)}`;
    if (text.length > 8) expect(told).not.toContain(text.slice(0, 8));
  });

  it("refuses what is not there, or no file, without the path", async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "secret-folder"));
    for (const name of ["secret-folder", "secret-file"]) {
      const error = await readKeyFile(join(folder, name)).catch((e: unknown) => e);
      expect(error).toEqual(refused("BAD_KEY"));
      expect(`${(error as Error).stack} ${JSON.stringify(error)}`).not.toContain("secret-");
    }
  });

  it.skipIf(process.getuid?.() === 0)("refuses a file that may not be read", async () => {
    const path = written(formatKey(KEY));
    chmodSync(path, 0);
    await expect(readKeyFile(path)).rejects.toThrow(refused("BAD_KEY"));
  });
});
