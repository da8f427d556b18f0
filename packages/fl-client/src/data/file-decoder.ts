/**
 * Images of files, in the form in which they are kept.
 *
 * @module
 */
import { createImageDecoder, type DecodeImage } from "./decode-image.js";
import { type FittedImage, fitImage, type ImageForm } from "./fit-image.js";
import { readImageFile } from "./image-file.js";

/** Decodes one file after the other: memory is that of one image, whoever asks for how many. */
export interface FileDecoder {
  /**
   * @param path - of the file system
   * @throws {@link FlError}
   */
  readonly decode: (path: string) => Promise<FittedImage>;
  /** Ends what is under way; what waits is refused. */
  readonly close: () => Promise<void>;
}

/** Decodes in this thread. */
export function createFileDecoder(form: ImageForm, decode?: DecodeImage): FileDecoder {
  const decodeBytes = createImageDecoder(form.maxPixels, decode);
  let last: Promise<unknown> = Promise.resolve();
  return {
    decode: (path) => {
      const result = last.then(async () =>
        fitImage(await decodeBytes(await readImageFile(path)), form),
      );
      last = result.catch(() => undefined);
      return result;
    },
    close: async () => undefined,
  };
}
