/** Stands in the bundle (`scripts/build.mjs`) and in the tests for Bluebird, which makes functions from strings. */
module.exports = Promise;
