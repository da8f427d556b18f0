/**
 * A small assembler of WebAssembly with SIMD: expressions with types, statements, functions, a module.
 *
 * It has the instructions that this package's functions use, and no more. Encoding: WebAssembly Core 2.0, section 5
 * (binary format); vector instructions of 5.4.8.
 *
 * @module
 */

/** Types of values. */
export type ValueType = "i32" | "f32" | "v128";

/** Instructions that leave one value of a type on the stack. */
export interface Expression<T extends ValueType> {
  readonly type: T;
  readonly code: readonly number[];
}

/** Instructions that leave nothing. */
export type Statement = readonly number[];

/** A parameter or local variable. */
export interface Local<T extends ValueType> extends Expression<T> {
  readonly set: (value: Expression<T>) => Statement;
}

/** A function of a module. */
export interface AssembledFunction {
  readonly name: string;
  readonly parameters: readonly ValueType[];
  readonly locals: readonly ValueType[];
  readonly body: Statement;
}

type I32 = Expression<"i32">;
type F32 = Expression<"f32">;
type V128 = Expression<"v128">;

type Binary<T extends ValueType> = (a: Expression<T>, b: Expression<T>) => Expression<T>;

const expression = <T extends ValueType>(type: T, code: readonly number[]): Expression<T> => ({
  type,
  code,
});

const binary =
  <T extends ValueType>(type: T, ...instruction: number[]): Binary<T> =>
  (a, b) =>
    expression(type, [...a.code, ...b.code, ...instruction]);

/** Section 5.2.2: seven bits a byte, the last with a clear high bit. */
function unsigned(value: number): number[] {
  const low = value & 0x7f;
  const rest = value >>> 7;
  return rest === 0 ? [low] : [low | 0x80, ...unsigned(rest)];
}

function signed(value: number): number[] {
  const low = value & 0x7f;
  const rest = value >> 7;
  const done = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0);
  return done ? [low] : [low | 0x80, ...signed(rest)];
}

const vectorCode = (instruction: number): number[] => [0xfd, ...unsigned(instruction)];
const vectorBinary = (instruction: number) => binary("v128", ...vectorCode(instruction));

/** Instructions for {@link Expression}s of type i32. */
export const i32: {
  readonly constant: (value: number) => I32;
  readonly add: Binary<"i32">;
  readonly mul: Binary<"i32">;
  readonly shiftLeft: (a: I32, bits: number) => I32;
  readonly shiftRight: (a: I32, bits: number) => I32;
} = {
  constant: (value: number): I32 => expression("i32", [0x41, ...signed(value)]),
  add: binary("i32", 0x6a),
  mul: binary("i32", 0x6c),
  shiftRight: (a: I32, bits: number): I32 => expression("i32", [...a.code, 0x41, bits, 0x76]),
  shiftLeft: (a: I32, bits: number): I32 => expression("i32", [...a.code, 0x41, bits, 0x74]),
};

/** Four float32, or two float64, side by side. */
export const vector: {
  readonly zero: V128;
  readonly load: (address: I32, offset?: number) => V128;
  /** One float32 from memory, four times. */
  readonly loadSplat: (address: I32, offset?: number) => V128;
  readonly store: (address: I32, value: V128, offset?: number) => Statement;
  /** Elements 0 and 1. */
  readonly storePair: (address: I32, value: V128) => Statement;
  readonly splat: (value: F32) => V128;
  readonly add: Binary<"v128">;
  readonly sub: Binary<"v128">;
  readonly mul: Binary<"v128">;
  readonly div: Binary<"v128">;
  readonly sqrt: (a: V128) => V128;
  /** a b + c, rounded once, or twice: as the machine likes (relaxed SIMD, which not every engine has). */
  readonly relaxedMultiplyAdd: (a: V128, b: V128, c: V128) => V128;
  /** b where a < b, else a. */
  readonly max: Binary<"v128">;
  /** All bits of an element set where true. */
  readonly equal: Binary<"v128">;
  readonly less: Binary<"v128">;
  readonly greater: Binary<"v128">;
  readonly and: Binary<"v128">;
  /** a and not b. */
  readonly andNot: Binary<"v128">;
  /** Elements by number: 0 to 3 of a, 4 to 7 of b. */
  readonly shuffle: (a: V128, b: V128, elements: readonly [number, number, number, number]) => V128;
  /** The first two float32 as float64. */
  readonly widenLow: (a: V128) => V128;
  readonly addDoubles: Binary<"v128">;
  readonly mulDoubles: Binary<"v128">;
} = {
  zero: expression("v128", [...vectorCode(12), ...new Array<number>(16).fill(0)]),
  load: (address: I32, offset = 0): V128 =>
    expression("v128", [...address.code, ...vectorCode(0), 0, ...unsigned(offset)]),
  store: (address: I32, value: V128, offset = 0): Statement => [
    ...address.code,
    ...value.code,
    ...vectorCode(11),
    0,
    ...unsigned(offset),
  ],
  loadSplat: (address: I32, offset = 0): V128 =>
    expression("v128", [...address.code, ...vectorCode(9), 0, ...unsigned(offset)]),
  storePair: (address, value) => [...address.code, ...value.code, ...vectorCode(0x5b), 0, 0, 0],
  relaxedMultiplyAdd: (a, b, c) =>
    expression("v128", [...a.code, ...b.code, ...c.code, ...vectorCode(0x105)]),
  splat: (value: F32): V128 => expression("v128", [...value.code, ...vectorCode(19)]),
  add: vectorBinary(228),
  sub: vectorBinary(229),
  mul: vectorBinary(230),
  div: vectorBinary(231),
  sqrt: (a) => expression("v128", [...a.code, ...vectorCode(227)]),
  max: vectorBinary(235),
  equal: vectorBinary(0x41),
  less: vectorBinary(0x43),
  greater: vectorBinary(0x44),
  and: vectorBinary(0x4e),
  andNot: vectorBinary(0x4f),
  shuffle: (a: V128, b: V128, elements: readonly [number, number, number, number]): V128 =>
    expression("v128", [
      ...a.code,
      ...b.code,
      ...vectorCode(13),
      ...elements.flatMap((element) => [0, 1, 2, 3].map((byte) => element * 4 + byte)),
    ]),
  widenLow: (a: V128): V128 => expression("v128", [...a.code, ...vectorCode(0x5f)]),
  addDoubles: vectorBinary(240),
  mulDoubles: vectorBinary(242),
};

/** Runs the body for counter = start, start + step, … while it is below the end. */
export function loop(
  counter: Local<"i32">,
  range: { readonly start?: I32; readonly end: I32; readonly step: I32 },
  ...body: readonly Statement[]
): Statement {
  return [
    ...counter.set(range.start ?? i32.constant(0)),
    ...[0x02, 0x40], // block
    ...[0x03, 0x40], // loop
    ...counter.code,
    ...range.end.code,
    ...[0x4e, 0x0d, 1], // i32.ge_s, br_if out
    ...body.flat(),
    ...counter.set(i32.add(counter, range.step)),
    ...[0x0c, 0, 0x0b, 0x0b], // br back, end, end
  ];
}

/**
 * A function without results.
 *
 * @param build - makes the body from its parameters and from locals it asks for
 */
export function assemble<const P extends readonly ValueType[]>(
  name: string,
  parameters: P,
  build: (
    parameters: { readonly [I in keyof P]: Local<P[I]> },
    local: <T extends ValueType>(type: T) => Local<T>,
  ) => readonly Statement[],
): AssembledFunction {
  const locals: ValueType[] = [];
  const at = <T extends ValueType>(type: T, index: number): Local<T> => ({
    ...expression(type, [0x20, ...unsigned(index)]),
    set: (value) => [...value.code, 0x21, ...unsigned(index)],
  });
  const local = <T extends ValueType>(type: T) =>
    at(type, parameters.length + locals.push(type) - 1);
  const given = parameters.map(at) as { readonly [I in keyof P]: Local<P[I]> };
  const body = build(given, local).flat();
  return { name, parameters, locals, body };
}

const typeCode: Readonly<Record<ValueType, number>> = { i32: 0x7f, f32: 0x7d, v128: 0x7b };

/** The bytes of a module that imports `env.memory` and exports the functions by their names (section 5.5). */
export function encodeModule(functions: readonly AssembledFunction[]): Uint8Array<ArrayBuffer> {
  const sized = (bytes: readonly number[]) => [...unsigned(bytes.length), ...bytes];
  const list = (items: readonly (readonly number[])[]) => [
    ...unsigned(items.length),
    ...items.flat(),
  ];
  const text = (value: string) => sized([...new TextEncoder().encode(value)]);
  const section = (id: number, content: readonly number[]) => [id, ...sized(content)];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(
      1,
      list(
        functions.map(({ parameters }) => [0x60, ...list(parameters.map((t) => [typeCode[t]])), 0]),
      ),
    ),
    // A memory of any size.
    ...section(2, list([[...text("env"), ...text("memory"), 2, 0, 0]])),
    ...section(3, list(functions.map((_, i) => unsigned(i)))),
    ...section(7, list(functions.map(({ name }, i) => [...text(name), 0, ...unsigned(i)]))),
    ...section(
      10,
      list(
        functions.map(({ locals, body }) =>
          sized([...list(locals.map((type) => [1, typeCode[type]])), ...body, 0x0b]),
        ),
      ),
    ),
  ]);
}
