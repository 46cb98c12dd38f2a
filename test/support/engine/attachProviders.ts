import type { AttachedProvider } from "./providers/AttachedProvider.js";
import { officialProviders } from "./pulumiProgram.js";

/** Stand-ins for official providers. A stack starts and stops its own. */
export type AttachedProviders = readonly AttachedProvider[];

export interface RunningProviders {
  /** By package. */
  ports: ReadonlyMap<string, number>;
  /** Throws what a stand-in met that it has no rule for. */
  assertComplete(): void;
  stop(): Promise<void>;
}

/** Starts them, or leaves the engine to the official ones where those are asked for. */
export async function attachProviders(providers: AttachedProviders): Promise<RunningProviders> {
  const used = officialProviders() ? [] : providers;
  tell(used.map(({ name }) => name));
  const ports = new Map<string, number>();
  const stop = async () => void (await Promise.all(used.map((provider) => provider.stop())));
  try {
    for (const provider of used) ports.set(provider.name, await provider.start());
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    ports,
    assertComplete: () => {
      const gaps = used.flatMap((provider) => provider.gaps());
      if (gaps.length > 0) throw new Error(gaps.join("\n"));
    },
    stop,
  };
}

const told = new Set<string>();

/** Once for each in a process: nobody shall take what they show for what the official providers do. */
function tell(names: readonly string[]): void {
  const news = names.filter((name) => !told.has(name));
  for (const name of news) told.add(name);
  if (news.length > 0) {
    process.stderr.write(
      `engine: STAND-IN for the official provider of ${news.join(", ")} (PGKEEP_PROVIDERS=official uses the official ones)\n`,
    );
  }
}
