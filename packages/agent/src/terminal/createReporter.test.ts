import { PassThrough, Writable } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import xterm from "@xterm/headless";
import { describe, expect, it, vi } from "vitest";
import { createReporter } from "./createReporter.js";

/** A stream that is a terminal: what is written goes through a real terminal emulator, so that a test sees the screen as a user does. */
class Screen extends Writable {
  readonly isTTY = true;
  readonly rows = 20;
  readonly terminal: InstanceType<typeof xterm.Terminal>;
  /** Everything that was written. */
  raw = "";

  constructor(readonly columns = 100) {
    super();
    this.terminal = new xterm.Terminal({ cols: columns, rows: 20, allowProposedApi: true, convertEol: true });
  }

  override _write(chunk: Buffer, _encoding: string, callback: () => void): void {
    this.raw += chunk.toString();
    this.terminal.write(chunk, callback);
  }

  async lines(): Promise<string[]> {
    await new Promise<void>((resolve) => this.terminal.write("", resolve));
    const buffer = this.terminal.buffer.active;
    const all = Array.from({ length: buffer.length }, (_, index) => buffer.getLine(index)?.translateToString(true) ?? "");
    return all.slice(0, all.findLastIndex((line) => line !== "") + 1);
  }
}

const onScreen = (columns?: number, environment: NodeJS.ProcessEnv = {}) => {
  const screen = new Screen(columns);
  return { screen, reporter: createReporter({ stream: screen, format: "auto", environment }) };
};

const intoPipe = (format: "auto" | "plain" | "json", environment: NodeJS.ProcessEnv = {}) => {
  const stream = new PassThrough();
  const reporter = createReporter({ stream, format, environment });
  return { reporter, text: () => (stream.read() as Buffer | null)?.toString() ?? "" };
};

describe("on a terminal", () => {
  it("shows steps above one bar for each piece of work", async () => {
    const { screen, reporter } = onScreen();
    reporter.info("one instant over 2 databases");
    reporter.progress("dump syntho-core", 5_000_000, 20_000_000);
    reporter.progress("dump 花子", 1, 4);
    reporter.warning("the clocks differ by 3 s");
    expect(await screen.lines()).toEqual([
      expect.stringMatching(/^ +\d\.\ds {2}one instant over 2 databases$/),
      expect.stringMatching(/^ +\d\.\ds {2}warning: the clocks differ by 3 s$/),
      "          dump syntho-core  ██████░░░░░░░░░░░░░░░░░░  5.00 MB of about 20.0 MB, 25 %",
      "          dump 花子         ██████░░░░░░░░░░░░░░░░░░  1 B of about 4 B, 25 %",
    ]);
    reporter.end();
  });

  it("leaves a line where a bar was, and nothing else", async () => {
    const { screen, reporter } = onScreen();
    for (let done = 0; done < 100; done++) reporter.progress("dump syntho-core", done, 100);
    reporter.progress("read tables", 1, 3, "items");
    reporter.progress("dump syntho-core", 120, 120);
    reporter.progress("read tables", 3, 3, "items");
    reporter.info("committed");
    reporter.end();
    expect(await screen.lines()).toEqual([
      expect.stringMatching(/s {2}dump syntho-core: 120 B( in .*)?$/),
      expect.stringMatching(/s {2}read tables: 3( in .*)?$/),
      expect.stringMatching(/s {2}committed$/),
    ]);
  });

  it("takes bars of unfinished work away at the end", async () => {
    const { screen, reporter } = onScreen();
    reporter.progress("dump syntho-core", 1, 3);
    reporter.progress("dump syntho-backend", 1, 3);
    reporter.end();
    expect(await screen.lines()).toEqual([]);
  });

  it("cuts a bar to a narrow window, so that it is drawn over itself", async () => {
    const { screen, reporter } = onScreen(40);
    reporter.progress("dump a-database-with-a-rather-long-name", 1, 3);
    reporter.info("x");
    reporter.progress("dump a-database-with-a-rather-long-name", 2, 3);
    reporter.info("y");
    reporter.end();
    expect(await screen.lines()).toEqual([expect.stringMatching(/x$/), expect.stringMatching(/y$/)]);
  });

  it("shows how much where the whole is unknown, and where it was guessed too small", async () => {
    const { screen, reporter } = onScreen();
    reporter.progress("dump a", 4096);
    reporter.progress("dump b", 4096, 1000);
    reporter.info("");
    expect((await screen.lines()).slice(1)).toEqual([
      "          dump a  ░░░░░░░░░░░░░░░░░░░░░░░░  4.10 kB",
      "          dump b  ████████████████████████  4.10 kB",
    ]);
    reporter.end();
  });

  it("breaks a long step between words", async () => {
    const { screen, reporter } = onScreen(40);
    reporter.warning("the clocks of server and store differ by 3 seconds");
    reporter.end();
    expect(await screen.lines()).toEqual([
      expect.stringMatching(/s {2}warning: the clocks of server$/),
      "          and store differ by 3 seconds",
    ]);
  });

  it("lets no name move the cursor", async () => {
    const { screen, reporter } = onScreen();
    reporter.progress("dump a\r\u001b[2Jb", 1, 3);
    reporter.info("table \u001b[31mred\u001b[0m\nsecond line\u202e");
    reporter.end();
    expect(screen.raw).not.toContain("\u001b[2J");
    expect(screen.raw).not.toContain("\u001b[31mred");
    expect(await screen.lines()).toEqual([expect.stringMatching(/table \\u001b\[31mred\\u001b\[0m$/), "          second line\\u202e"]);
  });

  it("is coloured unless NO_COLOR says no, with the same text", () => {
    const texts = ["", "1"].map((NO_COLOR) => {
      const { screen, reporter } = onScreen(80, { NO_COLOR });
      reporter.warning("look");
      reporter.end();
      return screen.raw;
    });
    expect(texts[0]).toContain("\u001b[33mwarning:");
    expect(texts[1]).not.toContain("\u001b[");
    expect(stripVTControlCharacters(texts[0] ?? "").slice(10)).toBe(texts[1]?.slice(10));
  });
});

describe("in a file or a pipe", () => {
  it("is plain lines: one per step, and one for work that is done", () => {
    const { reporter, text } = intoPipe("auto");
    reporter.info("connected");
    for (let done = 0; done < 1000; done++) reporter.progress("dump syntho-core", done, 2000);
    reporter.progress("dump syntho-core", 1500, 1500);
    reporter.end();
    expect(text()).toMatch(/^ +0\.\ds {2}connected\n +0\.\ds {2}dump syntho-core: 1\.50 kB( in .*)?\n$/);
  });

  it("tells every ten seconds that work goes on", () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    try {
      const { reporter, text } = intoPipe("plain");
      for (let second = 0; second <= 25; second++) {
        reporter.progress("dump syntho-core", second * 1000, 100_000);
        vi.advanceTimersByTime(1000);
      }
      reporter.progress("dump syntho-core", 100_000, 100_000);
      expect(text().trimEnd().split("\n")).toEqual([
        "   10.0s  dump syntho-core: 10.0 kB of about 100 kB, 10 %",
        "   20.0s  dump syntho-core: 20.0 kB of about 100 kB, 20 %",
        "   26.0s  dump syntho-core: 100 kB in 26.0 s",
      ]);
    } finally {
      vi.useRealTimers();
    }
  });

  it("has no colour, unless FORCE_COLOR asks for it", () => {
    const { reporter, text } = intoPipe("plain", { FORCE_COLOR: "1" });
    reporter.warning("look");
    expect(text()).toContain("\u001b[33mwarning:");
  });
});

describe("in a container", () => {
  it.each([
    ["asked for", "json", {}],
    ["known by Kubernetes", "auto", { KUBERNETES_SERVICE_HOST: "10.0.0.1" }],
    ["known by `container`", "auto", { container: "docker" }],
  ] as const)("is JSON lines, %s", (_case, format, environment) => {
    const { reporter, text } = intoPipe(format, environment);
    reporter.info("recovery point", { id: "20261121T020000Z-4f9k2m1x" });
    reporter.warning("a line\nbreak");
    reporter.progress("dump syntho-core", 5, 5);
    reporter.end();
    const lines = text()
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect(lines).toEqual([
      { level: "info", time, id: "20261121T020000Z-4f9k2m1x", msg: "recovery point" },
      { level: "warn", time, msg: "a line\nbreak" },
      {
        level: "info",
        time,
        work: "dump syntho-core",
        done: 5,
        total: 5,
        unit: "bytes",
        milliseconds: expect.any(Number),
        msg: "dump syntho-core: done",
      },
    ]);
  });
});
