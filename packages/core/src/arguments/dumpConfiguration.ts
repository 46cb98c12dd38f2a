import { type Problem, ProblemError } from "../problem.js";
import { holdsDeferred, knownEntries, type PartlyKnown, withoutAbsent, withoutDeferred } from "./knownValues.js";

/** Where a setting of the agent's configuration stands among a component's arguments, by the longest name that fits first. */
export type SettingArguments = readonly (readonly [setting: string, argument: string])[];

/**
 * What is known of a component's configuration for the agent before the deployment, with something harmless in place of the rest, so that it can be
 * judged.
 * @param storeOf what is judged of the store, of which this much is known
 */
export function knownDumpConfiguration(tree: PartlyKnown, storeOf: (known: object | undefined) => object): PartlyKnown {
  const { retention, ...others } = tree;
  const known = withoutAbsent(withoutDeferred(others)) as PartlyKnown;
  const judged = withoutAbsent({
    ...known,
    cluster: known.cluster ?? "placeholder",
    databases: knownEntries(tree.databases) ?? ["placeholder"],
    connection: { host: "placeholder.example.org", ...(known.connection as object | undefined) },
    store: storeOf(known.store as object | undefined),
    encryption: { recipients: knownEntries((tree.encryption as { recipients?: unknown } | undefined)?.recipients) },
  }) as PartlyKnown;
  return retention === undefined || holdsDeferred(retention) ? judged : { ...judged, retention };
}

/** What `judge` finds or throws, told by the names of a component's arguments. */
export function problemsOfArguments(names: SettingArguments, judge: () => Problem[]): Problem[] {
  const argumentOf = (setting: string): string => {
    const fits = (name: string) => setting === name || setting.startsWith(`${name}.`) || setting.startsWith(`${name}[`);
    const [from, to] = names.find(([name]) => fits(name)) ?? ["", ""];
    return `${to}${setting.slice(from.length)}`;
  };
  try {
    return judge();
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return error.problems.map((problem) => ({
      ...problem,
      where: argumentOf(problem.where),
      ...(problem.next === undefined ? {} : { next: problem.next.replace(/\b(?:connection|snapshot|encryption)\.\w+/g, argumentOf) }),
    }));
  }
}
