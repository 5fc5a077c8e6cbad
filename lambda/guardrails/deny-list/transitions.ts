/** Half of the places stay free, so that a look takes two or three steps. */
const PLACES_A_TRANSITION = 2;
const LEAST_PLACES = 16;
const MULTIPLIER = 0x9e3779b1;

/** Which state a unit leads to from another one: a table with open places. 0 where it leads nowhere: nothing leads back to the root. */
export class Transitions {
  private readonly states: Int32Array;
  private readonly units: Uint16Array;
  private readonly targets: Int32Array;
  private readonly mask: number;

  constructor(most: number) {
    const places = 2 ** Math.ceil(Math.log2(Math.max(LEAST_PLACES, most * PLACES_A_TRANSITION)));
    this.mask = places - 1;
    this.states = new Int32Array(places);
    this.units = new Uint16Array(places);
    this.targets = new Int32Array(places);
  }

  get(state: number, unit: number): number {
    return this.targets[this.place(state, unit)] as number;
  }

  set(state: number, unit: number, target: number): void {
    const place = this.place(state, unit);
    this.states[place] = state;
    this.units[place] = unit;
    this.targets[place] = target;
  }

  private place(state: number, unit: number): number {
    let place = (Math.imul(state * 31 + unit, MULTIPLIER) >>> 7) & this.mask;
    while (this.targets[place] !== 0 && (this.states[place] !== state || this.units[place] !== unit)) place = (place + 1) & this.mask;
    return place;
  }
}
