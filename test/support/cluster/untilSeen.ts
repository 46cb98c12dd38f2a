import { setTimeout as sleep } from "node:timers/promises";

/** Asks twice a second until there is an answer. Past the time it throws, with what `circumstances` tells. */
export async function untilSeen<Value>(
  what: string,
  ask: () => Promise<Value | undefined> | Value | undefined,
  { seconds = 150, circumstances }: { seconds?: number; circumstances?: () => Promise<string> } = {},
): Promise<Value> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const value = await ask();
    if (value !== undefined) return value;
    if (Date.now() > end) throw new Error(`${what} was not seen within ${seconds} s\n${(await circumstances?.().catch(String)) ?? ""}`);
    await sleep(500);
  }
}
