/** The exit codes of commands. */
export const EXIT = Object.freeze({
  done: 0,
  failed: 1,
  usage: 2,
  /** A consent has ended, an account is suspended or none was chosen: the connection must be renewed. */
  renew: 3,
  /** The day's calls are spent, or cannot be counted. */
  quota: 4,
  /** Some accounts could not be read, or something could not be understood. Takes precedence over `stale`. */
  partly: 5,
  /** Older data was shown, as nothing newer could be read, although the person wanted only new data. */
  stale: 6,
});
