import { defineConfig } from "tsup";
import { library } from "../../tsup.shared.ts";

export default defineConfig(
  library({
    index: "src/index.ts",
    node: "src/node.ts",
    tfjs: "src/tfjs.ts",
    data: "src/data.ts",
    metrics: "src/metrics.ts",
    cli: "src/cli.ts",
    "decode-worker": "src/decode-worker.ts",
    "trainer-worker": "src/trainer-worker.ts",
  }),
);
