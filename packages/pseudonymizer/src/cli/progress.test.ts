import { describe, expect, it } from "vitest";
import { captureStreams } from "../../../../vitest.captured-streams.js";
import { createProgress } from "./progress.js";

async function progressed(isTTY: boolean): Promise<string> {
  const { streams, error } = captureStreams(isTTY);
  const progress = await createProgress(streams.error);
  progress.start(2);
  progress.step();
  progress.step();
  progress.stop();
  return error();
}

describe("the progress bar", () => {
  it("writes nothing where there is no terminal: logs stay clean", async () => {
    expect(await progressed(false)).toBe("");
  });

  it("counts files on a terminal, and gives the cursor back", async () => {
    const text = await progressed(true);
    expect(text).toContain("0/2 files");
    expect(text).toContain("2/2 files");
    const SHOW_CURSOR = "\x1b[?25h";
    expect(text.lastIndexOf(SHOW_CURSOR)).toBeGreaterThan(text.lastIndexOf("files"));
  });
});
