import { MultiBar, type SingleBar } from "cli-progress";
import stringWidth from "string-width";
import type { ProgressUnit } from "../reporter.js";
import { describeFinished, describeProgress } from "./amounts.js";
import type { EndingReporter } from "./createReporter.js";
import type { Paint } from "./paint.js";
import { printable } from "./printable.js";
import { stepLine } from "./stepLine.js";

const BAR_WIDTH = 24;
/** Where the text of a step begins, so that bars and steps line up. */
const INDENT = " ".repeat(10);

interface Work {
  bar: SingleBar;
  beganAt: number;
}

interface Payload {
  name: string;
  text: string;
  share: number | undefined;
}

/** Steps as lines, and below them a bar for each piece of work that goes on. A finished bar makes place for a line. */
export class TerminalReporter implements EndingReporter {
  private readonly beganAt = performance.now();
  private readonly works = new Map<string, Work>();
  private bars: MultiBar | undefined;

  constructor(
    private readonly stream: NodeJS.WriteStream,
    private readonly paint: Paint,
  ) {}

  info(message: string): void {
    this.write("info", message);
  }

  warning(message: string): void {
    this.write("warning", message);
  }

  progress(work: string, done: number, total?: number, unit: ProgressUnit = "bytes"): void {
    if (total !== undefined && done === total) {
      this.finish(work, done, unit);
      return;
    }
    const share = total === undefined || total <= 0 ? undefined : Math.min(1, done / total);
    const payload: Payload = { name: printable(work), text: describeProgress(done, total, unit), share };
    this.barOf(work).bar.update(done, payload);
  }

  end(): void {
    for (const { bar } of this.works.values()) this.bars?.remove(bar);
    this.works.clear();
    this.stopBars();
  }

  private finish(work: string, done: number, unit: ProgressUnit): void {
    const running = this.works.get(work);
    this.write("info", describeFinished(work, done, unit, running === undefined ? 0 : performance.now() - running.beganAt));
    if (running === undefined) return;
    this.works.delete(work);
    this.bars?.remove(running.bar);
    if (this.works.size === 0) this.stopBars();
  }

  private barOf(work: string): Work {
    const known = this.works.get(work);
    if (known !== undefined) return known;
    // One screenful of bars belongs to one MultiBar; it redraws ten times a second whatever the number of updates.
    this.bars ??= new MultiBar({
      stream: this.stream,
      format: (_options, _parameters, payload: Payload) => this.barLine(payload),
      clearOnComplete: true,
      // Lines are cut to the terminal's width here. Switching its line wrapping off would outlive a killed process.
      linewrap: true,
      // A line above the bars moves them, and an unchanged bar would not be drawn again.
      forceRedraw: true,
    });
    const begun = {
      bar: this.bars.create(1, 0, { name: printable(work), text: "", share: undefined } satisfies Payload),
      beganAt: performance.now(),
    };
    this.works.set(work, begun);
    return begun;
  }

  private barLine({ name, text, share }: Payload): string {
    const filled = Math.round((share ?? 0) * BAR_WIDTH);
    const bar = "█".repeat(filled) + "░".repeat(BAR_WIDTH - filled);
    const width = Math.max(...[...this.works.keys()].map((work) => stringWidth(printable(work))), 0);
    const padded = name + " ".repeat(Math.max(0, width - stringWidth(name)));
    const plain = `${INDENT}${padded}  ${bar}  ${text}`;
    if (stringWidth(plain) < (this.stream.columns ?? 80)) return `${INDENT}${padded}  ${this.paint("cyan", bar)}  ${text}`;
    return `${name} ${text}`.slice(0, Math.max(0, (this.stream.columns ?? 80) - 1));
  }

  private write(kind: "info" | "warning", message: string): void {
    const line = `${stepLine(this.paint, performance.now() - this.beganAt, kind, message, this.stream.columns)}\n`;
    if (this.bars === undefined) {
      this.stream.write(line);
      return;
    }
    this.bars.log(line);
    this.bars.update();
  }

  private stopBars(): void {
    this.bars?.stop();
    this.bars = undefined;
  }
}
