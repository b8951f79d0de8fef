/** First and last octets of address ranges that are not on the public internet. */
const PRIVATE_V4: readonly (readonly [first: string, last: string])[] = [
  ["0.0.0.0", "0.255.255.255"],
  ["10.0.0.0", "10.255.255.255"],
  ["100.64.0.0", "100.127.255.255"],
  ["127.0.0.0", "127.255.255.255"],
  ["169.254.0.0", "169.254.255.255"],
  ["172.16.0.0", "172.31.255.255"],
  ["192.0.0.0", "192.0.0.255"],
  ["192.168.0.0", "192.168.255.255"],
  ["198.18.0.0", "198.19.255.255"],
  ["224.0.0.0", "255.255.255.255"],
];

/** Names that are somebody's own: of this machine, of this network, of a cloud's inside. */
const PRIVATE_NAME = /(?:^|\.)(?:localhost|local|internal|intranet|lan|home\.arpa|corp|home)$/;

/**
 * Whether a URL's host is loopback, link-local or of a private network: by its address in whatever notation, which the URL's
 * parser has brought into one, or by its name.
 * @param hostname of a parsed URL
 */
export function isPrivateHost(hostname: string): boolean {
  const host = hostname.replace(/\.$/, "");
  if (host.startsWith("[")) return isPrivateV6(host.slice(1, -1));
  if (/^\d+\.\d+\.\d+\.\d+$/.test(host)) return isPrivateV4(toNumber(host));
  return !host.includes(".") || PRIVATE_NAME.test(host);
}

function isPrivateV4(address: number): boolean {
  return PRIVATE_V4.some(([first, last]) => address >= toNumber(first) && address <= toNumber(last));
}

function toNumber(address: string): number {
  return address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
}

function isPrivateV6(text: string): boolean {
  const groups = expand(text);
  const [first = 0, second = 0] = groups;
  const zeros = groups.findIndex((group) => group !== 0);
  // ::, ::1 and the IPv4 addresses that are written within IPv6: ::a.b.c.d, ::ffff:a.b.c.d, 64:ff9b::a.b.c.d, 2002:a.b.c.d::
  if (zeros === -1 || zeros >= 6 || (zeros === 5 && groups[5] === 0xffff) || (first === 0x64 && second === 0xff9b))
    return zeros === -1 || zeros === 7 || isPrivateV4(embedded(groups, 6));
  if (first === 0x2002) return isPrivateV4(embedded(groups, 1));
  // Unique local, link-local, site-local, multicast.
  return (first & 0xfe00) === 0xfc00 || (first & 0xff80) === 0xfe80 || first >= 0xff00;
}

/** The eight groups of an address in the one notation that URLs have. */
function expand(text: string): number[] {
  const [head = "", tail] = text.split("::");
  const read = (part: string): number[] => (part === "" ? [] : part.split(":").map((group) => parseInt(group, 16)));
  if (tail === undefined) return read(head);
  const [before, after] = [read(head), read(tail)];
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0), ...after];
}

function embedded(groups: readonly number[], at: number): number {
  return (groups[at] ?? 0) * 0x10000 + (groups[at + 1] ?? 0);
}
