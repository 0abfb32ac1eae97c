/** A sandbox that may keep the lock of its state file after it has done its work. */
interface Holder {
  /** Gives the lock back, unless it is needed at this moment. */
  giveBack: () => void;
}

/**
 * The other holders of a lock in this process. A control waits for the lock without giving way to other code of the
 * process, so that a holder in it would never come to releasing the lock by itself: it has to be asked.
 */
export interface Neighbours {
  /** Asks all others to give the lock back. */
  giveBack: () => void;
  /** Ends the membership, once the lock is no longer used. */
  leave: () => void;
}

/** The holders by their lock files. They share nothing but the process, so only a module can let them find each other. */
const inProcess = new Map<string, Set<Holder>>();

/** Joins the holders of a lock file. */
export function neighboursOf(lockFile: string, holder: Holder): Neighbours {
  const all = inProcess.get(lockFile) ?? new Set();
  all.add(holder);
  inProcess.set(lockFile, all);
  return {
    giveBack: () => {
      for (const one of all) if (one !== holder) one.giveBack();
    },
    leave: () => {
      all.delete(holder);
      if (all.size === 0) inProcess.delete(lockFile);
    },
  };
}
