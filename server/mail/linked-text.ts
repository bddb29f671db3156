/** A piece of plain text, or an address to open. */
export interface TextPiece {
  text: string;
  href: string | null;
}

/** Cuts plain text into pieces so that the web addresses in it can be opened. */
export function linkedText(text: string): TextPiece[] {
  return text.split(/(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]])/u).flatMap((piece, at) => {
    if (piece === '') return [];
    return [{ text: piece, href: at % 2 === 1 ? piece : null }];
  });
}
