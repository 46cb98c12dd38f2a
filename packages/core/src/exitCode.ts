/**
 * Exit codes of `pgkeep`, after sysexits.h (https://man.openbsd.org/sysexits). They are a contract: the Pod failure policy of a dump
 * CronJob decides by them whether a run is tried again.
 */
export enum ExitCode {
  /** Everything that was asked for is done. */
  Done = 0,
  /** The command line was wrong. Never retried. */
  Usage = 64,
  /** Data is wrong: a verification failed. Never retried. */
  DataWrong = 65,
  /** There is no such recovery point. */
  NoSuchRecoveryPoint = 66,
  /** A server or a store cannot be reached. Worth another try. */
  Unavailable = 69,
  /** A defect of pgkeep. */
  Defect = 70,
  /** No space left where something had to be written. */
  NoSpace = 73,
  /** Reading or writing failed. */
  InputOutput = 74,
  /** Nothing is wrong, but it did not work this time, for example no common instant was found within the bound. */
  TryAgain = 75,
  /** A permission is missing. Never retried. */
  Permission = 77,
  /** The configuration is wrong. Never retried. */
  Configuration = 78,
  /** Something could not be verified, which is neither a pass nor a failure. */
  CouldNotVerify = 79,
  /**
   * What was asked for is done, and somebody has to look: a recovery point was committed but is suspicious, retention stopped, or a target that
   * `pgkeep status` holds the recovery points against is missed. Never retried.
   */
  Suspicious = 80,
}
