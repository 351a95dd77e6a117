/** Gives the focus to something else where the control that had it has gone with its state, or was disabled before. */
export function keepFocus(instead: HTMLElement): void {
  const focused = document.activeElement;
  const isGone = focused === null || focused === document.body || focused.closest("[hidden]") !== null;
  if (isGone) instead.focus({ preventScroll: true });
}
