/** Whether the browser sends Global Privacy Control (https://www.w3.org/TR/gpc/). */
export function sendsGpc(): boolean {
  return (navigator as { globalPrivacyControl?: unknown }).globalPrivacyControl === true;
}
