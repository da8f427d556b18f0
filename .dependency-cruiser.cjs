/**
 * The layers of ARCHITECTURE.md as rules. `pnpm layers` fails on the first import that breaks one.
 */
const { existsSync, readFileSync } = require("node:fs");
const { join } = require("node:path");

/** Which of our packages a package may import. Everything not listed is forbidden. */
const MAY_IMPORT = {
  "dicom-core": [],
  dp: [],
  "fl-protocol": [],
  "tfjs-wasm-train": [],
  converter: ["dicom-core"],
  pseudonymizer: ["dicom-core"],
  "fl-client": ["fl-protocol", "dp", "tfjs-wasm-train"],
  "fl-server": ["fl-protocol", "dp"],
};

/** Packages whose every source outside `NODE_PART` also runs in a browser. */
const ISOMORPHIC = ["dicom-core", "pseudonymizer", "converter", "dp", "tfjs-wasm-train"];
const NODE_PART = String.raw`^packages/[^/]+/src/(node\.ts|node/|cli\.ts|cli/|[a-z-]+-worker\.ts$)`;

/** Third-party packages a person brings along: only their adapter may name them. */
const OPTIONAL_PEERS = "node_modules/(dicom-parser|dcmjs)/";

/** The two files whose types are defined by each other. */
const RECURSIVE = String.raw`^packages/dicom-core/src/(data-element|dataset)\.ts$`;

const TEST = String.raw`\.(test|test-d|bench)\.ts$`;

const BENCH = "^packages/[^/]+/bench/";

/** `packages/<name>/src/...` of every `@dsail/source` entry in the `exports` of a package. */
function entriesOf(name) {
  const manifest = join(__dirname, "packages", name, "package.json");
  if (!existsSync(manifest)) return [];
  const { exports = {} } = JSON.parse(readFileSync(manifest, "utf8"));
  return Object.values(exports)
    .map((target) => target?.["@dsail/source"])
    .filter((file) => file !== undefined)
    .map((file) => `packages/${name}/${file.slice(2)}`);
}

const names = Object.keys(MAY_IMPORT);
const entries = names.flatMap(entriesOf).map((file) => `^${file.replaceAll(".", "\\.")}$`);

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: "no-cycle",
      comment: "Two files that need each other are one concept, or a third one is missing.",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "no-type-cycle",
      comment:
        "The same for types, but for the one cycle the standard itself has (PS3.5 7.5): an element " +
        "holds items, and an item is a data set.",
      severity: "error",
      from: { pathNot: RECURSIVE },
      to: { circular: true, via: { pathNot: RECURSIVE } },
    },
    {
      name: "no-own-index",
      comment: "index.ts is for users of the package (or folder); inside, import the file itself.",
      severity: "error",
      from: { path: "^(packages/[^/]+/src)/" },
      to: { path: String.raw`^$1/index\.ts$` },
    },
    {
      name: "no-own-folder-index",
      comment: "The same for the index of a folder, seen from within the folder.",
      severity: "error",
      from: { path: String.raw`^(packages/.+)/[^/]+\.ts$` },
      to: { path: String.raw`^$1/index\.ts$` },
    },
    {
      name: "no-deep-import",
      comment: "Of another package only what its `exports` offer. Benches may share their inputs.",
      severity: "error",
      from: { path: "^packages/([^/]+)/", pathNot: BENCH },
      to: { path: "^packages/(?!$1/)", pathNot: [...entries, "/package\\.json$"] },
    },
    {
      name: "no-relative-import-of-a-package",
      comment: "Another package is imported by its name, never by a path through the repository.",
      severity: "error",
      from: { path: "^(packages|examples)/([^/]+)/", pathNot: BENCH },
      to: { path: "^packages/(?!$2/)", dependencyTypes: ["local"] },
    },
    {
      name: "no-shared-generated",
      comment: "Generated tables belong to their package; others ask its API.",
      severity: "error",
      from: { path: "^packages/([^/]+)/" },
      to: { path: "/src/generated/", pathNot: "^packages/$1/" },
    },
    {
      name: "generated-imports-types-only",
      comment: "Generated files are data: they may name a type, and run nothing of ours.",
      severity: "error",
      from: { path: "/src/generated/" },
      to: { path: "^packages/", pathNot: "/src/generated/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "concepts-below-operations",
      comment: "What a tag, an element or a data set is does not depend on what is done with it.",
      severity: "error",
      from: {
        path: String.raw`^packages/dicom-core/src/[^/]+\.ts$`,
        pathNot: [TEST, String.raw`/src/(index|node|.*-worker)\.ts$`],
      },
      to: { path: "^packages/dicom-core/src/(read|values|write|rewrite|json|node|adapters)/" },
    },
    {
      name: "reading-below-writing",
      comment: "A program that reads carries nothing that writes.",
      severity: "error",
      from: { path: "^packages/dicom-core/src/(read|values)/", pathNot: TEST },
      to: { path: "^packages/dicom-core/src/(write|rewrite|json|adapters)/" },
    },
    {
      name: "no-test-import",
      comment: "A source file does not depend on a test.",
      severity: "error",
      from: { path: "^packages/[^/]+/src/", pathNot: TEST },
      to: { path: [TEST, "^packages/[^/]+/(test|bench|scripts)/"] },
    },
    {
      name: "cli-is-last",
      comment: "Nothing but the command line itself imports the command line.",
      severity: "error",
      from: { pathNot: [String.raw`/src/cli(\.ts|/)`, TEST, "^packages/[^/]+/test/"] },
      to: { path: String.raw`^packages/[^/]+/src/cli(\.ts|/)` },
    },
    {
      name: "isomorphic-no-builtin",
      comment:
        "These sources also run in a browser; what needs Node lives in node.ts, node/ or cli.",
      severity: "error",
      from: { path: `^packages/(${ISOMORPHIC.join("|")})/src/`, pathNot: [NODE_PART, TEST] },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "isomorphic-no-node-part",
      comment: "Nor do they reach Node through the part that is written for it.",
      severity: "error",
      from: { path: `^packages/(${ISOMORPHIC.join("|")})/src/`, pathNot: [NODE_PART, TEST] },
      to: { path: NODE_PART },
    },
    {
      name: "optional-peers-in-adapters",
      comment: "dicom-parser and dcmjs are optional: a program without them must not notice.",
      severity: "error",
      from: {
        path: "^packages/[^/]+/src/",
        pathNot: [TEST, "^packages/dicom-core/src/adapters/(dicom-parser|dcmjs)\\.ts$"],
      },
      to: { path: OPTIONAL_PEERS },
    },
    {
      name: "tensor-library-in-tfjs",
      comment: "A program with a trainer of its own loads no tensor library.",
      severity: "error",
      from: {
        path: "^packages/fl-client/src/",
        pathNot: [TEST, String.raw`^packages/fl-client/src/(tfjs\.ts|tfjs/|cli\.ts|cli/)`],
      },
      to: {
        path: ["node_modules/@tensorflow/", "^packages/(tfjs-wasm-train/|fl-client/src/tfjs/)"],
      },
    },
    {
      name: "no-dev-dependency",
      comment: "What a published file imports is a dependency.",
      severity: "error",
      from: { path: "^packages/[^/]+/src/", pathNot: TEST },
      to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only", "npm-peer"] },
    },
    {
      name: "no-undeclared",
      comment: "Every package that is imported stands in the package.json.",
      severity: "error",
      from: { path: "^packages/[^/]+/src/", pathNot: TEST },
      to: { dependencyTypes: ["npm-no-pkg", "npm-unknown"], dependencyTypesNot: ["npm-peer"] },
    },
    {
      name: "no-unresolvable",
      comment: "An import that resolves to nothing.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
    ...names.map((name) => ({
      name: `layer-${name}`,
      comment: `${name} may import of ours: ${MAY_IMPORT[name].join(", ") || "nothing"}.`,
      severity: "error",
      from: { path: `^packages/${name}/` },
      to: {
        path: "^packages/",
        pathNot: [name, ...MAY_IMPORT[name]].map((allowed) => `^packages/${allowed}/`),
      },
    })),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: ["/dist/", "^packages/[^/]+/coverage/"] },
    // Type-only imports count: a cycle of types is a cycle of concepts.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.base.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["@dsail/source", "import", "node", "default", "types"],
      extensions: [".ts", ".js", ".mjs", ".cjs", ".json"],
    },
    builtInModules: { add: ["node:test", "node:sqlite", "node:sea"] },
  },
};
