/** Who may keep a lock. */
interface Holder {
  /** Gives the lock back, unless it is needed at this moment. */
  giveBack: () => void;
}

/** The other holders of a lock in this process. As they cannot wait for each other, they ask each other for the lock. */
export interface Neighbours {
  /** Asks all others to give the lock back. */
  giveBack: () => void;
  leave: () => void;
}

/** The holders in this process by their lock files. */
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
