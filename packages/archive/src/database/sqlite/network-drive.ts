import { readFileSync, statfsSync, statSync } from "node:fs";

/** The types of network file systems that `statfs` reports on Linux: https://man7.org/linux/man-pages/man2/statfs.2.html */
const NETWORK: ReadonlyMap<number, string> = new Map([
  [0x6969, "NFS"],
  [0x517b, "SMB"],
  [0xfe534d42, "SMB"],
  [0xff534d42, "SMB"],
  [0x01021997, "9p"],
  [0x5346414f, "AFS"],
  [0x00c36400, "Ceph"],
]);

const FUSE = 0x65735546;

/** Those of FUSE that lead to other machines; others, such as NTFS's or an encrypted folder's, are local. */
const NETWORK_FUSE = /^fuse\.(sshfs|rclone|s3fs|davfs2?|glusterfs|curlftpfs|gvfsd-fuse|goofys)$/;

/** The kind of network drive that a folder is on; undefined if it is on none, or if the system does not tell. */
export function networkDriveOf(folder: string): string | undefined {
  if (process.platform !== "linux") return undefined;
  try {
    // Node reports the number with its sign on some machines.
    const type = statfsSync(folder).type >>> 0;
    return type === FUSE ? networkFuse(folder) : NETWORK.get(type);
  } catch {
    return undefined;
  }
}

function networkFuse(folder: string): string | undefined {
  const type = mountedType(readFileSync("/proc/self/mountinfo", "utf8"), statSync(folder).dev);
  return type === undefined ? undefined : NETWORK_FUSE.exec(type)?.[1];
}

/** The file system of a device, by the lines of mountinfo: `36 35 0:98 / /mnt rw shared:1 - fuse.sshfs host: rw`. */
export function mountedType(mountinfo: string, device: number): string | undefined {
  const wanted = `${(device >>> 8) & 0xfff}:${(device & 0xff) | ((device >>> 12) & 0xfff00)}`;
  const line = mountinfo.split("\n").find((mount) => mount.split(" ", 3)[2] === wanted);
  return line?.split(" - ", 2)[1]?.split(" ", 1)[0];
}
