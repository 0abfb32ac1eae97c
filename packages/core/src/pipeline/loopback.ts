/** Whether a URL leads to this machine. The URL parser has normalized the host: `0x7f.1` is 127.0.0.1 here. */
export function isLoopback({ hostname }: URL): boolean {
  return /^(127\.\d+\.\d+\.\d+|\[::1\]|(.+\.)?localhost)$/.test(hostname);
}
