import type { ProfileFields } from "./messages.ts";

/**
 * The path that a dropped file has on the farm: asset root, separator of the asset root's format, path as dropped.
 * For showing only: what goes into the manifest is decided by the engine.
 */
export function farmPath(
  profile: Pick<ProfileFields, "assetRoot" | "assetRootFormat">,
  relativePath: string,
): string {
  if (profile.assetRootFormat === "posix") return `${profile.assetRoot.replace(/\/+$/, "")}/${relativePath}`;
  return `${profile.assetRoot.replace(/[\\/]+$/, "")}\\${relativePath.replaceAll("/", "\\")}`;
}
