/**
 * The page: files come in, their plans are shown, and what is chosen is saved.
 *
 * @module
 */
import { droppedFiles } from "./dropped-files.ts";
import { byId } from "./element.ts";
import { plannedEntry, refusedEntry } from "./file-entry.ts";
import { type PlannedFile, planOf, type RefusedFile } from "./plan-file.ts";
import { download, MAX_ZIP, writeInto, zipOf } from "./save-files.ts";
import { createSettings } from "./settings.ts";

/** More entries than that nobody reads, and browsers get slow. */
const MAX_SHOWN = 300;

type Row = RefusedFile | (PlannedFile & { isChosen: boolean });

/** Where browsers have it, users choose a folder to save to. */
type Picker = (options: { readonly mode: "readwrite" }) => Promise<FileSystemDirectoryHandle>;
const pickFolder = () =>
  (globalThis as { showDirectoryPicker?: Picker }).showDirectoryPicker?.bind(globalThis);

startPage();

function startPage(): void {
  const results = byId("results", HTMLElement);
  const status = byId("status", HTMLElement);
  const progress = byId("progress", HTMLProgressElement);
  const list = byId("list", HTMLUListElement);
  const more = byId("more", HTMLElement);
  const held = byId("held", HTMLElement);
  const save = byId("save", HTMLElement);
  const saveZip = byId("save-zip", HTMLButtonElement);
  const saveFolder = byId("save-folder", HTMLButtonElement);
  const drop = byId("drop", HTMLElement);

  let files: readonly File[] = [];
  let rows: readonly Row[] = [];
  /** Counts plans: an older one gives up when a newer one has begun. */
  let generation = 0;
  const settings = createSettings(() => void plan());

  /** Plans all files anew: with another key or option each comes out otherwise. */
  async function plan(): Promise<void> {
    const mine = ++generation;
    results.hidden = files.length === 0;
    save.hidden = true;
    if (files.length === 0) return;
    rows = [];
    const pseudonymization = settings.pseudonymization();
    const planned: Row[] = [];
    const targets = new Set<string>();
    for (const [i, file] of files.entries()) {
      showProgress("Reading", i, files.length);
      const row = await planOf(file, pseudonymization);
      if (mine !== generation) return;
      planned.push(withoutSecond(row, targets));
    }
    rows = planned;
    showRows();
  }

  function showProgress(what: string, done: number, of: number): void {
    progress.hidden = done === of;
    progress.value = done / of;
    // Not each file: a screen reader would read all of it.
    if (done === 0) status.textContent = `${what} ${filesOf(of)} …`;
  }

  function showRows(): void {
    const order = (row: Row) => (row.kind === "refused" ? 0 : row.warning === undefined ? 2 : 1);
    const sorted = [...rows].sort((a, b) => order(a) - order(b));
    list.replaceChildren(
      ...sorted.slice(0, MAX_SHOWN).map((row) =>
        row.kind === "refused"
          ? refusedEntry(row)
          : plannedEntry(row, row.isChosen, (isChosen) => {
              row.isChosen = isChosen;
              showCounts();
            }),
      ),
    );
    more.hidden = sorted.length <= MAX_SHOWN;
    more.textContent = `… and ${filesOf(sorted.length - MAX_SHOWN)} more.`;
    progress.hidden = true;
    showCounts();
  }

  function showCounts(): void {
    const refused = rows.filter((row) => row.kind === "refused").length;
    const chosen = chosenRows().length;
    const back = heldRows().length;
    status.textContent = [
      `${filesOf(rows.length - refused)} ready`,
      ...(back > 0 ? [`${back} of them held back`] : []),
      ...(refused > 0 ? [`${refused} refused`] : []),
    ].join(", ");
    held.hidden = back === 0;
    byId("held-text", HTMLElement).textContent =
      `${filesOf(back)} held back: pixels may show who the patient is. Look at them in a viewer first.`;
    save.hidden = false;
    byId("save-text", HTMLElement).textContent = `${filesOf(chosen)} to save`;
    saveFolder.hidden = pickFolder() === undefined;
    for (const button of [saveZip, saveFolder]) button.disabled = chosen === 0;
  }

  function chosenRows(): readonly PlannedFile[] {
    return rows.filter((row) => row.kind === "planned").filter(({ isChosen }) => isChosen);
  }

  function heldRows() {
    return rows
      .filter((row) => row.kind === "planned")
      .filter(({ isChosen, warning }) => !isChosen && warning !== undefined);
  }

  /** Runs what saves, and tells how it ended. */
  async function saving(work: (chosen: readonly PlannedFile[]) => Promise<string>): Promise<void> {
    const mine = generation;
    for (const button of [saveZip, saveFolder]) button.disabled = true;
    let text: string;
    try {
      text = await work(chosenRows());
    } catch (error) {
      // Closing the dialogue is no failure. Texts of the browser may have names of files.
      const name = error instanceof Error ? error.name : "unknown";
      text = name === "AbortError" ? "" : `Not saved (${name}).`;
    }
    if (mine !== generation) return;
    showCounts();
    progress.hidden = true;
    if (text !== "") byId("save-text", HTMLElement).textContent = text;
  }

  async function saveAsZip(chosen: readonly PlannedFile[]): Promise<string> {
    const bytes = chosen.reduce((sum, { content }) => sum + content.size, 0);
    if (chosen.length > MAX_ZIP.files || bytes > MAX_ZIP.bytes) {
      return "Too much for one ZIP file: save to a folder, or fewer at a time.";
    }
    const zip = await zipOf(chosen, (done) => showProgress("Saving", done, chosen.length));
    download(zip, "deidentified.zip");
    return `${filesOf(chosen.length)} saved`;
  }

  async function saveToFolder(chosen: readonly PlannedFile[]): Promise<string> {
    const folder = await pickFolder()?.({ mode: "readwrite" });
    if (folder === undefined) return "";
    await writeInto(folder, chosen, (done) => showProgress("Saving", done, chosen.length));
    return `${filesOf(chosen.length)} saved`;
  }

  function take(more: readonly File[]): void {
    files = [...files, ...more];
    void plan();
  }

  for (const id of ["files", "folder"]) {
    const input = byId(id, HTMLInputElement);
    input.addEventListener("change", () => {
      take([...(input.files ?? [])]);
      input.value = "";
    });
  }
  saveZip.addEventListener("click", () => void saving(saveAsZip));
  saveFolder.addEventListener("click", () => void saving(saveToFolder));
  byId("release", HTMLButtonElement).addEventListener("click", () => {
    for (const row of heldRows()) row.isChosen = true;
    showRows();
  });
  byId("clear", HTMLButtonElement).addEventListener("click", () => {
    files = [];
    rows = [];
    list.replaceChildren();
    void plan();
  });
  // Anywhere: a file that misses the field would be opened by the browser in the place of the page.
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
  document.addEventListener("dragleave", () => drop.classList.remove("over"));
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    if (event.dataTransfer !== null) void droppedFiles(event.dataTransfer).then(take);
  });
}

/** Two files with one SOP Instance UID have one name: of one of them nothing would be left. */
function withoutSecond(row: PlannedFile | RefusedFile, targets: Set<string>): Row {
  if (row.kind === "refused") return row;
  if (targets.has(row.target)) {
    const message = "another file here is the same instance";
    return { kind: "refused", name: row.name, code: "SAME_INSTANCE", message };
  }
  targets.add(row.target);
  return { ...row, isChosen: row.warning === undefined };
}

function filesOf(count: number): string {
  return `${count.toLocaleString("en")} file${count === 1 ? "" : "s"}`;
}
