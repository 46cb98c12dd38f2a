interface NameRule {
  pattern: RegExp;
  allowed: string;
}

const RULES = {
  // https://docs.aws.amazon.com/aws-backup/latest/devguide/API_CreateBackupVault.html
  vault: { pattern: /^[a-zA-Z0-9\-_]{2,50}$/, allowed: "2 to 50 letters, digits, hyphens and underscores" },
  // https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupRuleInput.html
  rule: { pattern: /^[a-zA-Z0-9\-_.]{1,50}$/, allowed: "1 to 50 letters, digits, hyphens, underscores and dots" },
  plan: { pattern: /^[a-zA-Z0-9\-_.]{1,50}$/, allowed: "1 to 50 letters, digits, hyphens, underscores and dots" },
  selection: { pattern: /^[a-zA-Z0-9\-_.]{1,50}$/, allowed: "1 to 50 letters, digits, hyphens, underscores and dots" },
  // https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing.html
  restoreTest: { pattern: /^[a-zA-Z0-9_]{1,50}$/, allowed: "1 to 50 letters, digits and underscores; no hyphens" },
} satisfies Record<string, NameRule>;

/** What a name of AWS Backup is for: each has a rule of its own. */
export type BackupNameKind = keyof typeof RULES;

/** What is wrong with a name; nothing where AWS Backup takes it. */
export function backupNameProblem(kind: BackupNameKind, name: string): string | undefined {
  if (RULES[kind].pattern.test(name)) return undefined;
  return name === ""
    ? "this is empty"
    : `AWS Backup takes no such name (${name.length === 1 ? "1 character" : `${name.length} characters`})`;
}

export function allowedBackupName(kind: BackupNameKind): string {
  return RULES[kind].allowed;
}
