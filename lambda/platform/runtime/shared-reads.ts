interface Flight<T> {
  readonly running: Promise<T>;
  next: Promise<T> | undefined;
}

/**
 * Shares reads between those who ask at the same time. Nobody gets what was read before they asked: who finds a read on its way waits for
 * the next one, with everybody else who does. However many ask, one read is on its way at a time.
 */
export function sharedReads<T>(read: (name: string) => Promise<T>): (name: string) => Promise<T> {
  const flights = new Map<string, Flight<T>>();

  function begin(name: string): Promise<T> {
    const flight: Flight<T> = { running: read(name), next: undefined };
    flights.set(name, flight);
    const ended = (): void => {
      if (flight.next === undefined) flights.delete(name);
    };
    flight.running.then(ended, ended);
    return flight.running;
  }

  return (name) => {
    const flight = flights.get(name);
    if (flight === undefined) return begin(name);
    flight.next ??= flight.running.then(
      () => begin(name),
      () => begin(name),
    );
    return flight.next;
  };
}
