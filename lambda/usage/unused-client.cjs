/** Stands in the bundle (`scripts/build.mjs`) and in the tests for AWS clients that aws-lambda-stream loads but no pipeline of ours calls. */
module.exports = {};
