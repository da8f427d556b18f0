/**
 * The SIMD functions of this package on the memory of a wasm backend.
 *
 * @module
 */
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { type AssembledFunction, encodeModule } from "./assembler.js";
import { passFunctions } from "./functions.js";
import { productFunctions } from "./product-functions.js";

/** What is said of each in `functions.ts`; all numbers are bytes or counts. */
export interface Simd {
  readonly relu: (x: number, bytes: number) => void;
  readonly reluGrad: (dy: number, y: number, out: number, bytes: number, ceiling: number) => void;
  readonly transpose: SixNumbers;
  readonly copyRows: SixNumbers;
  readonly channelSums: SixNumbers;
  readonly channelSum: (a: number, bytes: number, pixelBytes: number, sums: number) => void;
  readonly scaleChannels: SixNumbers;
  readonly combineChannels: SixNumbers;
  readonly maxPoolWindow: (
    x: number,
    dx: number,
    dy: number,
    rows: number,
    rowStride: number,
    rowBytes: number,
    pixelBytes: number,
    tail: number,
    mask: number,
  ) => void;
  readonly multiplyAddRows: (
    x: number,
    xStride: number,
    y: number,
    yStride: number,
    out: number,
    outStride: number,
    rows: number,
    bytes: number,
  ) => void;
  readonly transposedProduct: TransposedProduct;
  readonly rowProduct: (
    a: number,
    b: number,
    out: number,
    rows: number,
    columns: number,
    bytes: number,
  ) => void;
  readonly adam: AdamFunction;
  readonly descend: (
    parameter: number,
    gradient: number,
    bytes: number,
    rate: number,
    decay: number,
  ) => void;
}

/** Numbers of `adam` in `functions.ts`. */
type AdamFunction = (
  parameter: number,
  gradient: number,
  firstMoment: number,
  secondMoment: number,
  bytes: number,
  gradientDecay: number,
  share1: number,
  beta2: number,
  share2: number,
  decay: number,
  stepSize: number,
  rootFactor: number,
  epsilon: number,
) => void;

/** Fourteen numbers; see `product-functions.ts`. */
type TransposedProduct = (
  x: number,
  y: number,
  out: number,
  images: number,
  xImage: number,
  yImage: number,
  rows: number,
  xRow: number,
  yRow: number,
  columns: number,
  xPixel: number,
  yPanel: number,
  inBytes: number,
  outBytes: number,
) => void;

type SixNumbers = (a: number, b: number, c: number, d: number, e: number, f: number) => void;

/** Where the functions are kept: with the backend whose memory they work on. */
const SIMD = Symbol.for("@dsail/tfjs-wasm-train/simd");

/** The part of WebAssembly that is used; its types belong to the DOM's. */
interface WebAssemblyNamespace {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
  readonly Memory: new (...args: never[]) => object;
}

/**
 * The functions for a backend, or undefined where the engine has no SIMD, or the memory of the backend is not to be had;
 * then loops in JavaScript do the same.
 */
export function simdOf({ wasm }: BackendWasm): Simd | undefined {
  const holder = wasm as unknown as { asm?: object; [SIMD]?: Simd | false };
  holder[SIMD] ??= instantiate(holder.asm) ?? false;
  return holder[SIMD] || undefined;
}

function instantiate(asm: object | undefined): Simd | undefined {
  const { WebAssembly } = globalThis as unknown as { WebAssembly: WebAssemblyNamespace };
  const memory = Object.values(asm ?? {}).find((value) => value instanceof WebAssembly.Memory);
  if (memory === undefined) return undefined;
  // Fused multiply-add, a quarter faster, is in V8 from Chrome 114 and Node 22.
  const products =
    compile(WebAssembly, memory, productFunctions(true)) ??
    compile(WebAssembly, memory, productFunctions(false));
  const passes = compile(WebAssembly, memory, passFunctions);
  if (products === undefined || passes === undefined) return undefined;
  return { ...passes, ...products } as Simd;
}

/** Modules of less than 4 KB each: what browsers compile at once on their main thread. */
function compile(
  WebAssembly: WebAssemblyNamespace,
  memory: object,
  functions: readonly AssembledFunction[],
): object | undefined {
  const bytes = encodeModule(functions);
  try {
    const module = new WebAssembly.Module(bytes);
    return new WebAssembly.Instance(module, { env: { memory } }).exports;
  } catch {
    return undefined; // The engine does not know the instructions.
  }
}
