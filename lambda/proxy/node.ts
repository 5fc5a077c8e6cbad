import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { totalmem } from 'node:os';
import type { DataPlaneOptions } from '../../lib/private/contract';
import type { Exchange } from '../platform/http';
import { createTierUp, readEnvironment } from '../platform/runtime';
import { ComingBodies } from './hosts/coming-bodies';
import { OpenCalls } from './hosts/open-calls';
import { createReadiness, READINESS_PATH } from './hosts/readiness';
import { Room } from './hosts/room';
import { createGatewayServer } from './hosts/server';
import { checkEnvironment, readChosenDocument } from './hosts/start-check';
import { openGateway } from './open-gateway';
import { serve } from './pipeline';

const EXIT_CUT = 1;
const EXPORT_EVERY_MS = 5_000;
/** What a shell says of a process that an interrupt ended. */
const EXIT_INTERRUPTED = 130;
const MEMORY_SHARE = 0.8;
/** Of that, what bodies may hold that are still coming; two of any length find room in every case. */
const BODIES_SHARE = 0.125;

/**
 * The data plane as a process of its own, behind whatever ends TLS: a container, a machine. Told to stop (SIGTERM, SIGINT), it says that it
 * is not ready, takes no further call, lets the open ones and their settlements come to their end, and ends. Told again, it ends at once.
 *
 * @returns the exit code: 0, or 1 when calls had to be cut
 * @throws Error that says what is missing or wrong, and what to give
 */
export async function serveUntilStopped(options: DataPlaneOptions): Promise<number> {
  const environment = readEnvironment();
  const document = readChosenDocument(options.configFile ?? environment.configFile);
  checkEnvironment(environment, document);
  // Signals count from the start, so that one while starting leaves nothing behind.
  const stopped = stopSignal();
  const { gateway, close } = await openGateway(environment, document);
  const calls = new OpenCalls();
  const limits = { maxCalls: options.maxCalls, maxMemoryBytes: options.maxMemoryBytes ?? mostMemoryBytes() };
  const bodies = new ComingBodies(gateway.clock, mostBytesOfBodies(limits.maxMemoryBytes, document.maxBodyBytes));
  const tierUp = createTierUp();
  const answer = (exchange: Exchange): Promise<void> => {
    tierUp();
    return serve(gateway, exchange);
  };
  // Calls send what came before them; what the last one left is sent here.
  const exporting = setInterval(() => void gateway.telemetry?.flush(), EXPORT_EVERY_MS).unref();
  const server = createGatewayServer(answer, {
    clock: gateway.clock,
    maxBodyBytes: document.maxBodyBytes,
    callerGone: options.callerGone,
    calls,
    bodies,
    room: new Room(calls, bodies, limits, gateway.clock),
    readiness: createReadiness(gateway, calls),
  });
  try {
    const url = await listen(server, options);
    options.say(`serving at ${url}; GET ${url}${READINESS_PATH} tells whether calls may be sent`);
    await stopped;
    options.say(
      `stopping: ${calls.taken} calls under way may end, for ${options.drainMs / 1_000} s at the most; a second signal stops at once`,
    );
    const cut = await calls.drain(options.drainMs);
    if (cut > 0) options.say(`${cut} calls took longer than that and were cut`);
    return cut > 0 ? EXIT_CUT : 0;
  } finally {
    server.close();
    server.closeAllConnections();
    clearInterval(exporting);
    await gateway.refusals.flush();
    await close();
  }
}

/** Settles at the first signal; the second one ends the process. */
function stopSignal(): Promise<void> {
  return new Promise((stop) => {
    let told = false;
    const onSignal = (): void => {
      if (told) process.exit(EXIT_INTERRUPTED);
      told = true;
      stop();
    };
    process.on('SIGTERM', onSignal);
    process.on('SIGINT', onSignal);
  });
}

/** @returns the URL that calls are taken at */
function listen(server: Server, { port, address }: DataPlaneOptions): Promise<string> {
  return new Promise((listening, fail) => {
    server.once('error', (error: NodeJS.ErrnoException) => fail(new Error(whyDeaf(error.code, port, address))));
    server.listen(port, address, () => {
      const { port: taken, family } = server.address() as AddressInfo;
      listening(`http://${family === 'IPv6' ? `[${address}]` : address}:${taken}`);
    });
  });
}

function whyDeaf(code: string | undefined, port: number, address: string): string {
  switch (code) {
    case 'EADDRINUSE':
      return `port ${port} of ${address} is in use; give another one with --port, or 0 for any that is free`;
    case 'EACCES':
      return `port ${port} may not be opened by this user; give one above 1023 with --port`;
    default:
      return `${address} cannot be listened on (${code}); give an address of this machine with --address, such as 127.0.0.1 or 0.0.0.0`;
  }
}

/** What a container may have, else what the machine has, less a share for what calls still add. */
function mostMemoryBytes(): number {
  const constrained = process.constrainedMemory();
  return Math.floor(MEMORY_SHARE * Math.min(constrained > 0 ? constrained : Number.POSITIVE_INFINITY, totalmem()));
}

function mostBytesOfBodies(maxMemoryBytes: number, maxBodyBytes: number): number {
  return Math.max(BODIES_SHARE * maxMemoryBytes, 2 * (maxBodyBytes + 131_072));
}
