/** The exit codes of commands. */
export const EXIT = Object.freeze({
  done: 0,
  failed: 1,
  usage: 2,
  /** A consent has ended, or an account is suspended: the connection must be renewed. */
  renew: 3,
  /** The day's calls are spent, or cannot be counted. */
  quota: 4,
  /** Some accounts could not be read, or something could not be understood. */
  partly: 5,
});
