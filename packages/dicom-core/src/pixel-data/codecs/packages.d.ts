/**
 * The parts that are used of packages that have no types.
 *
 * @module
 */
declare module "@cornerstonejs/codec-openjpeg/decodewasmjs" {
  const create: import("./emscripten-codec.js").CreateModule;
  export default create;
}
declare module "@cornerstonejs/codec-openjpeg/wasmjs" {
  const create: import("./emscripten-codec.js").CreateModule;
  export default create;
}
declare module "@cornerstonejs/codec-openjph/wasmjs" {
  const create: import("./emscripten-codec.js").CreateModule;
  export default create;
}
declare module "@cornerstonejs/codec-charls/decodewasmjs" {
  const create: import("./emscripten-codec.js").CreateModule;
  export default create;
}
declare module "@cornerstonejs/codec-charls/wasmjs" {
  const create: import("./emscripten-codec.js").CreateModule;
  export default create;
}
declare module "@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs" {
  const create: import("./emscripten-codec.js").CreateModule;
  export default create;
}
declare module "jpeg-lossless-decoder-js" {
  export class Decoder {
    decompress(buffer: ArrayBuffer, offset: number, length: number): ArrayBuffer;
  }
}
