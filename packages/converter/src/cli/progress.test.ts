import { describe, expect, it } from "vitest";
import { captureStreams } from "../../../../vitest.captured-streams.js";
import { temporaryFolder, writeFiles } from "../../../../vitest.temporary-folder.js";
import { smallImage } from "../../test/small-files.js";
import { run } from "./run.js";

async function rendered(isTTY: boolean) {
  const [input, output] = [temporaryFolder(), temporaryFolder()];
  writeFiles(input, { "a.dcm": smallImage(), "b.dcm": smallImage() });
  const { streams, out, error } = captureStreams(isTTY);
  expect(await run(["render", input, output], streams)).toBe(0);
  expect(out()).toMatch(/^2 rendered/);
  return error();
}

describe("the progress bar", () => {
  it("writes nothing where there is no terminal: logs stay clean", async () => {
    expect(await rendered(false)).toBe("");
  });

  it("counts files on a terminal, and gives the cursor back", async () => {
    const text = await rendered(true);
    expect(text).toContain("0/2 files");
    expect(text).toContain("2/2 files");
    const SHOW_CURSOR = "\x1b[?25h";
    expect(text.lastIndexOf(SHOW_CURSOR)).toBeGreaterThan(text.lastIndexOf("files"));
  });
});
