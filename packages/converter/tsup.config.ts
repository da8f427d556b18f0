import { defineConfig } from "tsup";
import { library } from "../../tsup.shared.ts";

export default defineConfig({
  ...library({
    index: "src/index.ts",
    node: "src/node.ts",
    "render/index": "src/render/index.ts",
    "image/index": "src/image/index.ts",
    "compose/index": "src/compose/index.ts",
    "label/index": "src/label/index.ts",
    compress: "src/compress/compress-image.ts",
    cli: "src/cli.ts",
    "convert-worker": "src/convert-worker.ts",
  }),
  // The few tags that are named become numbers here: loading all 5,000 takes Node some 20 ms.
  noExternal: ["@dsail/dicom-core/tags"],
});
