/** What another page wants of the options page: it stands behind the address. */
export interface OptionsWish {
  /** The element that gets the focus. */
  id: string;
  /** What is put into it, for a person to look at and save. */
  value?: string;
  /** The profile that it is about; where there is none, the one that is shown. */
  profileId?: string | undefined;
}

/** The wish as the fragment of an address. Links to sections of the page look otherwise. */
export function writeWish({ id, value, profileId }: OptionsWish): string {
  const fragment = new URLSearchParams({ show: id });
  if (value !== undefined) fragment.set("value", value);
  if (profileId !== undefined) fragment.set("profile", profileId);
  return fragment.toString();
}

/** The wish of a fragment, which may begin with `#`; nothing where there is none. */
export function readWish(fragment: string): OptionsWish | undefined {
  const read = new URLSearchParams(fragment.replace(/^#/, ""));
  const [id, value, profileId] = [read.get("show"), read.get("value"), read.get("profile")];
  if (id === null) return undefined;
  return { id, ...(value !== null && { value }), ...(profileId !== null && { profileId }) };
}
