import "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { encodeModule } from "../src/simd/assembler.js";
import { simdFunctions } from "../src/simd/functions.js";
import { simdOf } from "../src/simd/simd-module.js";

await tf.setBackend("wasm");
await tf.ready();
const b = tf.backend() as any;
const bytes = encodeModule(simdFunctions);
console.log(bytes.length, Object.keys(b.wasm.asm ?? {}).length);
try {
  new (globalThis as any).WebAssembly.Module(bytes);
} catch (e) {
  console.log(e);
}
console.log(simdOf(b));
