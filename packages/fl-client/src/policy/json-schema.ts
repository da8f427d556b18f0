/**
 * The few words of JSON Schema (draft 2020-12) that a policy needs, checked.
 *
 * @module
 */
import { FlError } from "@dsail/fl-protocol";

/** A schema. `properties` come with `additionalProperties: false`: what is not named is refused. */
export interface JsonSchema {
  readonly $schema?: string;
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly type?: "object" | "array" | "string" | "number" | "integer" | "boolean";
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: false;
  readonly items?: JsonSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
}

/**
 * Asserts that a value of JSON is what a schema says.
 *
 * @param at - a JSON pointer (RFC 6901), for messages
 * @throws {@link FlError} `BAD_CONFIG` with the place and what was expected; never with the value
 */
export function assertSchema(value: unknown, schema: JsonSchema, at = ""): void {
  const fail = (expected: string): never => {
    throw new FlError("BAD_CONFIG", `${at === "" ? "/" : at}: expected ${expected}`);
  };
  if (schema.anyOf !== undefined) {
    const fits = schema.anyOf.some((one) => isOfSchema(value, one));
    if (!fits) fail(schema.anyOf.map(formatSchema).join(" or "));
    return;
  }
  if (schema.type !== undefined && !isOfType(value, schema.type)) fail(formatSchema(schema));
  if (schema.enum !== undefined && !schema.enum.includes(value)) fail(formatSchema(schema));
  if (typeof value === "number") {
    const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = schema;
    if (!(value >= minimum && value <= maximum)) fail(`${minimum} to ${maximum}`);
  }
  if (typeof value === "string") {
    assertCount(value.length, schema.minLength, schema.maxLength, "characters", fail);
  }
  if (Array.isArray(value)) {
    assertCount(value.length, schema.minItems, schema.maxItems, "entries", fail);
    const { items = {} } = schema;
    for (const [i, item] of value.entries()) assertSchema(item, items, `${at}/${i}`);
  }
  if (isRecord(value)) assertProperties(value, schema, at);
}

function assertProperties(
  value: Readonly<Record<string, unknown>>,
  { properties = {}, required = [], additionalProperties }: JsonSchema,
  at: string,
): void {
  for (const name of required) {
    if (!Object.hasOwn(value, name)) {
      throw new FlError("BAD_CONFIG", `${at}/${name}: is missing`);
    }
  }
  for (const [name, part] of Object.entries(value)) {
    const place = `${at}/${escapeName(name)}`;
    if (Object.hasOwn(properties, name)) assertSchema(part, properties[name]!, place);
    else if (additionalProperties === false) {
      throw new FlError("BAD_CONFIG", `${place}: is not known`);
    }
  }
}

function assertCount(
  count: number,
  least = 0,
  most = Number.POSITIVE_INFINITY,
  what: string,
  fail: (expected: string) => never,
): void {
  if (count < least) fail(`${least} ${what} or more`);
  if (count > most) fail(`${most} ${what} or fewer`);
}

function isOfSchema(value: unknown, schema: JsonSchema): boolean {
  try {
    assertSchema(value, schema);
    return true;
  } catch {
    return false;
  }
}

function isOfType(value: unknown, type: NonNullable<JsonSchema["type"]>): boolean {
  switch (type) {
    case "object":
      return isRecord(value);
    case "array":
      return Array.isArray(value);
    case "integer":
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function formatSchema({ type, enum: values }: JsonSchema): string {
  return values === undefined ? String(type) : values.map((one) => JSON.stringify(one)).join(", ");
}

/** A name of a JSON pointer, not longer than a line. */
function escapeName(name: string): string {
  return name.slice(0, 80).replaceAll("~", "~0").replaceAll("/", "~1");
}
