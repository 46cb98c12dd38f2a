import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { findChromium } from "../../setup/chromium.mjs";

/** A real Chromium without a window, network or profile of anybody's. */
export class ReportBrowser {
  private constructor(
    readonly browser: Browser,
    readonly home: string,
  ) {}

  static async start(): Promise<ReportBrowser> {
    const executablePath = findChromium();
    if (executablePath === undefined)
      throw new Error("Chromium is not on this machine. `npm test` fetches it where it can, and says why where it cannot.");
    const home = mkdtempSync(join(tmpdir(), "pgkeep-chromium-"));
    // Its sandbox refuses to run as root, and nothing but our own pages is shown.
    const args = [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ];
    // Its first start after it was installed is slow, and slower where other tests have the machine.
    const browser = await chromium.launch({
      executablePath,
      args,
      timeout: 100_000,
      env: { ...process.env, HOME: home } as Record<string, string>,
    });
    return new ReportBrowser(browser, home);
  }

  /** Shows a page as if it were a file, with no network behind it, and tells what went wrong and what it asked for. */
  async show(html: string, options: BrowserContextOptions): Promise<ShownPage> {
    const context = await this.browser.newContext({ ...options, offline: true });
    context.setDefaultTimeout(90_000);
    const page = await context.newPage();
    const messages: string[] = [];
    const requests: string[] = [];
    page.on("console", (message) => messages.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => messages.push(error.message));
    page.on("request", (request) => requests.push(request.url()));
    await page.setContent(html, { waitUntil: "load" });
    return { page, messages, requests, close: () => context.close() };
  }

  async stop(): Promise<void> {
    await this.browser.close();
    rmSync(this.home, { recursive: true, force: true, maxRetries: 3 });
  }
}

export interface ShownPage {
  page: Page;
  /** Of the console, and errors of scripts. */
  messages: string[];
  requests: string[];
  close(): Promise<void>;
}
