/** Set up before tests with fast-check: that a property is broken is enough to know, the smallest example is not looked for. */
require('fast-check').configureGlobal({ endOnFailure: true });
