import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { makeSocket, temporaryFolder, writeFiles } from "../../../../vitest.temporary-folder.js";
import { listFiles } from "./list-files.js";

async function listed(folder: string) {
  const all = [];
  for await (const file of listFiles(folder)) all.push(file);
  return all;
}

describe("listFiles", () => {
  it("lists the files of a folder and of those in it, in order of names", async () => {
    const folder = temporaryFolder();
    writeFiles(folder, { "b/2": "", "b/1/x": "", a: "", "c.dcm": "", ".hidden": "", "b/10": "" });
    expect((await listed(folder)).map(({ path }) => path)).toEqual([
      ".hidden",
      "a",
      join("b", "1", "x"),
      join("b", "10"),
      join("b", "2"),
      "c.dcm",
    ]);
  });

  it("names links and sockets, but follows none", async () => {
    const folder = temporaryFolder();
    writeFiles(folder, { "a/file": "" });
    symlinkSync(join(folder, "a", "file"), join(folder, "link"));
    symlinkSync(folder, join(folder, "a", "round"));
    symlinkSync(join(folder, "nowhere"), join(folder, "broken"));
    await makeSocket(join(folder, "socket"));
    expect(await listed(folder)).toEqual([
      { path: join("a", "file"), isFile: true },
      { path: join("a", "round"), isFile: false },
      { path: "broken", isFile: false },
      { path: "link", isFile: false },
      { path: "socket", isFile: false },
    ]);
  });

  it("lists nothing of an empty folder", async () => {
    expect(await listed(temporaryFolder())).toEqual([]);
  });
});
