import { styleText } from "node:util";

/** Something that the demo claims did not hold. */
export class BrokenClaim extends Error {
  override readonly name = "BrokenClaim";
}

/** Tells the demo's story on standard output. Everything reads the same without colour. */
export class Narrator {
  private readonly beganAt = performance.now();
  private chapters = 0;
  private claims = 0;

  chapter(title: string): void {
    const heading = `${++this.chapters}. ${title} `;
    this.line();
    this.line(styleText("bold", heading) + styleText("dim", "─".repeat(Math.max(0, 78 - heading.length))));
  }

  say(text: string): void {
    this.line(text);
  }

  /** A command as a user would type it. */
  command(text: string): void {
    this.line();
    this.line(styleText(["bold", "cyan"], `$ ${text}`));
  }

  /** Says what holds, or ends the demo because it does not. */
  claim(text: string, holds: boolean): void {
    if (!holds) throw new BrokenClaim(text);
    this.claims++;
    this.line(`${styleText("green", "✓")} ${text}`);
  }

  /** Names and values that line up. */
  facts(facts: Record<string, string>): void {
    const width = Math.max(...Object.keys(facts).map((name) => name.length));
    for (const [name, value] of Object.entries(facts)) this.line(`  ${name.padEnd(width)}  ${value}`);
  }

  summary(lines: string[]): void {
    this.chapter("What was shown");
    for (const line of lines) this.line(`  ${line}`);
    this.line();
    const seconds = ((performance.now() - this.beganAt) / 1000).toFixed(0);
    this.line(styleText("bold", `All ${this.claims} claims held, in ${seconds} seconds.`));
  }

  private line(text = ""): void {
    process.stdout.write(`${text}\n`);
  }
}
