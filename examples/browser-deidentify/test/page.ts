/**
 * The page as it is built, in a browser that is on the machine: `CHROMIUM`, or where systems have one.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { build, preview } from "vite";

const root = fileURLToPath(new URL("..", import.meta.url));

const USUAL_PLACES = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/** The program; undefined if there is none. */
export const browserPath: string | undefined =
  process.env["CHROMIUM"] ?? USUAL_PLACES.find((path) => existsSync(path));

/** The page, served and in a browser. */
interface OpenPage {
  readonly page: Page;
  /** What the page wrote to the console, and errors that nobody caught. */
  readonly messages: readonly string[];
}

/** Serves the page, and opens it as often as is wanted. */
export interface Site {
  readonly open: (width: number) => Promise<OpenPage>;
  /** Paths that browsers have asked for, by whatever means. */
  readonly received: readonly string[];
  readonly close: () => Promise<void>;
}

/**
 * @param folder - where the page is built
 * @param executablePath - the browser
 */
export async function serveSite(folder: string, executablePath: string): Promise<Site> {
  const shared = { root, logLevel: "warn", build: { outDir: folder, emptyOutDir: true } } as const;
  await build(shared);
  const server = await preview({ ...shared, preview: { port: 0, host: "127.0.0.1" } });
  const address = server.resolvedUrls?.local[0];
  if (address === undefined) throw new Error("the page is not served");
  const received: string[] = [];
  for (const event of ["request", "upgrade"]) {
    server.httpServer.on(event, ({ url }: { readonly url: string }) => received.push(url));
  }
  const browser: Browser = await chromium.launch({ executablePath });
  return {
    received,
    open: async (width) => {
      const page = await browser.newPage({ viewport: { width, height: 900 } });
      const messages: string[] = [];
      page.on("console", (message) => messages.push(message.text()));
      page.on("pageerror", (error) => messages.push(String(error)));
      await page.goto(address, { waitUntil: "networkidle" });
      return { page, messages };
    },
    close: async () => {
      await browser.close();
      await server.close();
    },
  };
}
