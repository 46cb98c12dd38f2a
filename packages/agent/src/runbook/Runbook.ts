/** One thing to do. Texts may hold `code` between backticks, nothing else of Markdown. */
export interface RunbookStep {
  title: string;
  text: readonly string[];
  /** For a POSIX shell, exactly as it is to be run. Steps of one section share one shell. */
  code?: string;
  /** In place of this step's code where that cannot be used; `when` says where. */
  instead?: { when: string; code: string };
}

export interface RunbookTable {
  head: readonly string[];
  rows: readonly (readonly string[])[];
}

export interface RunbookSection {
  title: string;
  text: readonly string[];
  table?: RunbookTable;
  /** In this order. */
  steps?: readonly RunbookStep[];
}

/** How to restore exactly one configuration's databases. Holds the places of keys, never a key. */
export interface Runbook {
  formatVersion: 1;
  cluster: string;
  store: string;
  writtenAt: string;
  /** The recovery point whose objects it names. */
  id: string;
  /** Whether a drill of it passed. */
  proven: boolean;
  /** What its reader must know first. */
  warnings: readonly string[];
  /** Objects that are not in the store as the manifest has them; among the warnings too. */
  missing: readonly string[];
  sections: readonly RunbookSection[];
}
