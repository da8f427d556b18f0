/**
 * The table of D-SAIL's names is complete, and each name that it gives as ours is there: exports are imported from
 * source, options looked for in the command's `--help`.
 */
import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const TABLE = readFileSync(join(root, "docs/d-sail-api.md"), "utf8");

/** What D-SAIL's documentation names, by the index at its end; and the options of its programs, and of its functions. */
const OF_DSAIL: Readonly<Record<string, string>> = {
  dicom_converter: `add_label_in_dcm go_through_folder classify_in_labelled_folders get_tag_from_json cat_to_dataset
    dataset_to_cat compress_to_png decompose_dicom dicom_from_img_or_json img_from_dicom hospital_split
    datapath trainset_percentage validset_percentage testset_percentage seed software_root compress_ratio img_format
    removeImgInJson metadata_path randomizedName verbose number_of_datasplits split_percentages`,
  dicom_pseudonymizer: `anonymize generate_actions_dictionary main hex_to_string tag_to_hex_strings anonymize_dataset
    anonymize_dicom_file clean delete delete_element delete_or_empty delete_or_empty_or_replace
    delete_or_empty_or_replace_UID delete_or_replace empty empty_element empty_or_replace generate_actions get_private_tag
    get_private_tags initialize_actions keep regexp replace replace_UID replace_and_keep_correspondence replace_element
    replace_element_UID replace_element_date replace_element_date_time
    extra_anonymization_rules delete_private_tags lookup_file rename_files find
    input output -t --lookup --dictionary --keepPrivateTags --renameFiles
    D_TAGS Z_TAGS X_TAGS U_TAGS Z_D_TAGS X_Z_TAGS X_D_TAGS X_Z_D_TAGS X_Z_U_STAR_TAGS P_TAGS ALL_TAGS`,
  federated_learning: `as_tensor main DPCallback after_epoch before_step FLClient fit evaluate get_parameters
    set_parameters ImbalancedDatasetSampler get_imbalance_weights save_matrix save_roc set_seed SaveModelStrategy
    aggregate_fit
    arch lr epochs bs device port apply_dp alphas noise_multiplier max_grad_norm delta matrix_path csv_path roc_path
    data_path seed fraction_fit min_fit_clients min_available_clients min_eval_clients num_rounds save_path`,
};

/** Names of D-SAIL that have no place here. */
const WITHOUT_PLACE = ["software_root", "verbose", "as_tensor"];

interface Row {
  readonly section: string;
  readonly theirs: string;
  readonly ours: string;
  readonly differs: string;
}

const rows: readonly Row[] = TABLE.split(/^## /m)
  .slice(1)
  .flatMap((part) => {
    const [section = "", ...lines] = part.split("\n");
    return lines
      .filter((line) => /^\| `/.test(line))
      .map((line) => {
        const [, theirs = "", ours = "", differs = ""] = line.split("|").map((cell) => cell.trim());
        return { section, theirs, ours, differs };
      });
  });

const codesIn = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);

/** The name in `module.name(parameters)`. */
const nameIn = (code: string) => code.replace(/\(.*$/, "").split(".").at(-1) ?? "";

describe("the table of D-SAIL's names", () => {
  it.each(Object.entries(OF_DSAIL))("has all of %s, and no others", (section, names) => {
    const inTable = rows
      .filter((row) => row.section === section)
      .flatMap(({ theirs }) => codesIn(theirs));
    const found = new Set(inTable.map(nameIn));
    // Modules and programs, whose options follow.
    for (const head of ["anonymizer.py", "utils.dicom_fields"]) found.delete(nameIn(head));
    expect([...found].sort()).toEqual([...new Set(names.trim().split(/\s+/))].sort());
  });

  it("has a place for each, but for those that have a reason", () => {
    const without = rows.filter(({ ours }) => ours === "none");
    expect(without.flatMap(({ theirs }) => codesIn(theirs).map(nameIn).slice(-1)).sort()).toEqual(
      [...WITHOUT_PLACE].sort(),
    );
    for (const { differs } of without) expect(differs).not.toBe("");
    for (const { theirs, ours } of rows) {
      expect({ theirs, placed: ours === "none" || placesIn(ours).length > 0 }).toEqual({
        theirs,
        placed: true,
      });
    }
  });
});

type Place =
  | { readonly kind: "export"; readonly name: string; readonly entry: string }
  | { readonly kind: "command"; readonly command: string; readonly option: string | undefined };

/** `` `name`, `name` of `@dsail/entry` `` and `` `bin command --option` ``, with commas between them. */
function placesIn(cell: string): readonly Place[] {
  const places: Place[] = [];
  let names: string[] = [];
  for (const code of codesIn(cell)) {
    if (code.startsWith("@dsail/")) {
      for (const name of names) places.push({ kind: "export", name, entry: code });
      names = [];
    } else if (code.startsWith("dsail-")) {
      const [, command = "", option] = /^(\S+(?: [a-z]\S*)?)(?: (-\S+))?$/.exec(code) ?? [];
      places.push({ kind: "command", command, option });
    } else {
      names.push(code);
    }
  }
  expect({ cell, namesWithoutEntry: names }).toEqual({ cell, namesWithoutEntry: [] });
  return places;
}

const places = rows.flatMap(({ ours }) => placesIn(ours));

interface Manifest {
  readonly bin?: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, { readonly "@dsail/source"?: string }>>;
}

function manifestOf(name: string): { readonly folder: string; readonly manifest: Manifest } {
  const folder = join(root, "packages", name);
  const manifest: Manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return { folder, manifest };
}

const TSX = pathToFileURL(
  createRequire(join(root, "packages/pseudonymizer/package.json")).resolve("tsx"),
).href;

/** Runs sources as the packages' own tests do, in a process of its own: here nothing resolves their names. */
async function runSource(folder: string, ...args: readonly string[]): Promise<string> {
  const options = ["--import", TSX, "--conditions=@dsail/source", ...args];
  const { stdout } = await promisify(execFile)(process.execPath, options, {
    cwd: folder,
    timeout: 100_000,
  });
  return stdout;
}

const entries = [
  ...new Set(places.flatMap((place) => (place.kind === "export" ? [place.entry] : []))),
];

describe.each(entries)("%s", (entry) => {
  it("exports what the table says", async () => {
    const [, name = "", subpath = ""] = /^@dsail\/([^/]+)(.*)$/.exec(entry) ?? [];
    const { folder, manifest } = manifestOf(name);
    const source = join(folder, manifest.exports[`.${subpath}`]?.["@dsail/source"] ?? "missing");
    expect(existsSync(source)).toBe(true);
    const program = `import(${JSON.stringify(pathToFileURL(source).href)}).then((entry) => console.log(JSON.stringify(Object.keys(entry))))`;
    const exported: readonly string[] = JSON.parse(
      await runSource(folder, "--input-type=module", "-e", program),
    );
    const wanted = places.flatMap((place) =>
      place.kind === "export" && place.entry === entry ? [place.name] : [],
    );
    expect(wanted.filter((wantedName) => !exported.includes(wantedName))).toEqual([]);
  });
});

const BINS: Readonly<Record<string, string>> = {
  "dsail-convert": "converter",
  "dsail-pseudonymize": "pseudonymizer",
  "dsail-fl-client": "fl-client",
  "dsail-fl-server": "fl-server",
};

const commands = [
  ...new Set(places.flatMap((place) => (place.kind === "command" ? [place.command] : []))),
];

describe.each(commands)("%s", (command) => {
  it("has the options that the table says", async () => {
    const [bin = "", ...subcommand] = command.split(" ");
    const { folder, manifest } = manifestOf(BINS[bin] ?? "missing");
    expect(Object.keys(manifest.bin ?? {})).toContain(bin);
    const help = await runSource(folder, join(folder, "src/cli.ts"), ...subcommand, "--help");
    expect(help).toContain(`Usage: ${command}`);
    const has = new Set([...help.matchAll(/^ {2}(-[-\w]+)/gm)].map(([, option]) => option));
    const wanted = places.flatMap((place) =>
      place.kind === "command" && place.command === command ? [place.option ?? []].flat() : [],
    );
    expect(wanted.filter((option) => !has.has(option))).toEqual([]);
  });
});
