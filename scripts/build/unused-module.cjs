'use strict';

/** Stands in for modules that a library would load although nothing of ours calls them. */
module.exports = {};
