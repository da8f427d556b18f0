import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { encode } from "fast-png";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../../../vitest.temporary-folder.js";
import { openEventLog } from "./event-log.js";
import { encodeEvent, frameRecord } from "./tensorboard-event.js";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

describe("frameRecord", () => {
  it("has the masked checksums of TFRecord", () => {
    // CRC-32C of "123456789" is e3069283 (RFC 3720's polynomial, the catalogue's check value);
    // turned right by 15 that is 2507c60d, and with a282ead8 c78ab0e5.
    const record = frameRecord(Buffer.from("123456789"));
    expect(hex(record.subarray(0, 8))).toBe("0900000000000000");
    expect(hex(record.subarray(12, 21))).toBe(hex(Buffer.from("123456789")));
    expect(hex(record.subarray(21))).toBe("e5b08ac7");
  });
});

describe("encodeEvent", () => {
  it("is the message that protoc's schema gives", () => {
    // wall_time: 1.5, step: 3, summary { value { tag: "a" simple_value: 0.5 } }
    expect(hex(encodeEvent({ tag: "a", step: 3, scalar: 0.5 }, 1.5))).toBe(
      "09000000000000f83f10032a0a0a080a0161150000003f",
    );
    // wall_time: 0, file_version: "v"
    expect(hex(encodeEvent({ fileVersion: "v" }, 0))).toBe("0900000000000000001a0176");
  });
});

describe("openEventLog", () => {
  it("writes records one after the other, to a new file each time", () => {
    const folder = join(temporaryFolder(), "runs", "h0");
    const now = (): number => 1_500;
    const png = encode({ width: 3, height: 2, channels: 1, data: new Uint8Array(6) });
    const log = openEventLog(folder, { now });
    log.scalar("a", 0.5, 3);
    log.image("b", png, 4);
    log.close();
    openEventLog(folder, { now }).close();
    const names = readdirSync(folder);
    expect(names).toHaveLength(2);
    for (const name of names) expect(name).toMatch(/^events\.out\.tfevents\.0000000001\.dsail\./);
    const files = names.map((name) => readFileSync(join(folder, name)));
    const contents = [
      { fileVersion: "brain.Event:2" },
      { tag: "a", step: 3, scalar: 0.5 },
      { tag: "b", step: 4, image: { png, width: 3, height: 2 } },
    ].map((content) => frameRecord(encodeEvent(content, 1.5)));
    expect(files.map(hex).sort((a, b) => a.length - b.length)).toEqual([
      hex(contents[0]!),
      contents.map(hex).join(""),
    ]);
  });

  it("refuses steps and pictures that are none", () => {
    const log = openEventLog(temporaryFolder());
    expect(() => log.scalar("a", 1, -1)).toThrow(RangeError);
    expect(() => log.scalar("a", 1, 0.5)).toThrow(RangeError);
    expect(() => log.image("a", new Uint8Array(100), 0)).toThrow(TypeError);
    log.close();
  });
});
