export { fromTables } from './from-tables.js';
export { templated } from './templated.js';
export { installed, lineByLine } from './written.js';
