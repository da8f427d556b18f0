import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../../../vitest.temporary-folder.js";
import { csvLogName, formatTime, openCsvLog } from "./csv-log.js";

describe("openCsvLog", () => {
  it("writes fastai's columns, the header once, however often it is opened", () => {
    const path = join(temporaryFolder(), "05_H0.csv");
    for (const epoch of [0, 1]) {
      const log = openCsvLog(path);
      log.write({ epoch, train_loss: 0.5, valid_loss: 0.25, accuracy: 0.75, time: 61.9 });
      log.close();
    }
    expect(readFileSync(path, "utf8")).toBe(
      "epoch,train_loss,valid_loss,accuracy,roc_auc_score,time\n" +
        "0,0.5,0.25,0.75,,01:01\n1,0.5,0.25,0.75,,01:01\n",
    );
  });

  it("has further columns before the time", () => {
    const path = join(temporaryFolder(), "log.csv");
    const log = openCsvLog(path, { furtherColumns: ["epsilon", "note"] });
    log.write({ epoch: 3, epsilon: 1.5, note: 'a "word", and\nmore', time: 3600 });
    expect(() => log.write({ epsilom: 1 })).toThrow(TypeError);
    log.close();
    expect(parse(readFileSync(path), { columns: true })).toEqual([
      {
        epoch: "3",
        train_loss: "",
        valid_loss: "",
        accuracy: "",
        roc_auc_score: "",
        epsilon: "1.5",
        note: 'a "word", and\nmore',
        time: "1:00:00",
      },
    ]);
    expect(() => openCsvLog(path)).toThrow(expect.objectContaining({ code: "BAD_CHECKPOINT" }));
    expect(() => openCsvLog(path, { furtherColumns: ["time"] })).toThrow(RangeError);
  });

  it("begins a new line after one that was cut off, and leaves other files alone", () => {
    const folder = temporaryFolder();
    const path = join(folder, "log.csv");
    openCsvLog(path).close();
    appendFileSync(path, "0,0.5");
    const log = openCsvLog(path);
    log.write({ epoch: 1 });
    log.close();
    expect(readFileSync(path, "utf8").split("\n").slice(1)).toEqual(["0,0.5", "1,,,,,", ""]);
    const other = join(folder, "letter.txt");
    writeFileSync(other, "Dear");
    expect(() => openCsvLog(other)).toThrow(expect.objectContaining({ code: "BAD_CHECKPOINT" }));
    expect(readFileSync(other, "utf8")).toBe("Dear");
  });
});

describe("csvLogName", () => {
  it("is D-SAIL's, in a folder that need not end in a slash", () => {
    const path = join("logs", "05_H0.csv");
    expect(csvLogName("logs/", 0.5, "../../../../Hospitals/H0")).toBe(path);
    expect(csvLogName("logs", 0.5, "../../../../Hospitals/H0")).toBe(path);
    expect(csvLogName("/records/", 1, "H1/")).toBe(join("/records", "10_H1.csv"));
    expect(csvLogName("", 1, "H1/")).toBe("10_H1.csv");
  });
});

describe("formatTime", () => {
  it("is fastai's", () => {
    expect([0, 59.99, 60, 3599, 3600, 36_061].map(formatTime)).toEqual([
      "00:00",
      "00:59",
      "01:00",
      "59:59",
      "1:00:00",
      "10:01:01",
    ]);
  });
});
