import { it } from "vitest";
import { vrOfTag, lookupTag } from "@dsail/dicom-core/dictionary";
import { ANNEX_E_ROWS } from "../src/generated/annex-e.js";
it("x", () => {
  const by = new Map<string, string[]>();
  for (const r of ANNEX_E_ROWS) for (const [o, a] of Object.entries(r.options)) {
    const vr = vrOfTag(r.tag) ?? "??";
    const k = `${o} ${a} ${vr}`;
    by.set(k, [...(by.get(k) ?? []), r.tag.toString(16).padStart(8,"0")]);
  }
  for (const [k, v] of [...by].sort()) console.log(k, v.length, v.slice(0, 4).join(" "));
  console.log(ANNEX_E_ROWS.length, ANNEX_E_ROWS.filter(r => (vrOfTag(r.tag)) === undefined).map(r => r.tag.toString(16)));
});
