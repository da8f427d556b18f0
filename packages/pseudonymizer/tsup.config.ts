import { defineConfig } from "tsup";
import { library } from "../../tsup.shared.ts";

export default defineConfig({
  ...library({
    index: "src/index.ts",
    node: "src/node.ts",
    dsail: "src/node/dsail.ts",
    rules: "src/parse-rules.ts",
    cli: "src/cli.ts",
    "folder-worker": "src/folder-worker.ts",
  }),
  // The few tags that are named become numbers here: loading all 5,000 takes Node some 20 ms.
  noExternal: ["@dsail/dicom-core/tags"],
});
