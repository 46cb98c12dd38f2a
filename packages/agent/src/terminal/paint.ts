import { styleText } from "node:util";
import { Verdict } from "@pgkeep/core";

type Style = Parameters<typeof styleText>[0];

/** Colours a text, or leaves it alone where colour is not wanted. Nothing is ever said by colour only. */
export type Paint = (style: Style, text: string) => string;

/**
 * Colour for a stream that is a terminal which can show it, by the common agreements: NO_COLOR (https://no-color.org) wins over FORCE_COLOR,
 * which wins over what the stream is.
 */
export function paintFor(stream: NodeJS.WritableStream, environment: NodeJS.ProcessEnv): Paint {
  if (!showsColour(stream, environment)) return (_style, text) => text;
  return (style, text) => styleText(style, text, { validateStream: false });
}

/** A verdict in its colour. */
export function paintVerdict(paint: Paint, verdict: Verdict, text: string = verdict): string {
  const colour = { [Verdict.Pass]: "green", [Verdict.Fail]: "red", [Verdict.CouldNotVerify]: "yellow" } as const;
  return paint(["bold", colour[verdict]], text);
}

function showsColour(stream: NodeJS.WritableStream, environment: NodeJS.ProcessEnv): boolean {
  const { NO_COLOR: no, FORCE_COLOR: force, TERM: terminal } = environment;
  if (no !== undefined && no !== "") return false;
  if (force !== undefined) return force !== "0" && force !== "false";
  return (stream as Partial<NodeJS.WriteStream>).isTTY === true && terminal !== "dumb";
}
