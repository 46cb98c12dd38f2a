/** Environment variables, given so that nothing reaches for the process's own behind a caller's back. */
export type Environment = Readonly<Record<string, string | undefined>>;
