/**
 * What a `SEQUENCE SET` entry sets: its definition is `SELECT pg_catalog.setval('schema.name', 42, true);` (dumpSequenceData in pg_dump.c).
 * Undefined when it is not that. The name is in the entry, unquoted.
 */
export function sequenceValue(definition: string): { value: string; isCalled: boolean } | undefined {
  if (!definition.startsWith("SELECT pg_catalog.setval('")) return undefined;
  // Only the end: the name before it may hold anything.
  const match = /', (-?\d{1,19}), (true|false)\);\n$/.exec(definition.slice(-60));
  return match?.[1] === undefined ? undefined : { value: match[1], isCalled: match[2] === "true" };
}
