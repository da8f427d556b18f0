import { describe, expect, it } from "vitest";
import { type ImageInit, imageFile } from "../../../test/image-file.js";
import { readFile } from "../../read/part10.js";
import type { ImagePixel } from "../image-pixel.js";
import { openFrames } from "../read-frames.js";
import { transcode } from "../transcode.js";
import type { CodecImage } from "./frame-codec.js";
import { withCodec } from "./load-codec.js";
import { LOCAL_CODECS } from "./local-codecs.js";
import * as Syntax from "./transfer-syntaxes.js";

const GREY: ImageInit = {
  rows: 16,
  columns: 16,
  bitsAllocated: 16,
  bitsStored: 12,
  samples: Array.from({ length: 256 }, (_, i) => (i * 37) & 4095),
};

async function compressed(transferSyntaxUid: string, init = GREY) {
  const bytes = await transcode(readFile(imageFile(init)), transferSyntaxUid);
  const reader = await openFrames(readFile(bytes));
  return { pixel: reader.pixel, frame: await reader.readEncoded(0) };
}

const samplesOf = ({ bytes }: CodecImage) => [...new Uint16Array(bytes.slice().buffer)];

const SYNTAXES = [
  Syntax.JPEG_LS_LOSSLESS,
  Syntax.JPEG_2000_LOSSLESS,
  Syntax.HTJ2K_LOSSLESS,
  Syntax.HTJ2K_LOSSLESS_RPCL,
];

describe("codecs in this thread", () => {
  it.each(SYNTAXES)("decode the next frame of %s after a damaged one", async (syntax) => {
    const { pixel, frame } = await compressed(syntax);
    const damaged = frame.slice();
    damaged.fill(0xff, Math.floor(frame.length / 3), frame.length - 2);
    const cut = Uint8Array.from([...frame.subarray(0, 45), 0xff, 0xd9]);
    for (const bad of [damaged, ...(syntax === Syntax.JPEG_LS_LOSSLESS ? [] : [cut])]) {
      // Some damages are not noticed: then there is an image, of the right size.
      const outcome = await LOCAL_CODECS.decode(bad, pixel, syntax).catch(
        (error: unknown) => error,
      );
      if (outcome instanceof Error) expect(outcome).toMatchObject({ code: "BAD_VALUE" });
      else expect(outcome).toMatchObject({ rows: 16, columns: 16 });
      const good = await LOCAL_CODECS.decode(frame, pixel, syntax);
      expect(samplesOf(good)).toEqual(GREY.samples);
    }
  });

  it("tell that JPEG 2000 gave nothing", async () => {
    const { pixel, frame } = await compressed(Syntax.JPEG_2000_LOSSLESS);
    const headerOnly = frame.slice(0, 60);
    await expect(
      LOCAL_CODECS.decode(headerOnly, pixel, Syntax.JPEG_2000_LOSSLESS),
    ).rejects.toMatchObject({ code: "BAD_VALUE", at: "(7FE0,0010)" });
    const good = await LOCAL_CODECS.decode(frame, pixel, Syntax.JPEG_2000_LOSSLESS);
    expect(samplesOf(good)).toEqual(GREY.samples);
  });

  it.each([
    { rows: 65_535, columns: 65_535 },
    { columns: 15 },
    { rows: 17 },
    { samplesPerPixel: 3 },
  ])("refuse an image that is another than %j", async (other) => {
    for (const syntax of SYNTAXES) {
      const { pixel, frame } = await compressed(syntax);
      await expect(
        LOCAL_CODECS.decode(frame, { ...pixel, ...other }, syntax),
      ).rejects.toMatchObject({ code: "BAD_VALUE", message: expect.stringContaining("another") });
    }
  });

  it("refuse a frame without a header before a codec sees it", async () => {
    const { pixel } = await compressed(Syntax.JPEG_2000_LOSSLESS);
    for (const syntax of [...SYNTAXES, Syntax.JPEG_BASELINE, Syntax.JPEG_LOSSLESS]) {
      for (const frame of [new Uint8Array(0), Uint8Array.of(0xff), new Uint8Array(100)]) {
        await expect(LOCAL_CODECS.decode(frame, pixel, syntax)).rejects.toMatchObject({
          code: "BAD_VALUE",
          message: "a compressed frame has no header",
        });
      }
    }
  });

  it("leave what they are given as it was", async () => {
    for (const syntax of SYNTAXES) {
      const { pixel, frame } = await compressed(syntax);
      const before = frame.slice();
      const image = await LOCAL_CODECS.decode(frame, pixel, syntax);
      expect(frame).toEqual(before);
      const bytes = image.bytes.slice();
      const encoded = await LOCAL_CODECS.encode(image, syntax, {});
      expect(encoded).toEqual(frame.subarray(0, encoded.length)); // the file's has padding
      expect(image.bytes).toEqual(bytes);
    }
  });

  it("encode the next image after one that would spoil their memory", async () => {
    const color: CodecImage = {
      rows: 16,
      columns: 16,
      samplesPerPixel: 3,
      bits: 16,
      isSigned: false,
      bytes: new Uint8Array(6 * 256).fill(77),
      sampleBytes: 2,
      isRgb: true,
    };
    for (const syntax of SYNTAXES.slice(1)) {
      await expect(LOCAL_CODECS.encode(color, syntax, {})).rejects.toMatchObject({
        code: "UNSUPPORTED_TRANSFER_SYNTAX",
        at: "(0002,0010)",
      });
      const { pixel, frame } = await compressed(syntax);
      expect(samplesOf(await LOCAL_CODECS.decode(frame, pixel, syntax))).toEqual(GREY.samples);
    }
  });

  it("refuse what they cannot encode", async () => {
    const image: CodecImage = {
      rows: 4,
      columns: 4,
      samplesPerPixel: 1,
      bits: 1,
      isSigned: false,
      bytes: new Uint8Array(16),
      sampleBytes: 1,
      isRgb: false,
    };
    const code = "UNSUPPORTED_TRANSFER_SYNTAX";
    for (const syntax of [Syntax.JPEG_LS_LOSSLESS, Syntax.JPEG_BASELINE, "1.2.3"]) {
      await expect(LOCAL_CODECS.encode(image, syntax, {})).rejects.toMatchObject({ code });
    }
    await expect(
      LOCAL_CODECS.decode(new Uint8Array(9), {} as ImagePixel, "1.2.3"),
    ).rejects.toMatchObject({ code });
  });
});

describe("a codec", () => {
  it("whose package is missing is named", async () => {
    const name = "@dsail/there-is-no-such-codec";
    const source = { name, load: () => import(/* @vite-ignore */ name) as Promise<unknown> };
    for (let i = 0; i < 2; i++) {
      await expect(withCodec(source, () => 1)).rejects.toMatchObject({
        code: "UNSUPPORTED_TRANSFER_SYNTAX",
        message: expect.stringContaining(name),
        at: "(0002,0010)",
      });
    }
  });

  it("that fails otherwise while it is loaded may be loaded later", async () => {
    let loads = 0;
    const load = async () => {
      if (loads++ === 0) throw new TypeError("no network");
      return "codec";
    };
    const source = { name: "codec", load };
    await expect(withCodec(source, () => 1)).rejects.toThrow(new TypeError("no network"));
    expect(await withCodec(source, (codec) => codec)).toBe("codec");
    expect(await withCodec(source, (codec) => codec)).toBe("codec");
    expect(loads).toBe(2);
  });

  it("is not used again after a failure, not even by who waits for it already", async () => {
    let loads = 0;
    const source = { name: "codec", load: async () => ++loads };
    const bad = withCodec(source, () => {
      throw new RangeError("damaged");
    });
    const waiting = [1, 2, 3].map(() => withCodec(source, (codec) => codec));
    await expect(bad).rejects.toThrow(RangeError);
    expect(await Promise.all(waiting)).toEqual([2, 2, 2]);
  });
});
