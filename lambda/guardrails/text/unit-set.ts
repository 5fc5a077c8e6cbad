const UNITS = 0x1_0000;
const [IS_IN, IS_NOT] = [1, 2] as const;

/** The units that an expression fits; each is looked at by it once. */
export class UnitSet {
  private known: Uint8Array | undefined;

  constructor(private readonly fitting: RegExp) {}

  has(unit: number): boolean {
    this.known ??= new Uint8Array(UNITS);
    if (this.known[unit] === 0) this.known[unit] = this.fitting.test(String.fromCharCode(unit)) ? IS_IN : IS_NOT;
    return this.known[unit] === IS_IN;
  }
}
