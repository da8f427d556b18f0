/**
 * The part that is used of a package that has no types.
 *
 * @module
 */
declare module "@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs" {
  export interface ModuleDecoder {
    getEncodedBuffer(length: number): Uint8Array;
    decode(): void;
    getFrameInfo(): {
      readonly width: number;
      readonly height: number;
      readonly componentCount: number;
    };
    /** A view of the module's memory, void after `delete`. */
    getDecodedBuffer(): Uint8Array;
    delete(): void;
  }
  export interface JpegModule {
    readonly JPEGDecoder: new () => ModuleDecoder;
  }
  const create: (options: {
    readonly print: (text: string) => void;
    readonly printErr: (text: string) => void;
  }) => Promise<JpegModule>;
  export default create;
}
