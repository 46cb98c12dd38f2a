import type { EngineStack } from "../EngineStack.js";

/** Throws when a secret is readable in the stack's files, or in anything that the engine showed: plans, diffs, outputs, messages. */
export function assertNoCanary(stack: EngineStack, canaries: readonly string[]): void {
  const places = { "the state": stack.stored(), "what the engine showed": stack.log() };
  const found = canaries.flatMap((canary) => {
    if (canary.length < 6) throw new Error("A canary of fewer than 6 letters is found by chance.");
    return Object.entries(places).flatMap(([place, text]) =>
      spellings(canary)
        .filter((spelling) => text.includes(spelling))
        .map((spelling) => `${canary} is readable in ${place}${around(text, spelling)}`),
    );
  });
  if (found.length > 0) throw new Error(found.join("\n"));
  if (places["the state"].length === 0) throw new Error("The stack has no state yet: nothing was looked through.");
}

function spellings(canary: string): string[] {
  const inJson = JSON.stringify(canary).slice(1, -1);
  const base64 = Buffer.from(canary).toString("base64").replace(/=+$/, "");
  return [...new Set([canary, inJson, JSON.stringify(inJson).slice(1, -1), encodeURIComponent(canary), base64])];
}

function around(text: string, spelling: string): string {
  const at = text.indexOf(spelling);
  return `: …${text.slice(Math.max(0, at - 120), at)}[HERE]…`;
}
