/**
 * What it costs to look through texts: 50 KB of prose, whole and as models write it, and 1 MB of each text that is made to take long.
 * Usage: guards.mjs, which answers milliseconds of CPU, and units that wait.
 */
import { createScanner, type LocalScanner } from '../lambda/guardrails';
import { HOSTILE, hostileText } from '../test/support/guard-corpus/hostile';

const PROSE_UNITS = 50_000;
const HOSTILE_UNITS = 1_000_000;
/** About a token. */
const PIECE_UNITS = 4;
const ROUNDS = 5;
const WARM_UP_ROUNDS = 200;

const scannerOf = (...detect: readonly string[]): LocalScanner => createScanner([{ id: 'all', name: 'all', action: 'mask', detect }]);
const every = scannerOf('personal', 'network', 'credentials');
const byDefault = scannerOf('default');

const sentence =
  'The quick brown fox met 3 others in 2026, and they read section 4.2 (page 17) of "On foxes"; see fox@example.com for more.\n';
const prose = sentence.repeat(Math.ceil(PROSE_UNITS / sentence.length)).slice(0, PROSE_UNITS);

function leastMs(scanner: LocalScanner, text: string, rounds: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    const [from, usedBefore] = [performance.now(), process.cpuUsage()];
    scanner.scan(text);
    const { user, system } = process.cpuUsage(usedBefore);
    // Time passes for a machine's others too, and threads beside this one are at work too.
    least = Math.min(least, performance.now() - from, (user + system) / 1_000);
  }
  return least;
}

function worst(scanner: LocalScanner): { readonly ms: number; readonly name: string } {
  const all = Object.keys(HOSTILE).map((name) => ({ name, ms: leastMs(scanner, hostileText(name, HOSTILE_UNITS), ROUNDS) }));
  return all.reduce((one, other) => (other.ms > one.ms ? other : one));
}

/** The most that waits of a text in pieces: by so much is a caller behind, at its first token and at any other. */
function mostHeld(scanner: LocalScanner, text: string): number {
  const held = scanner.open();
  let most = 0;
  for (let at = 0, waiting = 0; at < text.length; at += PIECE_UNITS) {
    const piece = text.slice(at, at + PIECE_UNITS);
    waiting += piece.length - held.write(piece).text.length;
    most = Math.max(most, waiting);
  }
  return most;
}

process.send?.({
  proseMs: leastMs(every, prose, WARM_UP_ROUNDS),
  heldUnits: mostHeld(every, prose),
  worst: worst(every),
  worstByDefault: worst(byDefault),
});
process.on('message', () => undefined);
