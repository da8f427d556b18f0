/**
 * The parts that are used of packages that have no types.
 *
 * @module
 */
/** Of each codec of Cornerstone, whatever it decodes or encodes. */
declare module "@cornerstonejs/*" {
  const create: import("./emscripten-codec.js").CreateModule;
  export default create;
}
declare module "jpeg-lossless-decoder-js" {
  export class Decoder {
    decompress(buffer: ArrayBuffer, offset: number, length: number): ArrayBuffer;
  }
}
