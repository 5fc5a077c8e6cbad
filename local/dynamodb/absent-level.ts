/**
 * Stands where dynalite expects `level` and `memory-level`: the engine brings its own store, and no native addon may be loaded.
 * The build and the tests point both names here.
 */
class Absent {
  constructor() {
    throw new Error('the local DynamoDB keeps its tables in its own store; dynalite must not open one');
  }
}

export { Absent as Level, Absent as MemoryLevel };
