import type { ProgressUnit } from "../reporter.js";
import { describeFinished, describeProgress } from "./amounts.js";
import type { EndingReporter } from "./createReporter.js";
import type { Paint } from "./paint.js";
import { stepLine } from "./stepLine.js";
import { WorkTimes } from "./WorkTimes.js";

/** Lines for a file, a pipe or cron's mail. */
export class PlainReporter implements EndingReporter {
  private readonly beganAt = performance.now();
  private readonly times = new WorkTimes();

  constructor(
    private readonly stream: NodeJS.WritableStream,
    private readonly paint: Paint,
  ) {}

  info(message: string): void {
    this.write("info", message);
  }

  warning(message: string): void {
    this.write("warning", message);
  }

  progress(work: string, done: number, total?: number, unit: ProgressUnit = "bytes"): void {
    const { what, millisecondsSinceBeginning } = this.times.note(work, done, total, performance.now());
    if (what === "going") this.write("info", `${work}: ${describeProgress(done, total, unit)}`);
    if (what === "done") this.write("info", describeFinished(work, done, unit, millisecondsSinceBeginning));
  }

  end(): void {}

  private write(kind: "info" | "warning", message: string): void {
    this.stream.write(`${stepLine(this.paint, performance.now() - this.beganAt, kind, message)}\n`);
  }
}
