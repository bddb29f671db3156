import type { WaitingRecord } from './parts.ts';
import type { ChoiceRecord } from './types.ts';

/** Whether the browser sends Global Privacy Control (https://www.w3.org/TR/gpc/). */
export function sendsGpc(): boolean {
  return (navigator as { globalPrivacyControl?: unknown }).globalPrivacyControl === true;
}

export function sendsDnt(): boolean {
  return navigator.doNotTrack === '1';
}

interface Frameworks {
  __tcfapi?: (
    command: string,
    version: number,
    tell: (data?: { tcString?: string }) => void,
  ) => void;
  __gpp?: (command: string, tell: (data?: { gppString?: string }) => void) => void;
}

/** The record to send, with what IAB frameworks say where the page has them; those are read and nothing else. */
export function completeRecord({
  decided: _decided,
  gpc: _gpc,
  minor: _minor,
  ...record
}: WaitingRecord): ChoiceRecord {
  const page = window as Frameworks;
  let tcf: string | null = null;
  let gpp: string | null = null;
  page.__tcfapi?.('getTCData', 2, (data) => (tcf = data?.tcString ?? null));
  page.__gpp?.('ping', (data) => (gpp = data?.gppString ?? null));
  return { ...record, signals: { ...record.signals, tcf, gpp } };
}
