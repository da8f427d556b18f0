/**
 * What a policy file has to be, as JSON Schema: the parser reads by it, and `site-policy.schema.json` is a copy of it, for
 * editors.
 *
 * @module
 */
import { BYTES_PER_ELEMENT } from "@dsail/fl-protocol";
import type { JsonSchema } from "./json-schema.js";
import { DEFAULT_POLICY } from "./site-policy.js";

const NAME: JsonSchema = { type: "string", minLength: 1, maxLength: 1024 };
const COUNT: JsonSchema = { type: "integer", minimum: 0, maximum: Number.MAX_SAFE_INTEGER };

const SCALAR_RULES: JsonSchema = {
  type: "array",
  items: {
    type: "object",
    required: ["name"],
    additionalProperties: false,
    properties: {
      name: { ...NAME, description: "A name; * stands for any characters" },
      types: {
        type: "array",
        minItems: 1,
        items: { type: "string", enum: ["boolean", "number", "integer", "text", "bytes"] },
        description: "Default: boolean, number, integer",
      },
      minimum: { type: "number" },
      maximum: { type: "number" },
    },
  },
};

/** The schema (draft 2020-12) of a site policy. */
export const SITE_POLICY_SCHEMA: JsonSchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "D-SAIL site policy",
  description: "What a site lets leave, and whom it works for",
  type: "object",
  required: ["version", "servers", "tensors"],
  additionalProperties: false,
  properties: {
    $schema: { type: "string", description: "For editors" },
    version: { type: "integer", enum: [1] },
    servers: {
      type: "array",
      minItems: 1,
      description: "Whom the site works for",
      items: {
        type: "object",
        required: ["address"],
        additionalProperties: false,
        properties: { address: { ...NAME, description: "host:port" }, transport: NAME },
      },
    },
    instructions: {
      type: "array",
      items: { type: "string", enum: ["getProperties", "getParameters", "fit", "evaluate"] },
      description: "What a server may ask for",
      default: DEFAULT_POLICY.instructions,
    },
    config: { ...SCALAR_RULES, description: "What a server may set", default: [] },
    tensors: {
      type: "array",
      description: "Tensors that may leave",
      items: {
        type: "object",
        required: ["name"],
        additionalProperties: false,
        properties: {
          name: { ...NAME, description: "A name; * stands for any characters" },
          dtypes: {
            type: "array",
            minItems: 1,
            items: { type: "string", enum: Object.keys(BYTES_PER_ELEMENT) },
            description: "Default: float16, bfloat16, float32, float64",
          },
          shapes: {
            type: "array",
            minItems: 1,
            description: "Default: any shape",
            items: {
              type: "array",
              maxItems: 32,
              items: { anyOf: [COUNT, { type: "string", enum: ["*"] }] },
            },
          },
        },
      },
    },
    sameStructure: {
      type: "boolean",
      description: "Whether a fit gives back the dtypes and shapes that it was given",
      default: DEFAULT_POLICY.sameStructure,
    },
    maxBytes: { ...COUNT, description: "Of one reply", default: DEFAULT_POLICY.maxBytes },
    minExamples: {
      ...COUNT,
      description: "That a result of fit or evaluate stands for",
      default: DEFAULT_POLICY.minExamples,
    },
    maxRounds: {
      ...COUNT,
      description: "Results of fit, in all",
      default: DEFAULT_POLICY.maxRounds,
    },
    maxEvaluations: {
      ...COUNT,
      description: "Results of evaluate, in all",
      default: DEFAULT_POLICY.maxEvaluations,
    },
    maxParameterRequests: {
      ...COUNT,
      description: "Replies to getParameters, in all",
      default: DEFAULT_POLICY.maxParameterRequests,
    },
    metrics: { ...SCALAR_RULES, description: "Metrics that may leave", default: [] },
    properties: { ...SCALAR_RULES, description: "Properties that may leave", default: [] },
    unlistedScalars: {
      type: "string",
      enum: ["refuse", "drop"],
      description: "What becomes of a result with another metric or property",
      default: DEFAULT_POLICY.unlistedScalars,
    },
    stateFile: { ...NAME, description: "Where replies are counted, relative to this file" },
  },
};
