import { isUtf8 } from 'node:buffer';
import { GatewayError } from '../../../lambda/platform/error';
import { boundaryOf, readForm } from '../../../lambda/platform/multipart/read-form';
import { check, type Reader, refusedOr } from '../reader';

const BOUNDARY = 'b0';
const LIMITS = { maxParts: 6, maxHeadBytes: 200, maxFieldBytes: 200 };

const SAMPLES = [
  '--b0\r\nContent-Disposition: form-data; name="model"\r\n\r\nsmart\r\n--b0\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\nContent-Type: audio/wav\r\n\r\nRIFF\r\n\r\n\0\xff\r\n--b0--\r\n',
  "--b0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Disposition: form-data; name=model\r\n\r\nm\r\n--b0\r\nContent-Disposition: form-data; name=file; filename=a; filename*=utf-8''a\r\n\r\n\r\n--b0--",
  '--b0\r\ncontent-disposition: form-data; name="t[]"\r\n\r\nword\r\n--b0\r\ncontent-disposition: form-data; name="t[]"\r\n\r\nsegment\r\n--b0--\r\n',
];

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const PARAMETERS = new RegExp(`^(?:[ \\t]*;[ \\t]*${TOKEN}=(?:"(?:[^"\\r\\n]*[^"\\r\\n\\\\])?"|${TOKEN}))*$`);
const PARAMETER = new RegExp(`;[ \\t]*(${TOKEN})=(?:"([^"]*)"|(${TOKEN}))`, 'g');

interface PlainPart {
  readonly name: string;
  readonly file: boolean;
  readonly content: Buffer;
}

/** What a form is, said by splitting it. */
function plainly(input: Buffer): PlainPart[] | undefined {
  const text = input.toString('latin1');
  const whole = text.endsWith('\r\n') && text.endsWith(`--${BOUNDARY}--\r\n`) ? text.slice(0, -2) : text;
  const [opening, closing] = [`--${BOUNDARY}\r\n`, `\r\n--${BOUNDARY}--`];
  if (!whole.startsWith(opening) || !whole.endsWith(closing)) return undefined;
  const parts: PlainPart[] = [];
  for (const piece of whole.slice(opening.length, -closing.length).split(`\r\n--${BOUNDARY}\r\n`)) {
    const at = piece.indexOf('\r\n\r\n');
    if (at < 0 || `\r\n${piece}`.includes(`\r\n--${BOUNDARY}`)) return undefined;
    const head = Buffer.from(piece.slice(0, at), 'latin1').toString('utf8');
    const lines = head
      .split('\r\n')
      .map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]);
    const disposition = lines.find(([name]) => name === 'content-disposition')?.[1] ?? '';
    const said = disposition.slice('form-data'.length);
    if (!/^form-data/i.test(disposition) || !PARAMETERS.test(said)) return undefined;
    const parameters = [...said.matchAll(PARAMETER)].map(
      ([, name = '', quoted, token]) => [name.toLowerCase(), quoted ?? token ?? ''] as const,
    );
    const name = parameters.find(([parameter]) => parameter === 'name')?.[1];
    if (name === undefined) return undefined;
    const file = parameters.some(([parameter]) => parameter === 'filename' || parameter === 'filename*');
    parts.push({ name, file, content: Buffer.from(piece.slice(at + 4), 'latin1') });
  }
  return parts;
}

/** What the gateway refuses on purpose although it is a form. */
const OWN_REFUSALS =
  /not valid UTF-8|as UTF-8|is malformed|twice|more than \d+ parts|within \d+ bytes|longer than|content type of|transfer-encoding|not accepted|needs one content-disposition/;

export const formReaders: readonly Reader[] = [
  {
    name: 'multipart-form',
    about: 'forms with files',
    files: ['lambda/platform/multipart/'],
    samples: () => SAMPLES.map((sample) => Buffer.from(sample, 'latin1')),
    words: ['\r\n', '--b0', '\r\n--b0\r\n', '\r\n--b0--', '; name=', '"', '\\', 'filename=', '[]', ': ', 'charset=latin1', 'content-type:'],
    read(input) {
      refusedOr([GatewayError], () => boundaryOf(input.toString('latin1')));
      const expected = plainly(input);
      let refusal: GatewayError | undefined;
      try {
        const { value, spans, form } = readForm(input, BOUNDARY, LIMITS);
        check(expected !== undefined, 'accepted what is no form');
        const told = expected.filter(({ file }) => !file).map(({ name, content }) => [name, content.toString('utf8')]);
        const texts = Object.entries(value).flatMap(([name, text]) => [text].flat().map((each) => [name, each]));
        check(JSON.stringify([...texts].sort()) === JSON.stringify([...told].sort()), 'read other fields than there are');
        const files = expected.filter(({ file }) => file);
        check(files.length === form.files.length, 'read other files than there are');
        files.forEach(({ name, content }, index) => {
          const read = form.files[index];
          check(read?.name === name && read.bytes.equals(content), 'read another file than it is');
        });
        for (const [name, { start, end }] of spans) {
          check(input.toString('utf8', start, end) === value[name], `the place of ${name} is another`);
          const changed = readForm(form.with(name, 'other'), BOUNDARY, LIMITS);
          check(changed.value[name] === 'other' && changed.form.files.length === files.length, 'a field cannot be exchanged');
        }
      } catch (error) {
        if (!(error instanceof GatewayError)) throw error;
        refusal = error;
      }
      if (refusal === undefined || expected === undefined || !isUtf8(input)) return;
      check(OWN_REFUSALS.test(refusal.message), `refused what is a form: ${refusal.message}`);
    },
  },
];
