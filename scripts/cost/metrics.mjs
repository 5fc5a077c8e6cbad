/** How many metrics CloudWatch bills, by what they are counted by. */
const LEVELS = ['essential', 'detailed'];

/**
 * @param facts `METRIC_FACTS` of the contract
 * @param errorTypes how many values `error_type` has
 * @param good names of the metrics that calls have in good days
 */
export function metricCounts(facts, errorTypes, good) {
  const counts = (level, names) => {
    const sets = { gateway: 0, provider: 0, place: 0, model: 0 };
    for (const name of names) {
      for (const dimensions of facts[name][level]) {
        if (dimensions.includes('error_type')) sets.place += errorTypes;
        else if (dimensions.includes('region')) sets.place += 1;
        else if (dimensions.includes('model')) sets.model += 1;
        else if (dimensions.includes('provider')) sets.provider += 1;
        else sets.gateway += 1;
      }
    }
    return sets;
  };
  const all = Object.keys(facts);
  return {
    good,
    ...Object.fromEntries(LEVELS.map((level) => [level, { good: counts(level, good), most: counts(level, all) }])),
  };
}
