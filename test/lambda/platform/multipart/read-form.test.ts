import { boundaryOf, FORM_LIMITS, readForm } from '../../../../lambda/platform/multipart';

const part = (head: string, content = 'x') => `--b\r\n${head}\r\n\r\n${content}\r\n`;
const named = (name: string, content?: string) => part(`Content-Disposition: form-data; name="${name}"`, content);
const read = (...parts: string[]) => readForm(Buffer.from(`${parts.join('')}--b--\r\n`, 'latin1'), 'b');
const refusal = (act: () => unknown): { param?: string; message: string; status: number } => {
  try {
    act();
  } catch (error) {
    return error as { param?: string; message: string; status: number };
  }
  throw new Error('it was taken');
};

test('reads fields, lists and files, whose bytes are those of the body', () => {
  const sound = '\0\xff\r\n--a\r\n';
  const { value, form } = read(
    named('model', 'm'),
    named('words[]', 'one'),
    named('words[]', 'two'),
    part('Content-Disposition: form-data; name="file"; filename="a b.wav"\r\nContent-Type: Audio/WAV; rate=1', sound),
  );

  expect(value).toEqual({ model: 'm', 'words[]': ['one', 'two'] });
  expect(form.files).toEqual([{ name: 'file', fileName: 'a b.wav', type: 'audio/wav', bytes: Buffer.from(sound, 'latin1') }]);
});

test.each([
  ['curl', 'Content-Disposition: form-data; name="file"; filename="a.wav"\r\nContent-Type: audio/wav'],
  ['.NET', "Content-Type: audio/wav\r\nContent-Disposition: form-data; name=file; filename=a.wav; filename*=utf-8''a.wav"],
  ['Go', 'Content-Disposition: form-data; name="file"; filename="a.wav"\r\nContent-Type: application/octet-stream'],
  ['Java', 'Content-Disposition: form-data; name="file"; filename="a.wav"\r\nContent-Type: audio/wav\r\nContent-Length: 1'],
])('reads a file as %s sends it', (_client, head) => {
  expect(read(named('model', 'm'), part(head)).form.files.map(({ name, fileName }) => [name, fileName])).toEqual([['file', 'a.wav']]);
});

test('what Node writes is read, and what is read Node reads alike', async () => {
  const form = new FormData();
  form.append('model', 'smart');
  form.append('prompt', 'Zürich\r\n"quoted"');
  form.append('words[]', 'a');
  form.append('file', new Blob([Buffer.from([0, 255, 13, 10])], { type: 'audio/wav' }), 'ü.wav');
  const sent = new Response(form);
  const type = sent.headers.get('content-type') as string;
  const document = readForm(Buffer.from(await sent.arrayBuffer()), boundaryOf(type));

  const changed = new Response(Uint8Array.from(document.form.with('model', 'other')), { headers: { 'content-type': type } });
  const again = await changed.formData();

  expect(document.value).toEqual({ model: 'smart', prompt: 'Zürich\r\n"quoted"', 'words[]': ['a'] });
  expect([...again.keys()]).toEqual(['model', 'prompt', 'words[]', 'file']);
  expect([again.get('model'), again.get('prompt')]).toEqual(['other', 'Zürich\r\n"quoted"']);
  expect(Buffer.from(await (again.get('file') as File).arrayBuffer())).toEqual(document.form.files[0]?.bytes);
});

test('the same form says the same whatever its boundary is, and another does not', () => {
  const saidBy = (boundary: string, text: string) => {
    const body = `--${boundary}\r\nContent-Disposition: form-data; name="a"\r\n\r\n${text}\r\n--${boundary}--`;
    return Buffer.concat(readForm(Buffer.from(body), boundary).form.identity());
  };

  expect(saidBy('one', 'x')).toEqual(saidBy('two', 'x'));
  expect(saidBy('one', 'x')).not.toEqual(saidBy('one', 'y'));
});

test.each<[string, () => unknown, string | undefined, RegExp]>([
  ['a body of another boundary', () => readForm(Buffer.from('--c--'), 'b'), undefined, /does not begin with the boundary/],
  ['a preamble', () => readForm(Buffer.from(`\r\n${named('a')}--b--`), 'b'), undefined, /does not begin with/],
  ['an epilogue', () => readForm(Buffer.from(`${named('a')}--b--\r\nx`), 'b'), undefined, /goes on behind/],
  ['a form that is cut in a field', () => readForm(Buffer.from(named('a').slice(0, -1)), 'b'), 'a', /ends in the middle of its field 'a'/],
  ['a form that is cut in a header', () => readForm(Buffer.from('--b\r\nContent-'), 'b'), undefined, /end of the header of part 1/],
  ['a boundary that goes on', () => read(named('a'), '--bc\r\n'), undefined, /does not end its line/],
  [
    'a boundary in a header',
    () => read('--b\r\nX: y\r\n--b: z\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n'),
    undefined,
    /boundary in the header/,
  ],
  ['no disposition', () => read(part('Content-Type: text/plain')), undefined, /part 1 of the form needs one content-disposition/],
  ['no name', () => read(named('a'), part('Content-Disposition: form-data; filename="x"')), undefined, /part 2/],
  [
    'two dispositions',
    () => read(part('Content-Disposition: form-data; name="a"\r\ncontent-disposition: form-data; name="b"')),
    undefined,
    /twice/,
  ],
  [
    'a quote that two parsers end at two places',
    () => read(part('Content-Disposition: form-data; name="a"; filename="x\\"; name="b"')),
    undefined,
    /needs one content-disposition/,
  ],
  ['a header that is folded', () => read(part('Content-Disposition: form-data;\r\n name="a"')), undefined, /malformed/],
  ['a bare line feed in a header', () => read(part('Content-Disposition: form-data; name="a"\nX: y')), undefined, /malformed/],
  ['a field twice', () => read(named('model', 'a'), named('model', 'b')), 'model', /'model' is given twice/],
  ['a field that another stands for', () => read(named('model', 'a'), named('model[]', 'b')), 'model[]', /given twice/],
  ['a file of a field’s name', () => read(named('a'), part('Content-Disposition: form-data; name="a"; filename="x"')), 'a', /given twice/],
  ['a prototype', () => read(named('__proto__')), '__proto__', /not accepted/],
  ['a field that is no UTF-8', () => read(named('a', '\xff')), 'a', /not valid UTF-8/],
  [
    'another charset',
    () => read(part('Content-Disposition: form-data; name="a"\r\nContent-Type: text/plain; charset=latin1')),
    'a',
    /UTF-8/,
  ],
  [
    'an encoding',
    () => read(part('Content-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: base64')),
    'a',
    /transfer-encoding/,
  ],
  [
    'too many parts',
    () => read(...Array.from({ length: FORM_LIMITS.maxParts + 1 }, (_, index) => named(`f${index}`))),
    undefined,
    /more than 64 parts/,
  ],
  [
    'a header that is too long',
    () => read(part(`Content-Disposition: form-data; name="a"\r\nX: ${'y'.repeat(2_100)}`)),
    undefined,
    /within 2048 bytes/,
  ],
  ['a field that is too long', () => read(named('a', 'x'.repeat(FORM_LIMITS.maxFieldBytes + 1))), 'a', /longer than 262144 bytes/],
  ['no boundary', () => boundaryOf('multipart/form-data'), 'content-type', /must name its boundary/],
  ['a boundary that is too long', () => boundaryOf(`multipart/form-data; boundary=${'b'.repeat(71)}`), 'content-type', /70 characters/],
  ['two boundaries', () => boundaryOf('multipart/form-data; boundary=a; boundary=b'), 'content-type', /must name its boundary/],
])('fails for %s, and says so', (_what, act, param, message) => {
  const error = refusal(act);

  expect([error.status, error.param]).toEqual([400, param]);
  expect(error.message).toMatch(message);
});

test('a megabyte that is nearly boundaries is read in no time', () => {
  const file = part('Content-Disposition: form-data; name="a"; filename="x"', '\r\n-'.repeat(350_000));
  const started = process.cpuUsage().user;

  expect(read(file).form.files[0]?.bytes).toHaveLength(1_050_000);
  expect((process.cpuUsage().user - started) / 1_000).toBeLessThan(200);
});
