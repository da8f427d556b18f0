/**
 * Content items of structured reports, acquisition context and specimen preparation: what becomes of one is told by its
 * concept name (PS3.15 E.3.4, Table E.3.4-1, 2026c), else by the type of its value.
 *
 * @module
 */
import { type Dataset, findElement, type TagNumber } from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import type { TableOption } from "./action.js";
import { codeText } from "./element-text.js";
import { CONTENT_ITEM_ROWS, type ContentItemRow } from "./generated/content-items.js";
import { formatOption } from "./option.js";
import type { Rule } from "./profile.js";

/** Sequences whose items are content items, or hold such sequences. */
export const CONTENT_SEQUENCES: ReadonlySet<number> = new Set([
  Tag.ContentSequence,
  Tag.AcquisitionContextSequence,
  Tag.SpecimenPreparationStepContentItemSequence,
]);

/** Coding schemes of standards (PS3.16 8.2): their codes name no person, and no hospital has made them. */
const STANDARD_SCHEMES: ReadonlySet<string> = new Set([
  ...["ACR", "ATC", "BARI", "BI", "C4", "CD2", "CDT", "CVX", "DC", "DCM", "FMA", "GTS", "HCPCS"],
  ...["I10", "I10C", "I10P", "I11", "I9", "I9C", "I9CP", "ICDO3", "IBSI", "ITIS_TSN", "LN", "MA"],
  ...["MDC", "NCIt", "NCDR [2.0b]", "NDC", "NEU", "NICIP", "NYUMCCG", "PNDS", "POS", "RADLEX"],
  ...["RFC3066", "RFC5646", "ISO3166_1", "ISO639_2", "RXNORM", "SCPECG", "SCT", "SDM", "99SDM"],
  ...["SNM3", "SRT", "UBERON", "UCUM", "UMLS", "UNS", "UPC", "VANDF"],
]);

/** Tells the rule of a content item. */
export type ContentItemRuleOf = (item: Dataset) => Rule;

/** Makes the rules of Table E.3.4-1 with options. */
export function contentItemRules(options: ReadonlySet<TableOption>): ContentItemRuleOf {
  const rows = new Map<string, Rule>();
  for (const row of CONTENT_ITEM_ROWS) rows.set(keyOf(row), ruleOfRow(row, options));
  const byType = ruleByValueType(options);
  return (item) => {
    const valueType = valueTypeOf(item);
    const [concept] = findElement(item, Tag.ConceptNameCodeSequence)?.items ?? [];
    const codeValue = concept === undefined ? undefined : codeText(concept, Tag.CodeValue);
    const scheme =
      concept === undefined ? undefined : codeText(concept, Tag.CodingSchemeDesignator);
    const row =
      codeValue === undefined || scheme === undefined
        ? undefined
        : rows.get(keyOf({ codeValue, codingSchemeDesignator: scheme, valueType }));
    return row ?? byType(valueType);
  };
}

function keyOf(row: Pick<ContentItemRow, "codeValue" | "codingSchemeDesignator" | "valueType">) {
  return `${row.codeValue} ${row.codingSchemeDesignator} ${row.valueType}`;
}

function ruleOfRow(row: ContentItemRow, options: ReadonlySet<TableOption>): Rule {
  const place = `PS3.15 E.3.4-1 ${row.codeValue} ${row.codingSchemeDesignator}`;
  const chosen = (Object.keys(row.options) as TableOption[]).filter((name) => options.has(name));
  const option = chosen.find((name) => row.options[name] === "C") ?? chosen[0];
  const basic = row.basic === "X" ? "X" : "D";
  if (option === undefined) return { action: basic, reason: `${place} ${row.basic}` };
  const asked = row.options[option] ?? "C";
  const reason = `${place} ${asked}, ${formatOption(option)}`;
  return asked === "K" ? { action: "K", reason } : { action: "C", reason, otherwise: basic };
}

/** Of concepts that no row names: names go, texts are cleaned, dates go by their options, all else stays. */
function ruleByValueType(options: ReadonlySet<TableOption>): (valueType: string) => Rule {
  const reason = (valueType: string) => `no row of PS3.15 E.3.4-1, but value type ${valueType}`;
  return (valueType) => {
    switch (valueType) {
      case "PNAME":
        return { action: "D", reason: reason(valueType) };
      case "TEXT":
        return { action: "C", reason: reason(valueType), otherwise: "D" };
      case "UIDREF":
        return { action: options.has("retainUids") ? "K" : "U", reason: reason(valueType) };
      case "DATE":
      case "DATETIME":
      case "TIME":
        if (options.has("retainLongitudinalFullDates")) {
          return { action: "K", reason: reason(valueType) };
        }
        return options.has("retainLongitudinalModifiedDates")
          ? { action: "C", reason: reason(valueType), otherwise: "D" }
          : { action: "D", reason: reason(valueType) };
      default:
        return { action: "K", reason: reason(valueType) };
    }
  };
}

/** Whether an item of a code sequence has a code that looks like one, of a scheme that no hospital has made for itself. */
export function isStandardCode(item: Dataset): boolean {
  const scheme = codeText(item, Tag.CodingSchemeDesignator);
  if (scheme === undefined || !STANDARD_SCHEMES.has(scheme)) return false;
  const codes = CODE_VALUES.map((tag) => codeText(item, tag)).filter((code) => code !== undefined);
  return codes.length > 0 && codes.every((code) => /^[\x21-\x7e]{1,256}$/.test(code));
}

const CODE_VALUES = [Tag.CodeValue, Tag.LongCodeValue, Tag.URNCodeValue] as const;

/** Where the value of a content item stands, by its value type (PS3.3 Table C.17.3-5). */
const VALUES: ReadonlyMap<string, TagNumber> = new Map([
  ["TEXT", Tag.TextValue],
  ["DATETIME", Tag.DateTime],
  ["DATE", Tag.Date],
  ["TIME", Tag.Time],
  ["PNAME", Tag.PersonName],
  ["UIDREF", Tag.UID],
]);

/** The value type of an item; of one that does not say, that of the value that it has. */
export function valueTypeOf(item: Dataset): string {
  const named = codeText(item, Tag.ValueType);
  if (named !== undefined) return named;
  const found = [...VALUES].find(([, tag]) => findElement(item, tag) !== undefined);
  return found?.[0] ?? "";
}

/** The attribute that holds the value of an item of a type; undefined of codes, numbers and references. */
export function valueTagOf(valueType: string): TagNumber | undefined {
  return VALUES.get(valueType);
}
