/** What functions still do when the run closes may take so long, in ms. */
const DRAIN_MS = 10_000;

/** Cleans up when the run closes, or when the process ends before that. */
export function alsoAtExit(clean: () => void): () => void {
  process.once('exit', clean);
  return () => {
    process.off('exit', clean);
    clean();
  };
}

/** A function that hangs must not keep the run from closing. */
export async function withinDrain(work: () => Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, DRAIN_MS);
  });
  await Promise.race([work(), limit]);
  clearTimeout(timer);
}
