import { networkInterfaces } from "node:os";

/** Whether this machine has an address that others reach: one without any network has the loopback interface only. */
export function hasAddress(family: "IPv4" | "IPv6"): boolean {
  return addressOf(family) !== undefined;
}

/** An address of this machine that others reach: requests to it come from it, and so from no loopback interface. */
export function ownAddress(family: "IPv4" | "IPv6"): string {
  const address = addressOf(family);
  if (address === undefined) throw new Error(`This machine has no ${family} address besides loopback.`);
  return address;
}

function addressOf(family: "IPv4" | "IPv6"): string | undefined {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const found = all.find((one) => one.family === family && !one.internal && !one.address.startsWith("fe80"));
  return found?.address;
}
