/** How a command ends: what its exit code says. */
export const EXIT = Object.freeze({
  done: 0,
  failed: 1,
  usage: 2,
  /** A consent has ended, or an account is suspended: the bank has to be connected anew. */
  renew: 3,
  /** The day's calls are spent, or cannot be counted. */
  quota: 4,
  /** Some accounts were read, and some were not. */
  partly: 5,
});
