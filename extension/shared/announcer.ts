/**
 * Says a sentence in a live region, for people who do not see the page change. For changes of phase and ends,
 * not for every percent. The same sentence twice is said twice.
 */
export function announce(region: HTMLElement, sentence: string): void {
  const line = document.createElement("p");
  line.textContent = sentence;
  region.replaceChildren(line);
}
