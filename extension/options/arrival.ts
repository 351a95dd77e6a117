/** What another page wants of this one: it stands behind the address as `#field` or `#field=value`. */

/** Fields that another page can put a value into. */
const TYPED = ["region", "sign-in-region"] as const;

/** Puts the focus where it is wanted, now and whenever another page asks. `type` puts a value into a field. */
export function answerWish(type: (field: (typeof TYPED)[number], value: string) => void): void {
  const arrive = (): void => {
    const [id = "", value] = decodeURIComponent(location.hash.slice(1)).split("=", 2);
    const element = id === "" ? null : document.getElementById(id);
    // Links to the sections of this page work by themselves.
    if (element === null || element.matches("h2")) return;
    const folded = element.closest("details");
    if (folded) folded.open = true;
    const field = TYPED.find((one) => one === id);
    if (field !== undefined && value !== undefined) type(field, value);
    element.focus();
    element.scrollIntoView({ block: "center" });
    // The same wish may come again.
    history.replaceState(null, "", location.pathname);
  };
  window.addEventListener("hashchange", arrive);
  // What is stored is filled in first.
  setTimeout(arrive, 300);
}
