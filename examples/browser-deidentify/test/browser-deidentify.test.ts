/**
 * In headless Chromium. Screenshots are left in `output/`, to be looked at.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { readFile, readText } from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import { createPseudonymizer, parseKey } from "@dsail/pseudonymizer";
import { unzipSync } from "fflate";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browserPath, type Site, serveSite } from "./page.ts";
import { bytesOf, handed, madeFiles, realFiles, SECRETS } from "./sample-files.ts";

if (browserPath === undefined) {
  console.warn("browser-deidentify: skipped, no Chromium on this machine: set CHROMIUM");
}

const output = fileURLToPath(new URL("../output", import.meta.url));

describe.skipIf(browserPath === undefined)("the page", () => {
  let folder: string;
  let site: Site;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "dsail-page-"));
    site = await serveSite(join(folder, "dist"), browserPath ?? "");
  });
  afterAll(async () => {
    await site?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("saves what the library makes of the files with the same key", async () => {
    const { page, messages } = await site.open(1280);
    const real = realFiles();
    await choose(page, madeFiles(), real);
    const key = parseKey(new TextDecoder().decode(await downloaded(page, "#save-key")));
    const pseudonymize = createPseudonymizer({ key });
    const made = ["CT", "screen", "liver", "heart"].map(
      (name) => madeFiles()[`Kwiatkowska-${name}.dcm`]!,
    );
    const expected = new Map(
      [...made, ...real.map(bytesOf)].map((bytes) => {
        const whole = pseudonymize(bytes);
        return [readText(readFile(whole).dataset, Tag.SOPInstanceUID) ?? "", whole] as const;
      }),
    );

    await page.click("#release");
    const saved = unzipSync(await downloaded(page, "#save-zip"));
    expect(Object.keys(saved)).toHaveLength(expected.size);
    expect(expected.size).toBeGreaterThan(real.length);
    for (const [name, bytes] of Object.entries(saved)) {
      expect(name).toMatch(/^([A-Z0-9]{16}|no-patient)(\/2\.25\.\d+){3}\.dcm$/);
      const same = expected.get(basename(name, ".dcm"));
      expect(same !== undefined && Buffer.compare(bytes, same) === 0, name).toBe(true);
      for (const secret of SECRETS) {
        expect(name).not.toContain(secret);
        expect(Buffer.from(bytes).includes(secret), secret).toBe(false);
      }
    }
    expect(messages).toEqual([]);
    await page.close();
  });

  it("tells what will go, what is held back, and what is refused", async () => {
    const { page } = await site.open(1280);
    await choose(page, madeFiles());
    expect(await page.textContent("#status")).toBe("4 files ready, 2 of them held back, 3 refused");
    const entry = (name: string) => page.locator("li.file").filter({ hasText: name }).first();
    expect(await entry("Kwiatkowska-CT-half.dcm").textContent()).toContain("(TRUNCATED)");
    expect(await entry("notes.txt").textContent()).toContain("(NOT_DICOM)");
    expect(await entry("Kwiatkowska-CT-copy.dcm").textContent()).toContain("(SAME_INSTANCE)");
    const screen = entry("Kwiatkowska-screen.dcm");
    expect(await screen.textContent()).toContain("its pixels show who the patient is");
    expect(await screen.getByRole("checkbox").isChecked()).toBe(false);
    expect(await entry("Kwiatkowska-liver.dcm").textContent()).toContain("ultrasound images");
    expect(await entry("Kwiatkowska-heart.dcm").getByRole("checkbox").isChecked()).toBe(true);

    const ct = entry("Kwiatkowska-CT.dcm");
    await ct.locator("summary").click();
    await ct.locator("tbody tr").first().waitFor();
    const rows = await ct.locator("tbody tr").allInnerTexts();
    const row = (place: string) => rows.find((text) => text.startsWith(place))?.split(/\s*\t\s*/);
    expect(row("(0010,0010)")?.slice(1, 3)).toEqual(["Patient's Name", "replaced"]);
    expect(row("(0010,0030)")?.slice(1, 3)).toEqual(["Patient's Birth Date", "emptied"]);
    expect(row("(0009,0010)")?.slice(1, 3)).toEqual(["Private element", "removed"]);
    expect(row("(0012,0062)")?.slice(1, 3)).toEqual(["Patient Identity Removed", "added"]);
    expect(row("(0010,0010)")?.[3]).toContain("PS3.15 E.1-1");
    expect(row("(7FE0,0010)")).toBeUndefined();
    // Elements and rules, not what stood there.
    expect(((await ct.textContent()) ?? "").replace("Kwiatkowska-CT.dcm", "")).not.toMatch(
      /Kwiat|MRN-4711|Nowak/,
    );

    expect(Object.keys(unzipSync(await downloaded(page, "#save-zip")))).toHaveLength(2);
    await page.click("#release");
    expect(await page.textContent("#status")).toBe("4 files ready, 3 refused");
    expect(Object.keys(unzipSync(await downloaded(page, "#save-zip")))).toHaveLength(4);
    await page.close();
  });

  it("sends nothing, stores nothing, and could send nothing", async () => {
    const before = site.received.length;
    const { page } = await site.open(1280);
    const own = site.received.slice(before);
    expect(own).toHaveLength(3);
    expect(own.join(" ")).toMatch(/^\/index.html \/assets\/index-\S+ \/assets\/index-\S+$/);
    await choose(page, madeFiles());
    await downloaded(page, "#save-zip");
    const kept = await page.evaluate(async () => ({
      cookie: document.cookie,
      local: localStorage.length,
      session: sessionStorage.length,
      databases: (await indexedDB.databases()).length,
      caches: (await caches.keys()).length,
    }));
    expect(kept).toEqual({ cookie: "", local: 0, session: 0, databases: 0, caches: 0 });

    // What a script that means harm would try: the policy of the page, not its good will, keeps it from that.
    const refused = await page.evaluate(async () => {
      const seen: string[] = [];
      document.addEventListener("securitypolicyviolation", (event) => {
        seen.push(event.effectiveDirective);
      });
      await fetch("leak").catch(() => undefined);
      navigator.sendBeacon("leak");
      try {
        new WebSocket(`ws://${location.host}/leak`);
      } catch {}
      new Image().src = "leak.png";
      const form = document.createElement("form");
      form.action = "leak";
      document.body.append(form);
      form.submit();
      const pause = () => new Promise((resolve) => setTimeout(resolve, 300));
      for (let round = 0; seen.length < 5 && round < 50; round++) await pause();
      await pause();
      return seen.sort();
    });
    expect(refused).toEqual([
      "connect-src",
      "connect-src",
      "connect-src",
      "form-action",
      "img-src",
    ]);
    expect(site.received.slice(before)).toEqual(own);
    await page.close();
  });

  it("makes the same pseudonyms with a key that is loaded, and others with a new one", async () => {
    const files = { "a.dcm": madeFiles()["Kwiatkowska-CT.dcm"]! };
    const first = await site.open(1280);
    await choose(first.page, files);
    const key = await downloaded(first.page, "#save-key");
    const zip = await downloaded(first.page, "#save-zip");
    await first.page.close();

    const { page } = await site.open(1280);
    await choose(page, files);
    const other = await downloaded(page, "#save-zip");
    expect(Buffer.compare(other, zip)).not.toBe(0);

    await page.click("#settings > summary");
    await page.setInputFiles(
      "#load-key",
      handed("project.key", new TextEncoder().encode("c0ffee")),
    );
    await page.waitForSelector("#key-error:not([hidden])");
    expect(await page.textContent("#key-error")).not.toContain("c0ffee");
    expect(Buffer.compare(await downloaded(page, "#save-zip"), other)).toBe(0);

    await page.setInputFiles("#load-key", handed("project.key", key));
    await page.waitForFunction(() =>
      document.querySelector("#key-state")?.textContent?.includes("loaded"),
    );
    await isReady(page);
    expect(Buffer.compare(await downloaded(page, "#save-zip"), zip)).toBe(0);
    await page.close();
  });

  it("plans anew with other options", async () => {
    const { page } = await site.open(1280);
    await choose(page, { "a.dcm": madeFiles()["Kwiatkowska-CT.dcm"]! });
    const dataset = async () => {
      const [file] = Object.values(unzipSync(await downloaded(page, "#save-zip")));
      return readFile(file!).dataset;
    };
    const basic = await dataset();
    expect(readText(basic, Tag.StudyDate) ?? "").toBe("");
    expect(readText(basic, Tag.PatientSex) ?? "").toBe("");
    await page.click("#settings > summary");
    await page.selectOption("#dates", "retainLongitudinalFullDates");
    await page.getByLabel("Age, sex, size and weight").check();
    await isReady(page);
    const kept = await dataset();
    expect(readText(kept, Tag.StudyDate)).toBe("20240229");
    expect(readText(kept, Tag.PatientSex)).toBe("F");
    await page.close();
  });

  it("forgets files when it is told to", async () => {
    const { page } = await site.open(1280);
    await choose(page, madeFiles());
    await page.click("#clear");
    expect(await page.locator("li.file").count()).toBe(0);
    expect(await page.isVisible("#save")).toBe(false);
    await choose(page, { "a.dcm": madeFiles()["Kwiatkowska-CT.dcm"]! });
    expect(await page.textContent("#status")).toBe("1 file ready");
    await page.close();
  });

  it("takes files and folders that are dropped, and saves to a folder", async () => {
    const { page } = await site.open(1280);
    const dropped = join(folder, "dropped");
    mkdirSync(join(dropped, "series"), { recursive: true });
    const { "Kwiatkowska-CT.dcm": ct, "Kwiatkowska-heart.dcm": heart } = madeFiles();
    writeFileSync(join(dropped, "series", "ct.dcm"), ct!);
    writeFileSync(join(folder, "heart.dcm"), heart!);
    const session = await page.context().newCDPSession(page);
    for (const type of ["dragEnter", "dragOver", "drop"] as const) {
      await session.send("Input.dispatchDragEvent", {
        ...{ type, x: 300, y: 250 },
        data: { items: [], files: [dropped, join(folder, "heart.dcm")], dragOperationsMask: 1 },
      });
    }
    await isReady(page);
    expect(await page.textContent("#status")).toBe("2 files ready");

    // The dialogue is the browser's own; a folder of the page's origin stands for the one that a user would choose.
    await page.evaluate(() => {
      Object.assign(globalThis, { showDirectoryPicker: () => navigator.storage.getDirectory() });
    });
    await page.click("#save-folder");
    await page.waitForFunction(() =>
      document.querySelector("#save-text")?.textContent?.includes("saved"),
    );
    const saved = await page.evaluate(async () => {
      const paths: string[] = [];
      const walk = async (place: FileSystemDirectoryHandle, path: string) => {
        for await (const [name, handle] of place.entries()) {
          if (handle instanceof FileSystemDirectoryHandle) await walk(handle, `${path}${name}/`);
          if (handle instanceof FileSystemFileHandle) {
            paths.push(`${path}${name} ${(await handle.getFile()).size}`);
          }
        }
      };
      await walk(await navigator.storage.getDirectory(), "");
      return paths;
    });
    const zip = unzipSync(await downloaded(page, "#save-zip"));
    expect(saved.sort()).toEqual(
      Object.entries(zip)
        .map(([name, bytes]) => `${name} ${bytes.length}`)
        .sort(),
    );
    expect(saved).toHaveLength(2);
    await page.close();
  });

  it.each([1280, 390])("fits into %i pixels", async (width) => {
    const { page } = await site.open(width);
    mkdirSync(output, { recursive: true });
    await page.screenshot({ path: join(output, `empty-${width}.png`) });
    await choose(page, madeFiles(), realFiles());
    await page.locator("li.file summary").filter({ hasText: "Kwiatkowska-heart.dcm" }).click();
    await page.waitForSelector("tbody tr");
    for (const part of ["files", "settings"]) {
      if (part === "settings") await page.click("#settings > summary");
      const { scrollWidth, scrollHeight } = await page.evaluate(() => {
        const { scrollWidth, scrollHeight } = document.documentElement;
        return { scrollWidth, scrollHeight };
      });
      expect(scrollWidth).toBeLessThanOrEqual(width);
      // As high as the page, so that the bar at its end hides nothing.
      await page.setViewportSize({ width, height: scrollHeight });
      await page.evaluate(() => scrollTo(0, 0));
      await page.screenshot({ path: join(output, `${part}-${width}.png`) });
    }
    await page.close();
  });
});

/** Hands files to the page, made ones and those at paths, and waits for their plans. */
async function choose(
  page: Page,
  made: Readonly<Record<string, Uint8Array>>,
  paths: readonly string[] = [],
): Promise<void> {
  const files = Object.entries(made).map(([name, bytes]) => handed(name, bytes));
  await page.setInputFiles("#files", [
    ...files,
    ...paths.map((path) => handed(basename(path), bytesOf(path))),
  ]);
  await isReady(page);
}

async function isReady(page: Page): Promise<void> {
  await page.waitForSelector("#save:not([hidden])");
}

/** What the browser saves when the button is clicked. */
async function downloaded(page: Page, button: string): Promise<Uint8Array> {
  const saving = page.waitForEvent("download");
  await page.locator(button).evaluate((element) => (element as HTMLElement).click());
  return new Uint8Array(readFileSync(await (await saving).path()));
}
