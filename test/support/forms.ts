import { expect } from 'chai';
import type { Client } from './client.ts';

export interface Shown {
  status: number;
  text: string;
  location: string | null;
  headers: Headers;
}

/** Sends a form as it is. Every failure must be a page of ours: whole, without a trace, and without objects printed as text. */
export async function sendForm(client: Client, path: string, init: RequestInit): Promise<Shown> {
  const response = await client.exchange(path, { method: 'POST', ...init });
  const text = await response.text();
  if (response.status !== 303) {
    expect(response.headers.get('content-type'), path).to.match(/^text\/html/u);
    expect(text, path)
      .to.match(/^<!doctype html>/iu)
      .and.match(/<h1/u);
    expect(text, path).not.to.match(/\.ts:\d|node_modules|\[object Object\]/u);
  }
  const { status, headers } = response;
  return { status, text, headers, location: headers.get('location') };
}
