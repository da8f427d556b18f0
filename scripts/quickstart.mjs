/**
 * From DICOM to a model that three hospitals have trained, with nothing but Node and npm on the machine: installs, builds,
 * and goes D-SAIL's way step by step, by the commands of the packages. `--help` tells the options.
 *
 * @module
 */
import { bootstrap } from "./bootstrap.mjs";
import { buildPackages } from "./quickstart/build-packages.mjs";
import { createChildren } from "./quickstart/children.mjs";
import { QuickstartError, seconds, shown } from "./quickstart/console.mjs";
import { createDataSteps } from "./quickstart/data-steps.mjs";
import { SECRET, variablesOf } from "./quickstart/layout.mjs";
import { parseOptions, usage } from "./quickstart/options.mjs";
import { writePage } from "./quickstart/page.mjs";
import { forget, openOutput, runSteps } from "./quickstart/run-steps.mjs";
import { createTrainingSteps } from "./quickstart/training-steps.mjs";

/** How long programs that were told to end may take. */
const PATIENCE_MS = 10_000;

const children = createChildren();
let stopped = false;
for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) {
  process.once(signal, () => {
    stopped = true;
    console.error("\nStopped. The same command goes on from here.");
    // They finish what they write; who does not is left behind.
    const patience = setTimeout(() => process.exit(130), PATIENCE_MS);
    void children.endAll().then(() => {
      clearTimeout(patience);
      process.exit(130);
    });
  });
}

try {
  await main();
} catch (error) {
  if (!stopped) {
    void children.endAll();
    const { message, exitCode } = explained(error);
    console.error(`\nquickstart: ${message}`);
    if (exitCode === 1) console.error("The same command goes on with this step.");
    process.exitCode = exitCode;
  }
}

async function main() {
  const options = parseOptions(process.argv.slice(2));
  if (options === "help") {
    console.log(usage());
    return;
  }
  const began = performance.now();
  const { output } = options;
  openOutput(output);
  children.nameFolders(variablesOf(options));
  bootstrap();
  buildPackages();
  const steps = [...createDataSteps(options, children), ...createTrainingSteps(options, children)];
  if (options.fresh) forget(output, steps);
  const known = await runSteps(output, steps, children);
  const page = await writePage(options, steps, known);
  console.log(`
Done in ${seconds(performance.now() - began)}.
Look at      ${shown(page)}
Repeat       ${shown(output)}/commands.sh has every command
Hand on      anything but ${shown(output)}/${SECRET}: it has the originals, the lookup table and the keys;
             look at the images first, since what is burned into pixels stays
Your own     npm run quickstart -- --source FOLDER --output FOLDER, with a folder of DICOM for each class`);
}

/**
 * Of errors of the file system the code only: paths may tell of a patient.
 *
 * @param {unknown} error
 * @returns {QuickstartError}
 */
function explained(error) {
  if (error instanceof QuickstartError) return error;
  if (!(error instanceof Error && "syscall" in error && "code" in error)) throw error;
  return new QuickstartError(`a file can't be read or written (${error.code})`);
}
