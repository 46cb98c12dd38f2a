const BLOCKS = "▁▂▃▄▅▆▇█";
const MARKS = "_.-=+*#@";

/** Whether a stream shows more than ASCII without doubt: a terminal, and not a dumb one. */
export function showsBlocks(stream: NodeJS.WritableStream, environment: NodeJS.ProcessEnv): boolean {
  return (stream as Partial<NodeJS.WriteStream>).isTTY === true && environment.TERM !== "dumb";
}

/** Numbers as a row of small bars, one character each, measured from zero, so that no change looks larger than it is. Null leaves a gap. */
export function plot(values: readonly (number | null)[], blocks: boolean): string {
  const levels = [...(blocks ? BLOCKS : MARKS)];
  const most = values.reduce<number>((sum, value) => Math.max(sum, value ?? 0), 0);
  return values
    .map((value) => {
      if (value === null) return " ";
      const level = most <= 0 ? 0 : Math.round((Math.max(0, value) / most) * (levels.length - 1));
      return levels[level] ?? "";
    })
    .join("");
}
