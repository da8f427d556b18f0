import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EXPLICIT, fileOf } from "../../test/bytes-of.js";
import {
  type ImageInit,
  imageFile,
  SOP_INSTANCE_UID,
  samplesPerPixelOf,
} from "../../test/image-file.js";
import { findElement } from "../dataset.js";
import { readFragments } from "../read/fragments.js";
import { readFile } from "../read/part10.js";
import { rewriteFile } from "../rewrite/rewrite-file.js";
import { joinSegments } from "../rewrite/segments.js";
import * as Tag from "../tags.js";
import { readBytes } from "../values/read-bytes.js";
import { readNumbers } from "../values/read-numbers.js";
import { readStrings } from "../values/read-text.js";
import { datasetToElements } from "../write/dataset-to-elements.js";
import type { ElementInit } from "../write/element-init.js";
import { writeFile } from "../write/part10.js";
import { openFrames } from "./read-frames.js";
import { type TranscodeOptions, transcode } from "./transcode.js";

const EXPLICIT_LE = "1.2.840.10008.1.2.1";
const BIG_ENDIAN = "1.2.840.10008.1.2.2";
const SOURCES = ["1.2.840.10008.1.2", EXPLICIT_LE, `${EXPLICIT_LE}.99`, BIG_ENDIAN];
const RLE = "1.2.840.10008.1.2.5";
const JPEG_LS = "1.2.840.10008.1.2.4.80";
const JPEG_LS_NEAR = "1.2.840.10008.1.2.4.81";
const J2K_LOSSLESS = "1.2.840.10008.1.2.4.90";
const J2K = "1.2.840.10008.1.2.4.91";
const HTJ2K = "1.2.840.10008.1.2.4.201";
const DEFLATED_FRAME = "1.2.840.10008.1.2.8.1";
const NATIVE = SOURCES.slice(0, 3);
/** They take samples of any width. */
const ANY_WIDTH = [...NATIVE, RLE, DEFLATED_FRAME];
const TARGETS = [
  ...ANY_WIDTH,
  ...[JPEG_LS, JPEG_LS_NEAR, J2K_LOSSLESS, J2K],
  ...[HTJ2K, "1.2.840.10008.1.2.4.202", "1.2.840.10008.1.2.4.203"],
];
const J2K_FAMILY = TARGETS.slice(-5);

/** Numbers that look random, in a range. */
const noise = (count: number, low: number, high: number) =>
  Array.from(
    { length: count },
    (_, i) => low + ((Math.imul(i + 1, 2654435761) >>> 5) % (high - low + 1)),
  );

const SIZE = { rows: 11, columns: 13 };
const PIXELS = 11 * 13;
const IMAGES: Readonly<Record<string, ImageInit>> = {
  "8 bits": { ...SIZE, samples: noise(PIXELS, 0, 255) },
  "8 bits, signed": { ...SIZE, isSigned: true, samples: noise(PIXELS, -128, 127) },
  "12 bits": {
    ...SIZE,
    frames: 2,
    bitsAllocated: 16,
    bitsStored: 12,
    samples: noise(2 * PIXELS, 0, 4095),
  },
  "12 bits, signed, the highest of 16": {
    ...SIZE,
    bitsAllocated: 16,
    bitsStored: 12,
    highBit: 15,
    isSigned: true,
    samples: noise(PIXELS, -2048, 2047),
  },
  "7 bits in 16": { ...SIZE, bitsAllocated: 16, bitsStored: 7, samples: noise(PIXELS, 0, 127) },
  "16 bits": { ...SIZE, bitsAllocated: 16, samples: noise(PIXELS, 0, 65535) },
  "16 bits, signed": {
    ...SIZE,
    bitsAllocated: 16,
    isSigned: true,
    samples: noise(PIXELS, -32768, 32767),
  },
  RGB: { ...SIZE, photometric: "RGB", frames: 2, samples: noise(6 * PIXELS, 0, 255) },
  "RGB by plane": {
    ...SIZE,
    photometric: "RGB",
    isPlanar: true,
    frames: 2,
    samples: noise(6 * PIXELS, 0, 255),
  },
  YBR_FULL: { ...SIZE, photometric: "YBR_FULL", samples: noise(3 * PIXELS, 0, 255) },
  "PALETTE COLOR": { ...SIZE, photometric: "PALETTE COLOR", samples: noise(PIXELS, 0, 255) },
};
const WIDE_AND_NARROW: Readonly<Record<string, ImageInit>> = {
  "1 bit, frames that begin in the midst of bytes": {
    rows: 3,
    columns: 7,
    frames: 3,
    bitsAllocated: 1,
    samples: noise(63, 0, 1),
  },
  "32 bits": { ...SIZE, bitsAllocated: 32, samples: noise(PIXELS, 0, 2 ** 26) },
  "32 bits, signed": {
    ...SIZE,
    bitsAllocated: 32,
    isSigned: true,
    samples: noise(PIXELS, -(2 ** 26), 2 ** 26),
  },
};

/** The codec of JPEG 2000 mixes all colours, and takes signed bytes for unsigned ones; that of HTJ2K those of less than 8 bits. */
function isBeyondCodec(
  { photometric, isSigned, bitsAllocated = 8, bitsStored = bitsAllocated }: ImageInit,
  target: string,
): boolean {
  if (!J2K_FAMILY.includes(target)) return false;
  const isHtj2k = target !== J2K_LOSSLESS && target !== J2K;
  if (isSigned === true) return bitsStored < 8 || (bitsStored === 8 && !isHtj2k);
  return photometric === "YBR_FULL" && !isHtj2k;
}

/** All samples of a file, one frame behind the other. */
async function samplesOf(bytes: Uint8Array): Promise<number[]> {
  const reader = await openFrames(readFile(bytes));
  const samples: number[] = [];
  for (let i = 0; i < reader.count; i++) samples.push(...(await reader.readFrame(i)).samples);
  return samples;
}

/** The elements that a change of the pixels' encoding does not change. */
const othersOf = (bytes: Uint8Array) => {
  const changed: readonly number[] = [
    ...[Tag.PixelData, Tag.PhotometricInterpretation, Tag.PlanarConfiguration, Tag.HighBit],
    Tag.SpecificCharacterSet,
  ];
  const { dataset } = readFile(bytes);
  return datasetToElements(dataset).filter(({ tag }) => !changed.includes(tag));
};

const rejects = (
  image: ImageInit | Uint8Array,
  target: string,
  options: TranscodeOptions,
  what: object,
) =>
  expect(
    transcode(readFile(image instanceof Uint8Array ? image : imageFile(image)), target, options),
  ).rejects.toMatchObject(what);

describe("transcoding", () => {
  const cases = [
    ...Object.entries(IMAGES).flatMap(([name, image]) =>
      TARGETS.filter((target) => !isBeyondCodec(image, target)).map(
        (target) => [name, target, image] as const,
      ),
    ),
    ...Object.entries(WIDE_AND_NARROW).flatMap(([name, image]) =>
      ANY_WIDTH.map((target) => [name, target, image] as const),
    ),
  ];
  it.each(cases)("keeps the pixels of %s in %s", async (_, target, image) => {
    // Words of VR OW are swapped by 16 bits, cells of 32 bits as a whole: files in big endian differ.
    for (const source of image.bitsAllocated === 32 ? NATIVE : SOURCES) {
      const file = imageFile(image, source);
      const transcoded = await transcode(readFile(file), target);
      expect(await samplesOf(transcoded)).toEqual(image.samples);
      const { dataset, transferSyntax, findings } = readFile(transcoded);
      expect(findings).toEqual([]);
      expect(transferSyntax.uid).toBe(target);
      expect(othersOf(transcoded)).toEqual(othersOf(file));
      expect(readStrings(dataset, Tag.SOPInstanceUID)).toEqual([SOP_INSTANCE_UID]);
      if (NATIVE.includes(target) && source !== BIG_ENDIAN) continue;
      const { bitsAllocated = 8, bitsStored = bitsAllocated, photometric, frames = 1 } = image;
      expect(readNumbers(dataset, Tag.HighBit)).toEqual([bitsStored - 1]);
      const isMixed = photometric === "RGB" && J2K_FAMILY.includes(target);
      expect(readStrings(dataset, Tag.PhotometricInterpretation)).toEqual([
        isMixed ? "YBR_RCT" : (photometric ?? "MONOCHROME2"),
      ]);
      expect(readNumbers(dataset, Tag.PlanarConfiguration)).toEqual(
        samplesPerPixelOf(image) === 1 ? [] : [target === RLE ? 1 : 0],
      );
      const pixels = findElement(dataset, Tag.PixelData)!;
      expect(pixels.encapsulated).toBe(!NATIVE.includes(target));
      if (!pixels.encapsulated) continue;
      const { basicOffsetTable, fragments } = readFragments(dataset, pixels);
      expect(fragments).toHaveLength(frames);
      const [first] = fragments;
      expect(basicOffsetTable).toEqual(
        fragments.map(({ byteOffset }) => byteOffset - first!.byteOffset),
      );
    }
  });

  it("keeps them between any two syntaxes, and back", async () => {
    const image = fc
      .record({
        rows: fc.integer({ min: 1, max: 9 }),
        columns: fc.integer({ min: 1, max: 9 }),
        frames: fc.integer({ min: 1, max: 3 }),
        bitsStored: fc.integer({ min: 2, max: 16 }),
        isSigned: fc.boolean(),
        photometric: fc.constantFrom("MONOCHROME1", "MONOCHROME2", "RGB", "YBR_FULL"),
        isPlanar: fc.boolean(),
        seed: fc.integer({ min: 1, max: 1e6 }),
      })
      .map(({ seed, ...init }): ImageInit => {
        const samplesPerPixel = samplesPerPixelOf({ ...init, samples: [] });
        const isColor = samplesPerPixel === 3;
        const bits = isColor ? 8 : init.bitsStored;
        const isSigned = init.isSigned && !isColor;
        const count = init.rows * init.columns * init.frames * samplesPerPixel;
        const all = 2 ** bits - 1;
        const low = isSigned ? -(2 ** (bits - 1)) : 0;
        return {
          ...init,
          isSigned,
          isPlanar: init.isPlanar && isColor,
          bitsAllocated: bits > 8 ? 16 : 8,
          bitsStored: bits,
          samples: noise(count + seed, low, low + all).slice(seed),
        };
      });
    const property = fc.asyncProperty(
      image,
      fc.constantFrom(...SOURCES),
      fc.constantFrom(...TARGETS),
      fc.constantFrom(...TARGETS),
      async (init, source, by, to) => {
        fc.pre(!isBeyondCodec(init, by) && !isBeyondCodec(init, to));
        const between = await transcode(readFile(imageFile(init, source)), by);
        expect(await samplesOf(between)).toEqual(init.samples);
        const last = await transcode(readFile(between), to);
        expect(await samplesOf(last)).toEqual(init.samples);
        expect(othersOf(last)).toEqual(othersOf(imageFile(init)));
      },
    );
    await fc.assert(property, { numRuns: 60, seed: 1 });
  });

  it("leaves each byte but those of the pixels, where the encoding stays", async () => {
    const others: ElementInit[] = [{ tag: Tag.DataSetTrailingPadding, value: new Uint8Array(6) }];
    const bytes = imageFile({ ...IMAGES["12 bits"]!, others });
    for (const target of [RLE, J2K_LOSSLESS]) {
      const transcoded = await transcode(readFile(bytes), target);
      const [before, after] = [readFile(bytes).dataset, readFile(transcoded).dataset];
      const partOf = (file: Uint8Array, { elements }: typeof before) => {
        const pixels = elements.findIndex(({ tag }) => tag === Tag.PixelData);
        const start = elements[0]!.byteOffset;
        return [
          file.slice(start, elements[pixels]!.byteOffset),
          file.slice(elements[pixels + 1]!.byteOffset),
        ];
      };
      expect(partOf(transcoded, after)).toEqual(partOf(bytes, before));
    }
  });

  it("makes a file of a bare data set", async () => {
    const { image, elements } = bareImage();
    const transcoded = readFile(await transcode(readFile(elements), RLE));
    expect(transcoded.hasPreamble).toBe(true);
    expect(readStrings(transcoded.fileMetaInformation, Tag.MediaStorageSOPInstanceUID)).toEqual([
      SOP_INSTANCE_UID,
    ]);
    expect(await samplesOf(await transcode(readFile(elements), RLE))).toEqual(image.samples);
  });

  it("reads the private syntax of big endian pixels, but does not write it", async () => {
    const GE = "1.2.840.113619.5.2";
    const image = IMAGES["16 bits"]!;
    const big = imageFile(image, BIG_ENDIAN);
    const { dataset } = readFile(big);
    const pixels = readBytes(dataset, Tag.PixelData)!;
    const implicit = imageFile(image, "1.2.840.10008.1.2");
    const element = findElement(readFile(implicit).dataset, Tag.PixelData)!;
    implicit.set(pixels, element.valueOffset);
    const ge = Buffer.from(implicit);
    const at = ge.indexOf("1.2.840.10008.1.2\0", 128 + 4, "latin1");
    const renamed = Buffer.concat([
      ge.subarray(0, at - 2),
      Buffer.from([18, 0]),
      Buffer.from(GE, "latin1"),
      ge.subarray(at + 18),
    ]);
    expect(readFile(renamed).transferSyntax.uid).toBe(GE);
    for (const target of [EXPLICIT_LE, "1.2.840.10008.1.2", RLE]) {
      expect(await samplesOf(await transcode(readFile(renamed), target))).toEqual(image.samples);
    }
    await rejects(image, GE, {}, { code: "UNSUPPORTED_TRANSFER_SYNTAX", at: "(0002,0010)" });
  });

  it("removes tables of the old fragments, and icons in fragments", async () => {
    const image = IMAGES["8 bits"]!;
    const rle = readFile(await transcode(readFile(imageFile(image)), RLE));
    const extended = datasetToElements(rle.dataset).concat(
      { tag: Tag.ExtendedOffsetTable, vr: "OV", value: new Uint8Array(8) },
      { tag: Tag.ExtendedOffsetTableLengths, vr: "OV", value: new Uint8Array(8) },
      {
        tag: Tag.IconImageSequence,
        value: [[{ tag: Tag.PixelData, vr: "OB", value: { fragments: [Uint8Array.of(1, 2)] } }]],
      },
      { tag: 0x00880906, vr: "ST", value: "stays" },
    );
    const bytes = writeFile(extended, { transferSyntaxUid: RLE });
    for (const target of [EXPLICIT_LE, J2K_LOSSLESS, "1.2.840.10008.1.2"]) {
      const { dataset } = readFile(await transcode(readFile(bytes), target));
      for (const tag of [
        Tag.ExtendedOffsetTable,
        Tag.ExtendedOffsetTableLengths,
        Tag.IconImageSequence,
      ]) {
        expect(findElement(dataset, tag)).toBeUndefined();
      }
      expect(readStrings(dataset, 0x00880906)).toEqual(["stays"]);
    }
  });

  it("needs no pixels between native syntaxes", async () => {
    const bytes = fileOf(EXPLICIT.element(Tag.PatientID, "LO", "A1"));
    const transcoded = await transcode(readFile(bytes), "1.2.840.10008.1.2");
    expect(readStrings(readFile(transcoded).dataset, Tag.PatientID)).toEqual(["A1"]);
    await rejects(bytes, RLE, {}, { code: "BAD_VALUE", at: "(7FE0,0010)" });
  });
});

describe("with loss", () => {
  const SMOOTH: ImageInit = {
    rows: 128,
    columns: 128,
    bitsAllocated: 16,
    bitsStored: 12,
    samples: Array.from({ length: 128 * 128 }, (_, i) =>
      Math.round(2000 + 1500 * Math.sin((i & 127) / 9) * Math.cos((i >> 7) / 7) + (i % 7) * 9),
    ),
  };

  it("an image is another instance, and says how much was lost, and how", async () => {
    const file = readFile(imageFile(SMOOTH));
    const bytes = await transcode(file, J2K, { compressionRatio: 3, sopInstanceUid: "1.2.9" });
    const { dataset, fileMetaInformation } = readFile(bytes);
    expect(readStrings(dataset, Tag.LossyImageCompression)).toEqual(["01"]);
    expect(readStrings(dataset, Tag.LossyImageCompressionMethod)).toEqual(["ISO_15444_1"]);
    expect(readStrings(dataset, Tag.ImageType)).toEqual(["DERIVED", "PRIMARY", "AXIAL"]);
    expect(readStrings(dataset, Tag.SOPInstanceUID)).toEqual(["1.2.9"]);
    expect(readStrings(fileMetaInformation, Tag.MediaStorageSOPInstanceUID)).toEqual(["1.2.9"]);
    const [ratio] = readNumbers(dataset, Tag.LossyImageCompressionRatio);
    const { valueLength } = findElement(dataset, Tag.PixelData)!;
    expect(ratio).toBeCloseTo((2 * 128 * 128) / valueLength, 0);
    expect(ratio).toBeGreaterThan(3);
    const worst = (await samplesOf(bytes)).reduce(
      (most, sample, i) => Math.max(most, Math.abs(sample - SMOOTH.samples[i]!)),
      0,
    );
    expect(worst).toBeGreaterThan(0);
    expect(worst).toBeLessThan(100);
  });

  it("each loss adds to the list, and without a given UID each instance has its own", async () => {
    const once = await transcode(readFile(imageFile(SMOOTH, SOURCES[0])), JPEG_LS_NEAR, {
      maxError: 2,
    });
    const off = (await samplesOf(once)).map((sample, i) => Math.abs(sample - SMOOTH.samples[i]!));
    expect(Math.max(...off)).toBe(2);
    const twice = readFile(await transcode(readFile(once), J2K, { compressionRatio: 3 }));
    expect(readStrings(twice.dataset, Tag.LossyImageCompressionMethod)).toEqual([
      "ISO_14495_1",
      "ISO_15444_1",
    ]);
    expect(readNumbers(twice.dataset, Tag.LossyImageCompressionRatio)).toHaveLength(2);
    const uids = [readFile(once), twice].map(({ dataset, fileMetaInformation }) => {
      const [uid] = readStrings(dataset, Tag.SOPInstanceUID);
      expect(readStrings(fileMetaInformation, Tag.MediaStorageSOPInstanceUID)).toEqual([uid]);
      expect(uid).toMatch(/^2\.25\.[1-9]\d{30,38}$/);
      return uid;
    });
    expect(uids[0]).not.toBe(uids[1]);
  });

  it("RGB is YBR_ICT in JPEG 2000", async () => {
    const image: ImageInit = {
      ...SMOOTH,
      bitsAllocated: 8,
      bitsStored: 8,
      photometric: "RGB",
      samples: SMOOTH.samples.flatMap((value) => [value >> 4, 255 - (value >> 4), value >> 5]),
    };
    const bytes = await transcode(readFile(imageFile(image)), J2K, { compressionRatio: 2 });
    const file = readFile(bytes);
    expect(readStrings(file.dataset, Tag.PhotometricInterpretation)).toEqual(["YBR_ICT"]);
    const frame = await (await openFrames(file)).readFrame(0);
    expect(frame.photometricInterpretation).toBe("RGB");
    expect(Math.abs(frame.samples[0]! - image.samples[0]!)).toBeLessThan(10);
  });

  it("a ratio that the codec does not reach is no success", async () => {
    const code = "UNSUPPORTED_TRANSFER_SYNTAX";
    await rejects(SMOOTH, J2K, { compressionRatio: 500 }, { code, at: "(7FE0,0010)" });
  });

  it("a palette, and signs that JPEG-LS would turn round, are refused", async () => {
    const code = "UNSUPPORTED_TRANSFER_SYNTAX";
    await rejects(
      IMAGES["PALETTE COLOR"]!,
      J2K,
      { compressionRatio: 2 },
      { code, at: "(0028,0004)" },
    );
    const lowest: ImageInit = {
      ...SIZE,
      bitsAllocated: 16,
      isSigned: true,
      samples: Array.from({ length: PIXELS }, (_, i) => (i % 2 ? -32768 : 32767)),
    };
    await rejects(lowest, JPEG_LS_NEAR, { maxError: 3 }, { code });
  });
});

describe("transcoding refuses", () => {
  const code = "UNSUPPORTED_TRANSFER_SYNTAX";
  const grey = IMAGES["8 bits"]!;

  it.each([
    [J2K, { compressionRatio: 1 }],
    [J2K, { compressionRatio: Number.NaN }],
    [J2K, { compressionRatio: 1001 }],
    [J2K_LOSSLESS, { compressionRatio: 2 }],
    [JPEG_LS_NEAR, { maxError: -1 }],
    [JPEG_LS_NEAR, { maxError: 1.5 }],
    [JPEG_LS_NEAR, { maxError: 256 }],
    [JPEG_LS, { maxError: 1 }],
    [J2K_LOSSLESS, { sopInstanceUid: "1.2.3" }],
  ] as const)("to %s options %j", async (target, options) => {
    await expect(transcode(readFile(imageFile(grey)), target, options)).rejects.toThrow(RangeError);
  });

  it.each([
    ["big endian", BIG_ENDIAN, "(0002,0010)"],
    ["what is not known", "1.2.3.4", "(0002,0010)"],
    ["JPEG", "1.2.840.10008.1.2.4.50", "(0002,0010)"],
    ["MPEG", "1.2.840.10008.1.2.4.100", "(0002,0010)"],
  ])("%s as a target", (_, target, at) => rejects(grey, target, {}, { code, at }));

  it.each([JPEG_LS, J2K_LOSSLESS, HTJ2K])("what %s has no codec for", async (target) => {
    for (const image of Object.values(WIDE_AND_NARROW)) await rejects(image, target, {}, { code });
    await rejects({ ...SIZE, bitsStored: 1, samples: noise(PIXELS, 0, 1) }, JPEG_LS, {}, { code });
  });

  it("what the codec of JPEG 2000 would change", async () => {
    await rejects(IMAGES["8 bits, signed"]!, J2K_LOSSLESS, {}, { code });
    await rejects(IMAGES["YBR_FULL"]!, J2K_LOSSLESS, {}, { code });
  });

  it("16 bits of colour where the codecs cannot", async () => {
    const color: ImageInit = {
      ...SIZE,
      photometric: "RGB",
      bitsAllocated: 16,
      samples: noise(3 * PIXELS, 0, 65535),
    };
    for (const target of [J2K_LOSSLESS, HTJ2K]) await rejects(color, target, {}, { code });
    for (const target of [RLE, JPEG_LS, DEFLATED_FRAME]) {
      const bytes = await transcode(readFile(imageFile(color)), target);
      expect(await samplesOf(bytes)).toEqual(color.samples);
    }
  });

  it("more segments than RLE has", async () => {
    const bits: ImageInit = {
      ...SIZE,
      bitsAllocated: 1,
      photometric: "RGB",
      samples: noise(3 * PIXELS, 0, 1),
    };
    await rejects(bits, RLE, {}, { code });
  });

  it("an overlay in the pixels, but not one of its own", async () => {
    const position: ElementInit = { tag: 0x60020102, vr: "US", value: 12 };
    const data: ElementInit = { tag: 0x60023000, vr: "OW", value: new Uint8Array(18) };
    const image = IMAGES["12 bits"]!;
    await rejects(
      { ...image, others: [position] },
      RLE,
      {},
      { code: "BAD_VALUE", at: "(6002,0102)" },
    );
    for (const others of [[position, data], [{ ...position, value: 0 }]]) {
      const bytes = await transcode(readFile(imageFile({ ...image, others })), RLE);
      expect(await samplesOf(bytes)).toEqual(image.samples);
    }
  });

  it("pixels of floating point", async () => {
    const { dataset } = readFile(imageFile(grey));
    const elements = datasetToElements(dataset).filter(({ tag }) => tag !== Tag.PixelData);
    const bytes = writeFile([
      ...elements,
      { tag: Tag.FloatPixelData, vr: "OF", value: new Uint8Array(4 * PIXELS) },
    ]);
    await rejects(bytes, RLE, {}, { code, at: "(7FE0,0008)" });
    const implicit = readFile(await transcode(readFile(bytes), "1.2.840.10008.1.2"));
    expect(findElement(implicit.dataset, Tag.FloatPixelData)?.valueLength).toBe(4 * PIXELS);
  });

  it("frames that the header does not tell of, or that are missing", async () => {
    const three: ImageInit = { ...SIZE, frames: 3, samples: noise(3 * PIXELS, 0, 255) };
    const rle = await transcode(readFile(imageFile(three)), RLE);
    const at = "(0028,0008)";
    for (const bytes of [imageFile(three), rle]) {
      await rejects(withFrames(bytes, "1"), J2K_LOSSLESS, {}, { code: "BAD_VALUE", at });
      await rejects(
        withFrames(bytes, "4"),
        J2K_LOSSLESS,
        {},
        { code: bytes === rle ? "BAD_VALUE" : "TRUNCATED" },
      );
    }
  });
});

/** An image without preamble and meta information. */
function bareImage() {
  const image = IMAGES["16 bits"]!;
  const bytes = imageFile(image);
  const start = readFile(bytes).dataset.elements[0]!.byteOffset;
  return { image, elements: bytes.slice(start) };
}

function withFrames(bytes: Uint8Array, value: string): Uint8Array {
  const file = readFile(bytes);
  const edit = { kind: "set", path: [Tag.NumberOfFrames], value } as const;
  return joinSegments(rewriteFile(file, { dataset: [edit] }), file.dataset.source);
}
