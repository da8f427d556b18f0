/**
 * The project key and the options, as the page has them. Both live in memory only.
 *
 * @module
 */
import {
  createPseudonymization,
  formatKey,
  generateKey,
  isPseudonymizerError,
  type Pseudonymization,
  parseKey,
  parseOption,
} from "@dsail/pseudonymizer";
import { byId } from "./element.ts";
import { download } from "./save-files.ts";

/** More than any key file needs: a file of this size was chosen by mistake. */
const MAX_KEY_FILE_BYTES = 4096;

/** The settings of the page. */
export interface Settings {
  /** All that planning needs, by the settings of now. */
  readonly pseudonymization: () => Pseudonymization;
}

/** @param onChange - called when there is another key, or another option */
export function createSettings(onChange: () => void): Settings {
  const state = byId("key-state", HTMLElement);
  const problem = byId("key-error", HTMLElement);
  const load = byId("load-key", HTMLInputElement);
  const dates = byId("dates", HTMLSelectElement);
  const onlyListed = byId("only-listed", HTMLInputElement);
  const options = [...document.querySelectorAll<HTMLInputElement>("input.option")];
  let key: Uint8Array;

  function use(next: Uint8Array, text: string): void {
    key = next;
    state.textContent = text;
    problem.hidden = true;
    onChange();
  }

  async function loadKey(): Promise<void> {
    const [file] = load.files ?? [];
    load.value = ""; // so that the same file can be chosen again
    if (file === undefined) return;
    try {
      use(parseKey(await file.slice(0, MAX_KEY_FILE_BYTES).text()), "It was loaded from a file.");
    } catch (error) {
      const reason = isPseudonymizerError(error) ? error.message : "the file could not be read";
      problem.textContent = `The key stays as it was. ${reason}.`;
      problem.hidden = false;
    }
  }

  const renew = () => use(generateKey(), "This one is new, made at random in this page.");
  load.addEventListener("change", () => void loadKey());
  byId("new-key", HTMLButtonElement).addEventListener("click", renew);
  byId("save-key", HTMLButtonElement).addEventListener("click", () =>
    download(new Blob([formatKey(key)], { type: "text/plain" }), "project.key"),
  );
  for (const control of [dates, onlyListed, ...options]) {
    control.addEventListener("change", onChange);
  }
  renew();

  return {
    pseudonymization: () =>
      createPseudonymization({
        key,
        options: [dates.value, ...options.filter((box) => box.checked).map((box) => box.value)]
          .filter((name) => name !== "")
          .map(parseOption),
        unlisted: onlyListed.checked ? "remove" : "keep",
      }),
  };
}
