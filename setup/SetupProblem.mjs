/** Something the set-up cannot do and the user can: its message says what, why, and the way out. Printed without a stack trace. */
export class SetupProblem extends Error {
  /** @override */
  name = "SetupProblem";
}
