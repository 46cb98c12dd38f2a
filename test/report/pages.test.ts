import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AgentConfig, type DrillResult, storeLayout, Verdict } from "@pgkeep/core";
import axeCore from "axe-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { drillReport } from "../../packages/agent/src/report/drillReport.js";
import { monthReport } from "../../packages/agent/src/report/monthReport.js";
import { type ReportFormat, renderReport } from "../../packages/agent/src/report/renderReport.js";
import { openStore } from "../../packages/agent/src/store/openStore.js";
import { findChromium } from "../../setup/chromium.mjs";
import { testConfig } from "../support/backupRun.js";
import { ReportBrowser } from "./browser.js";
import { fillSampleStore, SAMPLE_NOW, type SampleOptions } from "./sampleStore.js";

const axe = axeCore.source;

/** Names that a page must survive: markup, another direction of writing, a turned one, as long as PostgreSQL lets them be. */
const EVIL = [
  "<script>alert(1)</script>",
  "متجر-الكتب",
  "a\u202etxt.exe",
  "W".repeat(63),
  `"&'><img src=x onerror=alert(1)>`,
  "]]>\u0007\ufffe",
];

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"];
/** Whatever reaches beyond the right edge. Headings of stacked tables are there for screen readers only. */
const TOO_WIDE = `[...document.querySelectorAll("main *")]
  .filter((one) => one.getBoundingClientRect().right > innerWidth + 0.5 && !one.closest("caption, thead"))
  .map((one) => one.outerHTML.slice(0, 200))`;

const folders: string[] = [];
let browser: ReportBrowser;
// As without PostgreSQL: what is not on this machine is told by the set-up, and fails in CI.
const missing = findChromium() === undefined;
beforeAll(async () => {
  if (!missing) browser = await ReportBrowser.start();
});
afterAll(async () => {
  await browser?.stop();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

async function rendered(
  format: ReportFormat,
  kind: "drill" | "month",
  options: SampleOptions = {},
  databases = ["shop", "shop-jobs"],
): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "pgkeep-report-"));
  folders.push(folder);
  const config: AgentConfig = testConfig(databases, {
    cluster: "shop",
    store: { url: `file://${folder}` },
    objectives: { rpo: "26h", provenWithin: "10d" },
  });
  fillSampleStore(folder, config, options);
  const store = await openStore(config.store, {});
  const source = { config, store, layout: storeLayout("shop"), now: SAMPLE_NOW };
  const report = kind === "drill" ? await drillReport(source, "latest") : await monthReport(source, "2026-11");
  await store.close();
  return renderReport(report, format);
}

const failed = (result: DrillResult): DrillResult => ({
  ...result,
  verdict: Verdict.Fail,
  checks: [
    { name: "contents of <b>shop</b>", verdict: Verdict.Fail, details: ["public.<i>t</i>: rows differ", "x".repeat(300)] },
    { name: "roles", verdict: Verdict.CouldNotVerify, details: ["no such role"] },
  ],
});

const evil: SampleOptions = { days: 3, tables: EVIL.map((name) => [name, name]), change: failed };

const PAGES: [string, () => Promise<string>][] = [
  ["a drill that passed", () => rendered("html", "drill")],
  ["a month", () => rendered("html", "month")],
  ["a failed drill of names that are meant to break it", () => rendered("html", "drill", evil, EVIL)],
  ["a month of a single backup with those names", () => rendered("html", "month", { ...evil, days: 1 }, EVIL)],
];

describe.skipIf(missing).each(PAGES)("the page of %s", (_name, make) => {
  let html: string;
  beforeAll(async () => {
    html = await make();
  });

  it("fits every screen, in both colour schemes, and loads and runs nothing", async () => {
    const { page, messages, requests, close } = await browser.show(html, {});
    for (const width of [320, 390, 1280]) {
      for (const colorScheme of ["light", "dark"] as const) {
        await page.setViewportSize({ width, height: 800 });
        await page.emulateMedia({ colorScheme });
        expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
        expect(await page.evaluate(TOO_WIDE)).toEqual([]);
      }
    }
    expect(messages).toEqual([]);
    expect(requests).toEqual([]);
    expect(await page.locator("script, link, img, iframe").count()).toBe(0);
    await close();
  });

  it("is accessible by axe's rules for WCAG 2.1 AA, contrast computed, in both colour schemes", async () => {
    const { page, close } = await browser.show(html, { viewport: { width: 390, height: 800 }, bypassCSP: true });
    await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true");
    await page.evaluate(axe);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      const found = await page.evaluate<Findings>(`axe.run(document, { runOnly: ${JSON.stringify(RULES)}, resultTypes: ["violations"] })`);
      expect(found.violations.map(({ id, nodes }) => [id, JSON.stringify(nodes).slice(0, 600)])).toEqual([]);
      expect(found.passes.map(({ id }) => id)).toEqual(
        expect.arrayContaining(["color-contrast", "svg-img-alt", "html-has-lang", "heading-order"]),
      );
    }
    await close();
  });

  it("prints, with the numbers behind the plots", async () => {
    const { page, close } = await browser.show(html, { viewport: { width: 1280, height: 800 }, colorScheme: "dark" });
    const pdf = await page.pdf({ format: "A4", preferCSSPageSize: true });
    expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
    await page.emulateMedia({ media: "print" });
    expect(await page.evaluate("getComputedStyle(document.querySelector('main')).color")).toBe("rgb(27, 32, 39)");
    expect(await page.evaluate("document.querySelector('figure table')?.getBoundingClientRect().height ?? 1")).toBeGreaterThan(0);
    await close();
  });
});

it.skipIf(missing)("a name that is markup is shown as it is, and one that turns the text around is written out", async () => {
  const { page, close } = await browser.show(await rendered("html", "drill", evil, EVIL), { viewport: { width: 390, height: 800 } });
  const text = await page.evaluate<string>("document.body.innerText");
  for (const shown of [EVIL[0], EVIL[1], EVIL[3], EVIL[4], "a\\u202etxt.exe", "contents of <b>shop</b>"]) expect(text).toContain(shown);
  for (const character of ["\u0007", "\u202e"]) expect(text).not.toContain(character);
  await close();
});

it.skipIf(missing).each([
  ["drill", {}, ["shop", "shop-jobs"], { failures: 0, errors: 0 }],
  ["month", {}, ["shop", "shop-jobs"], { failures: 1, errors: 0 }],
  ["drill", evil, EVIL, { failures: 1, errors: 1 }],
] as const)("the JUnit XML of a %s is well-formed and counts what did not pass", async (kind, options, databases, counts) => {
  const xml = await rendered("junit", kind, options, [...databases]);
  const { page, close } = await browser.show("<title>x</title>", {});
  const parsed = await page.evaluate((text) => {
    const { DOMParser } = globalThis as unknown as { DOMParser: new () => { parseFromString(text: string, type: string): XmlDocument } };
    const document = new DOMParser().parseFromString(text, "application/xml");
    const [suite] = document.querySelectorAll("testsuites > testsuite");
    const count = (selector: string) => document.querySelectorAll(selector).length;
    return {
      error: document.querySelectorAll("parsererror")[0]?.textContent ?? null,
      failures: Number(suite?.getAttribute("failures")),
      errors: Number(suite?.getAttribute("errors")),
      elements: { failures: count("testcase > failure"), errors: count("testcase > error") },
    };
  }, xml);
  expect(parsed).toEqual({ error: null, ...counts, elements: counts });
  await close();
});

interface Findings {
  violations: { id: string; nodes: unknown[] }[];
  passes: { id: string }[];
}

interface XmlDocument {
  querySelectorAll(
    selector: string,
  ): ArrayLike<{ textContent: string; getAttribute(name: string): string }> & Iterable<{ getAttribute(name: string): string }>;
}
