import { deflateSync } from "node:zlib";
import { encode as encodeBmp } from "fast-bmp";
import { encode as encodePng } from "fast-png";
import { describe, expect, it } from "vitest";
import { createImageDecoder } from "./decode-image.js";
import type { DecodedImage } from "./decoded-image.js";

const MAX_PIXELS = 10_000;
const decode = createImageDecoder(MAX_PIXELS);

const base64 = (text: string) => new Uint8Array(Buffer.from(text, "base64"));

/** 0, 64, 128, 255, 200, 30 in two rows, by Pillow 13 (quality 95). */
const GREY_JPEG = base64(
  "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAIBAQEBAQIBAQECAgICAgQDAgICAgUEBAMEBgUGBgYFBgYGBwkIBgcJBwYGCAsICQoKCgoKBggLDAsKDAkKCgr/wAALCAACAAMBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAACP/EAB8QAAEFAAIDAQAAAAAAAAAAAAECAwQFBgcJAAgRMf/aAAgBAQAAPwAk90Gi0Hr12c8r8M8BXszD4+htITFFlMfKXWVtc0a6KstsRYxQ0ykrWpRCEgfVE/pPn//Z",
);
/** Red, green; blue, white: progressive, by the same. */
const COLOR_JPEG = base64(
  "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAIBAQEBAQIBAQECAgICAgQDAgICAgUEBAMEBgUGBgYFBgYGBwkIBgcJBwYGCAsICQoKCgoKBggLDAsKDAkKCgr/2wBDAQICAgICAgUDAwUKBwYHCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgr/wgARCAACAAIDAREAAhEBAxEB/8QAFAABAAAAAAAAAAAAAAAAAAAACP/EABUBAQEAAAAAAAAAAAAAAAAAAAQF/9oADAMBAAIQAxAAAAFYIj//xAAWEAEBAQAAAAAAAAAAAAAAAAAFBwT/2gAIAQEAAQUCnAQemef/xAAcEQEBAAICAwAAAAAAAAAAAAABAgMEBSEAESL/2gAIAQMBAT8BycLw+/bs7OtjvJf1VVEtVT21SntV7V7Xz//EAB4RAAEEAQUAAAAAAAAAAAAAAAECAwQGAAURElJh/9oACAECAQE/AbRXtAas01CIjYAec2HBPc+Z/8QAGxAAAgMAAwAAAAAAAAAAAAAAAgQBAwUAEyH/2gAIAQEABj8CwWGMZWyyzFVIzNcZkp6h9nn/xAAXEAEBAQEAAAAAAAAAAAAAAAABEQAh/9oACAEBAAE/IXPQNK6iVV7d/9oADAMBAAIAAwAAABAf/8QAFhEBAQEAAAAAAAAAAAAAAAAAAQAR/9oACAEDAQE/EE/OrEdSLlZQqq3/xAAXEQEBAQEAAAAAAAAAAAAAAAABIQAR/9oACAECAQE/ECHegYAIAcgEAgb/xAAVEAEBAAAAAAAAAAAAAAAAAAABAP/aAAgBAQABPxB0MPtRKsUlVVb/2Q==",
);
const CMYK_JPEG = base64(
  "/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwAIBgYHBgUIBwcHCQkICgwUDQwLCwwZEhMPFB0aHx4dGhwcICQuJyAiLCMcHCg3KSwwMTQ0NB8nOT04MjwuMzQy/8AAFAgAAgACBEMRAE0RAFkRAEsRAP/EABQAAQAAAAAAAAAAAAAAAAAAAAf/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/9oADgRDAE0AWQBLAAA/AH8/n8/v/9k=",
);

const image = (channels: 1 | 3, rows: number, columns: number, pixels: DecodedImage["pixels"]) => ({
  ...{ rows, columns, channels, pixels },
});

const CRC = Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(new TextEncoder().encode(type), 4);
  bytes.set(data, 8);
  let crc = 0xffffffff;
  for (const byte of bytes.subarray(4, 8 + data.length)) {
    crc = CRC[(crc ^ byte) & 255]! ^ (crc >>> 8);
  }
  view.setUint32(8 + data.length, ~crc >>> 0);
  return bytes;
}

/** A file of parts that need not go together. */
function png(
  [columns, rows, depth, color, interlace = 0]: readonly number[],
  raw: Uint8Array,
  more: readonly Uint8Array[] = [],
): Uint8Array {
  const header = new Uint8Array(13);
  new DataView(header.buffer).setUint32(0, columns!);
  new DataView(header.buffer).setUint32(4, rows!);
  header.set([depth!, color!, 0, 0, interlace], 8);
  const parts = [
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk("IHDR", header),
    ...more,
    chunk("IDAT", new Uint8Array(deflateSync(raw))),
    chunk("IEND", new Uint8Array(0)),
  ];
  return new Uint8Array(Buffer.concat(parts));
}

describe("PNG", () => {
  it("keeps every bit of 8 and 16, grey and colour", async () => {
    const grey8 = Uint8Array.of(0, 1, 2, 253, 254, 255);
    const grey16 = Uint16Array.of(0, 1, 255, 256, 65534, 65535);
    const color16 = Uint16Array.of(1, 2, 3, 65535, 4660, 22136);
    expect(await decode(encodePng({ width: 3, height: 2, data: grey8, channels: 1 }))).toEqual(
      image(1, 2, 3, grey8),
    );
    const wide = { width: 3, height: 2, data: grey16, channels: 1, depth: 16 } as const;
    expect(await decode(encodePng(wide))).toEqual(image(1, 2, 3, grey16));
    const color = { width: 2, height: 1, data: color16, channels: 3, depth: 16 } as const;
    expect(await decode(encodePng(color))).toEqual(image(3, 1, 2, color16));
  });

  it("drops alpha", async () => {
    const data = Uint8Array.of(1, 2, 3, 0, 4, 5, 6, 255);
    const color = encodePng({ width: 2, height: 1, data, channels: 4 });
    expect(await decode(color)).toEqual(image(3, 1, 2, Uint8Array.of(1, 2, 3, 4, 5, 6)));
    const pairs = Uint16Array.of(300, 0, 400, 9);
    const grey = encodePng({ width: 2, height: 1, data: pairs, channels: 2, depth: 16 });
    expect(await decode(grey)).toEqual(image(1, 1, 2, Uint16Array.of(300, 400)));
  });

  it("spreads grey of few bits, and looks up palettes", async () => {
    // Filter 0, then three samples of two bits.
    const grey = png([3, 1, 2, 0], Uint8Array.of(0, 0b00_10_11_00));
    expect(await decode(grey)).toEqual(image(1, 1, 3, Uint8Array.of(0, 170, 255)));
    const palette = chunk("PLTE", Uint8Array.of(9, 8, 7, 6, 5, 4));
    const transparent = chunk("tRNS", Uint8Array.of(0));
    const indexed = png([3, 1, 1, 3], Uint8Array.of(0, 0b0110_0000), [palette, transparent]);
    const colors = Uint8Array.of(9, 8, 7, 6, 5, 4, 6, 5, 4);
    expect(await decode(indexed)).toEqual(image(3, 1, 3, colors));
    const beyond = png([3, 1, 2, 3], Uint8Array.of(0, 0b00_10_00_00), [palette]);
    await expect(decode(beyond)).rejects.toMatchObject({ code: "BAD_DATA" });
  });

  it("refuses files that are cut off anywhere, or changed in their data", async () => {
    const data = Uint8Array.from({ length: 64 }, (_, i) => (i * 97) % 251);
    const whole = encodePng({ width: 8, height: 8, data, channels: 1 });
    for (let length = 0; length < whole.length; length++) {
      await expect(decode(whole.subarray(0, length))).rejects.toMatchObject({ name: "FlError" });
    }
    const changed = whole.slice();
    changed[changed.length - 20]! ^= 1;
    await expect(decode(changed)).rejects.toThrow("a PNG file is damaged");
  });

  it("refuses an interlaced file of few bits, and one of too little data", async () => {
    await expect(decode(png([3, 1, 1, 0, 1], new Uint8Array(9)))).rejects.toThrow("interlaced");
    await expect(decode(png([8, 8, 8, 0], new Uint8Array(20)))).rejects.toThrow("damaged");
  });

  it("refuses what is too large, or claims to be, before it takes memory", async () => {
    const tall = png([1, MAX_PIXELS + 1, 8, 0], new Uint8Array(2 * (MAX_PIXELS + 1)));
    await expect(decode(tall)).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
    const huge = png([2 ** 31 - 1, 2 ** 31 - 1, 16, 6], new Uint8Array(10));
    await expect(decode(huge)).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
    await expect(decode(png([0, 4, 8, 0], new Uint8Array(4)))).rejects.toThrow("no pixels");
  });

  it("refuses a bomb: many megabytes for an image of few pixels", async () => {
    const bomb = png([100, 100, 16, 6], new Uint8Array(300 * 2 ** 20));
    expect(bomb.length).toBeLessThan(400_000);
    const before = process.memoryUsage().rss;
    await expect(decode(bomb)).rejects.toThrow("more data than pixels");
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * 2 ** 20);
    // In a chunk that has nothing to do with pixels it is not even looked at.
    const packed = new Uint8Array(deflateSync(new Uint8Array(100 * 2 ** 20)));
    const profile = chunk("iCCP", new Uint8Array(Buffer.concat([Buffer.from("a\0\0"), packed])));
    const fine = png([1, 1, 8, 0], Uint8Array.of(0, 7), [profile]);
    expect(await decode(fine)).toEqual(image(1, 1, 1, Uint8Array.of(7)));
  });
});

describe("BMP", () => {
  const colors = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18);

  it("reads grey and colour, from below and from above", async () => {
    const grey = Uint8Array.of(0, 50, 100, 150, 200, 255);
    const options = { width: 3, height: 2, bitsPerPixel: 8, channels: 1 };
    expect(await decode(encodeBmp({ ...options, data: grey }))).toEqual(image(1, 2, 3, grey));
    const file = encodeBmp({ ...options, data: colors, bitsPerPixel: 24, channels: 3 });
    expect(await decode(file)).toEqual(image(3, 2, 3, colors));
    const upsideDown = file.slice();
    new DataView(upsideDown.buffer).setInt32(22, -2, true);
    const flipped = Uint8Array.of(...colors.slice(9), ...colors.slice(0, 9));
    expect(await decode(upsideDown)).toEqual(image(3, 2, 3, flipped));
  });

  it("refuses files that are cut off, compressed, or claim too much", async () => {
    const file = encodeBmp({
      ...{ width: 3, height: 2, bitsPerPixel: 24, channels: 3, data: colors },
    });
    for (let length = 0; length < file.length; length += 5) {
      await expect(decode(file.subarray(0, length))).rejects.toMatchObject({ name: "FlError" });
    }
    const changed = (at: number, value: number) => {
      const copy = file.slice();
      new DataView(copy.buffer).setUint32(at, value, true);
      return copy;
    };
    await expect(decode(changed(18, 2 ** 30))).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
    await expect(decode(changed(22, 0x8000_0000))).rejects.toMatchObject({
      code: "LIMIT_EXCEEDED",
    });
    await expect(decode(changed(10, 0xffff_fff0))).rejects.toThrow("cut off");
    await expect(decode(changed(30, 1))).rejects.toThrow("not compressed");
  });
});

describe("JPEG", () => {
  it("reads grey and progressive colour as Pillow does", async () => {
    const grey = Uint8Array.of(0, 65, 127, 255, 200, 31);
    expect(await decode(GREY_JPEG)).toEqual(image(1, 2, 3, grey));
    const color = Uint8Array.of(245, 2, 4, 3, 255, 2, 2, 0, 247, 255, 249, 250);
    expect(await decode(COLOR_JPEG)).toEqual(image(3, 2, 2, color));
  });

  it("refuses files that are cut off anywhere, and goes on with the next", async () => {
    for (let length = 3; length < GREY_JPEG.length; length += 3) {
      await expect(decode(GREY_JPEG.subarray(0, length))).rejects.toMatchObject({
        name: "FlError",
      });
    }
    expect((await decode(GREY_JPEG)).pixels).toHaveLength(6);
  });

  it("refuses four components, and a size that is too large", async () => {
    await expect(decode(CMYK_JPEG)).rejects.toMatchObject({ code: "BAD_DATA" });
    const start = GREY_JPEG.findIndex((byte, i) => byte === 0xff && GREY_JPEG[i + 1] === 0xc0);
    const huge = GREY_JPEG.slice();
    huge.set([0xff, 0xff, 0xff, 0xff], start + 5);
    await expect(decode(huge)).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
    const empty = GREY_JPEG.slice();
    empty.set([0, 0], start + 5);
    await expect(decode(empty)).rejects.toThrow("no pixels");
  });
});

it("refuses what is no image", async () => {
  for (const bytes of [new Uint8Array(0), new TextEncoder().encode("GIF89a, a picture")]) {
    await expect(decode(bytes)).rejects.toThrow("no PNG, BMP or JPEG");
  }
});

describe("a decoder that is given", () => {
  it("gives what it gives, in numbers of its own", async () => {
    const own = createImageDecoder(100, (bytes) => ({
      ...{ rows: 1, columns: 2, channels: 1, pixels: Uint16Array.from(bytes), max: 4095 },
    }));
    expect(await own(Uint8Array.of(1, 2))).toMatchObject({ max: 4095, columns: 2 });
    await expect(own(Uint8Array.of(1))).rejects.toThrow("more or fewer samples");
  });

  it("has errors that tell nothing of the file", async () => {
    const own = createImageDecoder(100, () => {
      throw new Error("PatientName Doe^John in /data/x.dcm");
    });
    const failed = own(new Uint8Array(0));
    await expect(failed).rejects.toThrow(/^an image cannot be decoded$/);
    await expect(failed).rejects.not.toHaveProperty("cause");
  });

  it.each([
    { rows: 0, columns: 1, channels: 1, pixels: new Uint8Array(0) },
    { rows: 1, columns: 1, channels: 4, pixels: new Uint8Array(4) },
    { rows: 1, columns: 1, channels: 1, pixels: new Float32Array(1) },
    { rows: 1, columns: 1, channels: 1, pixels: new Uint8Array(1), max: 0 },
    { rows: 11, columns: 10, channels: 1, pixels: new Uint8Array(110) },
  ])("refuses an image that is none: %o", async (bad) => {
    const own = createImageDecoder(100, () => bad as DecodedImage);
    await expect(own(new Uint8Array(0))).rejects.toMatchObject({ name: "FlError" });
  });
});
