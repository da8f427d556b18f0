/**
 * The API of all packages as pages: a module for every subpath that a package exports, made of the sources
 * as one program, so that a link goes from one package to another; a package's README is the page of its name.
 *
 * A link that leads nowhere, or an exported type that names one that is not, fails: nothing is written then.
 *
 * Usage: node scripts/api-docs.mjs   (writes docs/api/, which git ignores)
 *
 * @module
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Application, Converter, MinimalSourceFile, normalizePath } from "typedoc";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
process.chdir(root); // where typedoc.json is looked for

/** All packages, as their package.json. */
const packages = readdirSync("packages").map((folder) => ({
  folder: join(root, "packages", folder),
  ...JSON.parse(readFileSync(join("packages", folder, "package.json"), "utf8")),
}));

/** What an entry is imported as, by its source. */
const names = new Map(
  packages.flatMap(({ folder, name, exports }) =>
    Object.entries(exports)
      .filter(([, target]) => target["@dsail/source"] !== undefined)
      .map(([subpath, target]) => [
        normalizePath(join(folder, target["@dsail/source"])),
        `${name}${subpath.slice(1)}`,
      ]),
  ),
);

/**
 * Types in signatures of exports that are not exported themselves: parts of an exported type, or options that are
 * written where they are used. One more of them fails, and one that is exported or gone, too.
 *
 * @type {Readonly<Record<string, readonly string[]>>}
 */
const UNNAMED = {
  "@dsail/converter": ["OutputRange"],
  "@dsail/dicom-core": ["EncapsulatedInit"],
  "@dsail/dp": ["NoiseOptions", "TreeAggregationOptions"],
  "@dsail/fl-client": [
    "Defaulted",
    "Evaluated",
    "Fitted",
    "JsonSchema",
    "Normalization",
    "NormMethod",
    "OfInstruction",
  ],
  "@dsail/fl-protocol": ["OfRun"],
  "@dsail/fl-server": ["Awaitable"],
  "@dsail/pseudonymizer": ["IdentifiersOf", "LockTiming", "ReplaceUid"],
};

const LANGUAGE_ERRORS = new Set(["RangeError", "TypeError"]);

const app = await Application.bootstrapWithPlugins({ entryPoints: [...names.keys()] });

// A comment may name what its own file does not import: an export of any of the packages, or an error of
// the language.
app.converter.addUnknownSymbolResolver((reference, from) => {
  const name = reference.symbolReference?.path?.map(({ path }) => path).join(".");
  if (reference.moduleSource !== undefined || name === undefined) return;
  if (LANGUAGE_ERRORS.has(name)) {
    return `https://developer.mozilla.org/docs/Web/JavaScript/Reference/Global_Objects/${name}`;
  }
  const target = from.project.children
    ?.flatMap((module) => module.children ?? [])
    .find((child) => child.name === name && !child.isReference());
  // A reflection does as well as the address that the type asks for.
  return target && { target: /** @type {never} */ (target), caption: name };
});

/**
 * @param {string} file - what relative links in it start from
 * @param {string} text - Markdown
 * @param {import("typedoc").ProjectReflection} project
 */
function parse(file, text, project) {
  return app.converter.parseRawComment(
    new MinimalSourceFile(text, normalizePath(file)),
    project.files,
  ).content;
}

app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
  for (const { name, folder } of packages) {
    const module = project.children?.find((child) => child.name === name);
    if (module === undefined) throw new Error(`no module ${name}`);
    const file = join(folder, "README.md");
    module.readme = parse(file, readFileSync(file, "utf8"), project);
    for (const path of [file, folder]) {
      project.files.registerReflectionPath(normalizePath(path), module);
    }
  }
  const rows = packages.map(
    ({ name, description }) => `| [${name}](${name.split("/")[1]}) | ${description} |`,
  );
  const front = ["| package | |", "|---|---|", ...rows].join("\n");
  project.readme = parse(join(root, "packages", "README.md"), front, project);
});

const project = app.converter.convert(
  (app.getEntryPoints() ?? []).map((entry) => ({
    ...entry,
    displayName: names.get(normalizePath(entry.sourceFile.fileName)) ?? entry.displayName,
  })),
);
app.validate(project);
// Of types that are not exported it notices those of one package only.
app.options.setValue("validation", { notExported: true, invalidLink: false, invalidPath: false });
for (const { name } of packages) {
  project.packageName = name;
  app.options.setValue("intentionallyNotExported", [...(UNNAMED[name] ?? [])]);
  app.validate(project);
}
const sound = () => !app.logger.hasErrors() && !app.logger.hasWarnings();
if (sound()) await app.generateOutputs(project);
if (!sound()) process.exitCode = 1;
