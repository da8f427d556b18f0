/**
 * A file in the list: what will go, or why it is refused.
 *
 * @module
 */
import { element } from "./element.ts";
import type { Change, PlannedFile, RefusedFile, Verb } from "./plan-file.ts";

/** Those that are counted; what is added is the same for all files. */
const VERBS: readonly Verb[] = ["removed", "emptied", "replaced", "cleaned"];

/** What some findings mean. Those that are not here are shown by their code. */
const FINDINGS: Readonly<Record<string, string>> = {
  UNKNOWN_ATTRIBUTE_KEPT: "An attribute that no dictionary knows stays",
  UNKNOWN_SOP_CLASS: "What kind of object this is, is not known",
  BAD_DATE_REMOVED: "A date that is none was removed",
};

/**
 * The entry of a file that can be saved.
 *
 * @param onChoose - called when the user wants it to be saved, or no longer
 */
export function plannedEntry(
  file: PlannedFile,
  isChosen: boolean,
  onChoose: (isChosen: boolean) => void,
): HTMLLIElement {
  const choice = document.createElement("input");
  choice.type = "checkbox";
  choice.checked = isChosen;
  choice.ariaLabel = `Save ${file.name}`;
  choice.addEventListener("change", () => onChoose(choice.checked));

  const counts = VERBS.map((verb) => [verb, count(file.changes, verb)] as const)
    .filter(([, number]) => number > 0)
    .map(([verb, number]) => element("span", `chip ${verb}`, `${number} ${verb}`));
  const summary = element(
    "summary",
    "",
    element("span", "name", file.name),
    element("span", "chips", ...counts),
  );
  const details = element("details", "", summary);
  // Made when it is looked at: there may be thousands of files.
  details.addEventListener("toggle", () => {
    if (details.open && details.children.length === 1) details.append(...partsOf(file));
  });
  const notes = [
    ...(file.warning === undefined ? [] : [element("p", "note warning", file.warning)]),
    ...file.findings.map((finding) => element("p", "note", inWords(finding))),
  ];
  return element("li", "file", choice, element("div", "", details, ...notes));
}

/** The entry of a file that is refused. */
export function refusedEntry({ name, code, message }: RefusedFile): HTMLLIElement {
  const text = element("p", "note error", `Refused: ${message} (${code})`);
  return element("li", "file refused", element("div", "", element("p", "name", name), text));
}

function partsOf({ changes, target }: PlannedFile): readonly Node[] {
  const heads = ["Element", "Attribute", "What happens", "Why"].map((text) => {
    const head = element("th", "", text);
    head.scope = "col";
    return head;
  });
  const rows = changes.map(({ place, name, verb, why }) =>
    element(
      "tr",
      "",
      element("td", "place", place),
      element("td", "", name),
      element("td", "", element("span", `chip ${verb}`, verb)),
      element("td", "why", why),
    ),
  );
  const table = element(
    "table",
    "",
    element("thead", "", element("tr", "", ...heads)),
    element("tbody", "", ...rows),
  );
  return [element("p", "target", "Saved as ", element("code", "", target)), table];
}

function count(changes: readonly Change[], verb: Verb): number {
  return changes.filter((change) => change.verb === verb).length;
}

function inWords(finding: string): string {
  const [code = "", at] = finding.split(" ");
  const text = FINDINGS[code] ?? code;
  return at === undefined ? `${text}.` : `${text}: ${at}.`;
}
