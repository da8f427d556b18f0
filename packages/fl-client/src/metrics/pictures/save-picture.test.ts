import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../../../../vitest.temporary-folder.js";
import { classificationMetrics } from "../classification-metrics.js";
import { saveCalibration, saveLearningCurves, saveMatrix, saveRoc } from "./save-picture.js";

const classes = ["healthy", "ill"];
const metrics = classificationMetrics({
  probabilities: Float32Array.of(0.9, 0.1, 0.2, 0.8, 0.6, 0.4),
  labels: [0, 1, 1],
  classes,
});
const PNG = "89504e470d0a1a0a";

describe("saving a picture", () => {
  it("makes an SVG or a PNG, by the ending, and nothing else", async () => {
    const folder = temporaryFolder();
    await saveMatrix(join(folder, "a.svg"), { ...metrics, classes });
    await saveRoc(join(folder, "b.PNG"), { ...metrics, scale: 1 });
    await saveCalibration(join(folder, "c.png"), { ...metrics, scale: 1 });
    await saveLearningCurves(join(folder, "d.svg"), [{ train_loss: 1 }]);
    expect(readdirSync(folder).sort()).toEqual(["a.svg", "b.PNG", "c.png", "d.svg"]);
    for (const name of ["a.svg", "d.svg"]) {
      expect(readFileSync(join(folder, name), "utf8")).toMatch(/^<svg .*<\/svg>\n$/s);
    }
    for (const name of ["b.PNG", "c.png"]) {
      expect(readFileSync(join(folder, name)).subarray(0, 8).toString("hex")).toBe(PNG);
    }
  });

  it("replaces the picture of an earlier round, unless told not to", async () => {
    const path = join(temporaryFolder(), "matrix.svg");
    writeFileSync(path, "old");
    const picture = { ...metrics, classes };
    await expect(saveMatrix(path, { ...picture, overwrite: false })).rejects.toThrow(/EEXIST/);
    expect(readFileSync(path, "utf8")).toBe("old");
    await saveMatrix(path, picture);
    expect(readFileSync(path, "utf8")).toContain("healthy");
    expect(readdirSync(join(path, ".."))).toEqual(["matrix.svg"]);
  });

  it("refuses another ending, and writes nothing", async () => {
    const folder = temporaryFolder();
    await expect(saveRoc(join(folder, "a.jpg"), metrics)).rejects.toThrow(RangeError);
    expect(readdirSync(folder)).toEqual([]);
  });
});
