import { networkInterfaces } from "node:os";

/** An address of this machine that others reach: requests to it come from it, and so from no loopback interface. */
export function ownAddress(family: "IPv4" | "IPv6"): string {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const found = all.find((one) => one.family === family && !one.internal && !one.address.startsWith("fe80"));
  if (found === undefined) throw new Error(`This machine has no ${family} address besides loopback.`);
  return found.address;
}
