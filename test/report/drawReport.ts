import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { agentConfigSchema, storeLayout } from "@pgkeep/core";
import { drillReport } from "../../packages/agent/src/report/drillReport.js";
import { monthReport } from "../../packages/agent/src/report/monthReport.js";
import { reportPage } from "../../packages/agent/src/report/page/reportPage.js";
import { openStore } from "../../packages/agent/src/store/openStore.js";
import { ReportBrowser } from "./browser.js";
import { fillSampleStore, SAMPLE_NOW } from "./sampleStore.js";

// Draws docs/images/report.png, the pages of the sample store in a real browser: see docs/development.md. With a folder as argument, all views into it.
const folder = mkdtempSync(join(tmpdir(), "pgkeep-sample-"));
const config = agentConfigSchema.parse({
  version: 1,
  cluster: "shop",
  databases: ["shop", "shop-jobs"],
  store: { url: `file://${folder}` },
  objectives: { rpo: "26h", provenWithin: "10d" },
  retention: { preset: "production" },
  encryption: {
    recipients: [
      "age1ry7rtpzcx676847jzs827hwams3cmekdwg4m7xzs44hts0v7sussvvg725",
      "age1u8ljeja4n2zag3y9wqnw072a3ay3pjzax9jznwqrn80glf7mpu7qv3hqfn",
    ],
  },
});
fillSampleStore(folder, config);
const store = await openStore(config.store, {});
const source = { config, store, layout: storeLayout("shop"), now: SAMPLE_NOW };
// The folder is a passing one: a reader of the picture expects a bucket.
const seen = (html: string) => html.replaceAll(`file://${folder}`, "s3://shop-backups/postgres").replaceAll(folder, "/srv/backups");
const drill = seen(reportPage(await drillReport(source, "latest")));
const month = seen(reportPage(await monthReport(source, "2026-11")));
await store.close();
rmSync(folder, { recursive: true });

const browser = await ReportBrowser.start();
const views = process.argv[2];
async function picture(
  html: string,
  width: number,
  height: number,
  colorScheme: "light" | "dark",
  from: "top" | "plots" | "whole" = "top",
): Promise<Buffer> {
  const { page, close } = await browser.show(html, { viewport: { width, height }, colorScheme });
  if (from === "plots") await page.evaluate("document.querySelector('.plots').closest('section').scrollIntoView()");
  const png = await page.screenshot({ fullPage: from === "whole" });
  await close();
  return png;
}
if (views === undefined) {
  const [wide, narrow] = [await picture(drill, 900, 860, "light"), await picture(drill, 390, 860, "dark", "plots")];
  const shown = (png: Buffer, width: number) => `<img width="${width}" src="data:image/png;base64,${png.toString("base64")}">`;
  const style = "body{margin:0;padding:24px;background:#e3e7ec;display:flex;gap:24px}img{border-radius:8px;box-shadow:0 2px 10px #0004}";
  const { page } = await browser.show(`<style>${style}</style>${shown(wide, 900)}${shown(narrow, 390)}`, {
    viewport: { width: 1362, height: 908 },
  });
  writeFileSync(new URL("../../docs/images/report.png", import.meta.url), await page.screenshot());
} else {
  for (const [name, html] of Object.entries({ drill, month })) {
    for (const scheme of ["light", "dark"] as const) {
      for (const width of [360, 1280])
        writeFileSync(join(views, `${name}-${scheme}-${width}.png`), await picture(html, width, 900, scheme, "whole"));
    }
    const { page } = await browser.show(html, {});
    writeFileSync(join(views, `${name}.pdf`), await page.pdf({ format: "A4" }));
  }
}
await browser.stop();
