/**
 * Blacks out what follows the word password in a statement or a connection string: pg_restore shows the statement that failed, which may
 * create a user mapping, a subscription or a role.
 */
export function withoutSecrets(text: string): string {
  return text
    .replace(/\b(password\w*(?:\s*=\s*|\s+))E?'(?:[^'\\]|''|\\.)*'?/gi, "$1'***'")
    .replace(/\b(password\w*\s*=\s*)(?!'\*\*\*')[^\s'"]+/gi, "$1***")
    .replace(/(\w+:\/\/[^\s:/@]+:)[^\s@]+@/g, "$1***@");
}
