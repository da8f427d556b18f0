/**
 * An image on disk compressed, and what is left of it written as PNG.
 *
 * @module
 */
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import type { FrameCodecs } from "@dsail/dicom-core/pixel-data";
import { compressImage } from "../compress/compress-image.js";
import { encodePng } from "../image/encode-png.js";
import type { CompressOptions, WorkDone } from "./folder-job.js";
import type { OutputFiles } from "./output-files.js";
import { readImageFile } from "./read-image-file.js";
import { IMAGE_EXTENSION } from "./stem.js";

export async function compressFile(
  input: string,
  path: string,
  { ratio, keepCodestream = false }: CompressOptions,
  files: OutputFiles,
  codecs: FrameCodecs,
): Promise<WorkDone> {
  if (!IMAGE_EXTENSION.test(path)) return "skipped";
  const image = await readImageFile(join(input, path));
  const compressed = await compressImage(image, {
    codecs,
    ...(ratio === undefined ? {} : { ratio }),
  });
  const stem = path.replace(IMAGE_EXTENSION, "");
  const png = encodePng(compressed.image, { deflate: deflateSync });
  if (keepCodestream) await files.write(`${stem}.j2c`, () => compressed.codestream);
  await files.write(`${stem}.png`, () => png);
  return {
    compression: {
      originalBytes: compressed.originalBytes,
      compressedBytes: compressed.codestream.length,
      pngBytes: png.length,
      psnr: compressed.psnr,
    },
  };
}
