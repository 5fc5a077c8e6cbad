import { isUtf8 } from 'node:buffer';
import { invalidRequest } from '../error';
import { parametersOf } from './parameters';

/** What a part says of itself before its content. */
export interface PartHead {
  readonly name: string;
  /** Present for files. */
  readonly fileName?: string;
  /** As it is written, without parameters and in lower case. */
  readonly type?: string;
}

const DISPOSITION = /^form-data(?=[ \t]*;)/i;
const MEDIA_TYPE = /^[\w.!#$&^+-]+\/[\w.!#$&^+-]+/;
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** Visible, and nothing that parsers undo in ways of their own. */
const FIELD_NAME = /^[^\p{Cc}"\\%]{1,128}$/u;
// biome-ignore lint/suspicious/noControlCharactersInRegex: what a header cannot hold
const CONTROL = /[\u0000-\u0008\u000a-\u001f\u007f]/;
const PLAIN_ENCODINGS: ReadonlySet<string | undefined> = new Set([undefined, '7bit', '8bit', 'binary']);

/**
 * Reads the header fields of a part. Others than the three of the standard mean nothing.
 *
 * @param number counts the parts from 1, for errors
 * @throws GatewayError 400
 * @see https://www.rfc-editor.org/rfc/rfc7578#section-4
 */
export function readHead(bytes: Buffer, number: number): PartHead {
  const which = `part ${number} of the form`;
  if (!isUtf8(bytes)) throw invalidRequest(undefined, `The header of ${which} is not valid UTF-8.`);
  const fields = fieldsOf(bytes.toString('utf8'), which);
  const { name, fileName } = readDisposition(fields.get('content-disposition'), which);
  const said = fields.get('content-type');
  const type = said === undefined ? undefined : MEDIA_TYPE.exec(said)?.[0];
  const parameters = said === undefined ? undefined : parametersOf(said, type?.length ?? 0);
  if (said !== undefined && (type === undefined || parameters === undefined)) {
    throw invalidRequest(name, `The content type of the form's field '${name}' cannot be read.`);
  }
  if (!PLAIN_ENCODINGS.has(fields.get('content-transfer-encoding')?.toLowerCase())) {
    throw invalidRequest(name, `Send the form's field '${name}' as it is, without content-transfer-encoding.`);
  }
  const charset = parameters?.get('charset')?.toLowerCase() ?? 'utf-8';
  if (fileName === undefined && charset !== 'utf-8' && charset !== 'us-ascii') {
    throw invalidRequest(name, `Send the form's field '${name}' as UTF-8.`);
  }
  return { name, ...(fileName === undefined ? {} : { fileName }), ...(type === undefined ? {} : { type: type.toLowerCase() }) };
}

function fieldsOf(text: string, which: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(0, colon)).toLowerCase();
    if (!HEADER_NAME.test(name) || CONTROL.test(line)) throw invalidRequest(undefined, `The header of ${which} is malformed.`);
    if (fields.has(name)) throw invalidRequest(undefined, `The header of ${which} has ${name} twice.`);
    fields.set(name, line.slice(colon + 1).trim());
  }
  return fields;
}

function readDisposition(text: string | undefined, which: string): Pick<PartHead, 'name' | 'fileName'> {
  const kind = text === undefined ? null : DISPOSITION.exec(text);
  const parameters = kind === null ? undefined : parametersOf(text as string, kind[0].length);
  const name = parameters?.get('name');
  if (parameters === undefined || name === undefined || !FIELD_NAME.test(name) || parameters.has('name*')) {
    throw invalidRequest(undefined, `The header of ${which} needs one content-disposition of the form: form-data; name="...".`);
  }
  // Some clients give a name in the old way and in the one for other scripts.
  const fileName = parameters.get('filename') ?? parameters.get('filename*');
  return fileName === undefined ? { name } : { name, fileName };
}
