import { mediaUrlIn } from '../../../lambda/wire/protocols/media-urls';
import { isPlainReference, isReference } from '../../../lambda/wire/protocols/reference';
import { storedReferenceIn } from '../../../lambda/wire/protocols/stored-references';
import { check, type Reader } from '../reader';

/** What names a thing elsewhere: media by URL, state that a provider keeps. */
export const referenceReaders: readonly Reader[] = [
  {
    name: 'reference',
    about: 'texts that may name where media are',
    files: ['lambda/wire/protocols/reference.ts', 'lambda/wire/protocols/media-urls.ts'],
    samples: () => [
      'https://example.com/a.png',
      ' \tht\ntp:example.com',
      '//host/x',
      'data:image/png;base64,iVBORw0KGgo=',
      'Note: a text.',
    ],
    words: ['http:', '//', '\\\\', '\t', '\n', ' ', 'data:', 'file:', '<URL:', '\u00a0'],
    read(input) {
      const text = input.toString('utf8');
      const places = [isReference(text, false), isReference(text, true)];
      check(places[0] === true || places[1] === false, 'a place only where it may be base64');
      const part = { type: 'image_url', image_url: { url: text } };
      const found = mediaUrlIn({ messages: [{ role: 'user', content: [part] }] });
      check((found !== undefined) === places[0], 'another answer for a picture of a message than for its URL');
      isPlainReference(text);
      mediaUrlIn({ input: [text] }, ['input']);
    },
  },
  {
    name: 'stored-references',
    about: 'names of what a provider keeps, wherever they stand',
    files: ['lambda/wire/protocols/stored-references.ts'],
    samples: () => ['file_id', 'input_file_ids', 'previous_message_id', 'container', 'x_'.repeat(40), 'vectorStoreIds'],
    words: ['file', '_', 'id', 'ids', 'previous', 'container', 'thread'],
    read(input) {
      const name = input.toString('utf8');
      const found = storedReferenceIn({ tools: [{ inside: [{ [name]: 'x' }] }] });
      check(found === undefined || found === `tools[0].inside[0].${name}`, `found at ${found}`);
      check(storedReferenceIn({ input: [{ [name]: null }] }) === undefined, 'nothing is named by null');
    },
  },
];
