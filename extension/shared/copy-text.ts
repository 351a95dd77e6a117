/** Copies a text to the clipboard. `false` if the browser refuses, as Firefox does without a press. */
export function copyText(text: string): Promise<boolean> {
  return navigator.clipboard.writeText(text).then(
    () => true,
    () => false,
  );
}
