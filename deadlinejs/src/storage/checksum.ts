/** The value of `x-amz-checksum-xxhash128` for a hash of 32 hex digits: the same 16 bytes in Base64. */
export function checksumOf(hash: string): string {
  const bytes = hash.match(/../g)?.map((pair) => Number.parseInt(pair, 16)) ?? [];
  return btoa(String.fromCharCode(...bytes));
}

/** The hash of 32 hex digits in a value of `x-amz-checksum-xxhash128`; nothing for any other text. */
export function hashOf(checksum: string | undefined): string | undefined {
  if (checksum === undefined || !/^[A-Za-z0-9+/]{22}==$/.test(checksum)) return undefined;
  return [...atob(checksum)].map((byte) => byte.charCodeAt(0).toString(16).padStart(2, "0")).join("");
}
