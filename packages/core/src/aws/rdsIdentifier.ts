/** The longest name of an RDS instance. https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html */
const LONGEST = 63;

/**
 * What is wrong with the name of an RDS instance. RDS itself would take capital letters and store small ones, so that each later preview
 * showed a rename.
 */
export function rdsIdentifierProblem(text: string): string | undefined {
  if (text === "") return "this is empty";
  if (text.length > LONGEST) return `this has ${text.length} characters, and RDS takes at most ${LONGEST}`;
  if (!/^[a-z]/.test(text)) return "the first character must be a small letter";
  if (!/^[a-z0-9-]+$/.test(text)) return "RDS takes small letters, digits and hyphens";
  if (text.includes("--")) return "RDS takes no two hyphens in a row";
  return text.endsWith("-") ? "RDS takes no hyphen at the end" : undefined;
}

/** Names that RDS keeps for itself, and those that PostgreSQL does. */
const RESERVED_USERS = ["rdsadmin", "rds_superuser", "rds_password", "rds_replication", "rdsrepladmin", "admin", "public", "none"];

/** What is wrong with the name of an RDS instance's master user. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html */
export function rdsMasterUserProblem(text: string): string | undefined {
  if (!/^[a-zA-Z][a-zA-Z0-9_]*$/.test(text)) return "a master user's name is a letter, then letters, digits and underscores";
  if (text.length > LONGEST) return `this has ${text.length} characters, and RDS takes at most ${LONGEST}`;
  return RESERVED_USERS.includes(text.toLowerCase()) || text.startsWith("pg_")
    ? "this name is reserved by RDS or by PostgreSQL"
    : undefined;
}

/** What is wrong with a master user's password. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html */
export function rdsPasswordProblem(text: string): string | undefined {
  if (text.length < 8 || text.length > 128) return "RDS takes passwords of 8 to 128 characters";
  return /^[!-~]+$/.test(text) && !/[/"@]/.test(text) ? undefined : 'RDS takes printable ASCII without spaces, /, " and @';
}

/** What is wrong with the name of the database that RDS makes with an instance. */
export function rdsDatabaseNameProblem(text: string): string | undefined {
  if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(text)) return "RDS takes a letter or an underscore, then letters, digits and underscores";
  if (text.length > LONGEST) return `this has ${text.length} characters, and RDS takes at most ${LONGEST}`;
  return ["postgres", "template0", "template1", "rdsadmin"].includes(text.toLowerCase())
    ? "a database of this name is there anyway"
    : undefined;
}
