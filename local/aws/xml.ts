const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** An XML element around text. */
export function textElement(name: string, text: string): string {
  return `<${name}>${text.replace(/[&<>"]/g, (character) => ESCAPES[character] as string)}</${name}>`;
}

/** An XML element around elements. */
export function element(name: string, ...children: string[]): string {
  return `<${name}>${children.join('')}</${name}>`;
}
