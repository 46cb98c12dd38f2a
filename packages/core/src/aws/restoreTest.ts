import type { Problem } from "../problem.js";

/**
 * The quotas of restore testing. https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing.html#restore-testing-quotas
 */
const LIMITS = {
  startWindowHours: { most: 168, reason: "restore testing begins within 1 to 168 hours" },
  selectionWindowDays: { most: 365, reason: "restore testing looks back over 1 to 365 days" },
  validationWindowHours: { most: 168, reason: "a restored instance is kept for validation for 1 to 168 hours, then AWS Backup deletes it" },
} as const;

const MOST_ENTRIES = 30;

/** What restore testing would refuse of its windows. Undefined where they are not known yet. */
export function restoreTestProblems(values: Partial<Record<keyof typeof LIMITS, number | undefined>>): Problem[] {
  return Object.entries(LIMITS).flatMap(([where, { most, reason }]): Problem[] => {
    const value = values[where as keyof typeof LIMITS];
    if (value === undefined || (Number.isInteger(value) && value >= 1 && value <= most)) return [];
    return [{ where, received: String(value), allowed: `a whole number from 1 to ${most}`, reason }];
  });
}

/** A list that restore testing limits to 30. */
export function restoreTestCountProblems(where: string, count: number, what: string): Problem[] {
  if (count >= 1 && count <= MOST_ENTRIES) return [];
  return [
    {
      where,
      received: String(count),
      allowed: `1 to ${MOST_ENTRIES}`,
      reason: `restore testing takes at most ${MOST_ENTRIES} ${what}`,
      ...(count === 0 ? {} : { next: "declare a second RestoreTesting for the others" }),
    },
  ];
}
