import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { simpleParser, type AddressObject, type ParsedMail } from 'mailparser';
import MailComposer from 'nodemailer/lib/mail-composer/index.js';
import { defaults } from '../../../config/defaults.ts';
import { maskCardNumbers } from '../requests/service.ts';
import type { AutomaticKind } from './model.ts';

/** What is shown of a message. Nothing in it was checked: a sender can write any name and address. */
export interface Letter {
  from: { name: string; address: string };
  /** The organisation's address that it was sent to. */
  to: string;
  subject: string;
  text: string;
  /** Only a part of the text is shown, or none: the message is too long, or cannot be read. */
  isCut?: boolean;
  attachments: { name: string; type: string; size: number }[];
}

export interface Envelope {
  /** Empty for the reports of mail servers. */
  from: string;
  to: string;
}

export interface ReadMessage {
  letter: Letter;
  automatic: AutomaticKind | null;
  /** The same for the same message, through whichever servers it came. */
  identity: string;
  /** The message as it is kept: as it came, or written anew without payment card numbers. */
  kept: Buffer;
}

const { htmlLength, textLength } = defaults.inbox;
const HEADER_LENGTH = 10_000;
const PIECE = 64 * 1024;
/** Longer than any card number with its separators. */
const OVERLAP = 64;

/** Control signs have no place in a text that is shown. */
const plain = (text: string) =>
  text
    .replaceAll('\r\n', '\n')
    .replaceAll(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]|\p{Surrogate}/gu, '');

const oneLine = (text: string, max: number) =>
  plain(text.slice(0, HEADER_LENGTH)).replaceAll(/\s+/gu, ' ').trim().slice(0, max);

const firstOf = (address: AddressObject | AddressObject[] | undefined) =>
  [address ?? []].flat()[0]?.value[0];

function headerOf({ headers }: ParsedMail, name: string): string {
  const value: unknown = headers.get(name);
  return typeof value === 'string' ? value.toLowerCase() : value === undefined ? '' : 'yes';
}

/** Whether a machine wrote it (RFC 3834, RFC 2919): such mail is marked, and nobody is answered. */
function automaticKind(parsed: ParsedMail, envelope: Envelope): AutomaticKind | null {
  if (envelope.from === '') return 'bounce';
  const auto = headerOf(parsed, 'auto-submitted');
  if (auto !== '' && auto !== 'no') return 'auto-reply';
  if (headerOf(parsed, 'x-autoreply') !== '' || headerOf(parsed, 'x-autorespond') !== '') {
    return 'auto-reply';
  }
  const isList = headerOf(parsed, 'list') !== '' || headerOf(parsed, 'list-id') !== '';
  return isList || /^(?:bulk|junk|list)$/u.test(headerOf(parsed, 'precedence')) ? 'list' : null;
}

/** Headers grow on the way; the rest stays, so a message sent again is known by it. */
function identityOf(raw: Buffer, messageId: string): string {
  const end = raw.indexOf('\r\n\r\n');
  const body = raw.subarray(end === -1 ? 0 : end);
  return `${messageId}:${createHash('sha256').update(body).digest('hex')}`;
}

/** The addresses of pictures, which the text of an HTML mail names in brackets, are no text. */
const withoutPictures = (text: string, html: string) =>
  html === '' ? text : text.replaceAll(/\[(?:https?:\/\/|cid:|data:)[^\s[\]]*\]/gu, '');

/** In pieces, between which others have their turn. */
async function* inPieces(raw: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < raw.length; at += PIECE) {
    yield raw.subarray(at, at + PIECE);
    await setImmediate();
  }
}

const options = { skipImageLinks: true, skipTextToHtml: true };
const parse = (raw: Buffer, skipHtmlToText: boolean) =>
  simpleParser(Readable.from(inPieces(raw)), { ...options, skipHtmlToText });

/** No HTML is turned into text before it is known how much there is in all parts together. */
async function parseWithin(raw: Buffer): Promise<ParsedMail> {
  const parsed = await parse(raw, true);
  const { html } = parsed;
  return typeof html === 'string' && html.length <= htmlLength ? parse(raw, false) : parsed;
}

async function holdsCardNumber(text: string): Promise<boolean> {
  for (let at = 0; at < text.length; at += PIECE) {
    const piece = text.slice(at, at + PIECE + OVERLAP);
    if (maskCardNumbers(piece) !== piece) return true;
    await setImmediate();
  }
  return false;
}

/** The message written anew from what was read of it, when that was changed. */
async function rewritten(parsed: ParsedMail, letter: Letter): Promise<Buffer> {
  return new MailComposer({
    from: letter.from,
    to: letter.to,
    subject: letter.subject,
    text: letter.text,
    ...(parsed.date && { date: parsed.date }),
    attachments: parsed.attachments.map(({ filename, contentType, content }) => ({
      filename: filename ?? 'file',
      contentType,
      content,
    })),
  })
    .compile()
    .build();
}

/**
 * Reads a message. What cannot be read becomes an empty text, never an error: the message itself is
 * kept all the same. Payment card numbers are masked before anything is stored.
 */
export async function readMessage(raw: Buffer, envelope: Envelope): Promise<ReadMessage> {
  const parsed = await parseWithin(raw);
  const sender = firstOf(parsed.from);
  const html = typeof parsed.html === 'string' ? parsed.html : '';
  const text = parsed.text ?? '';
  const written = {
    name: oneLine(sender?.name ?? '', 120),
    subject: oneLine(parsed.subject ?? '', 200),
    text: plain(withoutPictures(text.slice(0, htmlLength), html)).trim(),
  };
  const masked = {
    name: maskCardNumbers(written.name),
    subject: maskCardNumbers(written.subject),
    // Masked before it is cut, which could leave the beginning of a number.
    text: maskCardNumbers(written.text).slice(0, textLength),
  };
  const hasCards =
    (await holdsCardNumber(html)) ||
    (await holdsCardNumber(text)) ||
    masked.subject !== written.subject ||
    masked.name !== written.name;
  const letter: Letter = {
    from: { name: masked.name, address: oneLine(sender?.address ?? envelope.from, 254) },
    to: envelope.to,
    subject: masked.subject,
    text: masked.text,
    isCut: written.text.length > textLength || (text === '' && html.length > htmlLength),
    attachments: parsed.attachments.map(({ filename, contentType, size }) => ({
      name: oneLine(filename ?? '', 120),
      type: oneLine(contentType, 120),
      size,
    })),
  };
  return {
    letter,
    automatic: automaticKind(parsed, envelope),
    identity: identityOf(raw, parsed.messageId ?? ''),
    kept: hasCards ? await rewritten(parsed, letter) : raw,
  };
}

/** An attachment of a kept message by its place; null when there is none. */
export async function attachmentOf(
  kept: Buffer,
  place: number,
): Promise<{ name: string; content: Buffer } | null> {
  const found = (await parse(kept, true)).attachments[place];
  return found ? { name: found.filename ?? 'file', content: found.content } : null;
}
