/**
 * What was learned, and what it cost: the upper half of the page.
 *
 * @module
 */
import { labelOfFolder } from "./class-folder.mjs";
import { escaped } from "./contact-sheet.mjs";
import { DELTA, HOSPITALS } from "./settings.mjs";

const FEDERATED = "federated";

/**
 * @typedef {object} Figures
 * @property {{ testImages: number, validImages: number,
 *   results: globalThis.Record<string, import("./compare-models.mjs").TestResult> }} comparison
 * @property {globalThis.Record<string, number>} spent - epsilon, by hospital
 * @property {globalThis.Record<string, { images: number, batchSize: number, noiseMultiplier: number }>} privacy
 */

/**
 * @param {import("./options.mjs").Options} options
 * @param {Figures} figures
 */
export function resultSections(options, figures) {
  return [intro(options, figures), accuracySection(figures), privacySection(options, figures)];
}

/**
 * @param {import("./options.mjs").Options} options
 * @param {Figures} figures
 */
function intro({ source, rounds, arch }, { comparison, spent }) {
  const { federated, best } = accuracies(comparison.results);
  const epsilon = Math.max(...Object.values(spent));
  const what = source === undefined ? "handwritten digits, in DICOM," : "your DICOM files";
  return `<header>
<h1>Three hospitals, one model, no image shared</h1>
<p>From ${what} to a model (${escaped(arch)}) that three hospitals have trained in ${rounds} rounds, each a process of its own that
talks to the server over mutual TLS. What left a hospital: weights, with the noise of differential privacy in them, counts of images, and figures of its validation set.</p>
</header>
<div class="tiles">
<div class="tile main"><b>${percent(federated)}</b><span>accuracy of the federated model</span></div>
<div class="tile"><b>${percent(best)}</b><span>of the best hospital alone</span></div>
<div class="tile"><b>ε = ${epsilon.toFixed(3)}</b><span>spent on each image at most, δ\u00a0=\u00a0${shownDelta()}</span></div>
<div class="tile"><b>${comparison.testImages}</b><span>test images, of patients no model has seen</span></div>
</div>`;
}

/** @param {Figures} figures */
function accuracySection({ comparison }) {
  const bars = Object.entries(comparison.results).map(
    ([name, { accuracy }], i) =>
      `<span>${escaped(name)}</span><div class="bar${i === 0 ? " main" : ""}"><i style="width:${(100 * accuracy).toFixed(1)}%"></i></div><b>${percent(accuracy)}</b>`,
  );
  const [first] = Object.values(comparison.results);
  const labels = (first?.sensitivities ?? []).map(([label]) => labelOfFolder(label));
  const rows = Object.entries(comparison.results).map(
    ([name, { rocAuc, sensitivities }]) =>
      `<tr><td>${escaped(name)}</td>${sensitivities
        .map(
          ([, share]) =>
            `<td class="n">${share === null ? "–" : `${Math.round(100 * share)}\u00a0%`}</td>`,
        )
        .join("")}<td class="n">${rocAuc?.toFixed(3) ?? "–"}</td></tr>`,
  );
  const { federated, best } = accuracies(comparison.results);
  const verdict =
    federated > best
      ? `Together they are better than each of them alone, by ${(100 * (federated - best)).toFixed(1)} points at least.`
      : "Here it was not worth while: a hospital alone is as good. More images, or more rounds, may change that.";
  return `<section><h2>Together, and alone</h2>
<p>${verdict} All models are of the same kind, were trained with the same settings and as much noise, and are asked about the same
${comparison.testImages} images.</p>
<div class="bars">${bars.join("\n")}</div>
<div class="wide"><table><tr><th>recognized of class</th>${labels.map((label) => `<th class="n">${escaped(label)}</th>`).join("")}<th class="n">AUC</th></tr>
${rows.join("\n")}</table></div>
<h3>Pictures</h3>
<div class="pictures">
${figure("result/curves.svg", `accuracy and loss on ${comparison.validImages} validation images; each point is a round`)}
${figure("8-federated/H0/curves.svg", "what the client of H0 drew while it trained, of its own validation images")}
${figure("result/matrix.svg", "confusion matrix of the federated model on the test images")}
${figure("result/roc.svg", "ROC of the federated model on the test images")}
</div></section>`;
}

/**
 * @param {import("./options.mjs").Options} options
 * @param {Figures} figures
 */
function privacySection({ epsilon }, { spent, privacy }) {
  const rows = HOSPITALS.map((name) => {
    const { images = 0, batchSize = 0, noiseMultiplier = 0 } = privacy[name] ?? {};
    return `<tr><td>${name}</td><td class="n">${images}</td><td class="n">${batchSize}</td><td class="n">${noiseMultiplier.toFixed(2)}</td>
<td class="n">${spent[name]?.toFixed(3) ?? "–"}</td><td><a href="8-federated/${name}/ledger.jsonl">ledger</a></td></tr>`;
  });
  return `<section><h2>Privacy</h2>
<p>Each image's gradient is clipped, and noise is added, so that all rounds together cost ε of ${epsilon} at most, at δ\u00a0=\u00a0${shownDelta()}. What
was spent is in each hospital's ledger, which was written before each step; a fit ends when the budget does.</p>
<div class="wide"><table><tr><th>hospital</th><th class="n">images</th><th class="n">batch</th><th class="n">noise multiplier</th><th class="n">ε spent</th><th></th></tr>
${rows.join("\n")}</table></div>
<p class="soft">This protects an image, not a patient with all images. The noise comes of the operating system's randomness, and the key of the
pseudonyms too: no two runs give the same figures. To train alone and together, as here for comparison, spends this twice. Test and validation
figures are exact numbers that no ε covers.</p></section>`;
}

/** @param {globalThis.Record<string, { accuracy: number }>} results */
function accuracies(results) {
  const alone = Object.entries(results).filter(([name]) => name !== FEDERATED);
  return {
    federated: results[FEDERATED]?.accuracy ?? Number.NaN,
    best: Math.max(...alone.map(([, { accuracy }]) => accuracy)),
  };
}

/**
 * @param {string} file
 * @param {string} caption
 */
export function figure(file, caption) {
  return `<figure><a href="${file}"><img src="${file}" alt="${escaped(caption)}"></a><figcaption>${escaped(caption)}</figcaption></figure>`;
}

function shownDelta() {
  return DELTA.toExponential().replace("-", "\u2011");
}

/** @param {number} share */
function percent(share) {
  return `${(100 * share).toFixed(1)}\u00a0%`;
}
