/**
 * A plan as lines to be read: what would happen to each element, and which rule says so.
 *
 * @module
 */
import {
  type Dataset,
  type DicomFile,
  type Edit,
  findElement,
  formatPath,
  isLoaded,
  type Path,
} from "@dsail/dicom-core";
import type { Decision } from "./decision.js";
import { textValues } from "./element-text.js";
import type { Plan } from "./plan.js";
import { printable, quoted } from "./printable.js";

/** How a plan is described. */
export interface DescribeOptions {
  /** Shows values, old and new. Default false: what is shown may be logged. */
  readonly showValues?: boolean;
  /** Names an attribute, such as `keywordOfTag` of `@dsail/dicom-core/dictionary`. Default: the tag alone. */
  readonly nameOf?: (tag: number) => string | undefined;
}

/**
 * The lines of a plan, in order of paths: place, what is done, the rule; then the findings.
 *
 * @param file - the file that was planned
 */
export function describePlan(
  file: DicomFile,
  plan: Plan,
  { showValues = false, nameOf }: DescribeOptions = {},
): readonly string[] {
  const decisions = [...plan.decisions].sort((a, b) => comparePaths(a.path, b.path));
  const lines = decisions.map((decision) => {
    const { path, rule } = decision;
    const tag = path[path.length % 2 === 0 ? path.length - 2 : path.length - 1] as number;
    const name = nameOf?.(tag);
    const place = `${formatPath(path)}${name === undefined ? "" : ` ${name}`}`;
    const values = showValues ? `: ${valuesOf(file.dataset, decision)}` : "";
    return `${place}: ${verbOf(decision)} (${printable(rule.reason)})${values}`;
  });
  const findings = plan.findings.map(
    ({ code, at }) => `${code}${at === undefined ? "" : ` at ${at}`}`,
  );
  return [...lines, ...findings];
}

function comparePaths(a: Path, b: Path): number {
  for (let i = 0; i < a.length && i < b.length; i++) {
    if (a[i] !== b[i]) return (a[i] as number) - (b[i] as number);
  }
  return a.length - b.length;
}

function verbOf({ edit, rule }: Decision): string {
  if (edit === undefined) return rule.action === "C" ? "keep, clean already" : "keep";
  if (edit.kind === "remove") return "remove";
  if (edit.kind === "set" && isEmpty(edit)) return "empty";
  return rule.action === "C" ? "clean" : "replace";
}

function isEmpty({ value }: Edit & { readonly kind: "set" }): boolean {
  return typeof value === "string"
    ? value === ""
    : typeof value === "object" && "length" in value && value.length === 0;
}

/** More than that would hide the rest. */
const MAX_SHOWN = 80;

function valuesOf(dataset: Dataset, { path, edit }: Decision): string {
  const old = shown(oldText(dataset, path));
  if (edit === undefined || edit.kind === "remove") return old;
  if (edit.kind !== "set") return `${old} -> new item`;
  const { value } = edit;
  if (value instanceof Uint8Array) return `${old} -> ${value.length} bytes`;
  if (!Array.isArray(value)) return `${old} -> ${shown(String(value))}`;
  return value.some((entry) => typeof entry === "object")
    ? `${old} -> ${value.length} items`
    : `${old} -> ${shown(value.join("\\"))}`;
}

function shown(text: string | undefined): string {
  if (text === undefined) return "no text";
  return quoted(text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text);
}

/** The text of an element, if it has one and is there. */
function oldText(dataset: Dataset, path: Path): string | undefined {
  let scope: Dataset | undefined = dataset;
  for (let i = 0; i + 2 < path.length; i += 2) {
    scope = findElement(scope, path[i] as number)?.items?.[path[i + 1] as number];
    if (scope === undefined) return undefined;
  }
  const element = path.length % 2 === 1 ? findElement(scope, path.at(-1) as number) : undefined;
  if (element === undefined || element.items !== undefined) return undefined;
  if (!isLoaded(scope.source, element.valueOffset, element.valueLength)) return undefined;
  return textValues(scope, element)?.join("\\");
}
