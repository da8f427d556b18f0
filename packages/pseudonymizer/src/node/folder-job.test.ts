import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { pathsIn, temporaryFolder, writeFiles } from "../../../../vitest.temporary-folder.js";
import { KEY } from "../../test/keys.js";
import { dicomdir, smallFile, TEXT_FILE, truncatedFile } from "../../test/small-files.js";
import { createFileTask, createFileTaskSync, type FolderJob } from "./folder-job.js";

const files = {
  "good.dcm": smallFile(1),
  "below/good.dcm": smallFile(2),
  "report.txt": TEXT_FILE,
  "cut.dcm": truncatedFile(),
  DICOMDIR: dicomdir(),
};

const jobOf = (folder: string, output: string): FolderJob => ({
  input: join(folder, "in"),
  output: join(folder, output),
  pseudonymization: { key: KEY },
  names: "mirror",
  skipExisting: false,
  options: {},
});

describe("a file of a folder", () => {
  it("comes to the same end, and to the same bytes, at once or without blocking", async () => {
    const folder = temporaryFolder();
    writeFiles(join(folder, "in"), files);
    const task = createFileTask(jobOf(folder, "async"));
    const taskSync = createFileTaskSync(structuredClone(jobOf(folder, "sync")));
    for (const path of [...Object.keys(files), "gone.dcm"]) {
      const outcome = await task(path);
      expect(taskSync(path)).toEqual(outcome);
      expect(structuredClone(outcome)).toEqual(outcome);
    }
    const written = pathsIn(join(folder, "async"));
    expect(written).toEqual([join("below", "good.dcm"), "good.dcm"]);
    expect(pathsIn(join(folder, "sync"))).toEqual(written);
    for (const path of written) {
      expect(readFileSync(join(folder, "sync", path))).toEqual(
        readFileSync(join(folder, "async", path)),
      );
    }
  });

  it("that is gone by the time it is read has failed, and is told by a code", async () => {
    const folder = temporaryFolder();
    writeFiles(join(folder, "in"), {});
    expect(await createFileTask(jobOf(folder, "out"))("gone.dcm")).toMatchObject({
      kind: "failed",
      path: "gone.dcm",
      failure: { code: "ENOENT" },
    });
  });

  it("may be a folder by then, which is no file either", async () => {
    const folder = temporaryFolder();
    writeFiles(join(folder, "in/folder"), files);
    const outcome = createFileTaskSync(jobOf(folder, "out"))("folder");
    expect(outcome.kind).not.toBe("done");
    expect(pathsIn(join(folder, "out"))).toEqual([]);
  });
});
